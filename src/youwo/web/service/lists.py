"""Problem list and service list as two linked columns, of a place and of a meeting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.rules import kind_of
from youwo.core.paging import page
from youwo.core.references import spaced
from youwo.core.tables import write_rows
from youwo.service import queries, rules
from youwo.web.access import powers_of, staff, with_units
from youwo.web.files import table_answer
from youwo.web.service import shared
from youwo.web.service.meetings import agenda_of

# So many items without a reported problem stand below the two columns.
_BESIDE = 20


def _place(request: HttpRequest) -> Area | None:
    """Return the place that the address names, or the visitor's own, within their areas."""
    held = powers_of(request)
    code = request.GET.get("area", "")
    if kind_of(code) and held.cover(code, *rules.READING):
        return Area.objects.filter(code=code).first()
    own = held.codes(*rules.READING)
    return Area.objects.filter(code=own[0]).first() if own else None


@staff(*rules.READING)
def of_place(request: HttpRequest) -> HttpResponse:
    """Show what was reported beside what is being done about it."""
    place = _place(request)
    if place is None:
        return redirect("service:items")
    rows = queries.problem_list(place.code)
    cursor = request.GET.get("cursor")
    context = {
        "place": place,
        "page": page(rows, by=queries.PROBLEMS, cursor=cursor, size=50),
        "beside": [] if cursor else list(queries.beside_the_list(place.code)[:_BESIDE]),
        "communities": shared.communities_of(request),
    }
    return render(request, "service/list.html", context)


@with_units
def of_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what stood on the agenda of a meeting beside what became of it."""
    meeting = shared.meeting_of(request, reference)
    agenda = agenda_of(meeting)
    for matter in agenda:
        item = getattr(matter, "item", None)
        matter.items = [item] if item is not None else []  # type: ignore[attr-defined]
        matter.otherwise = matter.reason or matter.get_outcome_display()  # type: ignore[attr-defined]
    return render(request, "service/meeting_list.html", {"meeting": meeting, "agenda": agenda})


@staff(*rules.READING)
def export(request: HttpRequest) -> FileResponse:
    """Send the two columns as an Excel file."""
    place = _place(request)
    headings = [
        _("Community"), _("Problem"), _("Reference"), _("Accepted on"), _("State"),
        _("Service item"), _("Reference"), _("Owner"), _("To be done by"), _("State"),
    ]  # fmt: skip

    def lines() -> Iterator[list[Any]]:
        rows = queries.problem_list(place.code if place else "-").order_by(*queries.PROBLEMS)
        for problem in rows.iterator(chunk_size=1000):
            first = [
                problem.community.name, problem.public_title, spaced(problem.reference),
                problem.accepted_at, problem.get_status_display(),
            ]  # fmt: skip
            items = problem.on_the_list  # type: ignore[attr-defined]
            for item in items or [None]:
                yield [*first, *(_item_cells(item) if item is not None else [])]

    return table_answer(
        _("Problem list and service list"), lambda file: write_rows(headings, lines(), file)
    )


def _item_cells(item: Any) -> list[Any]:
    return [
        item.title, spaced(item.reference), str(item.organization or ""),
        item.due_on, item.get_status_display(),
    ]  # fmt: skip
