"""Saying whose turn it is, in the transaction of the act that makes it so.

The case decides; this only writes down what follows from it, so nothing here is journalled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from youwo.core.acts import at_end
from youwo.turns.models import Turn

_TITLE = Turn._meta.get_field("title").max_length or 0
_DETAIL = Turn._meta.get_field("detail").max_length or 0

_SUBJECT = ("id", "subject_label", "subject_key")
_RENEWED = tuple(field.attname for field in Turn._meta.fields if field.name not in _SUBJECT)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One turn: what is to be done, where, whose it is, since when and until when.

    Exactly one of `role` (of whoever holds it in the place), `organization` (whoever acts for the
    unit; its key) and `person` (a key) is given. A worker's turn is for workers of the community
    and of any area around it; a coordinator's is for those of exactly this area. `not_persons` and
    `not_organizations` are keys of those who must leave it to others. Long titles are cut.
    """

    kind: str
    reference: str
    title: str
    area: str
    since: datetime
    due_at: datetime
    role: str = ""
    organization: int | None = None
    person: int | None = None
    detail: str = ""
    not_persons: tuple[int, ...] = ()
    not_organizations: tuple[int, ...] = ()


def put(subject: models.Model, wanted: Iterable[Wanted], *, new: bool = False) -> None:
    """Make these the turns of a case, in place of those it had. None: nobody's turn.

    `new` says that the case has none yet: it has just come into being, or it was nobody's turn.
    That saves a statement.
    Within an act they are written when it ends, for all its cases together; the last word counts.
    """
    put_many([(subject, list(wanted))], new=new)


def clear(subject: models.Model) -> None:
    """Say that a case is nobody's turn any more."""
    put_many([(subject, [])])


def put_many(cases: Iterable[tuple[models.Model, Sequence[Wanted]]], *, new: bool = False) -> None:
    """Do what `put` does for many cases, in at most two statements for all of them."""
    at_end(
        _write,
        [
            _Put((subject._meta.label_lower, str(subject.pk)), wanted, new)
            for subject, wanted in cases
        ],
    )


@dataclass(frozen=True)
class _Put:
    case: tuple[str, str]
    wanted: Sequence[Wanted]
    new: bool


def _write(puts: list[_Put]) -> None:
    last = {one.case: one for one in puts}
    # What was said of a case first tells whether it had turns when the act began.
    first = {one.case: one for one in reversed(puts)}
    begun = {case for case, one in first.items() if one.new}
    if len(last) == 1 and not begun and len(puts[-1].wanted) == 1:
        if _renew(puts[-1]):
            return
        begun.update(last)
    renewed: dict[str, list[str]] = {}
    for label, key in sorted(last.keys() - begun):
        renewed.setdefault(label, []).append(key)
    if renewed:
        of_cases = [Q(subject_label=label, subject_key__in=keys) for label, keys in renewed.items()]
        Turn.objects.filter(reduce(or_, of_cases)).delete()
    Turn.objects.bulk_create(
        [_turn(*one.case, wanted) for one in last.values() for wanted in one.wanted],
        batch_size=1000,
    )


def _renew(put: _Put) -> bool:
    """Let the one turn of a case become its next one; says no where it has none.

    That is how most cases move on, and it costs a statement less than another row in its place.
    """
    label, key = put.case
    turn = _turn(label, key, put.wanted[0])
    own = Turn.objects.filter(subject_label=label, subject_key=key)
    had = own.update(**{field: getattr(turn, field) for field in _RENEWED})
    if had > 1:
        # They are all alike now: one is enough.
        own.exclude(pk__in=own.order_by("pk").values("pk")[:1]).delete()
    return had > 0


def _turn(label: str, key: str, wanted: Wanted) -> Turn:
    return Turn(
        kind=wanted.kind,
        subject_label=label,
        subject_key=key,
        reference=wanted.reference,
        title=_cut(wanted.title, _TITLE),
        detail=_cut(wanted.detail, _DETAIL),
        area_id=wanted.area,
        role=wanted.role,
        organization_id=wanted.organization,
        person_id=wanted.person,
        barred=_barred(wanted.not_persons, wanted.not_organizations),
        since=wanted.since,
        due_at=wanted.due_at,
    )


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _barred(persons: Iterable[int], organizations: Iterable[int]) -> str:
    marks = [f"person.{key}" for key in persons] + [f"unit.{key}" for key in organizations]
    return f" {' '.join(marks)} " if marks else ""


def bars(person: int, organizations: Iterable[int]) -> Q:
    """Return which turns somebody, or a unit they act for, must leave to others."""
    found = Q(barred__contains=f" person.{person} ")
    for key in sorted(organizations):
        found |= Q(barred__contains=f" unit.{key} ")
    return found
