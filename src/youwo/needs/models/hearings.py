"""Hearings: where many people speak in one evening, and what was taken down."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from youwo.areas.models import Area
from youwo.core.sealing import SealedTextField
from youwo.needs.models.problems import Report
from youwo.needs.models.wishes import SAID_MOST, Voice, Wish
from youwo.organizations.models import Organization
from youwo.people.models import ConsentText, Person


class Hearing(models.Model):
    """A meeting at which residents say what they wish and what is wrong."""

    class Status(models.TextChoices):
        OPEN = "open", _("being taken down")
        CLOSED = "closed", pgettext_lazy("of a hearing", "closed")

    reference = models.CharField(max_length=9, unique=True)
    # What the recorder's device made up for this one try.
    nonce = models.UUIDField(unique=True)
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="hearings", db_index=False
    )
    held_on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=60)
    topic = models.CharField(_("topic"), max_length=80)
    # The unit that holds it with the community.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="hearings"
    )
    # Asked once for all who speak.
    consent_text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent_given_by = models.CharField(
        max_length=10, choices=Voice.Consent.choices, default=Voice.Consent.SPOKEN
    )
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    search_terms = models.TextField(default="", db_default="", blank=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | Q(status="open", closed_at__isnull=True),
                name="needs_hearing_closed_has_a_moment",
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["-held_on", "-id"], name="needs_hearing_latest"),
            models.Index(fields=["community", "-held_on", "-id"], name="needs_hearing_place"),
        ]

    def __str__(self) -> str:
        return self.topic

    # Django's own look-up compares all choices for each row; lists have many rows.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the hearing stands, in words."""
        return str(Hearing.Status(self.status).label)

    @property
    def is_open(self) -> bool:
        return self.status == Hearing.Status.OPEN


class HearingLine(models.Model):
    """One line as it was typed while somebody spoke: a wish, a report of a problem, or a note."""

    class What(models.TextChoices):
        WISH = "wish", _("wish")
        PROBLEM = "problem", _("problem")
        NOTE = "note", _("note")

    class State(models.TextChoices):
        TYPED = "typed", _("typed")
        TAKEN = "taken", _("taken up")
        DROPPED = "dropped", _("left out")

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    # What the recorder's device made up for this line: sent twice, it is one line.
    nonce = models.UUIDField(unique=True)
    # Raised with each change: an older one that arrives late changes nothing.
    revision = models.PositiveIntegerField(default=1, db_default=1)
    what = models.CharField(max_length=8, choices=What.choices)
    said = models.TextField(max_length=SAID_MOST)
    name = SealedTextField(_("name"))
    phone = SealedTextField(_("phone number"))
    # Of a wish (`Wish.Kind`) or of a problem (the code of a `ProblemKind`).
    kind = models.CharField(max_length=30, blank=True)
    compound = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    building = models.CharField(max_length=60, blank=True)
    wish = models.OneToOneField(
        Wish, on_delete=models.PROTECT, null=True, blank=True, related_name="hearing_line"
    )
    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, null=True, blank=True, related_name="hearing_line"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.TYPED)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["hearing", "number"], name="needs_hearingline_one_number"
            ),
            models.CheckConstraint(
                condition=(
                    (Q(wish__isnull=True) | Q(what="wish"))
                    & (Q(report__isnull=True) | Q(what="problem"))
                ),
                name="needs_hearingline_becomes_what_it_is",
            ),
            models.CheckConstraint(
                condition=(Q(state="taken") & (Q(wish__isnull=False) | Q(report__isnull=False)))
                | (~Q(state="taken") & Q(wish__isnull=True, report__isnull=True)),
                name="needs_hearingline_taken_is_a_case",
            ),
        ]

    @property
    def is_typed(self) -> bool:
        return self.state == HearingLine.State.TYPED

    @property
    def is_taken(self) -> bool:
        return self.state == HearingLine.State.TAKEN

    @property
    def is_dropped(self) -> bool:
        return self.state == HearingLine.State.DROPPED


class Attendee(models.Model):
    """Who was there: somebody with an account, somebody for a unit, or a name alone."""

    class Role(models.TextChoices):
        RESIDENT = "resident", _("resident")
        COMMITTEE = "committee", _("residents' committee")
        UNIT = "unit", pgettext_lazy("of an attendee", "unit")
        PROPERTY = "property", _("property company")
        OWNERS = "owners", _("owners' committee")
        OTHER = "other", _("other")

    hearing = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="attendees")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    name = SealedTextField(_("name"))
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.RESIDENT)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["hearing", "person"],
                condition=Q(person__isnull=False),
                name="needs_attendee_once",
            )
        ]
