"""Who may call meetings, agree on service items, do them, and accept them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers
from youwo.service.models import ServiceItem

# Who runs meetings and keeps the service list of their area; and who reads it.
DEALING = (Role.WORKER, Role.COORDINATOR)
READING = (*DEALING, Role.AUDITOR)


def may_deal(person: Person | None, community_code: str, on: date) -> bool:
    """Say whether a person runs the meetings and keeps the service list of a community."""
    return powers(person, on).cover(community_code, *DEALING)


def may_read(person: Person | None, community_code: str, on: date) -> bool:
    """Say whether a person reads the meetings and the service list of a community as staff."""
    return powers(person, on).cover(community_code, *READING)


def has_part(person: Person | None, item: ServiceItem, on: date) -> bool:
    """Say whether a person acts for the owner of an item or for a unit that helps."""
    held = mandates(person, on)
    if not held:
        return False
    return item.organization_id in held or item.helpers.filter(organization__in=held).exists()


def may_open(person: Person | None, item: ServiceItem, on: date) -> bool:
    """Say whether a person works with an item: staff of its area, and the units in it."""
    return may_read(person, item.community_id, on) or has_part(person, item, on)


def owns(person: Person | None, item: ServiceItem, on: date) -> bool:
    """Say whether a person acts for the owner of an item."""
    return item.organization_id is not None and item.organization_id in mandates(person, on)


def may_accept(person: Person, item: ServiceItem, deliveries: Sequence[Any], on: date) -> bool:
    """Say whether a person may close an item: the community's staff, but never who did it.

    `deliveries` are those of `queries.standing_whole`.
    """
    held = mandates(person, on)
    if any(delivery.organization_id in held for delivery in deliveries):
        return False
    took_part = {key for delivery in deliveries for key, _minutes in delivery.took_part}
    return person.pk not in took_part and may_deal(person, item.community_id, on)
