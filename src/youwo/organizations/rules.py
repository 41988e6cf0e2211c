"""Who acts for a unit."""

from __future__ import annotations

from datetime import date

from youwo.organizations.models import Mandate, Organization
from youwo.people.models import Person


def mandates(person: Person | None, on: date) -> frozenset[int]:
    """Return the keys of the units a person acts for on a day. One query a person object and day."""
    if person is None or not person.is_active:
        return frozenset()
    known: dict[date, frozenset[int]] = person.__dict__.setdefault("_mandates", {})
    if on not in known:
        rows = Mandate.objects.in_force(on).filter(person=person)
        known[on] = frozenset(rows.values_list("organization_id", flat=True))
    return known[on]


def acts_for(person: Person | None, organization: Organization, on: date) -> bool:
    """Say whether a person acts for a unit on a day."""
    return organization.pk in mandates(person, on)
