"""Journal lines and the seals over them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from youwo.core.append_only import AppendOnly, AppendOnlyQuerySet


class Line(AppendOnly):
    """One thing that somebody did. Holds keys, never a name, a phone number or a text of a person.

    Actor and target are kept as label and key, so that the journal can stand below every package.
    """

    at = models.DateTimeField(_("when"))
    actor_label = models.CharField(max_length=60, blank=True)
    actor_key = models.CharField(max_length=40, blank=True)
    verb = models.CharField(_("what"), max_length=60)
    target_label = models.CharField(max_length=60)
    target_key = models.CharField(max_length=40)
    area_code = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["target_label", "target_key", "id"], name="journal_line_target"),
            models.Index(fields=["area_code", "id"], name="journal_line_area"),
            # What the system does by itself is nobody's.
            models.Index(
                fields=["actor_label", "actor_key", "id"],
                condition=~Q(actor_key=""),
                name="journal_line_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_label} {self.target_key}"


class Seal(AppendOnly):
    """A batch of lines, bound together and to the seal before.

    `leaves` is, for each line in order, its key (8 bytes, big endian) and its digest (32 bytes).
    """

    sealed_at = models.DateTimeField()
    first_key = models.BigIntegerField()
    last_key = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    leaves = models.BinaryField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    chain = models.CharField(max_length=64, unique=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            # Two sealers at once cannot both follow the same seal.
            models.UniqueConstraint(fields=["previous"], name="journal_seal_no_fork")
        ]
