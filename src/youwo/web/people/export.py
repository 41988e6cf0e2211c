"""One's own data as a file: everything that is kept about a person, in people's words."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F
from django.utils.translation import gettext as _

from youwo.core import tables
from youwo.evaluation.models import Appeal, Reply, Result
from youwo.people import actions
from youwo.people.models import Person


def everything(person: Person, *, at: datetime) -> dict[str, Any]:
    """Gather what all packages keep about a person. Writes a journal line."""
    return {
        **actions.export_own_data(person, at=at),
        "memberships": list(
            person.memberships.order_by("pk").values(
                "starts_on", "ends_on", "standing", unit=F("organization__name")
            )
        ),
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
        "households": list(
            person.household_pairings.order_by("pk").values(
                "starts_on", "ends_on", place=F("community__name")
            )
        ),
        "wishes": list(
            person.voices.filter(wish__isnull=False)
            .order_by("pk")
            .values(
                reference=F("wish__reference"),
                said=F("wish__said"),
                received_at=F("wish__received_at"),
                state=F("wish__status"),
            )
        ),
        "problems": list(
            person.voices.filter(report__isnull=False)
            .order_by("pk")
            .values(
                reference=F("report__reference"),
                said=F("report__said"),
                received_at=F("report__received_at"),
                state=F("report__problem__status"),
            )
        ),
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
        "replies": list(
            Reply.objects.filter(evaluated__person=person).order_by("pk").values("words", "at")
        ),
        "appeals": list(
            Appeal.objects.filter(evaluated__person=person)
            .order_by("pk")
            .values("reason", "at", "status", "decision")
        ),
        "messages": list(
            person.messages.order_by("pk").values("subject", "body", "created_at", "read_at")
        ),
    }


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
