"""Two small tables without a word of the product: counted tries, and how far a reader has read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Tries(models.Model):
    """How often something was tried in one window of time, by a fingerprint of who tried."""

    key = models.CharField(max_length=64)
    window_starts_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["key", "window_starts_at"], name="core_tries_once_a_window"
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["window_starts_at"], name="core_tries_old")
        ]


class Horizon(models.Model):
    """Up to which key a reader of an ever-growing table has read, with nothing missing below it.

    Keys are handed out before their rows are committed, so the greatest visible key is no safe
    place to stop: a slower writer may still fill a gap. See `core.horizons`.
    """

    name = models.CharField(max_length=40, primary_key=True)
    read_to = models.BigIntegerField(default=0)
    candidate = models.BigIntegerField(default=0)
    candidate_transaction = models.BigIntegerField(default=0)
    candidate_at = models.DateTimeField(null=True)
