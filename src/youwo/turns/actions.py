"""Saying whose turn it is, in the transaction of the act that makes it so.

The case decides; this only writes down what follows from it, so nothing here is journalled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models import Q

from youwo.core.acts import at_end
from youwo.turns.models import SPARE, Turn
from youwo.turns.writing import Case, delete, write

SPARE_ARE_KEPT = timedelta(days=1)
_TITLE = Turn._meta.get_field("title").max_length or 0
_DETAIL = Turn._meta.get_field("detail").max_length or 0


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


def put(subject: models.Model, wanted: Iterable[Wanted]) -> None:
    """Make these the turns of a case, in place of those it had. None: nobody's turn.

    Within an act they are written when it ends, for all its cases together; the last word counts.
    """
    put_many([(subject, list(wanted))])


def clear(subject: models.Model) -> None:
    """Say that a case is nobody's turn any more."""
    put_many([(subject, [])])


def put_many(cases: Iterable[tuple[models.Model, Sequence[Wanted]]]) -> None:
    """Do what `put` does for many cases, in one statement for all of them."""
    at_end(
        _write,
        [((subject._meta.label_lower, str(subject.pk)), wanted) for subject, wanted in cases],
    )


def _write(puts: list[tuple[Case, Sequence[Wanted]]]) -> None:
    turns = {
        case: [_turn(case, slot, one) for slot, one in enumerate(wanted)]
        for case, wanted in dict(puts).items()
    }
    if any(turns.values()):
        write(turns)
    else:
        delete(turns)


@transaction.atomic
def forget_spare(*, at: datetime) -> None:
    """Delete rows that are nobody's now, and whose last turn had begun a day ago; run daily.

    Those that an act is about to use again are left to it.
    """
    skip = connection.features.has_select_for_update_skip_locked
    spare = Turn.with_spare.filter(SPARE, since__lt=at - SPARE_ARE_KEPT)
    free = spare.select_for_update(skip_locked=skip).values("pk")
    Turn.with_spare.filter(pk__in=free).delete()


def _turn(case: Case, slot: int, wanted: Wanted) -> Turn:
    label, key = case
    return Turn(
        kind=wanted.kind,
        subject_label=label,
        subject_key=key,
        slot=slot,
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
