"""Jinshui's own units, and whom the city's units and members are paired with."""

from __future__ import annotations

from datetime import date, datetime

from youwo.areas.models import Area
from youwo.demo.places import JINSHUI
from youwo.demo.signins import COMMITTEE_WORKER, OWNERS, PASSWORD, PROPERTY, SignIn
from youwo.organizations import actions
from youwo.organizations.models import Organization
from youwo.people import actions as people
from youwo.people.models import Person

COMMITTEE_UNIT = "金税社区居民委员会"
PROPERTY_UNIT = "运城市安和物业服务有限公司"
OWNERS_UNIT = "金税家园业主委员会"


def found_neighbours(*, at: datetime) -> None:
    """Enter Jinshui's residents' committee, property company and owners' committee.

    The committee is acted for by the community's worker, the others by people of their own.
    """
    by = Person.objects.get(username="admin")
    place = Area.objects.get(pk=JINSHUI)
    worker = Person.objects.get(username=COMMITTEE_WORKER)
    for name, short_name, kind, person in (
        (COMMITTEE_UNIT, "金税居委会", Organization.Kind.COMMITTEE, worker),
        (PROPERTY_UNIT, "安和物业", Organization.Kind.PROPERTY, _enter(PROPERTY, 1, at=at)),
        (OWNERS_UNIT, "金税业委会", Organization.Kind.OWNERS, _enter(OWNERS, 2, at=at)),
    ):
        unit = actions.found(
            name=name,
            short_name=short_name,
            kind=kind,
            area=place,
            starts_on=date(2019, 3, 1),
            by=by,
            at=at,
        )
        if person != worker:
            actions.join(person, organization=unit, starts_on=date(2023, 3, 1), by=by, at=at)
        actions.give_mandate(person, organization=unit, starts_on=date(2024, 1, 1), by=by, at=at)


def _enter(one: SignIn, number: int, *, at: datetime) -> Person:
    return people.create(
        name=one.name,
        phone=f"199003{number:05d}",
        username=one.username,
        password=PASSWORD,
        by=Person.objects.get(username="admin"),
        at=at,
    )
