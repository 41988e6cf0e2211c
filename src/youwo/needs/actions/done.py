"""A deed: done, confirmed by the recipient, asked after by somebody else, or opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.ledger import actions as ledger
from youwo.ledger.models import Counted, Entry, Kind
from youwo.needs import rules
from youwo.needs.actions.moving import (
    PROMISE,
    deliveries_of,
    drop_promise,
    locked,
    move,
    must_deal,
    standing_delivery,
    tell,
    tell_voice,
)
from youwo.needs.models import (
    CallBack,
    Delivery,
    DeliveryGoods,
    Wish,
)
from youwo.people.models import Person

# Chapters of the programme: units and their members lead; citizens join.
PIONEERS, VOLUNTEERS = 1, 5


@acting()
def deliver(
    wish: Wish,
    *,
    occurred_on: date,
    minutes: int,
    what: str,
    field: str,
    by: Person,
    at: datetime,
    more_hands: int = 0,
    goods: Sequence[tuple[str, Decimal, str]] = (),
) -> Delivery:
    """Say what was done. It becomes a fact when the recipient confirms it.

    `minutes` is the doer's own time; `goods` are (thing, quantity, unit). Refuses others than who
    promised (or the community, which may enter it for them), and days outside the promise.
    """
    on = local_day(at)
    wish = locked(wish, "deliver")
    if not (rules.has_promised(by, wish, on) or rules.may_deal(by, wish, on)):
        raise Refused(_("Only who promised can say that it is done."))
    if occurred_on > on:
        raise Refused(
            _("This day is still to come. Please enter it when it is done."), "occurred_on"
        )
    if wish.published_at is not None and occurred_on < local_day(wish.published_at):
        raise Refused(_("This day lies before the wish was published."), "occurred_on")
    doer = wish.claimed_by
    if doer is None:
        raise Refused(_("Nobody has promised this wish."))
    delivery = Delivery.objects.create(
        wish=wish,
        claim=wish.claim,
        doer=doer,
        organization=wish.claimed_for,
        occurred_on=occurred_on,
        minutes=minutes,
        what=what,
        field=field,
        more_hands=more_hands,
        recorded_by=by,
        recorded_at=at,
    )
    DeliveryGoods.objects.bulk_create(
        DeliveryGoods(delivery=delivery, item=item, quantity=quantity, unit=unit)
        for item, quantity, unit in goods
    )
    move(wish, "deliver", at=at)
    journal.write("deliver", wish, by=by, at=at, area_code=wish.community_id, delivery=delivery.pk)
    tell_voice(
        wish,
        gettext_lazy("Your wish has been seen to. Please confirm."),
        cause=f"deliver.{delivery.pk}",
        at=at,
    )
    return delivery


@acting()
def confirm(wish: Wish, *, how: str, by: Person | None, at: datetime, code: str = "") -> Entry:
    """Record that the recipient accepts what was done: now it is a deed in the ledger.

    `how` is by link (the caller has made sure that it is the resident; who promised is refused all
    the same, for they were shown the resident's number), by the code that the
    resident told (whoever enters it must have promised, or be staff), or on paper (staff who are
    not the doer).
    """
    wish = locked(wish, "confirm")
    deliveries = deliveries_of(wish)
    delivery = next(one for one in deliveries if one.revoked_at is None)
    on = local_day(at)
    if how == Delivery.Confirmed.CODE:
        if not (rules.has_promised(by, wish, on) or rules.may_deal(by, wish, on)):
            raise Refused(_("Only who promised, or the community, can enter the code."))
        if code.strip() != rules.confirmation_code(wish, deliveries):
            raise Refused(
                _("This is not the code. Please ask the resident to read it out again."), "code"
            )
    elif how == Delivery.Confirmed.LINK and rules.has_promised(by, wish, on):
        raise Refused(_("Who did it cannot confirm it as well. Please leave it to the resident."))
    elif how == Delivery.Confirmed.PAPER and (
        by is None or not rules.may_call_back(by, wish, delivery, on)
    ):
        raise Refused(
            _("A paper confirmation is entered by community staff other than who did it.")
        )
    delivery.confirmed_at, delivery.confirmed_how, delivery.confirmation_entered_by = at, how, by
    delivery.save(update_fields=["confirmed_at", "confirmed_how", "confirmation_entered_by"])
    entry = ledger.record(
        kind=Kind.DEED,
        occurred_on=delivery.occurred_on,
        minutes=delivery.minutes,
        area=wish.compound or wish.community,
        programme=PIONEERS if delivery.organization_id else VOLUNTEERS,
        field=delivery.field,
        organization=delivery.organization,
        served=1,
        counted_how=Counted.NAMED,
        title=wish.public_title,
        source=delivery,
        channel=wish.channel,
        by=by,
        confirmed_by="recipient",
        confirmed_at=at,
        hands=[(delivery.doer, delivery.minutes)],
        goods=[
            (one["item"], Decimal(one["quantity"]), one["unit"])
            for one in delivery.handed or []  # type: ignore[attr-defined]  # annotated
        ],
        at=at,
    )
    move(wish, "confirm", at=at, delivery=delivery)
    journal.write(
        "confirm", wish, by=by, at=at, area_code=wish.community_id, how=how, entry=entry.pk
    )
    tell(
        wish,
        [delivery.doer],
        gettext_lazy("What you did was confirmed. Thank you."),
        cause="confirm",
        at=at,
    )
    return entry


@acting()
def contest(wish: Wish, *, reason: str, by: Person | None, at: datetime) -> Wish:
    """Say, as the recipient, that it is not done yet: who promised goes on."""
    wish = locked(wish, "contest")
    delivery = standing_delivery(wish)
    delivery.revoked_at = at
    delivery.save(update_fields=["revoked_at"])
    wish.reason, wish.reminded_at = reason, None
    move(wish, "contest", at=at, also=["reason", "reminded_at"])
    journal.write("contest", wish, by=by, at=at, area_code=wish.community_id)
    tell(
        wish,
        [delivery.doer],
        gettext_lazy("The resident says that something is still missing."),
        cause=f"contest.{delivery.pk}",
        at=at,
    )
    return wish


@acting()
def call_back(
    wish: Wish, *, came: bool, on_time: bool, again: str, words: str, by: Person, at: datetime
) -> CallBack:
    """Write down the three answers of the recipient, asked by somebody other than the doer.

    Where nobody came, the wish opens again and the deed is taken back from the ledger.
    """
    wish = locked(wish, "call_back")
    delivery = standing_delivery(wish)
    if not rules.may_call_back(by, wish, delivery, local_day(at)):
        raise Refused(
            _("Somebody other than who did it calls back. Please leave it to a colleague.")
        )
    answers = CallBack.objects.create(
        delivery=delivery, came=came, on_time=on_time, again=again, words=words, by=by, at=at
    )
    if came:
        wish.closed_at = at
        move(wish, "call_back", at=at, also=["closed_at"])
        journal.write("call_back", wish, by=by, at=at, area_code=wish.community_id)
    else:
        journal.write("call_back", wish, by=by, at=at, area_code=wish.community_id, came=False)
        reason = _("The call-back found that nobody came.")
        _reopen(wish, delivery, reason=reason, by=by, at=at)
    return answers


@acting()
def reopen(wish: Wish, *, reason: str, by: Person, at: datetime) -> Wish:
    """Open a wish again, because what was recorded did not happen or did not hold.

    The deed is taken back by a reversing entry with the same reason; nothing is deleted.
    """
    must_deal(wish, by, at)
    wish = locked(wish, "reopen")
    return _reopen(wish, standing_delivery(wish), reason=reason, by=by, at=at)


def _reopen(wish: Wish, delivery: Delivery, *, reason: str, by: Person, at: datetime) -> Wish:
    if delivery.confirmed_at is not None:
        entry = Entry.objects.get(
            source_label="needs.delivery", source_key=str(delivery.pk), reverses__isnull=True
        )
        ledger.reverse(entry, by=by, at=at, reason=reason)
    delivery.revoked_at = at
    delivery.save(update_fields=["revoked_at"])
    drop_promise(wish, by=by, at=at, reason=reason)
    wish.reason, wish.closed_at = reason, None
    move(wish, "reopen", at=at, also=[*PROMISE, "reason", "closed_at"])
    journal.write("reopen", wish, by=by, at=at, area_code=wish.community_id, reason=reason)
    tell(
        wish,
        [delivery.doer],
        gettext_lazy("A wish you had seen to was opened again."),
        cause=f"reopen.{delivery.pk}",
        at=at,
    )
    return wish
