"""Units, who belongs to them and acts for them, their enrolments, and whom they are paired with."""

from youwo.organizations.models.enrolments import (
    MOVED,
    RETIRED,
    Branch,
    DatedQuerySet,
    Enrolment,
    EnrolmentQuerySet,
    Import,
    Mandate,
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)
from youwo.organizations.models.pairings import Contact, HouseholdPairing, Pairing
from youwo.organizations.models.plans import Adoption, Plan, PlannedUnit, Proposed

__all__ = [
    "MOVED",
    "RETIRED",
    "Adoption",
    "Branch",
    "Contact",
    "DatedQuerySet",
    "Enrolment",
    "EnrolmentQuerySet",
    "HouseholdPairing",
    "Import",
    "Mandate",
    "MemberEnrolment",
    "Membership",
    "Organization",
    "Pairing",
    "Plan",
    "PlannedUnit",
    "Proposed",
    "UnitEnrolment",
]
