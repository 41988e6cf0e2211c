"""Where a fact counts when codes have ended."""

from hypothesis import given
from hypothesis import strategies as st

from youwo.insight.places import Places, lies_in


def test_a_place_without_changes_is_made_of_its_own_code():
    assert Places({}).parts("1408") == [("1408", 1)]


def test_a_code_that_went_elsewhere_is_taken_off_where_it_was():
    places = Places({"140802001001": "140881001001"})
    assert places.parts("140802") == [("140802", 1), ("140802001001", -1)]


def test_a_code_that_went_elsewhere_is_added_where_it_went():
    places = Places({"140802001001": "140881001001"})
    assert places.parts("140881") == [("140881", 1), ("140802001001", 1)]


def test_a_code_that_went_elsewhere_within_a_place_changes_nothing_there():
    places = Places({"140802001001": "140881001001"})
    assert places.parts("1408") == [("1408", 1)]


def test_changes_are_followed_to_their_end():
    places = Places({"140802001001": "140802001002", "140802001002": "140881001001"})
    assert places.home("140802001001") == "140881001001"


def test_an_ended_place_asked_for_by_its_own_code_still_holds_its_facts():
    places = Places({"140802001001": "140881001001"})
    assert places.parts("140802001001") == [("140802001001", 1)]


CODES = ["1408", "140801", "140802", "140801001", "140801002", "140802001", "140802002"]
CODES += [f"{town}{n:03}" for town in CODES[3:] for n in (1, 2)]
CODES += [f"{CODES[-1]}-001", f"{CODES[8]}-001"]


@given(st.dictionaries(st.sampled_from(CODES[1:]), st.sampled_from(CODES[1:]), max_size=4))
def test_every_code_counts_in_a_place_exactly_when_its_home_lies_there(moved):
    places = Places({old: new for old, new in moved.items() if not lies_in(new, old)})
    for place in CODES:
        if any(lies_in(place, ended) for ended in places.moved):
            continue
        for code in CODES:
            counted = sum(sign for part, sign in places.parts(place) if lies_in(code, part))
            assert counted == int(lies_in(places.home(code), place))
