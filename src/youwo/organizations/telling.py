"""Telling those who act for units something: in an act, all of it with one look at who they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from youwo.core.acts import at_end
from youwo.core.clock import local_day
from youwo.notices.actions import tell
from youwo.organizations.models import Mandate
from youwo.people.models import Person


@dataclass(frozen=True, kw_only=True)
class Word:
    """Something to tell those who act for some units, and some people besides.

    `organizations` are keys; `but` did it themselves and need not be told. For the rest see
    `notices.actions.tell`.
    """

    organizations: Sequence[int]
    kind: str
    subject: object
    cause: str
    at: datetime
    body: object = ""
    link: str = ""
    people: Sequence[Person] = ()
    but: Person | None = None


def tell_units(word: Word) -> None:
    """Tell those who act for the units on that day. One statement, besides those of telling."""
    at_end(_tell_units, [word], early=True)


def _tell_units(words: list[Word]) -> None:
    for at in dict.fromkeys(word.at for word in words):
        same = [word for word in words if word.at == at]
        acting = _acting((key for word in same for key in word.organizations), at)
        for word in same:
            people = [*(one for key in word.organizations for one in acting[key]), *word.people]
            tell(
                [one for one in people if word.but is None or one.pk != word.but.pk],
                kind=word.kind,
                subject=word.subject,
                body=word.body,
                link=word.link,
                cause=word.cause,
                at=at,
            )


def _acting(organizations: Iterable[int], at: datetime) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = {key: [] for key in organizations}
    if found:
        rows = Mandate.objects.in_force(local_day(at)).filter(organization__in=found)
        for row in rows.select_related("person").order_by("pk"):
            found[row.organization_id].append(row.person)
    return found
