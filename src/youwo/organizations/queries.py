"""Units as somebody may see them, whom a place is paired with, and references that are free."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length

from youwo.areas.models import Area, AreaQuerySet, within
from youwo.core.gathering import Gathered
from youwo.core.references import new_reference
from youwo.organizations import rules
from youwo.organizations.models import (
    DatedQuerySet,
    EnrolmentQuerySet,
    HouseholdPairing,
    Mandate,
    MemberEnrolment,
    Membership,
    Organization,
    Pairing,
    Plan,
    Proposed,
    UnitEnrolment,
)
from youwo.people.models import Person, Role
from youwo.people.rules import above, powers


def in_any(codes: list[str], field: str) -> Q:
    """Make the condition that a place lies in one of some areas."""
    condition = Q(pk__in=[])
    for code in codes:
        condition |= within(code, field)
    return condition


def units_seen_by(person: Person, on: date) -> DatedQuerySet[Organization]:
    """Return the units that a person works with.

    Those they act for, those that lie in their areas, and those that are or were enrolled or
    paired there.
    """
    codes = powers(person, on).codes(*rules.READERS)
    condition: Any = Q(pk__in=rules.mandates(person, on))
    if codes:
        here = in_any(codes, "community_id")
        condition |= in_any(codes, "area_id")
        condition |= Exists(UnitEnrolment.objects.filter(here, organization=OuterRef("pk")))
        paired = Pairing.objects.filter(in_any(codes, "area_id"), organization=OuterRef("pk"))
        condition |= Exists(paired)
        condition |= Exists(MemberEnrolment.objects.filter(here, organization=OuterRef("pk")))
    return Organization.objects.filter(condition)


def memberships_seen_by(person: Person, on: date) -> DatedQuerySet[Membership]:
    """Return the memberships in force that a person works with.

    All of the units that they act for or that lie in their areas; of other units those members who
    are or were enrolled in their areas.
    """
    codes = powers(person, on).codes(*rules.READERS)
    condition: Any = Q(organization__in=rules.mandates(person, on))
    if codes:
        here = MemberEnrolment.objects.filter(
            in_any(codes, "community_id"),
            person=OuterRef("person"),
            organization=OuterRef("organization"),
        )
        condition |= in_any(codes, "organization__area_id") | Q(Exists(here))
    return Membership.objects.in_force(on).filter(condition)


def enrolments_seen_by(model: Any, person: Person, on: date) -> QuerySet[Any]:
    """Return the enrolments, of one of the two models, that a person may open."""
    codes = powers(person, on).codes(*rules.READERS)
    condition = Q(organization__in=rules.mandates(person, on))
    if codes:
        condition |= in_any(codes, "community_id") | in_any(codes, "organization__area_id")
    rows: QuerySet[Any] = model.objects.filter(condition)
    return rows


def enrolment(reference: str) -> UnitEnrolment | MemberEnrolment | None:
    """Return the enrolment of a reference, with what it joins. At most two statements."""
    units = UnitEnrolment.objects.select_related("organization", "community", "branch")
    members = MemberEnrolment.objects.select_related(
        "organization", "community", "compound", "person"
    )
    return units.filter(reference=reference).first() or members.filter(reference=reference).first()


def gathered_mandates(on: date, person: str = "person") -> Subquery:
    """Make a column with the keys of the units that the person whom a row names acts for.

    `person` is the row's column with the person's key.
    """
    mandates = Mandate.objects.in_force(on).filter(person=OuterRef(person))
    return Subquery(mandates.values(all=Gathered("organization_id")))


def paired_with(code: str, on: date) -> list[Organization]:
    """Return the units paired with a place on a day: its own first, then its community's.

    For a compound these are the units paired with the compound itself, then those paired with the
    community that it lies in; the longest paired first. One statement.
    """
    community = code.partition("-")[0]
    rows = (
        Pairing.objects.holding(on)
        .filter(area__in={code, community})
        .select_related("organization")
        .order_by(Length("area_id").desc(), "starts_on", "pk")
    )
    return list({row.organization_id: row.organization for row in rows}.values())


@dataclass(frozen=True)
class Partners:
    """Who has a part in a community: each unit once, under what it is there."""

    committees: list[Organization] = field(default_factory=list)
    property_companies: list[Organization] = field(default_factory=list)
    owners: list[Organization] = field(default_factory=list)
    # Those paired with the community or one of its compounds, then those enrolled with it.
    units: list[Organization] = field(default_factory=list)

    def everybody(self) -> list[Organization]:
        """Return all of them: committees, property companies, owners' committees, units."""
        return [*self.committees, *self.property_companies, *self.owners, *self.units]


def partners(community: Area, on: date) -> Partners:
    """Return whom a community invites and calls, by what they are there. One statement.

    Residents' committees, property companies and owners' committees count that lie in the
    community, or are paired or enrolled with it; other units, if they are paired or enrolled.
    Each carries `is_paired`: it is paired with the community or one of its compounds.
    """
    paired = Pairing.objects.holding(on).filter(
        within(community.pk, "area_id"), organization=OuterRef("pk")
    )
    enrolled = UnitEnrolment.objects.holding(on).filter(
        community=community, organization=OuterRef("pk")
    )
    neighbours = {
        Organization.Kind.COMMITTEE.value: "committees",
        Organization.Kind.PROPERTY.value: "property_companies",
        Organization.Kind.OWNERS.value: "owners",
    }
    here = Q(within(community.pk, "area_id"), kind__in=list(neighbours))
    rows = (
        Organization.objects.in_force(on)
        .filter(here | Q(Exists(paired)) | Q(Exists(enrolled)))
        .annotate(is_paired=Exists(paired))
        .order_by("-is_paired", "name", "pk")
    )
    found = Partners()
    for unit in rows:
        getattr(found, neighbours.get(unit.kind, "units")).append(unit)
    return found


def pairings_seen_by(person: Person, on: date) -> EnrolmentQuerySet[Pairing]:
    """Return the pairings that a person may open: of their places, and of their units."""
    codes = powers(person, on).codes(*rules.READERS)
    condition = Q(organization__in=rules.mandates(person, on))
    if codes:
        condition |= in_any(codes, "area_id") | in_any(codes, "organization__area_id")
    return Pairing.objects.filter(condition)


def places_to_pair(codes: list[str], on: date, *, villages: bool = False) -> AreaQuerySet:
    """Return the communities and compounds of some areas, in force, each with `is_paired`."""
    places = Area.objects.filter(
        in_any(codes, "code"),
        kind__in=(Area.Kind.COMMUNITY, Area.Kind.COMPOUND),
        statistical=False,
    ).valid(on)
    if not villages:
        places = places.exclude(rural=True).exclude(parent__rural=True)
    paired = Pairing.objects.holding(on).filter(area=OuterRef("pk"))
    return places.annotate(is_paired=Exists(paired))


def households_seen_by(person: Person, on: date) -> DatedQuerySet[HouseholdPairing]:
    """Return the households a person may know of: their own, and those of their communities.

    Nobody above a community's workers sees them.
    """
    held = powers(person, on).grants
    communities = [code for role, code in held if role == Role.WORKER]
    return HouseholdPairing.objects.filter(Q(person=person) | Q(community__in=communities))


def plans_seen_by(person: Person, on: date) -> QuerySet[Plan]:
    """Return the plans that a person may open: of their area, of one in it or above it."""
    codes = powers(person, on).codes(*rules.PLANNERS)
    return Plan.objects.filter(in_any(codes, "area_id") | Q(area__in=codes_above(codes)))


def codes_above(codes: list[str]) -> set[str]:
    """Return the codes of all areas that some areas lie in."""
    return {one for code in codes for one in above(code)}


def rows_seen_by(person: Person, plan: Plan, on: date) -> QuerySet[Proposed]:
    """Return the rows of a plan that lie in a person's area."""
    codes = powers(person, on).codes(*rules.PLANNERS)
    return plan.rows.filter(in_any(codes, "area_id"))


def fresh_references(count: int, *, letter: str = "E") -> list[str]:
    """Return references that no enrolment, and no pairing, has. One statement.

    There are 31^6 of each letter: among some ten thousand, two drawn blindly do meet.
    """
    models: tuple[Any, ...] = (Pairing,) if letter == "B" else (UnitEnrolment, MemberEnrolment)
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.update(new_reference(letter) for _ in range(count - len(drawn)))
        first, *others = (
            model.objects.filter(reference__in=drawn).values_list("reference", flat=True)
            for model in models
        )
        drawn.difference_update(first.union(*others) if others else first)
    return sorted(drawn)


def service_fields() -> list[tuple[str, Any]]:
    """Return the fields of service that members can wish for, as (code, label).

    They are the ledger's, which stands above this package: Django's registry of models is asked.
    """
    field = apps.get_model("ledger", "Entry")._meta.get_field("field")
    return list(field.flatchoices)


def home_of(person: Person, on: date) -> Area | None:
    """Return the place that is known of a person: where they work, or are enrolled; else None."""
    worked = [code for _role, code in powers(person, on).grants]
    if worked:
        return Area.objects.get(pk=max(worked))
    enrolled = (
        MemberEnrolment.objects.in_force(on)
        .filter(person=person, voided_at__isnull=True)
        .select_related("community")
        .order_by("-starts_on")
        .first()
    )
    return enrolled.community if enrolled is not None else None
