"""What a fair share is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from youwo.organizations.planning.loads import Bounds, fair

_weights = st.lists(st.integers(0, 500), min_size=1, max_size=30)


@given(st.integers(0, 300), _weights, st.integers(0, 3))
def test_fair_shares_leave_room_for_every_place_and_ask_for_no_more(places, weights, slack):
    bounds = fair(places, weights, slack=slack, kept=[0] * len(weights))

    assert sum(bound.least for bound in bounds) <= places <= sum(bound.most for bound in bounds)
    assert all(0 <= bound.least <= bound.most for bound in bounds)


@given(st.integers(0, 300), st.lists(st.integers(1, 50), min_size=2, max_size=20))
def test_who_has_more_members_never_gets_fewer(places, weights):
    bounds = fair(places, sorted(weights), slack=0, kept=[0] * len(weights))

    assert [bound.least for bound in bounds] == sorted(bound.least for bound in bounds)
    assert [bound.most for bound in bounds] == sorted(bound.most for bound in bounds)


def test_equal_shares_differ_by_one_place_at_most():
    assert fair(7, [1, 1, 1], slack=0, kept=[0, 0, 0]) == [Bounds(2, 3)] * 3


def test_without_members_all_weigh_the_same():
    assert fair(4, [0, 0], slack=0, kept=[0, 0]) == [Bounds(2, 2)] * 2


def test_what_a_unit_keeps_counts_as_part_of_its_share():
    assert fair(6, [1, 1], slack=1, kept=[3, 5]) == [Bounds(0, 1), Bounds(0, 0)]


def test_nobody_gets_more_than_the_ceiling():
    assert fair(9, [8, 1], slack=0, kept=[0, 0], ceiling=5) == [Bounds(5, 5), Bounds(1, 1)]
