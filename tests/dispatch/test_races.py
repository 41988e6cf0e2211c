"""Two units at one whistle in the same instant, each in a transaction of their own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.dispatch.factories import answered, blown, moment, open_intervals
from tests.side_by_side import at_once, meanwhile, on_postgresql
from youwo.core.refused import Refused
from youwo.dispatch import actions
from youwo.dispatch.models import Call, Objection, Span, Status, Whistle
from youwo.dispatch.sweep import sweep
from youwo.journal.models import Line
from youwo.turns.models import Turn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    on_postgresql,
]


def report(whistle, unit, by, at):
    return actions.answer(
        Whistle.objects.get(pk=whistle.pk), organization=unit, who="两位",
        arrives_at=at + timedelta(hours=1), by=by, at=at,
    )  # fmt: skip


def test_of_two_that_answer_at_once_one_is_responsible(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    answers = at_once(
        lambda: report(whistle, lamps, speaker, at), lambda: report(whistle, water, plumber, at)
    )

    whistle.refresh_from_db()
    lead = whistle.calls.get(responsible=True)
    assert {type(answer) for answer in answers} == {Call, Refused}
    assert (whistle.status, lead.status) == (Status.ANSWERED, "answered")
    assert whistle.item.organization_id == lead.organization_id
    assert len(open_intervals(whistle)) == 1
    assert [span.stage for span in whistle.spans.order_by("pk")] == ["reply", "solve"]


def test_who_comes_second_is_told_so(worker, jinshui, lamps, water, speaker, plumber, at):
    whistle = blown(worker, jinshui, [lamps, water], at)

    refused = meanwhile(
        lambda: report(whistle, lamps, speaker, at), lambda: report(whistle, water, plumber, at)
    )

    assert (len(refused), whistle.calls.get(responsible=True).organization) == (1, lamps)


def test_an_answer_while_it_is_withdrawn_comes_too_late(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)

    refused = meanwhile(
        lambda: actions.withdraw(whistle, reason="修好了", by=worker, at=at),
        lambda: report(whistle, lamps, speaker, at),
    )

    whistle.refresh_from_db()
    assert (len(refused), whistle.status) == (1, Status.WITHDRAWN)


def test_the_sweep_passes_over_a_whistle_that_is_being_answered(
    worker, town, jinshui, lamps, speaker, at
):
    whistle = blown(worker, jinshui, [lamps], at)
    late = moment("2025-03-10 15:30")

    meanwhile(lambda: report(whistle, lamps, speaker, late), lambda: sweep(late))

    whistle.refresh_from_db()
    assert (whistle.status, whistle.climbed) == (Status.ANSWERED, 0)


def test_taken_over_and_paused_at_once(worker, jinshui, lamps, water, speaker, plumber, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.hand_on(whistle, organization=water, reason="是水管", by=speaker, at=at)

    refused = meanwhile(
        lambda: actions.take_over(
            whistle, organization=water, who="两位", arrives_at=at, by=plumber, at=at
        ),
        lambda: actions.pause(
            Whistle.objects.get(pk=whistle.pk), reason="等", last=at + timedelta(days=1),
            by=speaker, at=at,
        ),
    )  # fmt: skip

    assert len(refused) == 1
    assert Call.objects.filter(responsible=True).count() == 1


def turns_of(whistle) -> list[tuple[str, str]]:
    rows = Turn.objects.filter(subject_label="dispatch.whistle", subject_key=str(whistle.pk))
    return sorted(rows.values_list("kind", "area_id"))


def test_an_answer_waits_until_an_objection_has_moved_up(
    worker, town, county, jinshui, lamps, water, speaker, plumber, at
):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    # So that the whistle itself does not ring in the same minute.
    actions.call(whistle, organizations=[water], by=worker, at=at + timedelta(hours=1))
    late = objection.due_at

    meanwhile(lambda: sweep(late), lambda: report(whistle, water, plumber, late))

    objection = Objection.objects.get()
    assert (objection.office_id, objection.is_overtaken) == ("140802", True)
    assert turns_of(whistle) == [("whistle.solve", jinshui.pk)]


def test_an_objection_that_is_just_being_overtaken_does_not_move_up(
    worker, town, county, jinshui, lamps, water, speaker, plumber, at
):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    # So that the whistle itself does not ring in the same minute.
    actions.call(whistle, organizations=[water], by=worker, at=at + timedelta(hours=1))
    late = objection.due_at

    meanwhile(lambda: report(whistle, water, plumber, late), lambda: sweep(late))
    sweep(late)

    objection = Objection.objects.get()
    # It stays where it was, and the sweep writes down that it is over.
    assert (objection.office_id, objection.granted, objection.decided_by) == (
        "140802005",
        True,
        None,
    )
    assert turns_of(whistle) == [("whistle.solve", jinshui.pk)]


def test_of_an_answer_and_a_decision_at_once_one_comes_too_late(
    worker, town, county, jinshui, lamps, water, speaker, plumber, at
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    refused = meanwhile(
        lambda: report(whistle, water, plumber, at),
        lambda: actions.decide(objection, upheld=False, reason="归", by=town, at=at),
    )

    assert (len(refused), Objection.objects.get().granted) == (1, None)
    assert whistle.calls.get(organization=lamps).status == "relieved"
    assert turns_of(whistle) == [("whistle.solve", jinshui.pk)]


def test_a_pause_waits_until_a_wish_for_time_has_moved_up(
    worker, town, county, jinshui, lamps, speaker, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    extension = actions.extend(whistle, hours=Decimal(60), reason="等材料", by=speaker, at=at)
    late = extension.due_at

    meanwhile(
        lambda: sweep(late),
        lambda: actions.pause(
            Whistle.objects.get(pk=whistle.pk), reason="等", last=late + timedelta(days=1),
            by=speaker, at=late,
        ),
    )  # fmt: skip

    assert turns_of(whistle) == [("whistle.grant", "140802"), ("whistle.solve", jinshui.pk)]


def test_many_climb_on_several_connections_and_each_once(
    worker, coordinator, jinshui, lamps, at, monkeypatch
):
    monkeypatch.setattr("youwo.dispatch.sweep.BATCH", 2)
    whistles = [blown(worker, jinshui, [lamps], at) for _ in range(9)]
    late = moment("2025-06-04 09:00")

    moved = sweep(late)

    climbed = Whistle.objects.filter(pk__in=[one.pk for one in whistles])
    assert (moved, set(climbed.values_list("climbed", flat=True))) == (9, {1})
    assert Line.objects.filter(verb="climb").count() == 9
    assert [len(open_intervals(whistle)) for whistle in whistles] == [1] * 9
    assert Span.objects.count() == 18
    assert coordinator.messages.filter(cause__startswith="whistles.climb").count() == 1
