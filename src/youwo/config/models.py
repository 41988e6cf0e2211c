"""When each periodic job was last begun, so that several workers share the rounds."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


class Round(models.Model):
    """The last round of one periodic job, whichever worker makes it."""

    name = models.CharField(max_length=60, primary_key=True)
    begun_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=~Q(name=""), name="config_round_has_name")
        ]
