"""The plainest facts that figures are made of."""

from __future__ import annotations

import itertools
from datetime import date, datetime

from tests.factories import AT, OrganizationFactory, PersonFactory, area
from youwo.areas.models import Area
from youwo.ledger.models import Entry
from youwo.organizations.models import MemberEnrolment, UnitEnrolment

_numbers = itertools.count(1)
DAY = date(2025, 3, 5)


def entry(place: Area, kind: str = "deed", **kwargs) -> Entry:
    """A fact, accepted by its recipient."""
    recorded_at = kwargs.pop("recorded_at", AT)
    values = {
        "occurred_on": DAY,
        "programme": 1,
        "field": "visits",
        "served": 1,
        "title": "上门理发",
        "source_label": "needs.wish",
        "source_key": str(next(_numbers)),
        "confirmed_at": recorded_at,
        "confirmed_by": "recipient",
    } | kwargs
    return Entry.objects.create(area=place, kind=kind, recorded_at=recorded_at, **values)


def reversal(of: Entry, at: datetime = AT) -> Entry:
    """The entry that takes another one back."""
    return Entry.objects.create(
        reverses=of,
        sign=-1,
        reason="记错了",
        recorded_at=at,
        confirmed_at=at,
        **{
            name: getattr(of, name)
            for name in (
                "kind",
                "occurred_on",
                "area",
                "programme",
                "field",
                "served",
                "minutes",
                "title",
                "source_label",
                "source_key",
            )
        },
    )


def unit_enrolment(place: Area, organization=None, **kwargs) -> UnitEnrolment:
    """A unit enrolled with a community."""
    values = {"starts_on": date(2025, 1, 2), "recorded_at": AT} | kwargs
    return UnitEnrolment.objects.create(
        organization=organization or OrganizationFactory(area=area(place.code[:6])),
        community=place,
        reference=f"U{next(_numbers):08d}",
        **values,
    )


def member_enrolment(place: Area, person=None, **kwargs) -> MemberEnrolment:
    """A serving member enrolled with a community."""
    values = {"starts_on": date(2025, 1, 2), "recorded_at": AT} | kwargs
    return MemberEnrolment.objects.create(
        person=person or PersonFactory(),
        organization=values.pop("organization", None)
        or OrganizationFactory(area=area(place.code[:6])),
        community=place,
        reference=f"M{next(_numbers):08d}",
        **values,
    )
