"""A promise: made once, and given back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.capacity import actions as capacity
from youwo.capacity.models import ENDED, Pool
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.actions.moving import (
    PROMISE,
    drop_promise,
    locked,
    move,
    tell,
    tell_voice,
)
from youwo.needs.models import (
    MOVES,
    Wish,
)
from youwo.organizations.models import Organization
from youwo.organizations.rules import acts_for
from youwo.people.models import Person


@acting()
def claim(
    wish: Wish,
    *,
    by: Person,
    at: datetime,
    nonce: uuid.UUID,
    organization: Organization | None = None,
    appointment: str = "",
) -> Wish:
    """Promise to fulfil a published wish, in one's own name or a unit's. Never succeeds twice.

    Refuses people who do not act for the unit, and whose wish it is.
    """
    if organization is not None and not acts_for(by, organization, local_day(at)):
        raise Refused(_("You do not act for this unit."), "organization")
    rows = Wish.objects.select_for_update(of=("self",)).select_related("voice__person")
    wish = rows.get(pk=wish.pk)
    if wish.claim is not None and wish.claim.nonce == nonce and wish.claimed_by_id == by.pk:
        return wish
    if wish.status not in MOVES["claim"]:
        raise Refused(_("Somebody was a moment faster and has promised this already."))
    if wish.voice.person_id == by.pk:
        raise Refused(_("This is your own wish. You may withdraw it if you no longer need it."))
    pool = Pool.objects.get(subject_label="needs.wish", subject_key=str(wish.pk))
    holder = organization if organization is not None else by
    place = capacity.claim(pool, holder=holder, by=by, at=at, nonce=nonce)
    if place.state in ENDED:
        # A form sent once more, after the promise it made was given back.
        raise Refused(_("This form has been sent before. Open the page again, please."))
    wish.claim = place
    wish.claimed_by, wish.claimed_for, wish.appointment = by, organization, appointment
    wish.reminded_at = None
    move(
        wish,
        "claim",
        at=at,
        also=[
            "claim",
            "claimed_by",
            "claimed_for",
            "appointment",
            "reminded_at",
        ],
    )
    key = organization.pk if organization else None
    journal.write("claim", wish, by=by, at=at, area_code=wish.community_id, organization=key)
    tell_voice(
        wish, gettext_lazy("Somebody has promised to help with your wish."), cause="claim", at=at
    )
    return wish


@acting()
def release(wish: Wish, *, reason: str, by: Person, at: datetime) -> Wish:
    """Give a promise back, so that somebody else can help."""
    wish = locked(wish, "release")
    if not (rules.has_promised(by, wish, local_day(at)) or rules.may_deal(by, wish, local_day(at))):
        raise Refused(_("Only who promised, or the community, can give this promise back."))
    promised_by = wish.claimed_by
    drop_promise(wish, by=by, at=at, reason=reason)
    move(wish, "release", at=at, also=PROMISE)
    journal.write("release", wish, by=by, at=at, area_code=wish.community_id, reason=reason)
    if promised_by is not None and promised_by.pk != by.pk:
        tell(
            wish,
            [promised_by],
            gettext_lazy("A promise of yours was given back by the community."),
            cause="release",
            at=at,
        )
    return wish
