"""A request for places, and the answer to it: pure rules, used by one claim and by many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.capacity.models import ENDED, Claim, Pool, State
from youwo.capacity.places import Places
from youwo.core.refused import Refused


@dataclass(frozen=True, kw_only=True)
class Request:
    """What `actions.claim` is asked for, by keys, so that many can be answered together."""

    pool_key: int
    holder_label: str
    holder_key: str
    by_key: int | None
    at: datetime
    nonce: UUID
    size: int = 1
    expires_at: datetime | None = None
    wait: bool = False
    reserved: bool = False


def decide(request: Request, pool: Pool, places: Places) -> Claim | Refused:
    """Answer a request under the pool's lock: a claim yet to be inserted, or why not.

    Counts a granted request into `places`.
    """
    if reason := _out_of_bounds(request, pool):
        return reason
    made = Claim(
        pool_id=pool.pk,
        holder_label=request.holder_label,
        holder_key=request.holder_key,
        by_id=request.by_key,
        size=request.size,
        reserved=request.reserved,
        claimed_at=request.at,
        nonce=request.nonce,
    )
    if places.fits_newcomer(request.size, reserved=request.reserved):
        places.take(request.size, reserved=request.reserved)
        made.expires_at = request.expires_at
        made.state = State.HELD if request.expires_at is not None else State.CONFIRMED
        return made
    if not (request.wait and pool.waiting_list):
        return _full(request, places)
    if request.size > places.open_to(reserved=request.reserved):
        return Refused(_("There are not that many places in all."), "size")
    places.join_line(request.size, reserved=request.reserved)
    made.state = State.WAITING
    return made


def _out_of_bounds(request: Request, pool: Pool) -> Refused | None:
    if pool.opens_at is not None and request.at < pool.opens_at:
        opens = formats.date_format(timezone.localtime(pool.opens_at), "DATETIME_FORMAT")
        return Refused(_("This opens on %(when)s. Please come back then.") % {"when": opens})
    if pool.is_closed(request.at):
        return Refused(_("The time for this has passed."))
    if request.expires_at is not None and request.expires_at <= request.at:
        return Refused(_("The end must come after the beginning."))
    if request.size < 1:
        return Refused(_("Ask for at least one place."), "size")
    if request.size > pool.largest_group:
        return Refused(
            ngettext(
                "Everybody asks for one place here.",
                "At most %(count)s people can come together here.",
                pool.largest_group,
            )
            % {"count": pool.largest_group},
            "size",
        )
    return None


def _full(request: Request, places: Places) -> Refused:
    free = places.free(reserved=request.reserved)
    if 0 < free < request.size:
        return Refused(
            ngettext(
                "Only one place is left, and you asked for more.",
                "Only %(count)s places are left, and you asked for more.",
                free,
            )
            % {"count": free},
            "size",
        )
    if free:
        return Refused(_("Others are waiting for these places already."))
    return Refused(_("All places are taken."))


def answer_with(earlier: Claim, request: Request) -> Claim | Refused:
    """Answer with a claim that is there already: the same try gets it, anybody else is refused."""
    same_holder = (earlier.pool_id, earlier.holder_label, earlier.holder_key) == (
        request.pool_key,
        request.holder_label,
        request.holder_key,
    )
    if earlier.nonce == request.nonce:
        if same_holder:
            return earlier
        return Refused(_("This form has been sent before. Open the page again, please."))
    return Refused(_("You have a place here already."))


def why_not(claim: Claim) -> str:
    """Say why a move is not possible in the state a claim is in."""
    if claim.state in ENDED:
        return _("This place has been given up already.")
    if claim.state == State.WAITING:
        return _("No place has been offered yet.")
    if claim.state == State.OFFERED:
        return _("Accept or decline the offered place first.")
    return _("This place is yours already.")
