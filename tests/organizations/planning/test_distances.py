"""How far apart two places are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from youwo.organizations.planning.distances import Spot, between, matrix, nearest

JINSHUI = "140802005022"
CODES = ["1408", "140802", "140881", "140802005", JINSHUI, f"{JINSHUI}-0001", f"{JINSHUI}-0002"]
spots = st.builds(
    Spot,
    st.sampled_from(CODES),
    st.none() | st.floats(110, 112),
    st.none() | st.floats(34, 36),
)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        (f"{JINSHUI}-0001", f"{JINSHUI}-0001", 0),
        (JINSHUI, JINSHUI, 0),
        (f"{JINSHUI}-0001", f"{JINSHUI}-0002", 5),
        (JINSHUI, "140802005001", 30),
        ("140802", JINSHUI, 200),
        ("140802", "140802", 200),
        ("140881", JINSHUI, 600),
        ("1408", JINSHUI, 600),
    ],
)
def test_without_points_the_codes_say_how_far(one, other, distance):
    assert between(Spot(one), Spot(other)) == distance


def test_with_points_it_is_as_the_crow_flies():
    # One degree of latitude is 111.2 km.
    assert between(Spot("1408", 111.0, 35.0), Spot(JINSHUI, 111.0, 36.0)) == 1112


def test_a_unit_is_where_its_nearest_spot_is():
    assert nearest([Spot("140881"), Spot(JINSHUI)], Spot(f"{JINSHUI}-0001")) == 5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(spots, min_size=1, max_size=3), min_size=1, max_size=6),
    st.lists(spots, min_size=1, max_size=6),
)
def test_all_at_once_agree_with_one_by_one(units, places):
    found = matrix(units, places)

    one_by_one = [[nearest(unit, place) for place in places] for unit in units]
    # The last bit of a sine may differ, and with it the rounding.
    assert abs(found - one_by_one).max() <= 1
