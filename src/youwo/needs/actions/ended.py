"""The other ends of a wish: not possible, belongs elsewhere, withdrawn, no longer needed."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.journal import actions as journal
from youwo.needs.actions.moving import (
    PROMISE,
    drop_promise,
    locked,
    move,
    must_deal,
    tell,
    tell_voice,
)
from youwo.needs.actions.received import record_hand_over
from youwo.needs.models import (
    OutsideMatter,
    Wish,
)
from youwo.people.models import Person


@acting()
def decline(wish: Wish, *, reason: str, by: Person, at: datetime) -> Wish:
    """End a wish that cannot be fulfilled, with an explanation that the resident reads."""
    must_deal(wish, by, at)
    wish = _end(wish, "decline", reason=reason, by=by, at=at)
    tell_voice(
        wish,
        gettext_lazy("Your wish cannot be fulfilled. The community explains why."),
        cause="decline",
        at=at,
    )
    return wish


@acting()
def hand_over(wish: Wish, *, matter: OutsideMatter, by: Person, at: datetime) -> Wish:
    """End a wish that belongs elsewhere, and tell the resident where to go."""
    must_deal(wish, by, at)
    wish = _end(wish, "hand_over", reason=matter.where_to_go, by=by, at=at)
    record_hand_over(
        matter,
        community=wish.community,
        channel=wish.channel,
        nonce=uuid.uuid4(),
        by=by,
        at=at,
        wish=wish,
    )
    tell_voice(
        wish,
        gettext_lazy("Your wish belongs elsewhere. See where to go."),
        cause="hand_over",
        at=at,
    )
    return wish


@acting()
def withdraw(wish: Wish, *, by: Person | None, at: datetime, reason: str = "") -> Wish:
    """Take a wish back. The caller has made sure that it is the resident, or staff they asked."""
    return _end(wish, "withdraw", reason=reason, by=by, at=at)


@acting()
def outlive(wish: Wish, *, reason: str, by: Person, at: datetime) -> Wish:
    """End a wish that nobody needs any more: it came true otherwise, or the person has died."""
    must_deal(wish, by, at)
    return _end(wish, "outlive", reason=reason, by=by, at=at)


def _end(wish: Wish, verb: str, *, reason: str, by: Person | None, at: datetime) -> Wish:
    wish = locked(wish, verb)
    promised_by = wish.claimed_by
    drop_promise(wish, by=by, at=at, reason=reason or verb)
    wish.reason, wish.closed_at = reason, at
    move(wish, verb, at=at, also=[*PROMISE, "reason", "closed_at"])
    journal.write(verb, wish, by=by, at=at, area_code=wish.community_id, reason=reason)
    if promised_by is not None:
        tell(
            wish,
            [promised_by],
            gettext_lazy("A wish that you promised is no longer open."),
            cause=verb,
            at=at,
        )
    return wish
