"""Where a place lies, what lies below it, which ended codes lead to it, and what compounds lack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Length

from youwo.areas import definitions, rules
from youwo.areas.models import Area, AreaQuerySet, CompoundFact, DefinitionChoice, within
from youwo.core.recent import Recent, RecentBy

__all__ = [
    "children",
    "choices",
    "compounds",
    "count_with_status",
    "current",
    "definition_in_force",
    "definitions_in_force",
    "find",
    "for_codes",
    "lying_in",
    "outlines",
    "path",
    "spans",
    "successors",
    "with_fact",
    "with_status",
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


@Recent
def choices() -> list[tuple[str, int, date]]:
    """Return all (status, version, first day) that the city has chosen, the latest first."""
    rows = DefinitionChoice.objects.order_by("-starts_on")
    return list(rows.values_list("name", "version", "starts_on"))


def definition_in_force(name: str, on: date) -> definitions.Definition:
    """Return the version of a status that the city goes by on a day; the first without a choice.

    Costs a query at most once a minute.
    """
    versions = {one.version: one for one in definitions.STATUSES[name]}
    for chosen, version, starts_on in choices():
        if chosen == name and starts_on <= on and version in versions:
            return versions[version]
    return definitions.STATUSES[name][0]


def definitions_in_force(on: date) -> list[definitions.Definition]:
    """Return the version of each status that the city goes by on a day."""
    return [definition_in_force(name, on) for name in definitions.STATUSES]


def compounds(code: str, on: date) -> AreaQuerySet:
    """Return the compounds of a place that are in force on a day."""
    return Area.objects.filter(lying_in(code, "code"), kind=Area.Kind.COMPOUND).valid(on)


def _deciding(definition: definitions.Definition, *, met: bool) -> Q:
    found = Q(pk__in=[])
    for kind, present in definition.wanted.items():
        found |= Q(kind=kind, present=present is met)
    return found


def with_status(
    rows: AreaQuerySet, definition: definitions.Definition, on: date, *, holds: bool | None = True
) -> AreaQuerySet:
    """Keep the compounds that have a status on a day, have it not, or (None) of which it is open.

    As far as is known now. The facts are read once, as a set, whatever the number of compounds.
    """
    facts = CompoundFact.objects.in_force(on)
    against = facts.filter(_deciding(definition, met=False)).values("area")
    if holds is False:
        return rows.filter(pk__in=against)
    met = (
        facts.filter(_deciding(definition, met=True))
        .values("area")
        .annotate(count=Count("pk"))
        .filter(count=len(definition.wanted))
        .values("area")
    )
    if holds:
        return rows.filter(pk__in=met)
    return rows.exclude(pk__in=met).exclude(pk__in=against)


def count_with_status(code: str, definition: definitions.Definition, on: date) -> int:
    """Count the compounds of a place that have a status on a day, in one query."""
    return with_status(compounds(code, on), definition, on).count()


def with_fact(rows: AreaQuerySet, kind: str, on: date, *, present: bool | None) -> AreaQuerySet:
    """Keep the compounds that have a thing on a day, lack it, or (None) of which it is unknown."""
    facts = CompoundFact.objects.in_force(on).filter(area=OuterRef("pk"), kind=kind)
    if present is None:
        return rows.filter(~Exists(facts))
    return rows.filter(Exists(facts.filter(present=present)))
