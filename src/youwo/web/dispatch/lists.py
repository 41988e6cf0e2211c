"""Lists of whistles: for communities, for units, for coordinators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.rules import kind_of
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import spaced
from youwo.core.tables import write_rows
from youwo.dispatch import queries
from youwo.dispatch.models import Call, Whistle
from youwo.web.access import mandates_of, powers_of, signed_in_person, with_units
from youwo.web.files import table_answer

VIEWS = [
    ("waiting", gettext_lazy("waiting for a unit to report")),
    ("in_hand", gettext_lazy("in hand")),
    ("done", gettext_lazy("done, to be judged")),
    ("ended", gettext_lazy("ended")),
]


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    given, at = request.GET, timezone.now()
    person, on = signed_in_person(request), local_day(at)
    code = given.get("area", "")
    levels = {level.code for level in queries.ladder(on)}
    chosen: dict[str, Any] = {
        "view": given.get("view", "") if given.get("view", "") in queries.VIEWS else "",
        "level": given.get("level", "") if given.get("level", "") in levels else "",
        "code": code if kind_of(code) else "",
        "words": given.get("q", "")[:50],
        "late": given.get("late") == "1",
    }
    mine = given.get("mine") == "1" and bool(mandates_of(request))
    rows = queries.called_to(person, on) if mine else queries.readable(person, on)
    return queries.listed(rows, **chosen, at=at), {**chosen, "mine": mine}


def lead_of(whistle: Whistle) -> Call | None:
    """Return the call of the responsible unit, from the calls that came with a list."""
    called: list[Call] = whistle.called  # type: ignore[attr-defined]
    return next((call for call in called if call.responsible), None)


@with_units
def index(request: HttpRequest) -> HttpResponse:
    """List the whistles of the visitor's areas and units."""
    whistles, chosen = _filtered(request)
    own = mandates_of(request)
    found = page(whistles, by=queries.NEWEST, cursor=request.GET.get("cursor"), size=30)
    rows = []
    for whistle in found:
        called: list[Call] = whistle.called
        answers = whistle.status == "blown" and any(
            call.organization_id in own and call.status in ("called", "objected") for call in called
        )
        rows.append((whistle, lead_of(whistle), answers))
    context = {
        "page": found,
        "rows": rows,
        "views": VIEWS,
        "levels": queries.ladder(local_day(timezone.now())),
        "has_units": bool(own),
        "is_staff": powers_of(request).holds("worker", "coordinator", "auditor"),
        **chosen,
        "filtered": any(chosen.values()),
    }
    return render(request, "dispatch/index.html", context)


@with_units
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file: what the pages show, and no names of people."""
    whistles, _chosen = _filtered(request)
    headings = [
        _("Reference"),
        _("Community"),
        _("Level"),
        _("State"),
        _("Title"),
        _("Responsible unit"),
        _("Units called"),
        _("Whistled"),
        _("Answered on"),
        _("Due"),
        _("Done on"),
        _("Closed"),
        _("Levels climbed"),
    ]

    def rows() -> Iterator[list[Any]]:
        for whistle in whistles.order_by(*queries.NEWEST).iterator(chunk_size=1000):
            lead = lead_of(whistle)
            yield [
                spaced(whistle.reference), whistle.community.name, whistle.level.name,
                whistle.get_status_display(), whistle.title,
                lead.organization.name if lead else "",
                "、".join(call.organization.name for call in whistle.called),
                whistle.whistled_at, whistle.answered_at, whistle.due_at, whistle.delivered_at,
                whistle.closed_at, whistle.climbed,
            ]  # fmt: skip

    return table_answer(_("Whistles"), lambda file: write_rows(headings, rows(), file))
