"""The catalogue of problems: what is recorded, when it opens and closes, and who answers for it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Responsible(models.TextChoices):
    """Who answers for problems of a kind."""

    COMMITTEE = "committee", _("the residents' or village committee")
    PROPERTY = "property", _("the property company")
    OWNERS = "owners", _("the owners' committee")
    TOWN = "town", _("the town or sub-district")
    DEPARTMENT = "department", _("a department of the county")
    UTILITY = "utility", _("a utility")


class ProblemKind(models.Model):
    """A sub-class of the catalogue, with the columns that city-management manuals use."""

    code = models.CharField(max_length=30, primary_key=True)
    # The class, and the sub-class below it.
    group = models.CharField(max_length=20)
    name = models.CharField(max_length=40, unique=True)
    # Words that point to it, separated by spaces.
    words = models.TextField(blank=True)
    record = models.CharField(max_length=200)
    opens = models.CharField(max_length=200)
    # How long it may take, in working hours.
    hours = models.PositiveSmallIntegerField()
    closes = models.CharField(max_length=200)
    responsible = models.CharField(max_length=60)
    responsible_kind = models.CharField(max_length=12, choices=Responsible.choices)
    # Whether it lies within a community's duties.
    duty = models.BooleanField(default=True)
    urban = models.BooleanField(default=True)
    rural = models.BooleanField(default=True)
    place = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(hours__gt=0), name="needs_problemkind_takes_time"),
            models.CheckConstraint(
                condition=Q(urban=True) | Q(rural=True), name="needs_problemkind_is_somewhere"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["place", "code"], name="needs_problemkind_order")
        ]

    def __str__(self) -> str:
        return self.name
