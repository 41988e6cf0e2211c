"""How many facts a month has."""

from __future__ import annotations

from datetime import date

import pytest

from youwo.demo import rhythm
from youwo.demo.draws import shares
from youwo.demo.size import FULL


def test_parts_add_up_to_the_whole():
    assert shares(10, [1, 1, 1]) == [4, 3, 3]


@pytest.mark.parametrize(("kind", "total"), [("activity", 1_962), ("deed", 2_176)])
def test_the_published_months_add_up_exactly(kind, total):
    published = [date(2025, month, 1) for month in range(1, 5)]

    found = [len(rhythm.slots(5, kind, month, FULL)) for month in published]

    assert sum(found) == total


def test_the_same_seed_gives_the_same_month():
    month = date(2026, 9, 1)

    assert rhythm.slots(3, "deed", month, FULL) == rhythm.slots(3, "deed", month, FULL)


def test_another_seed_gives_another_month():
    month = date(2026, 9, 1)

    assert rhythm.slots(3, "deed", month, FULL) != rhythm.slots(4, "deed", month, FULL)


def test_the_spring_festival_is_quiet():
    slots = rhythm.slots(1408, "activity", date(2025, 1, 1), FULL)
    by_day = [sum(slot.on == date(2025, 1, day) for slot in slots) for day in (22, 29)]

    assert by_day[1] * 4 < by_day[0]


def test_the_days_about_5_march_are_busy():
    slots = rhythm.slots(1408, "activity", date(2025, 3, 1), FULL)
    by_day = [sum(slot.on == date(2025, 3, day) for slot in slots) for day in (5, 19)]

    assert by_day[0] > 2 * by_day[1]


def test_the_first_months_have_fewer_facts():
    before, after = (rhythm.month_total("deed", date(year, 3, 1), FULL) for year in (2024, 2025))

    assert before < 0.8 * after
