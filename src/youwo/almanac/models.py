"""Exceptions to the calendar that people enter themselves, and office hours."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area


class DayRule(models.Model):
    """One day that is, by an official notice, a working day or free. It goes before the library."""

    on = models.DateField(_("day"), unique=True)
    working = models.BooleanField(_("working day"))
    name = models.CharField(_("reason"), max_length=60)


class OfficeHours(models.Model):
    """When offices of an area and everything below it are open, morning and afternoon."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="office_hours")
    valid_from = models.DateField(_("from"))
    morning_opens = models.TimeField()
    morning_closes = models.TimeField()
    afternoon_opens = models.TimeField()
    afternoon_closes = models.TimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["area", "valid_from"], name="almanac_officehours_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(morning_opens__lt=F("morning_closes"))
                & Q(morning_closes__lte=F("afternoon_opens"))
                & Q(afternoon_opens__lt=F("afternoon_closes")),
                name="almanac_officehours_in_order",
            ),
        ]
