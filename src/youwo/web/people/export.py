"""One's own data as a file: everything that is kept about a person, in people's words."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Value
from django.utils.translation import gettext as _

from youwo.core import tables
from youwo.evaluation.models import Appeal, Reply, Result
from youwo.people import actions
from youwo.people.models import Person


def everything(person: Person, *, at: datetime) -> dict[str, Any]:
    """Gather what all packages keep about a person. Writes a journal line."""
    return {
        **actions.export_own_data(person, at=at),
        **_ties(person),
        "enrolments": list(
            person.enrolments.order_by("pk").values(
                "reference",
                "starts_on",
                "ends_on",
                "occupation",
                "skills",
                "service_wishes",
                place=F("community__name"),
            )
        ),
        **_said(person),
        "service": list(
            person.participations.order_by("pk").values(
                "minutes", day=F("entry__occurred_on"), what=F("entry__title")
            )
        ),
        "evaluations": [
            {
                "reference": result.evaluated.reference,
                "evaluation": result.evaluated.round.title,
                "version": result.version,
                "of_1000": result.tenths,
                "sums": result.sums,
            }
            for result in Result.objects.filter(evaluated__person=person)
            .select_related("evaluated__round")
            .order_by("pk")
        ],
        **_answered(person),
        "messages": list(
            person.messages.order_by("pk").values("subject", "body", "created_at", "read_at")
        ),
    }


def _sorted_out(rows: Iterable[dict[str, Any]], *parts: str) -> dict[str, list[dict[str, Any]]]:
    """Return rows of several kinds, read with one statement, each under the name of its part."""
    found: dict[str, list[dict[str, Any]]] = {part: [] for part in parts}
    for row in rows:
        found[row.pop("part")].append(row)
    return found


def _ties(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return units and households, from a day until a day."""
    columns = ("part", "starts_on", "ends_on", "with_whom", "as_what")
    units = person.memberships.order_by().annotate(
        part=Value("memberships"), with_whom=F("organization__name"), as_what=F("standing")
    )
    households = person.household_pairings.order_by().annotate(
        part=Value("households"), with_whom=F("community__name"), as_what=Value("")
    )
    rows = units.values(*columns).union(households.values(*columns), all=True)
    return _sorted_out(rows.order_by("starts_on", "with_whom"), "memberships", "households")


def _said(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return the wishes and the reports of problems that somebody made."""
    rows = person.voices.order_by("pk").values(
        "wish__reference",
        "wish__said",
        "wish__received_at",
        "wish__status",
        "report__reference",
        "report__said",
        "report__received_at",
        "report__problem__status",
    )
    return _sorted_out(
        (
            {
                "part": "wishes" if row["wish__reference"] else "problems",
                "reference": row["wish__reference"] or row["report__reference"],
                "said": row["wish__said"] or row["report__said"],
                "received_at": row["wish__received_at"] or row["report__received_at"],
                "state": row["wish__status"] or row["report__problem__status"],
            }
            for row in rows
            if row["wish__reference"] or row["report__reference"]
        ),
        "wishes",
        "problems",
    )


def _answered(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return what somebody replied to evaluations, and what they appealed against."""
    columns = ("part", "at", "said", "state", "outcome")
    replies = Reply.objects.filter(evaluated__person=person).annotate(
        part=Value("replies"), said=F("words"), state=Value(""), outcome=Value("")
    )
    appeals = Appeal.objects.filter(evaluated__person=person).annotate(
        part=Value("appeals"), said=F("reason"), state=F("status"), outcome=F("decision")
    )
    rows = replies.order_by().values(*columns)
    rows = rows.union(appeals.order_by().values(*columns), all=True).order_by("at")
    return _sorted_out(rows, "replies", "appeals")


def as_json(data: dict[str, Any]) -> bytes:
    """Return the data as JSON that people can read."""
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def _flat(data: dict[str, Any]) -> Iterator[tuple[str, int, str, Any]]:
    for part, rows in data.items():
        for number, row in enumerate(rows if isinstance(rows, list) else [rows], start=1):
            for name, value in row.items():
                shown = "、".join(map(str, value)) if isinstance(value, list) else value
                yield part, number, name, shown


def as_table(data: dict[str, Any]) -> bytes:
    """Return the data as one Excel sheet: part, number, field, value."""
    file = io.BytesIO()
    tables.write_rows([_("Part"), _("No."), _("Field"), _("Value")], _flat(data), file)
    return file.getvalue()
