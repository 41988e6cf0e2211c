"""Sums by day and area, kept up to a horizon; above it the facts themselves are counted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class DayTotal(models.Model):
    """The sums of one day's ledger entries in one area of any level, by kind and field of service.

    `area_code` is the code of a city, county, town, community or compound: an entry counts once at
    each level of its own path, so that reading a level never depends on how much lies below it.
    """

    area_code = models.CharField(max_length=24)
    kind = models.CharField(max_length=10)
    on = models.DateField()
    field = models.CharField(max_length=12)
    entries = models.IntegerField()
    served = models.BigIntegerField()
    minutes = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["area_code", "kind", "on", "field"], name="insight_daytotal_once"
            )
        ]
