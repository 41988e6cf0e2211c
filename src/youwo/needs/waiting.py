"""Whose turn a wish is: what its state asks, of whom, until when."""

from __future__ import annotations

from youwo.needs.models import Delivery, Mover, Status, Wish
from youwo.people.models import Role
from youwo.turns.actions import Wanted

# What each state asks of the community when it is its move.
_ASKED = {
    Status.RECEIVED: "wish.review",
    Status.RETURNED: "wish.unanswered",
    Status.PUBLISHED: "wish.unclaimed",
    Status.DELIVERED: "wish.unconfirmed",
    Status.CONFIRMED: "wish.call_back",
}
# What it asks of a resident who has an account.
_ASKED_OF_RESIDENT = {Status.RETURNED: "wish.answer", Status.DELIVERED: "wish.confirm"}
_PROMISED = "wish.promised"
# Promised and said to be done, and something is missing.
_MISSING = "wish.missing"


def title_of(wish: Wish) -> str:
    """Return what a line of a list calls a wish: its public title, or its first words."""
    return wish.public_title or " ".join(wish.said.split())[:28]


def missing(wish: Wish) -> str:
    """Return what the resident says is missing of what was done under the promise that stands.

    One statement at most; none for most wishes.
    """
    if wish.status != Status.CLAIMED or not wish.reason:
        return ""
    return wish.reason if wish.deliveries.filter(claim=wish.claim_id).exists() else ""


def turns_of(wish: Wish, delivery: Delivery | None = None) -> list[Wanted]:
    """Return whose turn a wish is now. Residents without an account are asked where they follow it.

    `delivery` is the one that stands, where the caller knows it.
    """
    if wish.due_at is None:
        return []
    if wish.mover == Mover.CLAIMANT:
        return [_promise(wish)]
    if wish.mover == Mover.RESIDENT:
        return _resident(wish)
    if wish.mover != Mover.WORKER:
        return []
    judged = wish.status == Status.CONFIRMED
    return [
        Wanted(
            kind=_ASKED[Status(wish.status)],
            reference=wish.reference,
            title=title_of(wish),
            detail=wish.community.name,
            area=wish.community_id,
            role=Role.WORKER,
            since=wish.since,
            due_at=wish.due_at,
            not_persons=_doers(wish, delivery) if judged else (),
            not_organizations=(wish.claimed_for_id,) if judged and wish.claimed_for_id else (),
        )
    ]


def _resident(wish: Wish) -> list[Wanted]:
    assert wish.due_at is not None  # noqa: S101 (the caller has looked)
    if wish.voice.person_id is None:
        return []
    return [
        Wanted(
            kind=_ASKED_OF_RESIDENT[Status(wish.status)],
            reference=wish.reference,
            title=title_of(wish),
            detail=wish.question if wish.status == Status.RETURNED else wish.community.name,
            area=wish.community_id,
            person=wish.voice.person_id,
            since=wish.since,
            due_at=wish.due_at,
        )
    ]


def _promise(wish: Wish) -> Wanted:
    assert wish.due_at is not None  # noqa: S101 (the caller has looked)
    unit = wish.claimed_for
    said = missing(wish)
    return Wanted(
        kind=_MISSING if said else _PROMISED,
        reference=wish.reference,
        title=title_of(wish),
        detail=" · ".join(filter(None, [str(unit) if unit else "", said or wish.appointment])),
        area=wish.community_id,
        organization=wish.claimed_for_id,
        person=None if unit else wish.claimed_by_id,
        since=wish.since,
        due_at=wish.due_at,
    )


def _doers(wish: Wish, delivery: Delivery | None) -> tuple[int, ...]:
    """Return who did it and who wrote it down: they leave the call-back to others."""
    standing = delivery or wish.deliveries.filter(revoked_at__isnull=True).first()
    keys = {standing.recorded_by_id if standing else None, wish.claimed_by_id}
    return tuple(sorted(key for key in keys if key is not None))
