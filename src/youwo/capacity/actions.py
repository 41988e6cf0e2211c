"""Opening pools; claiming, confirming and giving back; the waiting list and its offers.

Who acts in a domain writes the journal there: a wish that is claimed is journalled as a wish. Only
what happens by the passing of time, offers and expiry, is journalled here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

import youwo.journal.actions as journal
from youwo.capacity import locks, queries, requests
from youwo.capacity.batches import add_new
from youwo.capacity.models import MOVES, Claim, Pool, State
from youwo.capacity.requests import Request
from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.people.models import Person


@acting()
def open_pool(subject: models.Model, *, capacity: int, at: datetime, **options: Any) -> Pool:
    """Open the pool of a subject, or return the one it has. Options are fields of the pool.

    At `at` nothing is stored: a pool is there from the moment it is opened, and people may claim
    from `opens_at`, if one is given.
    """
    held_back = options.get("held_back", 0)
    if held_back > capacity:
        raise Refused(_("More places are held back than there are."), "held_back")
    opens_at, closes_at = options.get("opens_at"), options.get("closes_at")
    if opens_at and closes_at and closes_at <= opens_at:
        raise Refused(_("The end must come after the beginning."), "closes_at")
    pool, _made = Pool.objects.get_or_create(
        subject_label=subject._meta.label_lower,
        subject_key=str(subject.pk),
        defaults={"capacity": capacity, **options},
    )
    return pool


@acting()
def resize(pool: Pool, *, capacity: int, at: datetime, held_back: int | None = None) -> Pool:
    """Change how many places a pool has, and offer new ones to those who wait.

    Refuses fewer places than are taken.
    """
    pool = locks.locked([pool.pk])[pool.pk]
    held_back = pool.held_back if held_back is None else held_back
    taken = queries.availability(pool).taken
    if capacity < taken:
        raise Refused(
            _("%(taken)s places are taken already. Choose at least that many.") % {"taken": taken},
            "capacity",
        )
    if held_back > capacity:
        raise Refused(_("More places are held back than there are."), "held_back")
    pool.capacity, pool.held_back = capacity, held_back
    pool.save(update_fields=["capacity", "held_back"])
    _offer([pool], at=at)
    return pool


def claim(
    pool: Pool,
    *,
    holder: models.Model,
    by: Person | None,
    at: datetime,
    nonce: UUID,
    size: int = 1,
    expires_at: datetime | None = None,
    wait: bool = False,
    reserved: bool = False,
) -> Claim:
    """Take places for a holder: held until `expires_at` if that is given, or else confirmed.

    Refuses when the places do not suffice; with `wait` the claim joins the waiting list instead.
    The same nonce returns the same claim. `reserved` claims may use the held-back share.
    Costs three statements in the caller's transaction.
    """
    request = Request(
        pool_key=pool.pk,
        holder_label=holder._meta.label_lower,
        holder_key=str(holder.pk),
        by_key=by.pk if by is not None else None,
        at=at,
        nonce=nonce,
        size=size,
        expires_at=expires_at,
        wait=wait,
        reserved=reserved,
    )
    # Without a savepoint, and refused after the block: a refusal has written nothing.
    with transaction.atomic(savepoint=False):
        outcome = _claim(request)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _claim(request: Request) -> Claim | Refused:
    pool = locks.locked([request.pool_key])[request.pool_key]
    places, earlier = queries.counted_for(
        pool,
        at=request.at,
        holder=(request.holder_label, request.holder_key),
        nonce=request.nonce,
    )
    if earlier is not None:
        return requests.answer_with(Claim.objects.get(pk=earlier), request)
    made = requests.decide(request, pool, places)
    if isinstance(made, Refused):
        return made
    add_new([made])
    if made._state.adding:
        # The same try reached another pool in the same instant.
        return requests.answer_with(Claim.objects.get(nonce=request.nonce), request)
    return made


@acting()
def confirm(claim: Claim, *, by: Person | None, at: datetime) -> Claim:
    """Turn a held claim into a firm one. A hold counts until it is ended, even a little overdue."""
    claim = _locked(claim)
    _move(claim, "confirm", at=at)
    claim.expires_at = None
    claim.save(update_fields=["state", "expires_at"])
    return claim


@acting()
def accept(claim: Claim, *, by: Person | None, at: datetime) -> Claim:
    """Accept an offered place. Refuses once its time has passed: others wait behind."""
    claim = _locked(claim)
    if claim.state == State.OFFERED and claim.expires_at is not None and claim.expires_at <= at:
        raise Refused(_("The time to accept this place has passed. You can join the line again."))
    _move(claim, "accept", at=at)
    claim.expires_at = None
    claim.save(update_fields=["state", "expires_at"])
    return claim


def decline(claim: Claim, *, by: Person | None, at: datetime, reason: str = "") -> Claim:
    """Leave the waiting list, or turn an offer down. The next in line is offered the places."""
    return _end(claim, "decline", at=at, reason=reason)


def release(claim: Claim, *, by: Person | None, at: datetime, reason: str) -> Claim:
    """Give places back. They are offered to those who wait in the same transaction."""
    return _end(claim, "release", at=at, reason=reason)


@acting()
def give_back(key: int, *, by: Person | None, at: datetime, reason: str) -> None:
    """Do what `release` does for the claim with this key.

    Where it is firm and nobody can wait, one statement does, and no pool is locked: such a claim
    can only end, what is left only grows, and there is nobody to offer the place to.
    """
    pools = Pool.objects.filter(waiting_list=False)
    ended = Claim.objects.filter(pk=key, state=State.CONFIRMED, pool__in=pools).update(
        state=MOVES["release"][State.CONFIRMED], ended_at=at, reason=reason
    )
    if not ended:
        release(Claim.objects.get(pk=key), by=by, at=at, reason=reason)


def cancel(claim: Claim, *, by: Person | None, at: datetime, reason: str) -> Claim:
    """End a claim from the side of those who run the thing, whatever state it is in."""
    return _end(claim, "cancel", at=at, reason=reason)


@acting()
def expire_due(at: datetime, *, limit: int = 1000) -> list[Claim]:
    """End holds and offers whose time has passed, and offer the freed places in the same run.

    Returns the ended claims, the longest overdue first, so that the caller can react in the same
    transaction; a hold's `expires_at` says when it ended. At most `limit`: call again while claims
    come back. Whom the freed places were offered to is in `queries.offers`.
    """
    due = Claim.objects.filter(state__in=[State.HELD, State.OFFERED], expires_at__lte=at)
    due = due.order_by("expires_at", "id")
    keys = dict(due.values_list("pk", "pool_id")[:limit])
    if not keys:
        return []
    pools = locks.locked(keys.values())
    # Read again: while we waited for the lock, some were confirmed or given back.
    ended = list(due.filter(pk__in=list(keys)))
    for claim in ended:
        claim.state = MOVES["expire"][claim.state]
        claim.ended_at = at
    Claim.objects.filter(pk__in=[claim.pk for claim in ended]).update(
        state=State.EXPIRED, ended_at=at
    )
    journal.write_all([journal.line("expire", claim, by=None, at=at) for claim in ended])
    _offer([pools[key] for key in {claim.pool_id for claim in ended}], at=at)
    return ended


@acting()
def offer_free_places(at: datetime) -> list[Claim]:
    """Offer places that are free to those who wait, in every pool, and return the new offers."""
    waiting = Pool.objects.filter(claims__state=State.WAITING).distinct()
    pools = {pool.pk: pool for pool in waiting}
    free = [
        key
        for key, places in queries.counted(list(pools.values()), at=at).items()
        if places.free(reserved=True)
    ]
    if not free:
        return []
    return _offer(list(locks.locked(free).values()), at=at)


def _offer(pools: Iterable[Pool], *, at: datetime) -> list[Claim]:
    """Offer free places of locked pools to those who wait, in their order."""
    pools = [pool for pool in pools if pool.waiting_list and not pool.is_closed(at)]
    if not pools:
        return []
    lines: dict[int, list[Claim]] = defaultdict(list)
    for claim in queries.line(pool.pk for pool in pools):
        lines[claim.pool_id].append(claim)
    if not lines:
        return []
    offered: list[Claim] = []
    counted = queries.counted([pool for pool in pools if pool.pk in lines], at=at)
    for pool in pools:
        line = {claim.pk: claim for claim in lines[pool.pk]}
        if not line:
            continue
        answer_by = at + timedelta(minutes=pool.offer_minutes)
        for key in counted[pool.pk].choose([(c.pk, c.size, c.reserved) for c in line.values()]):
            claim = line[key]
            claim.state = MOVES["offer"][claim.state]
            claim.expires_at = min(answer_by, pool.closes_at) if pool.closes_at else answer_by
            offered.append(claim)
    Claim.objects.bulk_update(offered, ["state", "expires_at"], batch_size=500)
    journal.write_all([journal.line("offer", claim, by=None, at=at) for claim in offered])
    return offered


def _locked(claim: Claim) -> Claim:
    """Lock the claim's pool and then the claim, and return it as it is now."""
    # In this order, as everywhere; a row whose lock was waited for is read anew by PostgreSQL.
    rows = Claim.objects.select_related("pool").select_for_update(of=("pool", "self"), no_key=True)
    return rows.get(pk=claim.pk)


def _move(claim: Claim, verb: str, *, at: datetime) -> None:
    """Set the state that a move leads to, or refuse a move that this state does not know."""
    if claim.state not in MOVES[verb]:
        raise Refused(requests.why_not(claim))
    claim.state = MOVES[verb][claim.state]


@acting()
def _end(claim: Claim, verb: str, *, at: datetime, reason: str) -> Claim:
    claim = _locked(claim)
    _move(claim, verb, at=at)
    claim.ended_at, claim.reason = at, reason
    claim.save(update_fields=["state", "ended_at", "reason"])
    # Somebody large who leaves the line may have held up others, so the line moves on as well.
    _offer([claim.pool], at=at)
    return claim
