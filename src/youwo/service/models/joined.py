"""Members and residents who put their names down for a service item."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from youwo.people.models import Person
from youwo.service.models.items import ServiceItem


class Joined(models.Model):
    """That somebody wants to lend a hand. By joining, they agree that the owner reads their name.

    It counts for nothing: what counts is the delivery that names who took part.
    """

    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="joined")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="joined_items")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["item", "person"],
                condition=Q(left_at__isnull=True),
                name="service_joined_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at")),
                name="service_joined_left_later",
            ),
        ]
