"""The plainest valid row of each model."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import factory

from youwo.areas.models import Area
from youwo.organizations.models import Mandate, Membership, Organization
from youwo.people.models import ConsentText, Grant, Person

AT = datetime(2025, 1, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ON = date(2025, 1, 2)

_NAMES = {
    "1408": "运城市",
    "140802": "盐湖区",
    "140802005": "北城街道",
    "140881": "永济市",
    "140881001": "城西街道",
}
_KINDS = {4: "city", 6: "county", 9: "town", 12: "community"}


def area(code: str, name: str | None = None) -> Area:
    """Get or make a place and everything above it."""
    found = Area.objects.filter(pk=code).first()
    if found:
        return found
    above = {6: 4, 9: 6, 12: 9}.get(len(code))
    parent = area(code.partition("-")[0]) if "-" in code else area(code[:above]) if above else None
    name = name or _NAMES.get(code, f"地方{code}")
    kind = "compound" if "-" in code else _KINDS[len(code)]
    return Area.objects.create(code=code, kind=kind, name=name, official_name=name, parent=parent)


def community(code: str, name: str) -> Area:
    return area(code, name)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    name = "郑安"
    username = factory.Sequence(lambda n: f"person{n}")
    phone = factory.Sequence(lambda n: f"139{n:08d}")
    joined_at = AT


def granted(role: str, place: Area, **kwargs) -> Person:
    """A person who holds a role in a place."""
    person = PersonFactory(**kwargs)
    Grant.objects.create(person=person, role=role, area=place, starts_on=ON, granted_at=AT)
    return person


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"第{n}单位")
    kind = "government"
    area = factory.LazyFunction(lambda: area("140802"))
    starts_on = ON
    recorded_at = AT


def mandated(organization: Organization, **kwargs) -> Person:
    """A person who acts for a unit."""
    person = PersonFactory(**kwargs)
    mandate(person, organization)
    return person


def mandate(person: Person, organization: Organization) -> None:
    """Let somebody act for a unit from now on, whatever was read of them before."""
    Membership.objects.create(person=person, organization=organization, starts_on=ON)
    Mandate.objects.create(person=person, organization=organization, starts_on=ON, given_at=AT)
    person.__dict__.pop("_mandates", None)


class ConsentTextFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentText
        django_get_or_create = ("purpose", "version")

    purpose = "wish"
    version = 1
    text = "同意为办理心愿使用所填信息。"
    valid_from = ON
