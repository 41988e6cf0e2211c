"""Double pairing: a unit with a community or compound, a member with households."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area
from youwo.core.sealing import SealedTextField
from youwo.organizations.models.enrolments import (
    DatedQuerySet,
    Enrolment,
    EnrolmentQuerySet,
    Organization,
    ends_after_it_starts,
)
from youwo.organizations.models.plans import Adoption
from youwo.people.models import ConsentText, Person


class Pairing(Enrolment):
    """A unit looks after a community or a compound, from a day until a day (exclusive)."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="pairings"
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="pairings")
    # Why these two, in a few words; may be empty.
    reason = models.CharField(max_length=200, blank=True)
    # The plan's adoption that began it, and the one that ended it.
    adoption = models.ForeignKey(
        Adoption, on_delete=models.PROTECT, null=True, blank=True, related_name="begun"
    )
    ended_by = models.ForeignKey(
        Adoption, on_delete=models.PROTECT, null=True, blank=True, related_name="ended_ones"
    )

    objects: ClassVar[EnrolmentQuerySet[Pairing]] = EnrolmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organization", "area"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="organizations_pairing_open_once",
            ),
            ends_after_it_starts("organizations_pairing_dates"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ended_at__isnull=False),
                name="organizations_pairing_end_known",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["area", "starts_on", "organization"], name="organizations_pairing_place"
            )
        ]


class HouseholdPairing(models.Model):
    """A member stays in touch with a household that has agreed to it.

    As little as possible is kept of the household: a name to ask for, the door, and a telephone
    number if it gave one, all sealed, and all forgotten when it withdraws its consent.
    """

    class Given(models.TextChoices):
        """How the household agreed."""

        PAPER = "paper", _("signed on paper")
        SPOKEN = "spoken", _("said so to the community worker")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="household_pairings")
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="household_pairings",
    )
    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    compound = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = SealedTextField(_("whom to ask for"))
    door = SealedTextField(_("building and door"))
    phone = SealedTextField(_("phone number"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # The words that the household agreed to; without them there is no pairing.
    consent_text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    consent_given = models.CharField(max_length=8, choices=Given.choices)
    consent_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # When name, door and number were deleted: at once on withdrawal, else some time after the end.
    forgotten_at = models.DateTimeField(null=True, blank=True)
    # What is on the form once, however often it is sent.
    nonce = models.UUIDField(unique=True)

    objects: ClassVar[DatedQuerySet[HouseholdPairing]] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            ends_after_it_starts("organizations_householdpairing_dates"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(forgotten_at__isnull=False),
                name="organizations_householdpairing_withdrawn_forgotten",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True) | Q(ends_on__isnull=False),
                name="organizations_householdpairing_forgotten_ended",
            ),
            models.CheckConstraint(
                condition=Q(consent_on__lte=F("starts_on")),
                name="organizations_householdpairing_agreed_first",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["community", "id"], name="organizations_household_place")
        ]

    def __str__(self) -> str:
        return f"household pairing {self.pk}"

    def is_in_force(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


class Contact(models.Model):
    """That member and household were in touch on a day, by either side's own record.

    At most one a day from each side: it says when, and is no tally of visits.
    """

    class Side(models.TextChoices):
        MEMBER = "member", _("the member")
        HOUSEHOLD = "household", _("the household")

    pairing = models.ForeignKey(HouseholdPairing, on_delete=models.CASCADE, related_name="contacts")
    on = models.DateField(_("on"))
    side = models.CharField(max_length=10, choices=Side.choices, default=Side.MEMBER)
    words = SealedTextField(_("in a few words"))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["pairing", "on", "side"], name="organizations_contact_once_a_day"
            )
        ]
