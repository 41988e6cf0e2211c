"""Plans of a city's pairs: what was asked, what is proposed, what was adopted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area
from youwo.organizations.models.enrolments import Organization
from youwo.people.models import Person


class Plan(models.Model):
    """A proposal of who looks after which place in an area, and on what terms it was made."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("being worked out")
        READY = "ready", _("ready")
        IMPOSSIBLE = "impossible", _("not possible like this")
        DROPPED = "dropped", _("put away")

    class Places(models.TextChoices):
        BOTH = "both", _("communities and compounds")
        COMMUNITIES = "communities", _("communities")
        COMPOUNDS = "compounds", _("compounds")

    class Share(models.TextChoices):
        EQUAL = "equal", _("the same for every unit")
        MEMBERS = "members", _("by how many members are enrolled")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # Which places: of what sort, and with the villages or without.
    places = models.CharField(max_length=12, choices=Places.choices, default=Places.BOTH)
    villages = models.BooleanField(default=False)
    share = models.CharField(max_length=8, choices=Share.choices, default=Share.EQUAL)
    # How many places more or fewer than its fair share a unit may get; and never more than.
    slack = models.PositiveSmallIntegerField(default=1)
    ceiling = models.PositiveSmallIntegerField(null=True, blank=True)
    farthest_km = models.PositiveSmallIntegerField(null=True, blank=True)
    # Places that have a unit today keep it.
    keep = models.BooleanField(default=True)
    # While it is worked out: per cent. Afterwards what came out.
    progress = models.PositiveSmallIntegerField(default=0)
    trouble = models.JSONField(default=dict, blank=True)
    cost = models.BigIntegerField(null=True, blank=True)
    bound = models.BigIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    started_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(bound__isnull=True) | Q(bound__lte=F("cost")),
                name="organizations_plan_bound_below_cost",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.pk}"

    @property
    def is_moving(self) -> bool:
        """Say whether it is still to be worked out."""
        return self.state in (self.State.WAITING, self.State.WORKING)

    @property
    def is_proven(self) -> bool:
        """Say whether no other pairing on these terms lies nearer."""
        return self.cost is not None and self.cost == self.bound

    @property
    def gap(self) -> float | None:
        """How far the best conceivable pairing could lie below it, as a part of it."""
        if self.cost is None or self.bound is None:
            return None
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


class PlannedUnit(models.Model):
    """A unit that a plan counts with: its members, and how many places it should have."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="units")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    members = models.PositiveIntegerField(default=0)
    # With what it keeps.
    least = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["plan", "organization"], name="organizations_plannedunit_once"
            ),
            models.CheckConstraint(
                condition=Q(least__lte=F("most")), name="organizations_plannedunit_bounds"
            ),
        ]


class Adoption(models.Model):
    """That a plan was put into force in an area, as long as it has not been taken back."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="adoptions")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    created = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)


class Proposed(models.Model):
    """One place of a plan and the unit proposed for it; none where it is left out."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="rows")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Hundreds of metres.
    distance = models.PositiveIntegerField(null=True, blank=True)
    # Who has it today, and what the plan said before people changed it.
    today = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    today_distance = models.PositiveIntegerField(null=True, blank=True)
    planned = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    adoption = models.ForeignKey(
        Adoption, on_delete=models.PROTECT, null=True, blank=True, related_name="rows"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["plan", "area"], name="organizations_proposed_once"),
            models.CheckConstraint(
                condition=Q(organization__isnull=True, distance__isnull=True)
                | Q(organization__isnull=False, distance__isnull=False),
                name="organizations_proposed_has_distance",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["plan", "organization"], name="organizations_proposed_unit")
        ]

    @property
    def is_changed(self) -> bool:
        """Say whether people have changed what the plan said."""
        return self.organization_id != self.planned_id

    @property
    def is_new(self) -> bool:
        """Say whether it differs from today."""
        return self.organization_id != self.today_id
