"""Places, each under its official code. The code is the path: a subtree is a range of codes."""

from __future__ import annotations

from datetime import date
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
