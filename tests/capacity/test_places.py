"""The arithmetic of places, without a database."""

import pytest

from youwo.capacity.places import Places

OPEN, KEPT = False, True


@pytest.mark.parametrize(
    ("taken", "kept", "free", "free_reserved"),
    [
        (0, 0, 3, 5),
        (3, 0, 0, 2),
        (0, 1, 3, 4),
        (0, 2, 3, 3),
        (0, 3, 2, 2),
        (1, 4, 0, 0),
        # A pool that shrank below its share after others had taken places.
        (4, 0, 0, 1),
    ],
)
def test_five_places_of_which_two_are_held_back(taken, kept, free, free_reserved):
    places = Places(capacity=5, held_back=2, taken=taken, taken_reserved=kept)

    assert (places.free(reserved=False), places.free(reserved=True)) == (free, free_reserved)


@pytest.mark.parametrize(
    ("line", "chosen"),
    [
        ([], []),
        ([(1, 1, OPEN), (2, 1, OPEN)], [1, 2]),
        # Three are free, two of them for everybody.
        ([(1, 2, OPEN), (2, 1, OPEN)], [1]),
        ([(1, 3, OPEN), (2, 1, OPEN)], []),
        # The share goes to the reserved behind a group that could not have had it.
        ([(1, 3, OPEN), (2, 1, KEPT), (3, 1, KEPT)], [2]),
        ([(1, 3, OPEN), (2, 2, KEPT)], []),
        # A reserved group that does not fit holds everybody behind it.
        ([(1, 4, KEPT), (2, 1, OPEN), (3, 1, KEPT)], []),
        # Larger than all there is: passed over.
        ([(1, 9, KEPT), (2, 6, OPEN), (3, 1, OPEN)], [3]),
    ],
)
def test_who_in_line_is_offered_places(line, chosen):
    places = Places(capacity=6, held_back=1, taken=3)

    assert places.choose(line) == chosen


@pytest.mark.parametrize(
    ("line", "chosen"),
    [
        ([(1, 3, OPEN), (2, 1, OPEN)], [2]),
        ([(1, 4, KEPT), (2, 1, OPEN), (3, 2, KEPT)], [2, 3]),
    ],
)
def test_in_the_last_stretch_what_does_not_fit_is_passed_over(line, chosen):
    places = Places(capacity=6, held_back=1, taken=3, last_stretch=True)

    assert places.choose(line) == chosen


@pytest.mark.parametrize(
    ("waits", "reserved_waits", "reserved", "fits"),
    [
        (None, None, OPEN, True),
        (3, None, OPEN, False),
        (None, 4, OPEN, False),
        (6, None, OPEN, True),
        (3, None, KEPT, True),
        (None, 4, KEPT, False),
    ],
)
def test_a_newcomer_overtakes_nobody_who_can_be_served(waits, reserved_waits, reserved, fits):
    places = Places(
        capacity=6,
        held_back=1,
        taken=3,
        smallest_waiting=waits,
        smallest_waiting_reserved=reserved_waits,
    )

    assert places.fits_newcomer(1, reserved=reserved) == fits
