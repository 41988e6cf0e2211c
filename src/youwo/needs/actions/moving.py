"""What all changes of a wish share: the lock, the move, the word to those concerned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast, JSONObject
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from youwo.almanac.queries import deadline
from youwo.capacity import actions as capacity
from youwo.core.acts import hold
from youwo.core.clock import local_day
from youwo.core.gathering import Gathered
from youwo.core.references import spaced
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.models import (
    MOVERS,
    MOVES,
    Delivery,
    DeliveryGoods,
    Mover,
    Wish,
)
from youwo.needs.terms import HOURS, TAKEN_OVER
from youwo.needs.waiting import turns_of
from youwo.notices import actions as notices
from youwo.notices.models import Kind as NoticeKind
from youwo.people.models import Person
from youwo.turns import actions as turns


def standing_delivery(wish: Wish) -> Delivery:
    """Return the delivery of a wish that has not been taken back."""
    return next(one for one in deliveries_of(wish) if one.revoked_at is None)


def deliveries_of(wish: Wish) -> list[Delivery]:
    """Return all deliveries of a wish, each with who did it; `handed` is the goods, as JSON."""
    goods = DeliveryGoods.objects.filter(delivery=OuterRef("pk")).order_by()
    one = JSONObject(item="item", quantity=Cast("quantity", CharField()), unit="unit")
    found = wish.deliveries.select_related("doer", "organization")
    return list(found.annotate(handed=Subquery(goods.values(all=Gathered(one)))))


def must_deal(wish: Wish, by: Person, at: datetime) -> None:
    """Refuse people who do not deal with the wishes of this community."""
    if not rules.may_deal(by, wish, local_day(at)):
        raise Refused(_("This wish belongs to another community."))


def locked(wish: Wish, verb: str) -> Wish:
    """Lock the wish, because two people often act on the same one in the same minute."""
    row = hold(wish, "voice", "claimed_by", "claimed_for", "community", "compound")
    if row.status not in MOVES[verb]:
        raise Refused(
            _("This wish has moved on in the meantime: it is now “%(status)s”.")
            % {"status": row.get_status_display()}
        )
    return row


def due(status: str, area_code: str, at: datetime) -> datetime | None:
    """Return until when the one whose move it is has time; None where the way has ended."""
    hours = HOURS.get(status)
    return deadline(at, hours=hours, area_code=area_code).at if hours else None


def move(
    wish: Wish,
    verb: str,
    *,
    at: datetime,
    also: Sequence[str] = (),
    delivery: Delivery | None = None,
) -> None:
    """Set the state a verb leads to, whose move it is and until when, and save the named fields.

    `delivery` is the one that stands, where the caller knows it.
    """
    wish.status = MOVES[verb][wish.status]
    wish.mover = MOVERS[wish.status]
    wish.since = at
    wish.due_at = due(wish.status, wish.community_id, at)
    wish.save(update_fields=["status", "mover", "since", "due_at", *also])
    turns.put(wish, turns_of(wish, delivery))


def tell(
    wish: Wish, people: Sequence[Person], subject: object, *, cause: str, at: datetime
) -> None:
    """Tell people something about a wish; the same cause at the same moment only once."""
    notices.tell(
        people,
        kind=NoticeKind.CASE,
        subject=subject,
        body=wish.public_title,
        link=f"/wishes/{wish.reference}/",
        cause=f"wish.{wish.pk}.{cause}.{int(at.timestamp())}",
        at=at,
    )


def tell_voice(wish: Wish, subject: object, *, cause: str, at: datetime) -> None:
    """Tell the resident, if they have an account; others follow by reference."""
    if wish.voice.person is not None:
        notices.tell(
            [wish.voice.person],
            kind=NoticeKind.CASE,
            subject=subject,
            # Until it has public words, its kind and reference: the resident's own stay in here.
            body=wish.public_title
            or format_lazy("{} · {}", Wish.Kind(wish.kind).label, spaced(wish.reference)),
            link=f"/follow/{wish.reference}/",
            cause=f"wish.{wish.pk}.{cause}.{int(at.timestamp())}",
            at=at,
        )


PROMISE = ["claim", "claimed_by", "claimed_for", "appointment"]


def drop_promise(wish: Wish, *, by: Person | None, at: datetime, reason: str) -> None:
    """Give the place in the pool back and forget who promised; the caller saves `PROMISE`."""
    if wish.claim_id is not None:
        capacity.give_back(wish.claim_id, by=by, at=at, reason=reason)
    wish.claim = wish.claimed_by = wish.claimed_for = None
    wish.appointment = ""


def take_over(wishes: Sequence[Wish], *, at: datetime) -> None:
    """Hand wishes whose time has passed to their communities, in a few statements for all."""
    for wish in wishes:
        wish.mover = Mover.WORKER
        wish.due_at = deadline(at, hours=TAKEN_OVER, area_code=wish.community_id).at
    Wish.objects.bulk_update(wishes, ["mover", "due_at"])
    turns.put_many([(wish, turns_of(wish)) for wish in wishes])
    journal.write_all(
        journal.line(
            "take_over", wish, by=None, at=at, area_code=wish.community_id, status=wish.status
        )
        for wish in wishes
    )
