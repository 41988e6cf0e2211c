"""Where a place lies, what lies below it, and which ended codes lead to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from youwo.areas import rules
from youwo.areas.models import Area, AreaQuerySet, within
from youwo.core.recent import Recent, RecentBy

__all__ = [
    "children",
    "current",
    "find",
    "for_codes",
    "lying_in",
    "outlines",
    "path",
    "spans",
    "successors",
    "within",
]


def path(area: Area | str) -> list[Area]:
    """Return the places from the city down to a place, itself included, in one query.

    Units that only statisticians know are left out on the way, as people know nothing of them.
    """
    code = area if isinstance(area, str) else area.code
    above = Area.objects.filter(code__in=rules.codes_above(code)).order_by(Length("code"), "code")
    return [place for place in above if place.code == code or not place.statistical]


def children(code: str, on: date) -> AreaQuerySet:
    """Return the places directly below one, in force on a day, as people see them.

    Communities of a unit that only statisticians know stand directly below the county, after its
    towns.
    """
    direct = Q(parent=code)
    through = Q(parent__parent=code, parent__statistical=True)
    return (
        Area.objects.filter(direct | through, statistical=False)
        .valid(on)
        .order_by(Length("code"), "code")
    )


@Recent
def successors() -> list[tuple[str, str]]:
    """Return all (ended code, code that follows it); read at most once a minute in each process."""
    return list(
        Area.objects.filter(successor__isnull=False)
        .order_by("code")
        .values_list("code", "successor_id")
    )


@RecentBy
def current(code: str) -> Area | None:
    """Return the place that holds a code now, kept for a minute; None where there is none."""
    return Area.objects.filter(code=code, valid_to__isnull=True).first()


def _lies_in(code: str, above: str) -> bool:
    return code.startswith(above)


def spans(code: str) -> list[str]:
    """Return the codes whose subtrees hold a place's facts: its own, then those of predecessors.

    A predecessor is a code that ended with a successor inside what is already found, so chains of
    changes are followed to their beginning. Costs a query at most once a minute.
    """
    found = [code]
    for span in found:
        found.extend(
            old
            for old, new in successors()
            if _lies_in(new, span) and not any(_lies_in(old, known) for known in found)
        )
    return found


def lying_in(code: str, field: str) -> Q:
    """Rows whose area, in the column `field`, lies in one of a place's `spans`."""
    found = Q(pk__in=[])
    for span in spans(code):
        found |= within(span, field)
    return found


def for_codes(codes: Iterable[str]) -> dict[str, Area]:
    """Return places by code, each with the one above it, in one query."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    return {area.code: area for area in Area.objects.filter(pk__in=wanted).select_related("parent")}


def find(
    text: str,
    within_code: str = "",
    kinds: Sequence[str] = (),
    limit: int = 20,
    *,
    on: date | None = None,
) -> list[Area]:
    """Return places for a picker, best match first, each with the two places above it.

    Every word typed stands in the place's name, or in that of a place above it (北城 金税), or
    begins its code. Without a day, codes that have an end are left out.
    """
    rows = Area.objects.filter(statistical=False).select_related("parent__parent")
    rows = rows.valid(on) if on else rows.filter(valid_to__isnull=True)
    if within_code:
        rows = rows.within(within_code)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    words = text.replace("\0", "").split()[:5]
    for word in words:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(official_name__icontains=word)
            | Q(code__startswith=word)
            | Q(parent__name__icontains=word)
            | Q(parent__parent__name__icontains=word)
        )
    if words:
        last = words[-1]
        rows = rows.order_by(
            Case(
                When(name=last, then=Value(0)),
                When(name__istartswith=last, then=Value(1)),
                When(name__icontains=last, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            ),
            Length("code"),
            "code",
        )
    else:
        rows = rows.order_by(Length("code"), "code")
    return list(rows[:limit])


@cache
def outlines(city: str) -> dict[str, Any]:
    """Return the outlines of a city's counties as GeoJSON (WGS-84, simplified), for shading only.

    Each feature's properties are `adcode`, the county's code, and `name`. A city without outlines
    gives none.
    """
    file = files("youwo.areas") / "data" / f"counties-{city}.geojson"
    if not (city.isdigit() and file.is_file()):
        return {"type": "FeatureCollection", "features": []}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
