"""What a plan starts from: units with their members and spots, places, and today's pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from youwo.areas.models import Area, within
from youwo.organizations.models import (
    MemberEnrolment,
    Organization,
    Pairing,
    Plan,
    UnitEnrolment,
)
from youwo.organizations.planning.distances import Spot, nearest

# They belong to one place and look after no other.
_NEIGHBOURS = (
    Organization.Kind.COMMITTEE,
    Organization.Kind.PROPERTY,
    Organization.Kind.OWNERS,
)
_SPOT = ("code", "longitude", "latitude", "parent__longitude", "parent__latitude")


@dataclass(frozen=True)
class Unit:
    """A unit that a plan counts with, and where it is: its own place, and where it is enrolled."""

    key: int
    spots: list[Spot] = field(default_factory=list)


@dataclass(frozen=True)
class Start:
    """Units and places in the order of their keys, and which unit has which place today."""

    units: list[Unit]
    members: list[int]
    places: list[Spot]
    # By code, the longest paired first.
    today: dict[str, list[int]]


def spot(code: str, longitude: Any, latitude: Any, above: tuple[Any, Any] = (None, None)) -> Spot:
    """Make a spot; a compound without a point lies where its community is."""
    if longitude is None and "-" in code:
        longitude, latitude = above
    if longitude is None or latitude is None:
        return Spot(code)
    return Spot(code, float(longitude), float(latitude))


def places_of(plan: Plan, on: date) -> Any:
    """Return the places that a plan covers, by code."""
    kinds = {
        Plan.Places.BOTH: (Area.Kind.COMMUNITY, Area.Kind.COMPOUND),
        Plan.Places.COMMUNITIES: (Area.Kind.COMMUNITY,),
        Plan.Places.COMPOUNDS: (Area.Kind.COMPOUND,),
    }[Plan.Places(plan.places)]
    places = Area.objects.within(plan.area_id).valid(on)
    places = places.filter(kind__in=kinds, statistical=False)
    if not plan.villages:
        places = places.exclude(rural=True).exclude(parent__rural=True)
    return places.order_by("code")


def units_of(plan: Plan, on: date) -> Any:
    """Return the units that a plan counts with: enrolled or paired within its area."""
    here = within(plan.area_id, "community_id")
    enrolled = UnitEnrolment.objects.holding(on).filter(here, organization=OuterRef("pk"))
    paired = Pairing.objects.holding(on).filter(
        within(plan.area_id, "area_id"), organization=OuterRef("pk")
    )
    return (
        Organization.objects.in_force(on)
        .exclude(kind__in=_NEIGHBOURS)
        .filter(Q(Exists(enrolled)) | Q(Exists(paired)))
        .order_by("pk")
    )


def read_units(units: Any, on: date) -> list[Unit]:
    """Return units with their spots. Two statements."""
    found = {
        key: Unit(key, [spot(code, longitude, latitude, above=(x, y))])
        for key, code, longitude, latitude, x, y in units.values_list(
            "pk", *(f"area__{name}" for name in _SPOT)
        )
    }
    enrolled = UnitEnrolment.objects.holding(on).filter(organization__in=units.order_by())
    for key, code, longitude, latitude in enrolled.order_by("pk").values_list(
        "organization_id", "community_id", "community__longitude", "community__latitude"
    ):
        found[key].spots.append(spot(code, longitude, latitude))
    return list(found.values())


def read(plan: Plan, on: date) -> Start:
    """Read everything a plan starts from. Five statements."""
    places = [
        spot(code, longitude, latitude, above=(x, y))
        for code, longitude, latitude, x, y in places_of(plan, on).values_list(*_SPOT)
    ]
    units = read_units(units_of(plan, on), on)
    enrolled = MemberEnrolment.objects.holding(on).order_by().values("organization_id")
    members = dict(
        enrolled.annotate(people=Count("person", distinct=True)).values_list(
            "organization_id", "people"
        )
    )
    known = {unit.key for unit in units}
    today: dict[str, list[int]] = {place.code: [] for place in places}
    pairings = Pairing.objects.holding(on).filter(within(plan.area_id, "area_id"))
    for code, key in pairings.order_by("starts_on", "pk").values_list("area_id", "organization_id"):
        if code in today and key in known:
            today[code].append(key)
    return Start(units, [members.get(unit.key, 0) for unit in units], places, today)


def distances_to(area: Area, units: Any, on: date) -> list[tuple[int, int]]:
    """Return (key, distance) of units from one place, the nearest first. Two statements.

    The place comes with the one above it.
    """
    above = (area.parent.longitude, area.parent.latitude) if area.parent else (None, None)
    place = spot(area.code, area.longitude, area.latitude, above=above)
    found = [(unit.key, nearest(unit.spots, place)) for unit in read_units(units, on)]
    return sorted(found, key=lambda pair: (pair[1], pair[0]))
