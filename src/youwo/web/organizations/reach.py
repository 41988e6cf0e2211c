"""Which units, members and enrolments a visitor may open; all others do not exist for them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from youwo.core.acts import as_held
from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.organizations import queries, rules
from youwo.organizations.models import (
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)
from youwo.web.access import mandates_of, powers_of, signed_in_person


def today() -> date:
    """Return the day in the city."""
    return local_day(timezone.now())


def unit_of(request: HttpRequest, key: int, *, locked: bool = False) -> Organization:
    """Return a unit that the visitor works with; the act holds it if it is locked."""
    rows = queries.units_seen_by(signed_in_person(request), today())
    rows = rows.select_related("area", "parent")
    if locked:
        return as_held(get_object_or_404(rows.select_for_update(of=("self",)), pk=key))
    return get_object_or_404(rows, pk=key)


def may_enrol_somewhere(request: HttpRequest, unit: Organization) -> bool:
    """Say whether the visitor enrols this unit, or its members, with any community at all."""
    return unit.pk in mandates_of(request) or powers_of(request).holds(*rules.KEEPERS)


def unit_to_enrol(request: HttpRequest, key: int, *, locked: bool = False) -> Organization:
    """Return a unit that the visitor may enrol somewhere; the act holds it if it is locked."""
    unit = unit_of(request, key, locked=locked)
    if not may_enrol_somewhere(request, unit):
        raise Http404
    return unit


def membership_of(request: HttpRequest, key: int) -> Membership:
    """Return a membership that the visitor works with, with person and unit."""
    rows = queries.memberships_seen_by(signed_in_person(request), today())
    return get_object_or_404(rows.select_related("person", "organization__area", "branch"), pk=key)


def enrolment_of(request: HttpRequest, reference: str) -> UnitEnrolment | MemberEnrolment:
    """Return an enrolment that the visitor works with, with everything it names."""
    known = parse_reference(reference)
    person, on = signed_in_person(request), today()
    joined: dict[Any, tuple[str, ...]] = {
        UnitEnrolment: ("organization", "community", "branch"),
        MemberEnrolment: ("organization", "community", "compound", "person"),
    }
    for model, names in joined.items() if known else ():
        rows = queries.enrolments_seen_by(model, person, on)
        found: UnitEnrolment | MemberEnrolment | None = (
            rows.select_related(*names).filter(reference=known).first()
        )
        if found is not None:
            return found
    raise Http404
