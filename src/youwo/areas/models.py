"""Places, each under its official code, and dated facts about compounds.

The code is the path: a subtree is a range of codes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def code_after(code: str) -> str | None:
    """Return the first code beyond the subtree of a code; None where the subtree is the code alone.

    Codes are digits, down to the community (12); compounds add a hyphen and a local number.
    """
    if "-" in code:
        return None
    following = str(int(code) + 1)
    if len(following) > len(code):
        raise ValueError(code)
    return following.zfill(len(code))


def within(code: str, field: str) -> Q:
    """Rows whose area, in the column `field`, is the given one or lies below it: a range scan."""
    beyond = code_after(code)
    if beyond is None:
        return Q(**{field: code})
    return Q(**{f"{field}__gte": code, f"{field}__lt": beyond})


class AreaQuerySet(models.QuerySet["Area"]):
    """Places by code, kind and day."""

    def within(self, code: str) -> AreaQuerySet:
        return self.filter(within(code, "code"))

    def valid(self, on: date) -> AreaQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        )

    def communities(self) -> AreaQuerySet:
        return self.filter(kind=Area.Kind.COMMUNITY)


class Area(models.Model):
    """A place: city, county, town, community (or village) or compound."""

    class Kind(models.TextChoices):
        CITY = "city", _("city")
        COUNTY = "county", _("county")
        TOWN = "town", _("town")
        COMMUNITY = "community", _("community")
        COMPOUND = "compound", _("compound")

    code = models.CharField(max_length=24, primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60, help_text=_("As people say it: 金税社区."))
    official_name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    # A village committee instead of a residents' committee.
    rural = models.BooleanField(default=False)
    # Kept by the statisticians only (development zones, collectors): people see what lies below it.
    statistical = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(
        null=True, blank=True, help_text=_("The first day on which the code no longer holds.")
    )
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="areas_area_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(valid_to__isnull=False),
                name="areas_area_successor_needs_end",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["kind", "code"], name="areas_area_kind")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def community_code(self) -> str:
        """The code of the community this place is or lies in, by its code alone."""
        return self.code.partition("-")[0]


# A fact that another of the same day has taken the place of; other reasons are people's own words.
CORRECTED = "corrected"


class CompoundFactQuerySet(models.QuerySet["CompoundFact"]):
    """Facts by day, and by what was known at a moment."""

    def standing(self) -> CompoundFactQuerySet:
        """Facts that nobody has taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def in_force(self, on: date) -> CompoundFactQuerySet:
        """Facts that hold on a day, as far as is known now: at most one of a kind."""
        return self.standing().filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on
        )

    def known(self, at: datetime) -> CompoundFactQuerySet:
        """Facts that were recorded at a moment, and not yet taken back then."""
        return self.filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at), recorded_at__lte=at
        )


class CompoundFact(models.Model):
    """That a compound has something, or has it not, from a day on.

    A later fact of the same kind ends the one before; nothing is overwritten. A wrong entry is
    taken back with a reason and stays readable. Who recorded it stands in the journal.
    """

    class Kind(models.TextChoices):
        MANAGING_BODY = "managing_body", _("managing body")
        PROPERTY_COMPANY = "property_company", _("property company")
        OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
        GUARD = "guard", _("guard")
        FENCE = "fence", _("fence")
        CAMERAS = "cameras", _("cameras")
        FIRE_EQUIPMENT = "fire_equipment", _("fire equipment")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="facts", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    present = models.BooleanField()
    detail = models.CharField(_("in words"), max_length=80, blank=True)
    starts_on = models.DateField(_("since"))
    # The day of the next fact of this kind, which `areas.actions` keeps in step.
    ends_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = CompoundFactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["area", "kind", "starts_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="areas_compoundfact_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["area", "kind"],
                condition=Q(withdrawn_at__isnull=True, ends_on__isnull=True),
                name="areas_compoundfact_open_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="areas_compoundfact_dates",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="areas_compoundfact_withdrawn_why",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            # Everything ever said of one compound.
            models.Index(fields=["area", "id"], name="areas_compoundfact_place"),
            # Which compounds have, or lack, one thing.
            models.Index(fields=["kind", "present", "area"], name="areas_compoundfact_kind"),
        ]

    @property
    def withdrawn_why(self) -> str:
        """Why the entry was taken back, in words."""
        if self.withdrawn_reason == CORRECTED:
            return str(_("Corrected by another entry for the same day."))
        return self.withdrawn_reason


class DefinitionChoice(models.Model):
    """Which version of a status (see `areas.definitions`) the city goes by, from a day on."""

    name = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["name", "starts_on"], name="areas_definitionchoice_once_a_day"
            )
        ]
