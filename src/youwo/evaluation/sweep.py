"""What time does: rounds open and close, evaluators are reminded, both sides of a whistle asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.evaluation import whistles
from youwo.evaluation.actions import rounds
from youwo.evaluation.models import Round, Stack, Status
from youwo.evaluation.terms import REMIND_BEFORE
from youwo.notices import actions as notices
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations.models import Mandate
from youwo.people.models import Grant, Person


def sweep(at: datetime) -> int:
    """Do everything that is due at a moment, and return how many rounds were moved."""
    moved = _each(Round.objects.filter(status=Status.PLANNED, opens_at__lte=at), _open, at)
    moved += _each(Round.objects.filter(status=Status.OPEN, closes_at__lte=at), _close, at)
    soon = Round.objects.filter(
        status=Status.OPEN,
        reminded_at__isnull=True,
        closes_at__gt=at,
        closes_at__lte=at + REMIND_BEFORE,
    )
    whistles.ask_both_sides(at)
    whistles.lapse(at)
    return moved + _each(soon, _remind, at)


def _each(due: QuerySet[Round], act: Callable[[Round, datetime], object], at: datetime) -> int:
    found = list(due.order_by("pk"))
    for round_ in found:
        act(round_, at)
    return len(found)


def _open(round_: Round, at: datetime) -> None:
    try:
        rounds.start(round_, by=None, at=at)
    except Refused as refused:
        # Nobody to evaluate, or another worker opened it in the same moment.
        _cancel(round_, str(refused), at)


def _cancel(round_: Round, reason: str, at: datetime) -> None:
    if Round.objects.filter(pk=round_.pk, status=Status.PLANNED).exists():
        rounds.cancel(round_, reason=reason, by=None, at=at)


def _close(round_: Round, at: datetime) -> None:
    try:
        rounds.close(round_, by=None, at=at)
    except Refused:
        # Closed by hand, or by another worker, since it was read.
        return


@transaction.atomic
def _remind(round_: Round, at: datetime) -> None:
    """Remind everybody who still has sheets before them, once before the round closes."""
    due = Round.objects.filter(pk=round_.pk, reminded_at__isnull=True)
    if not due.update(reminded_at=at):
        return
    notices.tell(
        _evaluators(rounds.stacks_left(round_), at),
        kind=NoticeKind.REMINDER,
        subject=gettext_lazy("Some evaluation sheets are still before you."),
        body=round_.title,
        link=f"/work/evaluations/{round_.reference}/sheets/",
        cause=f"evaluation.{round_.pk}.remind.{int(round_.closes_at.timestamp())}",
        at=at,
    )


def _evaluators(stacks: list[tuple[Stack, rounds.Left]], at: datetime) -> list[Person]:
    """Return before whom some sheets wait that are not all about themselves."""
    on = local_day(at)
    units = {unit for stack, left in stacks for unit in (stack.organization_id, left.organization)}
    acting: dict[int, set[int]] = defaultdict(set)
    for mandate in Mandate.objects.in_force(on).filter(organization__in=units - {None}):
        acting[mandate.organization_id].add(mandate.person_id)
    holding: dict[tuple[str, str], set[int]] = defaultdict(set)
    places = {stack.area_id for stack, _left in stacks if stack.role}
    for grant in Grant.objects.in_force(on).filter(area__in=places):
        holding[grant.role, grant.area_id].add(grant.person_id)
    keys: set[int | None] = set()
    for stack, left in stacks:
        before = {stack.person_id, *holding[stack.role, stack.area_id]}
        before |= acting[stack.organization_id or 0]
        keys |= before - acting[left.organization or 0] - {left.person}
    return list(Person.objects.filter(pk__in=keys - {None}))
