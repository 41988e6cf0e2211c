"""Units and their branches, memberships, mandates and enrolments: all dated, never overwritten."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area
from youwo.people.models import Person

_Row = TypeVar("_Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[_Row]):
    """Rows that hold from a day until a day (exclusive)."""

    def in_force(self, on: date) -> DatedQuerySet[_Row]:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    """Make the constraint that a row does not end before it starts."""
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name=name
    )


class Organization(models.Model):
    """A unit. It has two parentages: `parent` in its own system, `area` by its place."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("government body")
        PUBLIC = "public", _("public institution")
        ENTERPRISE = "enterprise", _("enterprise")
        SCHOOL = "school", _("school")
        HOSPITAL = "hospital", _("hospital")
        SOCIAL = "social", _("social organisation")
        COMMITTEE = "committee", _("residents' or villagers' committee")
        PROPERTY = "property", _("property company")
        OWNERS = "owners", _("owners' committee")

    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    # The unified social credit code (GB 32100), where there is one.
    credit_code = models.CharField(
        _("credit code"), max_length=18, unique=True, null=True, blank=True
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="organizations")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # Under which it was known before; it is still found by them.
    former_names = models.JSONField(null=True, blank=True)
    search_terms = models.TextField(default="", blank=True, editable=False)
    recorded_at = models.DateTimeField()

    objects: ClassVar[DatedQuerySet[Organization]] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["area", "name"],
                condition=Q(ends_on__isnull=True),
                name="organizations_organization_name",
            ),
            ends_after_it_starts("organizations_organization_dates"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class Branch(models.Model):
    """A party organisation of a unit."""

    class Level(models.TextChoices):
        COMMITTEE = "committee", _("party committee")
        GENERAL = "general", _("general branch")
        BRANCH = "branch", _("branch")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="branches"
    )
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.BRANCH)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="organizations_branch_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """That a person belongs to a unit, and to a branch of it."""

    class Standing(models.TextChoices):
        SERVING = "serving", _("serving")
        RETIRED = "retired", _("retired")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships"
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.SERVING)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects: ClassVar[DatedQuerySet[Membership]] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "organization"],
                condition=Q(ends_on__isnull=True),
                name="organizations_membership_open_once",
            ),
            ends_after_it_starts("organizations_membership_dates"),
        ]


class Mandate(models.Model):
    """That a person acts for a unit: its coordinator."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="mandates"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()

    objects: ClassVar[DatedQuerySet[Mandate]] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "organization"],
                condition=Q(ends_on__isnull=True),
                name="organizations_mandate_open_once",
            ),
            ends_after_it_starts("organizations_mandate_dates"),
        ]

    def is_in_force(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


class EnrolmentQuerySet(DatedQuerySet[_Row]):
    """Enrolments by day, and by what was known at a moment."""

    def holding(self, on: date) -> EnrolmentQuerySet[_Row]:
        """Enrolments in force on a day, as far as is known now."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, voided_at__isnull=True
        )

    def as_known(self, on: date, at: datetime) -> EnrolmentQuerySet[_Row]:
        """Enrolments in force on a day, as they were recorded at a moment."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on) | Q(ended_at__gt=at),
            Q(voided_at__isnull=True) | Q(voided_at__gt=at),
            starts_on__lte=on,
            recorded_at__lte=at,
        )


# Reasons that the system itself gives for an end; all others are people's own words.
MOVED = "moved"
RETIRED = "retired"
_OWN_REASONS = {MOVED: _("moved to another unit"), RETIRED: _("retired")}


class Enrolment(models.Model):
    """What a unit's and a member's enrolment have in common."""

    reference = models.CharField(max_length=9, unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # When the end became known, which may be later than the end itself.
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    # Recorded by mistake: counts no more, but is kept.
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    def is_in_force(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return (
            self.voided_at is None
            and self.starts_on <= on
            and (self.ends_on is None or on < self.ends_on)
        )

    @property
    def ended_why(self) -> str:
        """The reason of the end, in words."""
        return str(_OWN_REASONS.get(self.end_reason, self.end_reason))


class UnitEnrolment(Enrolment):
    """A unit's party organisation is enrolled with a community."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="enrolments"
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="enrolments"
    )
    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="unit_enrolments")

    objects: ClassVar[EnrolmentQuerySet[UnitEnrolment]] = EnrolmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organization", "community"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="organizations_unitenrolment_open_once",
            ),
            ends_after_it_starts("organizations_unitenrolment_dates"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ended_at__isnull=False),
                name="organizations_unitenrolment_end_known",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["community", "starts_on", "organization"],
                name="organizations_unitenrol_place",
            )
        ]


class MemberEnrolment(Enrolment):
    """A serving member is enrolled with the community and the compound where they live."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="member_enrolments"
    )
    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="member_enrolments")
    compound = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    occupation = models.CharField(_("occupation"), max_length=40, blank=True)
    # Codes of people.Skill, and of ledger fields of service that the member wishes to serve in.
    skills = models.JSONField(default=list, blank=True)
    service_wishes = models.JSONField(default=list, blank=True)

    objects: ClassVar[EnrolmentQuerySet[MemberEnrolment]] = EnrolmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "community"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="organizations_memberenrolment_open_once",
            ),
            ends_after_it_starts("organizations_memberenrolment_dates"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ended_at__isnull=False),
                name="organizations_memberenrolment_end_known",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["community", "starts_on", "person"], name="organizations_memberenrol_at"
            )
        ]


class Import(models.Model):
    """One Excel file on its way in: a dry run first, then the import, with its progress."""

    class Subject(models.TextChoices):
        UNITS = "units", _("units and their enrolments")
        MEMBERS = "members", _("members and their enrolments")
        COMPOUNDS = "compounds", _("compounds and what they have")

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("being imported")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    subject = models.CharField(max_length=10, choices=Subject.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=120)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    # The first bad cells, as [row, column heading, sentence]; `bad_rows` counts all.
    problems = models.JSONField(default=list, blank=True)
    bad_rows = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
