"""Telling those who act for units something; who they are is looked up when it is delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from youwo.core.clock import local_day
from youwo.notices.actions import tell, tell_audience
from youwo.notices.gathered import Reader
from youwo.notices.models import Notice
from youwo.organizations.models import Mandate
from youwo.people.models import Person

UNITS = "units"


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
    """Tell those who act for the units on that day. No statement, besides that of telling."""
    said: dict[str, Any] = {
        "kind": word.kind,
        "subject": word.subject,
        "body": word.body,
        "link": word.link,
        "cause": word.cause,
        "at": word.at,
    }
    tell_audience(UNITS, word.organizations, but=word.but, **said)
    tell([one for one in word.people if word.but is None or one.pk != word.but.pk], **said)


def acting_for(notices: Sequence[Notice]) -> Iterator[tuple[Notice, Reader]]:
    """Look up who acts for the units of notices, each on its day; one statement for all."""
    days = [local_day(notice.created_at) for notice in notices]
    rows = (
        Mandate.objects.filter(organization__in={key for one in notices for key in one.keys})
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=min(days)), starts_on__lte=max(days))
        .select_related("person")
    )
    mandates: dict[int, list[Mandate]] = defaultdict(list)
    for row in rows.order_by("pk"):
        mandates[row.organization_id].append(row)
    for notice, on in zip(notices, days, strict=True):
        for key in notice.keys:
            for row in mandates[key]:
                if row.is_in_force(on):
                    yield notice, Reader(person=row.person)
