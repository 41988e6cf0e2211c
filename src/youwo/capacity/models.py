"""Pools of something scarce, and the claims on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.people.models import Person


class Pool(models.Model):
    """So many places of one thing. What is left is counted from the claims, never stored."""

    subject_label = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    capacity = models.PositiveIntegerField()
    # Places kept for bookings by telephone and for elders.
    held_back = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    # The largest group that may claim together.
    largest_group = models.PositiveSmallIntegerField(default=1)
    waiting_list = models.BooleanField(default=False)
    # How long an offered place waits for its answer.
    offer_minutes = models.PositiveIntegerField(default=24 * 60)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["subject_label", "subject_key"], name="capacity_pool_subject"
            ),
            models.CheckConstraint(
                condition=Q(held_back__lte=F("capacity")), name="capacity_pool_held_back"
            ),
            models.CheckConstraint(condition=Q(largest_group__gte=1), name="capacity_pool_group"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="capacity_pool_closes_after_opening",
            ),
        ]

    def is_closed(self, at: datetime) -> bool:
        """Whether no more places are given out."""
        return self.closes_at is not None and at >= self.closes_at

    def in_last_stretch(self, at: datetime) -> bool:
        """Whether an offer made now would be cut short by the end."""
        return (
            self.closes_at is not None
            and at + timedelta(minutes=self.offer_minutes) >= self.closes_at
        )


class State(models.TextChoices):
    """Where a claim stands."""

    HELD = "held", _("held for a while")
    WAITING = "waiting", _("on the waiting list")
    OFFERED = "offered", _("offered")
    CONFIRMED = "confirmed", _("confirmed")
    RELEASED = "released", _("given back")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


# Claims that take places; claims in force, which one holder has at most once in a pool; and
# claims that are over.
TAKING = (State.HELD, State.OFFERED, State.CONFIRMED)
STANDING = (State.HELD, State.WAITING, State.OFFERED, State.CONFIRMED)
ENDED = (State.RELEASED, State.EXPIRED, State.CANCELLED)

# What may happen in which state, and where it leads: the whole life of a claim.
MOVES: dict[str, dict[str, State]] = {
    "confirm": {State.HELD: State.CONFIRMED},
    "offer": {State.WAITING: State.OFFERED},
    "accept": {State.OFFERED: State.CONFIRMED},
    "decline": dict.fromkeys([State.OFFERED, State.WAITING], State.RELEASED),
    "expire": dict.fromkeys([State.HELD, State.OFFERED], State.EXPIRED),
    "release": dict.fromkeys([State.HELD, State.CONFIRMED], State.RELEASED),
    "cancel": dict.fromkeys(STANDING, State.CANCELLED),
}


class Claim(models.Model):
    """Somebody's place, or group of places, in a pool.

    The holder is kept as label and key: a person, a unit, a family.
    """

    State = State

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="claims", db_index=False)
    holder_label = models.CharField(max_length=60)
    holder_key = models.CharField(max_length=40)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    size = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices)
    # Takes a place of the held-back share first.
    reserved = models.BooleanField(default=False)
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    # What the caller's device made up for this one try: the same try never takes a second place.
    nonce = models.UUIDField(unique=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["pool", "holder_label", "holder_key"],
                condition=Q(state__in=["held", "waiting", "offered", "confirmed"]),
                name="capacity_claim_holder_once",
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="capacity_claim_size"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "waiting", "offered", "confirmed"])
                & Q(ended_at__isnull=True)
                | Q(state__in=["released", "expired", "cancelled"]) & Q(ended_at__isnull=False),
                name="capacity_claim_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "offered"]) | Q(expires_at__isnull=False),
                name="capacity_claim_times_out",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["pool", "state", "claimed_at", "id"], name="capacity_claim_pool"),
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(state__in=["held", "offered"]),
                name="capacity_claim_expiring",
            ),
            models.Index(
                fields=["holder_label", "holder_key", "-claimed_at"], name="capacity_claim_holder"
            ),
        ]
