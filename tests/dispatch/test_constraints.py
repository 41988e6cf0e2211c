"""Rows that cannot exist: the database refuses them, whoever writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.dispatch.factories import answered, blown
from youwo.dispatch import actions
from youwo.dispatch.models import Call, Extension, Ladder, Level, Objection, Span, Whistle

pytestmark = pytest.mark.django_db


def refused(rows, **values) -> bool:
    """Say whether the database refuses a change."""
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "values",
    [
        {"due_at": None},
        {"status": "answered"},
        {"status": "closed"},
        {"status": "withdrawn"},
        {"status": "delivered"},
        {"problem": None},
    ],
)
def test_a_whistle_that_makes_no_sense(worker, jinshui, lamps, at, values):
    whistle = blown(worker, jinshui, [lamps], at)

    assert refused(Whistle.objects.filter(pk=whistle.pk), **values)


def test_a_clock_does_not_ring_when_it_is_over(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    assert refused(Whistle.objects.filter(pk=whistle.pk), status="delivered", delivered_at=at)


def test_a_withdrawal_has_a_reason(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)
    actions.withdraw(whistle, reason="修好了", by=worker, at=at)

    assert refused(Whistle.objects.filter(pk=whistle.pk), reason="")


def test_two_units_are_not_responsible(worker, jinshui, lamps, water, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps, water], at)
    second = Call.objects.filter(whistle=whistle, organization=water)
    has_answered = {"status": "answered", "answered_by": speaker, "answered_at": at}

    assert refused(second, responsible=True, **has_answered)
    assert not refused(second, **has_answered)


def test_a_unit_is_not_called_twice_at_a_time(worker, jinshui, lamps, water, at):
    whistle = blown(worker, jinshui, [lamps, water], at)

    assert refused(Call.objects.filter(whistle=whistle), organization=lamps)


def test_nobody_answers_unnamed(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert refused(Call.objects.filter(whistle=whistle), status="answered")


def test_who_has_left_is_not_responsible(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert refused(Call.objects.filter(whistle=whistle), status="excused")


@pytest.mark.parametrize("values", [{"kind": "paused"}, {"until": "at"}, {"ends_at": "before"}])
def test_an_interval_that_makes_no_sense(worker, jinshui, lamps, at, values):
    blown(worker, jinshui, [lamps], at)
    moments = {"at": at, "before": at - timedelta(hours=1)}

    assert refused(
        Span.objects.all(), **{name: moments.get(value, value) for name, value in values.items()}
    )


def test_a_decision_has_a_reason_and_a_moment(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)
    actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    rows = Objection.objects.all()
    assert refused(rows, granted=True)
    assert refused(rows, granted=True, decided_at=at)
    assert not refused(rows, granted=True, decided_at=at, decision="属实")


def test_an_extension_is_of_some_hours(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.extend(whistle, hours=2, reason="不够", by=speaker, at=at)

    assert refused(Extension.objects.all(), hours=0)


@pytest.mark.parametrize("values", [{"reply_hours": 0}, {"number": 1}, {"code": "same"}])
def test_a_level_that_makes_no_sense(rungs, values):
    assert refused(Level.objects.all(), **values)


def test_one_ladder_a_day(rungs, at):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ladder.objects.create(valid_from=Ladder.objects.get().valid_from, recorded_at=at)
