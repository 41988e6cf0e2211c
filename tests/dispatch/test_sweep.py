"""What time does to whistles: they climb, pauses end, decisions that rest move up."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.dispatch.factories import answered, blown, moment, open_intervals
from youwo.almanac import actions as almanac
from youwo.core.refused import Refused
from youwo.dispatch import actions
from youwo.dispatch.climbing import climb
from youwo.dispatch.clock import ended
from youwo.dispatch.models import Status
from youwo.dispatch.sweep import sweep
from youwo.journal.models import Line
from youwo.service import actions as service
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def turns(whistle) -> list[tuple[str, str]]:
    rows = Turn.objects.filter(subject_label="dispatch.whistle", subject_key=str(whistle.pk))
    return sorted(rows.values_list("kind", "area_id"))


def test_an_unanswered_whistle_climbs_to_the_next_level(worker, town, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    sweep(moment("2025-03-10 15:30"))

    whistle.refresh_from_db()
    assert (whistle.level.code, whistle.climbed, whistle.due_at) == (
        "important",
        1,
        moment("2025-03-10 17:30"),
    )
    assert turns(whistle) == [
        ("whistle.answer", "140802005022"),
        ("whistle.see_to", "140802005"),
    ]


def test_nothing_climbs_before_its_time(worker, jinshui, lamps, at):
    blown(worker, jinshui, [lamps], at)

    assert sweep(moment("2025-03-10 15:29")) == 0


def test_each_level_has_an_interval_of_its_own(worker, town, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)
    sweep(moment("2025-03-10 15:30"))

    spans = ended(whistle.spans.select_related("level"))
    assert [(span.level.code, span.stage, span.starts_at, span.ends_at) for span in spans] == [
        ("ordinary", "reply", at, moment("2025-03-10 15:30")),
        ("important", "reply", moment("2025-03-10 15:30"), None),
    ]


def test_on_the_top_level_the_clock_rings_no_more(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at, rung=4)

    assert (sweep(moment("2025-03-12 09:00")), sweep(moment("2025-03-13 09:00"))) == (1, 0)

    whistle.refresh_from_db()
    assert (whistle.level.code, whistle.climbed, whistle.rings_at) == ("city", 0, None)
    assert whistle.overdue_at == whistle.due_at == moment("2025-03-11 09:00")
    assert whistle.spans.get().ends_at is None


def test_a_late_unit_stays_late_while_its_whistle_climbs(
    worker, town, county, jinshui, lamps, speaker, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    due_at = whistle.due_at

    sweep(due_at)
    sweep(moment("2025-03-18 09:00"))

    whistle.refresh_from_db()
    assert (whistle.status, whistle.level.code, whistle.due_at, whistle.overdue_at) == (
        Status.ANSWERED,
        "hard",
        due_at,
        due_at,
    )
    assert turns(whistle) == [
        ("whistle.overdue", "140802"),
        ("whistle.solve", "140802005022"),
    ]


def test_an_office_sets_a_new_time_for_a_late_whistle(worker, town, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    sweep(whistle.due_at)

    actions.set_time(
        whistle, hours=15, reason="已到现场督办", by=town, at=moment("2025-03-17 10:00")
    )

    whistle.refresh_from_db()
    assert (whistle.overdue_at, whistle.due_at) == (None, moment("2025-03-19 10:00"))
    assert turns(whistle) == [("whistle.solve", "140802005022")]


@pytest.mark.parametrize("who", ["worker", "speaker", "stranger"])
def test_others_set_no_time(worker, town, jinshui, lamps, speaker, at, who):
    people = {"worker": worker, "speaker": speaker, "stranger": town}
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    if who == "stranger":
        # The coordinator, but acting for the unit as well.
        factories.mandate(town, lamps)
    sweep(whistle.due_at)

    with pytest.raises(Refused):
        actions.set_time(
            whistle, hours=15, reason="宽限", by=people[who], at=moment("2025-03-17 10:00")
        )


def test_no_time_is_set_before_it_is_late(worker, town, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        actions.set_time(whistle, hours=15, reason="宽限", by=town, at=at)


def test_the_office_asks_another_unit_to_take_over_a_late_whistle(
    worker, town, jinshui, lamps, water, speaker, plumber, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    sweep(whistle.due_at)
    later = moment("2025-03-17 10:00")

    actions.hand_on(whistle, organization=water, reason="改由供水公司办", by=town, at=later)
    actions.take_over(
        whistle, organization=water, who="抢修班", arrives_at=later, by=plumber, at=later
    )

    assert whistle.calls.get(responsible=True).organization == water


def test_coordinators_are_told_once_for_all(worker, town, jinshui, lamps, at):
    for _ in range(3):
        blown(worker, jinshui, [lamps], at)

    sweep(moment("2025-03-10 15:30"))

    assert town.messages.count() == 1


def test_every_climb_is_in_the_journal(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at, rung=3)

    sweep(moment("2025-03-11 09:00"))
    sweep(moment("2025-03-12 09:00"))

    lines = Line.objects.filter(target_label="dispatch.whistle", target_key=str(whistle.pk))
    assert list(lines.order_by("pk").values_list("verb", "area_code", "actor_key", "data")) == [
        ("whistle", "140802005022", str(worker.pk), {"level": "hard", "organizations": [lamps.pk]}),
        ("climb", "140802005022", "", {}),
        ("overdue", "140802005022", "", {}),
    ]


def test_other_office_hours_give_another_deadline(worker, town, jinshui, lamps, at):
    almanac.set_office_hours(
        factories.area("140802"),
        valid_from=date(2025, 1, 1),
        morning=(time(9), time(12)),
        afternoon=(time(13), time(17)),
        by=None,
        at=at,
    )
    whistle = blown(worker, jinshui, [lamps], at)

    sweep(moment("2025-03-10 14:00"))

    whistle.refresh_from_db()
    assert whistle.due_at == moment("2025-03-10 16:00")


def test_a_batch_of_any_size_costs_the_same_statements(worker, town, jinshui, lamps, speaker, at):
    def statements(count) -> int:
        for _ in range(count):
            blown(worker, jinshui, [lamps], at)
            answered(worker, speaker, jinshui, [lamps], at)
        with CaptureQueriesContext(connection) as captured:
            assert climb(moment("2025-03-17 10:00")) == 2 * count
        return len(captured)

    first = statements(1)
    assert statements(6) == first <= 16


def test_larger_numbers_go_in_batches(worker, jinshui, lamps, at):
    for _ in range(3):
        blown(worker, jinshui, [lamps], at)

    late = moment("2025-03-10 15:30")
    assert [climb(late, most=2), climb(late, most=2), climb(late, most=2)] == [2, 1, 0]


def test_what_was_done_is_seen_by_the_sweep(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    service.deliver(
        whistle.item, organization=lamps, occurred_on=at.date(), minutes=60, people=2,
        what="换了灯", by=speaker, at=at,
    )  # fmt: skip

    assert sweep(at + timedelta(minutes=1)) == 1

    whistle.refresh_from_db()
    assert whistle.status == Status.DELIVERED


def test_a_pause_that_is_over_puts_the_unit_back_to_work(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.pause(whistle, reason="等配件", last=moment("2025-03-11 09:00"), by=speaker, at=at)

    sweep(moment("2025-03-11 09:00"))

    turn = Turn.objects.get(kind="whistle.solve", subject_key=str(whistle.pk))
    assert turn.due_at == moment("2025-03-18 09:00")
    spans = ended(whistle.spans.all())
    assert [(span.stage, span.kind, span.ends_at) for span in spans] == [
        ("reply", "running", at),
        ("solve", "running", at),
        ("solve", "paused", moment("2025-03-11 09:00")),
        ("solve", "running", None),
    ]


def test_a_decision_that_rests_moves_up(worker, town, county, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at, rung=3)
    whistle2 = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(
        whistle2, organization=lamps, reason="不归我们", by=speaker, at=at
    )

    sweep(objection.due_at)

    objection.refresh_from_db()
    assert (objection.office_id, objection.due_at) == ("140802", moment("2025-03-11 09:30"))
    assert ("whistle.decide", "140802") in turns(whistle2)
    assert whistle.pk != whistle2.pk


def test_more_time_that_rests_moves_up_to_the_city_and_stays(
    worker, town, jinshui, lamps, speaker, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    extension = actions.extend(whistle, hours=Decimal(30), reason="要等材料", by=speaker, at=at)

    # Decided within half a working day, or not at all.
    sweep(moment("2025-03-10 15:30"))
    sweep(moment("2025-03-11 09:30"))
    sweep(moment("2025-03-12 15:00"))

    extension.refresh_from_db()
    assert (extension.office_id, extension.due_at) == ("1408", moment("2025-03-11 09:30"))


def test_an_empty_batch_costs_two_statements(rungs, at, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert climb(at) == 0


def test_no_interval_is_open_twice(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)
    for hours in range(0, 60, 5):
        sweep(at + timedelta(hours=hours))

    assert len(open_intervals(whistle)) == 1
