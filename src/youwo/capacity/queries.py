"""How many places are left, and who stands where in the line. Always counted from the claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _

from youwo.capacity.models import STANDING, TAKING, Claim, Pool, State
from youwo.capacity.places import Places, places_of

_TALLY: dict[str, Any] = {
    "taken": Sum("size", filter=Q(state__in=TAKING, reserved=False), default=0),
    "taken_reserved": Sum("size", filter=Q(state__in=TAKING, reserved=True), default=0),
    "waiting": Count("id", filter=Q(state=State.WAITING)),
    "smallest_waiting": Min("size", filter=Q(state=State.WAITING, reserved=False)),
    "smallest_waiting_reserved": Min("size", filter=Q(state=State.WAITING, reserved=True)),
}


@dataclass(frozen=True)
class Availability:
    """What is left of a pool. `free_reserved` includes the unused held-back share."""

    capacity: int
    taken: int
    free: int
    free_reserved: int
    waiting: int

    @property
    def is_full(self) -> bool:
        return self.free == 0


@dataclass(frozen=True)
class PlaceInLine:
    """Where somebody stands on a waiting list: the first is number 1."""

    number: int
    places_before: int
    size: int

    @property
    def explanation(self) -> str:
        """Say it in words for the one who waits."""
        if self.size > 1:
            return _(
                "You are number %(number)s in the line. Places are offered in the order in which"
                " people came. Your group of %(size)s is offered its places together; nobody"
                " behind you is served before you while your group can still be served."
            ) % {"number": self.number, "size": self.size}
        return _(
            "You are number %(number)s in the line. Places are offered in the order in which"
            " people came."
        ) % {"number": self.number}


def counted(pools: Collection[Pool], *, at: datetime | None) -> dict[int, Places]:
    """Count the places of many pools with one statement.

    The counts bind only under the pools' lock; without it they are good for showing.
    """
    found = {pool.pk: places_of(pool, at=at) for pool in pools}
    claims = Claim.objects.filter(pool_id__in=list(found), state__in=STANDING).order_by()
    rows: Any = claims.values("pool_id").annotate(**_TALLY)
    for row in rows:
        for name in _TALLY:
            setattr(found[row["pool_id"]], name, row[name])
    return found


def counted_for(
    pool: Pool, *, at: datetime, holder: tuple[str, str], nonce: Any
) -> tuple[Places, int | None]:
    """Count one pool's places, and find the key of a claim that stands in the way of a new one.

    That is the claim of the same try, if there is one, or else the holder's claim in force.
    """
    label, key = holder
    standing = Q(pool_id=pool.pk, state__in=STANDING)
    tally = Claim.objects.filter(standing | Q(nonce=nonce)).aggregate(
        same_try=Min("id", filter=Q(nonce=nonce)),
        same_holder=Min("id", filter=standing & Q(holder_label=label, holder_key=key)),
        **_TALLY,
    )
    places = places_of(pool, at=at)
    for name in _TALLY:
        setattr(places, name, tally[name])
    return places, tally["same_try"] or tally["same_holder"]


def availabilities(pools: Collection[Pool]) -> dict[int, Availability]:
    """Return what is left of many pools, by pool key, with one statement."""
    return {
        key: Availability(
            capacity=places.capacity,
            taken=places.taken + places.taken_reserved,
            free=places.free(reserved=False),
            free_reserved=places.free(reserved=True),
            waiting=places.waiting,
        )
        for key, places in counted(pools, at=None).items()
    }


def availability(pool: Pool) -> Availability:
    """Return what is left of a pool."""
    return availabilities([pool])[pool.pk]


def pool_of(subject: models.Model) -> Pool | None:
    """Return the pool of a subject, or None if it has none."""
    return Pool.objects.filter(
        subject_label=subject._meta.label_lower, subject_key=str(subject.pk)
    ).first()


def line(pools: Iterable[int]) -> models.QuerySet[Claim]:
    """Return those who wait for some pools: per pool, who came first stands first."""
    waiting = Claim.objects.filter(pool_id__in=list(pools), state=State.WAITING)
    return waiting.order_by("pool_id", "claimed_at", "id")


def place_in_line(claim: Claim) -> PlaceInLine | None:
    """Return where a waiting claim stands, or None when it does not wait."""
    if claim.state != State.WAITING:
        return None
    before = Q(claimed_at__lt=claim.claimed_at) | Q(claimed_at=claim.claimed_at, id__lt=claim.pk)
    ahead = line([claim.pool_id]).filter(before).order_by()
    found = ahead.aggregate(claims=Count("id"), places=Sum("size", default=0))
    return PlaceInLine(number=found["claims"] + 1, places_before=found["places"], size=claim.size)


def offers(pools: Iterable[int] | None = None) -> models.QuerySet[Claim]:
    """Return offers that wait for their answer, so that callers can tell the holders.

    Tell every one of them each time, with the claim as the message's cause: nobody is told twice.
    """
    rows = Claim.objects.filter(state=State.OFFERED).order_by("expires_at", "id")
    return rows if pools is None else rows.filter(pool_id__in=list(pools))


def claims_of(holder: models.Model) -> models.QuerySet[Claim]:
    """Return a holder's claims, newest first."""
    return Claim.objects.filter(
        holder_label=holder._meta.label_lower, holder_key=str(holder.pk)
    ).order_by("-claimed_at", "-id")
