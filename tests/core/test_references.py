import pytest

from youwo.core.references import ALPHABET, new_reference, parse_reference, spaced


def test_a_reference_reads_back_however_it_is_typed():
    reference = new_reference("W")
    assert parse_reference(f" {spaced(reference).lower()} ") == reference


@pytest.mark.parametrize("place", range(9))
def test_any_wrong_character_is_found(place):
    reference = new_reference("W")
    wrong = [
        reference[:place] + other + reference[place + 1 :]
        for other in ALPHABET
        if other != reference[place]
    ]
    assert [parse_reference(text) for text in wrong] == [None] * 30


def test_swapped_neighbours_are_found():
    reference = new_reference("W")
    swapped = {
        reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
        for place in range(8)
    } - {reference}
    assert {parse_reference(text) for text in swapped} == {None}


@pytest.mark.parametrize("text", ["", "W", "心愿", "W" * 9 + "2", "0OIL10OIL"])
def test_other_text_is_no_reference(text):
    assert parse_reference(text) is None
