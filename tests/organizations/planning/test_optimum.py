"""The nearest pairing within bounds, against trying everything."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from youwo.organizations.planning import optimum
from youwo.organizations.planning.loads import Bounds
from youwo.organizations.planning.optimum import assign


def tried(costs, bounds, farthest=None):
    """The least cost of all pairings; None where there is none."""
    units, places = costs.shape
    sums = []
    for choice in product(range(units), repeat=places):
        loads = [choice.count(unit) for unit in range(units)]
        fits = all(
            bound.least <= load <= bound.most for load, bound in zip(loads, bounds, strict=True)
        )
        paid = [int(costs[unit, place]) for place, unit in enumerate(choice)]
        if fits and (farthest is None or max(paid) <= farthest):
            sums.append(sum(paid))
    return min(sums, default=None)


@st.composite
def instances(draw):
    units, places = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    costs = draw(
        st.lists(
            st.lists(st.integers(0, 9), min_size=places, max_size=places),
            min_size=units,
            max_size=units,
        )
    )
    ranges = st.tuples(st.integers(0, 3), st.integers(0, 5))
    bounds = draw(st.lists(ranges, min_size=units, max_size=units))
    return np.array(costs, np.int32), [Bounds(min(pair), max(pair)) for pair in bounds]


@settings(max_examples=150, deadline=None)
@given(instances(), st.sampled_from([1, 2, 12]), st.sampled_from([None, 3, 6]))
def test_no_pairing_is_better(instance, near, farthest):
    costs, bounds = instance
    best = tried(costs, bounds, farthest)
    if sum(bound.least for bound in bounds) > costs.shape[1]:
        assert best is None
        return
    with pytest.MonkeyPatch.context() as patch:
        # So few near pairs that the others must be found by their prices.
        patch.setattr(optimum, "_NEAR", near)
        patch.setattr(optimum, "_JOINING", 1)
        answer = assign(costs, bounds, farthest=farthest)

    if best is None:
        assert answer.unreached
        assert not answer.is_proven
        return
    assert (answer.cost, answer.bound, answer.is_proven) == (best, best, True)
    loads = [answer.units.count(unit) for unit in range(len(bounds))]
    assert all(bound.least <= load <= bound.most for load, bound in zip(loads, bounds, strict=True))


@settings(max_examples=100, deadline=None)
@given(instances(), st.integers(1, 2))
@example((np.array([[0, 9], [9, 0]], np.int32), [Bounds(1, 1), Bounds(1, 1)]), 1)
def test_the_bound_holds_when_it_stops_early(instance, rounds):
    costs, bounds = instance
    best = tried(costs, bounds)
    if best is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimum, "_NEAR", 1)
        patch.setattr(optimum, "_JOINING", 1)
        answer = assign(costs, bounds, most_rounds=rounds)

    if not answer.unreached:
        assert answer.bound <= best <= answer.cost


def test_a_place_too_far_from_every_unit_is_named():
    answer = assign(np.array([[1, 50], [2, 60]]), [Bounds(0, 2), Bounds(0, 2)], farthest=9)

    assert answer.unreached == [1]


def test_places_for_which_the_units_have_no_room_are_named():
    answer = assign(np.array([[1, 5, 7]]), [Bounds(0, 2)])

    assert len(answer.unreached) == 1


def test_a_whole_city_is_proven_in_seconds():
    rng = np.random.default_rng(7)
    costs = rng.integers(0, 900, (300, 700), dtype=np.int32)

    answer = assign(costs, [Bounds(1, 4)] * 300)

    assert answer.is_proven
