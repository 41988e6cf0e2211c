"""The figures of a place, one figure, and the definitions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from youwo.areas import queries as areas
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.insight import places, queries, rules
from youwo.insight.definitions import DEFINITIONS
from youwo.people.rules import NONE, Powers
from youwo.web.access import lacks_second_factor, powers_of, public
from youwo.web.home import choices
from youwo.web.insight import drawings, shown
from youwo.web.insight.forms import CutForm, cut_form

# What the drawings can show: enrolments are in force on a day and have no months.
DRAWN = ("deeds", "activities", "person_times")


def powers_to_open(request: HttpRequest) -> Powers:
    """Return what the visitor may do; nothing before a second factor where staff need one."""
    return NONE if lacks_second_factor(request) else powers_of(request)


def way_to(code: str) -> list[Area]:
    """Return the places from the city to a place; there is no page for an unknown code."""
    way = areas.path(code) if len(code) <= 24 else []
    if not way or way[-1].code != code:
        raise Http404
    return way


@public
@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """Show the figures of the place that the visitor chose, or of the city."""
    chosen = choices.place(request)
    way = areas.path(chosen.code) if chosen else []
    return _show(request, way or way_to(settings.CITY))


@public
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Show the figures of a place and of the places below it."""
    return _show(request, way_to(code))


def _show(request: HttpRequest, way: list[Area]) -> HttpResponse:
    area, form = way[-1], cut_form(request)
    context: dict[str, Any] = {"way": way, "area": area, "form": form}
    if not form.is_valid():
        return render(request, "insight/place.html", context, status=422)
    of = request.GET.get("of", "deeds")
    of = of if of in DRAWN else "deeds"
    entitled = rules.may_open(powers_to_open(request), area.code)
    found, beside = overview(area, form, entitled=entitled)
    months = shown.months(found.months, area.code, of, entitled=entitled)
    context |= beside | {
        "of": DEFINITIONS[of],
        "drawn": [DEFINITIONS[name] for name in DRAWN],
        "months": months,
        "chart": drawings.chart(months),
        "fields": shown.fields(found.fields, area.code, of, entitled=entitled),
        "most": max((f.values[of] for f in found.fields), default=0),
        "map": drawings.county_map(area.code, beside["rows"], of),
    }
    return render(request, "insight/place.html", context)


def overview(
    area: Area, form: CutForm, *, entitled: bool
) -> tuple[queries.Overview, dict[str, Any]]:
    """Return a place's figures with what all pages say beside a number."""
    now = timezone.now()
    below = list(areas.children(area.code, local_day(now)))
    known = places.today()
    found = queries.overview(area.code, form.cut, children=below, places=known)
    rows = shown.children(found.children, area.code, entitled=entitled)
    cards = shown.cards(found.figures, entitled=entitled)
    return found, {
        "cut": form.cut,
        "known_places": known,
        "known_at": form.cut.known_at or now,
        "entitled": entitled,
        "definitions": DEFINITIONS.values(),
        "cards": cards,
        "rows": rows,
        "withheld": not entitled and shown.any_withheld(cards, rows),
    }


@public
@require_safe
def figure(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Show one figure: its definition, the places below, and, to those who may, its facts."""
    if name not in DEFINITIONS:
        raise Http404
    way = way_to(code)
    area, form = way[-1], cut_form(request)
    context: dict[str, Any] = {
        "way": way,
        "area": area,
        "form": form,
        "definition": DEFINITIONS[name],
    }
    if not form.is_valid():
        return render(request, "insight/figure.html", context, status=422)
    entitled = rules.may_open(powers_to_open(request), area.code)
    _found, beside = overview(area, form, entitled=entitled)
    context |= beside | {
        "card": next(card for card in beside["cards"] if card.definition.name == name),
        "rows": [(row, row.cell(name)) for row in beside["rows"]],
    }
    if entitled:
        rows = queries.facts_of(name, code, form.cut, places=beside["known_places"])
        cursor = request.GET.get("cursor")
        context["page"] = page(listed(rows, name), by=order(name), cursor=cursor)
    return render(request, "insight/figure.html", context)


def order(name: str) -> tuple[str, ...]:
    """Return the keys by which the facts behind a figure are listed."""
    return ("id",) if name in queries.ENROLMENTS else ("-occurred_on", "-id")


def listed(rows: Any, name: str) -> Any:
    """Return facts with what a list of them names."""
    if name == "enrolled_units":
        return rows.select_related("organization", "community")
    if name == "enrolled_members":
        return rows.select_related("organization", "community", "compound", "person")
    return rows.select_related("organization", "area")


@public
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Show what each figure counts."""
    context = {"definitions": DEFINITIONS.values(), "smallest": rules.SMALLEST_PUBLISHED}
    return render(request, "insight/definitions.html", context)
