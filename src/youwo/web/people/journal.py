"""The journal's pages for auditors and administrators: who did what, to what, when, and why."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from youwo.areas import queries as areas
from youwo.areas.models import within
from youwo.areas.rules import kind_of
from youwo.core.clock import start_of
from youwo.core.paging import page
from youwo.journal.models import Line
from youwo.people import queries as people
from youwo.people.models import Role
from youwo.web.access import powers_of, staff
from youwo.web.people import words

_PERSON = "people.person"


def _readable(codes: list[str]) -> Q:
    """Lines of the reader's areas; what belongs to no area is the city's to read."""
    if any(len(code) == 4 for code in codes):
        return Q()
    inside = Q(pk__in=[])
    for code in codes:
        inside |= within(code, "area_code")
    return inside


def _day(text: str) -> date | None:
    """Return a day; none for what is none, and for those at the ends of the calendar."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and MINYEAR < day.year < MAXYEAR else None


def _chosen(query: dict[str, str]) -> Q:
    """What the filters in the address ask for."""
    chosen = Q()
    code, person, target = (query[name] for name in ("area", "person", "target"))
    if code:
        # A code that cannot be one has no lines.
        chosen &= within(code, "area_code") if _is_code(code) else Q(pk__in=[])
    if person:
        chosen &= Q(actor_label=_PERSON, actor_key=person)
    if target:
        label, _, key = target.partition(":")
        chosen &= Q(target_label=label, target_key=key) if key else Q(target_label=label)
    if query["on"] and (day := _day(query["on"])):
        chosen &= Q(at__gte=start_of(day), at__lt=start_of(day + timedelta(days=1)))
    return chosen


def _is_code(text: str) -> bool:
    digits, _, local = text.partition("-")
    return kind_of(digits) is not None and len(local) < 12


def _shown(lines: list[Line]) -> list[dict[str, Any]]:
    keys = {line.actor_key for line in lines if line.actor_label == _PERSON}
    keys |= {line.target_key for line in lines if line.target_label == _PERSON}
    names = people.masked_people(key for key in keys if key.isdigit())
    places = areas.for_codes(line.area_code for line in lines)

    def name(label: str, key: str) -> str:
        return names.get(int(key), "") if label == _PERSON and key.isdigit() else ""

    return [
        {
            "line": line,
            "actor": name(line.actor_label, line.actor_key),
            "verb": words.verb(line.verb),
            "kind": words.kind(line.target_label),
            "target": name(line.target_label, line.target_key),
            "place": places.get(line.area_code),
        }
        for line in lines
    ]


@staff(Role.AUDITOR, Role.ADMINISTRATOR)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List journal lines of the reader's areas, newest first."""
    codes = powers_of(request).codes(Role.AUDITOR, Role.ADMINISTRATOR)
    query = {
        name: request.GET.get(name, "").replace("\0", "").strip()[:60]
        for name in ("area", "person", "target", "on")
    }
    lines = Line.objects.filter(_readable(codes), _chosen(query))
    found = page(lines, by=("-id",), cursor=request.GET.get("cursor"), size=50)
    context = {
        "lines": _shown(found.rows),
        "page": found,
        "query": query,
        "filtered": any(query.values()),
    }
    return render(request, "people/journal.html", context)
