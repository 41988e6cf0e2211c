"""The clock against tables worked out by hand: holidays of 2025 and 2026, nights, pauses.

Office hours are 8:00 to 12:00 and 14:30 to 18:00.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from tests import factories
from tests.dispatch.factories import answered, blown, levels, moment
from youwo.dispatch import actions, queries
from youwo.dispatch.actions import moving
from youwo.dispatch.clock import ended, lasting, until
from youwo.dispatch.models import Span, Whistle
from youwo.dispatch.sweep import sweep
from youwo.service import actions as service

pytestmark = pytest.mark.django_db

JINSHUI = "140802005022"


@pytest.fixture
def jinshui():
    return factories.community(JINSHUI, "金税社区")


@pytest.fixture
def worker(jinshui):
    return factories.granted("worker", jinshui)


@pytest.fixture
def lamps():
    return factories.OrganizationFactory(name="路灯所")


@pytest.fixture
def speaker(lamps):
    return factories.mandated(lamps)


# The start, the working hours, the end; worked out with a calendar and a pencil.
BY_HAND = [
    # A plain day, over noon.
    ("2025-03-10 11:00", 2, "2025-03-10 15:30"),
    # Begun at noon, begun at night, begun at a weekend.
    ("2025-03-10 13:00", 1, "2025-03-10 15:30"),
    ("2025-03-10 22:00", 1, "2025-03-11 09:00"),
    ("2025-03-15 10:00", 1, "2025-03-17 09:00"),
    # Up exactly at closing.
    ("2025-03-10 08:00", 7.5, "2025-03-10 18:00"),
    # Spring Festival 2025: free from 28 January to 4 February, worked on Sunday 26 January and on
    # Saturday 8 February.
    ("2025-01-24 16:00", 4, "2025-01-26 10:00"),
    ("2025-01-27 17:00", 4, "2025-02-05 11:00"),
    ("2025-02-07 17:30", 1, "2025-02-08 08:30"),
    # Labour Day 2025: free from 1 to 5 May, worked on Sunday 27 April.
    ("2025-04-25 17:00", 2, "2025-04-27 09:00"),
    ("2025-04-30 17:00", 2, "2025-05-06 09:00"),
    # National Day and Mid-Autumn 2025: free from 1 to 8 October, worked on Sunday 28 September and
    # on Saturday 11 October.
    ("2025-09-26 17:00", 2, "2025-09-28 09:00"),
    ("2025-09-30 17:00", 7.5, "2025-10-09 17:00"),
    ("2025-10-10 17:00", 4, "2025-10-11 11:00"),
    # The turn of the year: free from 1 to 3 January 2026, worked on Sunday the 4th.
    ("2025-12-31 16:00", 4, "2026-01-04 10:00"),
    # Spring Festival 2026: free from 15 to 23 February, worked on the Saturdays 14 and 28.
    ("2026-02-13 17:00", 2, "2026-02-14 09:00"),
    ("2026-02-14 17:00", 2, "2026-02-24 09:00"),
    ("2026-02-27 17:00", 2, "2026-02-28 09:00"),
    # Mid-Autumn 2026, Friday to Sunday, and National Day 2026: free from 1 to 7 October.
    ("2026-09-24 17:00", 2, "2026-09-28 09:00"),
    ("2026-09-30 17:00", 2, "2026-10-08 09:00"),
]


@pytest.mark.parametrize(("start", "hours", "end"), BY_HAND)
def test_time_is_up_when_the_table_says(jinshui, start, hours, end):
    found = until(moment(start), minutes=round(hours * 60), area_code=JINSHUI)

    assert found.at == moment(end)


@pytest.mark.parametrize(("start", "hours", "end"), BY_HAND)
def test_a_whistle_is_late_when_the_table_says(jinshui, worker, lamps, start, hours, end):
    level = levels()[0]
    type(level).objects.filter(pk=level.pk).update(reply_hours=Decimal(str(hours)))
    queries.ladders.forget()

    whistle = blown(worker, jinshui, [lamps], moment(start))

    assert whistle.due_at == moment(end)


def _solving(worker, speaker, jinshui, lamps, at, *, hours="7.5"):
    """A whistle answered at once, to be solved within a working day."""
    level = levels()[0]
    type(level).objects.filter(pk=level.pk).update(solve_hours=Decimal(hours))
    queries.ladders.forget()
    return answered(worker, speaker, jinshui, [lamps], moment(at))


# From the answer on, with a working day to solve it: the pause, and when time is up after it.
PAUSES = [
    # From a Monday evening to a Wednesday morning: a whole day does not count.
    ("2025-03-10 09:00", "2025-03-10 19:00", "2025-03-12 07:00", "2025-03-12 09:00"),
    # Over a weekend, from an afternoon to a morning.
    ("2025-03-14 16:00", "2025-03-14 17:00", "2025-03-17 09:00", "2025-03-17 18:00"),
    # Within a weekend: nothing is lost or won.
    ("2025-03-14 16:00", "2025-03-15 10:00", "2025-03-16 10:00", "2025-03-17 16:00"),
    # Within the break at noon.
    ("2025-03-10 08:00", "2025-03-10 12:15", "2025-03-10 14:00", "2025-03-10 18:00"),
    # From noon into the afternoon.
    ("2025-03-10 08:00", "2025-03-10 13:00", "2025-03-10 15:30", "2025-03-11 09:00"),
    # Over the Spring Festival of 2025, begun and ended on free days.
    ("2025-01-27 17:00", "2025-01-29 10:00", "2025-02-03 20:00", "2025-02-05 17:00"),
    # From before National Day 2025 to the make-up Saturday after it.
    ("2025-09-30 17:00", "2025-09-30 17:30", "2025-10-11 10:00", "2025-10-13 09:30"),
    # Over the turn of the year.
    ("2025-12-31 16:00", "2025-12-31 18:30", "2026-01-04 09:00", "2026-01-04 17:00"),
]


@pytest.mark.parametrize(("start", "begins", "ends", "due"), PAUSES)
def test_a_pause_does_not_count(jinshui, worker, speaker, lamps, start, begins, ends, due):
    whistle = _solving(worker, speaker, jinshui, lamps, start)

    actions.pause(whistle, reason="等配件到货", last=moment(ends), by=speaker, at=moment(begins))
    sweep(moment(ends))

    whistle.refresh_from_db()
    assert (whistle.status, whistle.due_at) == ("answered", moment(due))


@pytest.mark.parametrize(("start", "begins", "ends", "due"), PAUSES)
def test_a_pause_swept_late_is_no_longer(jinshui, worker, speaker, lamps, start, begins, ends, due):
    whistle = _solving(worker, speaker, jinshui, lamps, start)
    actions.pause(whistle, reason="等配件到货", last=moment(ends), by=speaker, at=moment(begins))

    sweep(moment("2026-01-12 08:00"))

    whistle.refresh_from_db()
    late = whistle.overdue_at or whistle.due_at
    assert late == moment(due)


# Intervals of a clock as they are written, and when each of them ends.
INTERVALS = [
    # Each lasts until the next one begins; the last is open.
    ([("09:00", None), ("09:30", None), ("10:00", None)], ["09:30", "10:00", None]),
    # Stopped and begun again: what lies between belongs to nobody.
    ([("09:00", None), ("09:30", "10:00"), ("11:00", None)], ["09:30", "10:00", None]),
    # With all ends written, nothing else comes out.
    ([("09:00", "09:30"), ("09:30", "10:00"), ("10:00", "11:00")], ["09:30", "10:00", "11:00"]),
    # An act with an earlier moment than the one before: no end before its start.
    ([("09:00", None), ("10:00", None), ("09:50", "10:30")], ["10:00", "10:00", "10:30"]),
    # No end beyond the next beginning, whoever wrote it.
    ([("09:00", "11:00"), ("09:30", "11:00")], ["09:30", "11:00"]),
    ([], []),
]


@pytest.mark.parametrize(("written", "ends"), INTERVALS)
def test_an_interval_lasts_until_the_next_one_begins(jinshui, worker, lamps, written, ends):
    def on_monday(time):
        return time and moment(f"2025-03-10 {time}")

    whistle = blown(worker, jinshui, [lamps], moment("2025-03-10 09:00"))
    whistle.spans.all().delete()
    for starts_at, ends_at in written:
        Span.objects.create(
            whistle=whistle, level=whistle.level, kind="running", stage="reply",
            starts_at=on_monday(starts_at), ends_at=on_monday(ends_at),
        )  # fmt: skip

    # In whatever order they were read.
    found = ended(whistle.spans.order_by("-pk"))

    assert [span.ends_at for span in found] == [on_monday(time) for time in ends]
    assert [span.pk for span in found] == sorted(span.pk for span in found)


def test_time_between_done_and_opened_again_does_not_count(jinshui, worker, speaker, lamps):
    whistle = _solving(worker, speaker, jinshui, lamps, "2025-03-10 09:00")
    service.deliver(
        whistle.item, organization=lamps, occurred_on=moment("2025-03-10 10:00").date(),
        minutes=60, people=2, what="换了灯", by=speaker, at=moment("2025-03-10 10:00"),
    )  # fmt: skip
    actions.follow(whistle.item, at=moment("2025-03-10 10:00"))
    service.contest(whistle.item, reason="还是不亮", by=worker, at=moment("2025-03-11 09:00"))
    actions.follow(whistle.item, at=moment("2025-03-11 09:00"))
    whistle.refresh_from_db()

    reading = queries.reading(whistle, list(whistle.spans.all()), moment("2025-03-11 11:00"))

    # An hour on Monday, two on Tuesday; a working day more since it was opened again.
    assert (reading.counted, reading.left) == (180, 330)


def test_stopping_what_stands_changes_nothing(jinshui, worker, speaker, lamps):
    whistle = blown(worker, jinshui, [lamps], moment("2025-03-10 09:00"))
    moving.end_span(whistle, moment("2025-03-10 10:00"))

    moving.end_span(whistle, moment("2025-03-10 11:00"))

    assert whistle.spans.get().ends_at == moment("2025-03-10 10:00")


def test_an_extension_adds_to_what_is_left(jinshui, worker, speaker, lamps):
    whistle = _solving(worker, speaker, jinshui, lamps, "2025-03-14 16:00")
    actions.pause(
        whistle, reason="等配件到货", last=moment("2025-03-17 09:00"), by=speaker,
        at=moment("2025-03-14 17:00"),
    )  # fmt: skip
    actions.resume(whistle, by=speaker, at=moment("2025-03-17 08:30"))

    actions.extend(
        whistle, hours=Decimal(2), reason="还要挖一段", by=speaker, at=moment("2025-03-17 10:00")
    )

    whistle.refresh_from_db()
    # An hour on Friday, then from half past eight: 6.5 h left make it 17:30, and 2 h more.
    assert whistle.due_at == moment("2025-03-18 09:30")


def test_the_clock_shows_its_sums(jinshui, worker, lamps):
    whistle = blown(worker, jinshui, [lamps], moment("2025-03-10 11:00"))
    at = moment("2025-03-10 15:10")

    reading = queries.reading(whistle, list(whistle.spans.all()), at)

    assert (reading.counted, reading.left) == (100, 140)
    assert reading.rings_at == moment("2025-03-10 17:30")
    assert (reading.left_out.noon, reading.left_out.nights, reading.left_out.free) == (
        True,
        False,
        (),
    )


def test_the_clock_says_what_it_left_out(jinshui, worker, lamps):
    whistle = blown(worker, jinshui, [lamps], moment("2025-01-27 17:00"))

    with translation.override("en"):
        reading = queries.reading(whistle, list(whistle.spans.all()), moment("2025-02-05 08:30"))

        assert reading.counted == 90
        assert reading.left_out.explained == (
            "time after office hours, Spring Festival holiday not counted"
        )


def test_a_clock_that_is_over_says_by_how_much(jinshui, worker, lamps):
    whistle = blown(worker, jinshui, [lamps], moment("2025-03-10 09:00"))

    # Due at 15:30.
    reading = queries.reading(whistle, list(whistle.spans.all()), moment("2025-03-10 16:00"))

    assert (reading.left, reading.is_over, reading.rings_at) == (-30, True, None)


def test_a_paused_clock_stands(jinshui, worker, speaker, lamps):
    whistle = _solving(worker, speaker, jinshui, lamps, "2025-03-10 09:00")
    actions.pause(
        whistle, reason="等配件到货", last=moment("2025-03-12 09:00"), by=speaker,
        at=moment("2025-03-10 10:00"),
    )  # fmt: skip
    whistle.refresh_from_db()
    spans = list(whistle.spans.all())

    early = queries.reading(whistle, spans, moment("2025-03-10 11:00"))
    later = queries.reading(whistle, spans, moment("2025-03-11 17:00"))

    assert [(one.counted, one.left, one.paused) for one in (early, later)] == [(60, 390, True)] * 2


def test_no_clock_before_it_began(jinshui, worker, lamps):
    assert queries.reading(Whistle(), [], moment("2025-03-10 11:00")) is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"),
        (20, "20 min"),
        (280, "4 h 40 min"),
        (450, "1 working day"),
        (-1030, "2 working days 2 h 10 min"),
    ],
)
def test_minutes_in_words(minutes, words):
    with translation.override("en"):
        assert lasting(minutes) == words
