"""The list of hearings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from youwo.areas.queries import current
from youwo.areas.rules import kind_of
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import spaced
from youwo.core.tables import write_rows
from youwo.needs.hearings import LATEST, hearing_list
from youwo.needs.models import Hearing
from youwo.needs.rules import READING
from youwo.web.access import signed_in_person, staff
from youwo.web.files import table_answer


def _filtered(request: HttpRequest) -> tuple[QuerySet[Any], dict[str, Any]]:
    given = request.GET
    status, code = given.get("status", ""), given.get("area", "")
    chosen: dict[str, Any] = {
        "status": status if status in Hearing.Status.values else "",
        "code": code if kind_of(code) else "",
        "words": given.get("q", "")[:50],
        "since": _day(given.get("since", "")),
        "until": _day(given.get("until", "")),
    }
    on = local_day(timezone.now())
    return hearing_list(signed_in_person(request), on, **chosen), chosen


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@staff(*READING)
def index(request: HttpRequest) -> HttpResponse:
    """List the hearings of the visitor's areas."""
    rows, chosen = _filtered(request)
    context = {
        "page": page(rows, by=LATEST, cursor=request.GET.get("cursor"), size=30),
        "statuses": Hearing.Status.choices,
        "area": current(chosen["code"]) if chosen["code"] else None,
        **chosen,
        "filtered": any(chosen.values()),
    }
    return render(request, "hearings/index.html", context)


@staff(*READING)
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file."""
    hearings, _chosen = _filtered(request)
    headings = [
        _("Reference"), _("Day"), _("Community"), _("Where it is held"), _("What it is about"),
        _("Unit it is held with"), _("State"), _("Wishes"), _("Problems"), _("Notes"),
    ]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for hearing in hearings.order_by(*LATEST).iterator(chunk_size=2000):
            yield [
                spaced(hearing.reference), hearing.held_on, hearing.community.name, hearing.place,
                hearing.topic, hearing.organization.name if hearing.organization else "",
                hearing.get_status_display(), hearing.wishes_said, hearing.problems_said,
                hearing.notes_said,
            ]  # fmt: skip

    return table_answer(_("Hearings"), lambda file: write_rows(headings, rows(), file))
