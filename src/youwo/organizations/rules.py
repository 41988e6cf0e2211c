"""Who acts for a unit, and who may enrol, end and correct."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from youwo.areas.models import Area
from youwo.organizations.models import (
    HouseholdPairing,
    Mandate,
    MemberEnrolment,
    Organization,
    UnitEnrolment,
)
from youwo.people.models import Person, Role
from youwo.people.rules import powers

# Who keeps units and enrolments in an area, and who only reads them.
KEEPERS = (Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR)
READERS = (*KEEPERS, Role.AUDITOR)


def mandates(person: Person | None, on: date) -> frozenset[int]:
    """Return the keys of the units a person acts for on a day. At most one query for each."""
    if person is None or not person.is_active:
        return frozenset()
    known = _known(person)
    if on not in known:
        rows = Mandate.objects.in_force(on).filter(person=person)
        remember_mandates(person, on, rows.values_list("organization_id", flat=True))
    return known[on]


def remember_mandates(person: Person, on: date, keys: Iterable[int]) -> None:
    """Keep what was read of a person's mandates in force on a day: the keys of the units."""
    _known(person)[on] = frozenset(keys)


def _known(person: Person) -> dict[date, frozenset[int]]:
    # An attribute, because `request.user` stands in for the person and hands these on.
    if not hasattr(person, "_mandates"):
        person._mandates = {}  # type: ignore[attr-defined]
    known: dict[date, frozenset[int]] = person._mandates  # type: ignore[attr-defined]
    return known


def acts_for(person: Person | None, organization: Organization, on: date) -> bool:
    """Say whether a person acts for a unit on a day."""
    return organization.pk in mandates(person, on)


def may_found(by: Person, area: Area, on: date) -> bool:
    """Say whether somebody may enter units that lie in a place."""
    return powers(by, on).cover(area.pk, *KEEPERS)


def may_change_unit(by: Person, organization: Organization, on: date) -> bool:
    """Say whether somebody may change what a unit is called and what it is: who keeps its area."""
    return powers(by, on).cover(organization.area_id, *KEEPERS)


def may_manage(by: Person, organization: Organization, on: date) -> bool:
    """Say whether somebody may change a unit, its members and who acts for it."""
    return acts_for(by, organization, on) or powers(by, on).cover(organization.area_id, *KEEPERS)


def may_enrol(by: Person, organization: Organization, community: Area, on: date) -> bool:
    """Say whether somebody may enrol a unit or its member with a community.

    Its coordinator may, the community's workers, and coordinators above the community.
    """
    return acts_for(by, organization, on) or powers(by, on).cover(community.pk, *KEEPERS)


def may_change(by: Person, enrolment: UnitEnrolment | MemberEnrolment, on: date) -> bool:
    """Say whether somebody may end or void an enrolment: whoever might have entered it."""
    return enrolment.organization_id in mandates(by, on) or powers(by, on).cover(
        enrolment.community_id, *KEEPERS
    )


def may_appoint(by: Person, organization: Organization, on: date) -> bool:
    """Say whether somebody may name who acts for a unit: who does already, or keeps its area."""
    return acts_for(by, organization, on) or powers(by, on).cover(
        organization.area_id, Role.COORDINATOR, Role.ADMINISTRATOR
    )


# Who works out a whole area's pairs and puts them into force.
PLANNERS = (Role.COORDINATOR, Role.ADMINISTRATOR)


def may_pair(by: Person, area_code: str, on: date) -> bool:
    """Say whether somebody may pair units with a place, and end that: who keeps the place."""
    return powers(by, on).cover(area_code, *KEEPERS)


def may_plan(by: Person, area_code: str, on: date) -> bool:
    """Say whether somebody may plan the pairs of an area, and put a plan into force there."""
    return powers(by, on).cover(area_code, *PLANNERS)


def keeps_households(by: Person, community_code: str, on: date) -> bool:
    """Say whether somebody keeps a community's households: its workers, and nobody above them."""
    held = powers(by, on).grants
    return (Role.WORKER.value, community_code) in held


def may_reach_household(by: Person, pairing: HouseholdPairing, on: date) -> bool:
    """Say whether somebody may see whom a pairing is about: the member, the community's workers."""
    if keeps_households(by, pairing.community_id, on):
        return True
    return pairing.person_id == by.pk and pairing.is_in_force(on)
