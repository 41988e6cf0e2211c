"""Who may do what with a whistle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from youwo.dispatch.models import Call, Decided, Objection, Whistle
from youwo.needs.models import OutsideMatter, Problem
from youwo.organizations.models import Organization
from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers

# Who blows and judges whistles in their area, and who reads them.
BLOWING = (Role.WORKER, Role.COORDINATOR)
READING = (*BLOWING, Role.AUDITOR)
# These are handed over outside, whatever the words beside them say.
NEVER = (
    OutsideMatter.Kind.EMERGENCY,
    OutsideMatter.Kind.PETITION,
    OutsideMatter.Kind.SECRET,
)


def may_blow(person: Person | None, community_code: str, on: date) -> bool:
    """Say whether a person blows whistles for a community."""
    return powers(person, on).cover(community_code, *BLOWING)


def may_deal(person: Person | None, whistle: Whistle, on: date) -> bool:
    """Say whether a person acts for the community that whistled."""
    return may_blow(person, whistle.community_id, on)


def may_read(person: Person | None, whistle: Whistle, on: date) -> bool:
    """Say whether a person reads a whistle as staff."""
    return powers(person, on).cover(whistle.community_id, *READING)


def may_speak_for(person: Person, call: Call, whistle: Whistle, on: date) -> bool:
    """Say whether a person enters what a unit says: who acts for it.

    Or the community, which writes down what it was told on the telephone.
    """
    return call.organization_id in mandates(person, on) or may_deal(person, whistle, on)


def may_see_to(person: Person | None, office: str, on: date) -> bool:
    """Say whether a person decides for an office: its coordinators and those of any place above."""
    return powers(person, on).cover(office, Role.COORDINATOR)


def may_decide(person: Person, asked: Decided, units: Iterable[int], on: date) -> bool:
    """Say whether a person decides on what was asked: the office, but never who asks.

    Nor who acts for one of the `units` that ask.
    """
    if person.pk == asked.by_id or mandates(person, on).intersection(units):
        return False
    return may_see_to(person, asked.office_id, on)


def units_asking(asked: Decided, calls: Iterable[Call]) -> list[int]:
    """Return the keys of the units behind an objection or a wish for more time.

    `calls` are those of the whistle.
    """
    if isinstance(asked, Objection):
        return [asked.call.organization_id]
    return [call.organization_id for call in calls if call.responsible]


def is_pushed_down(problem: Problem | None, organization: Organization) -> bool:
    """Say whether this would push upon a committee what lies outside a community's duties."""
    return (
        problem is not None
        and not problem.kind.duty
        and organization.kind == Organization.Kind.COMMITTEE
    )
