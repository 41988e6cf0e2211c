"""A service item under way: begun, done, accepted, or not done after all."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import CharField, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting, attempt
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.ledger import actions as ledger
from youwo.ledger.models import Counted, Entry, Kind
from youwo.needs.actions import problems
from youwo.needs.models import Problem, ProblemStatus
from youwo.organizations.models import Membership, Organization
from youwo.organizations.rules import acts_for
from youwo.people.models import Person
from youwo.service import rules
from youwo.service.actions.moving import (
    fresh,
    locked,
    move,
    must_allow,
    must_deal,
    tell_units,
)
from youwo.service.models import (
    Delivery,
    DeliveryGoods,
    DeliveryHand,
    ServiceItem,
)
from youwo.service.queries import standing, standing_whole
from youwo.service.terms import closing

# The chapter of the programme: units and their members lead.
PIONEERS = 1


@acting()
def start(item: ServiceItem, *, by: Person, at: datetime) -> ServiceItem:
    """Say, as the owner or the community for it, that work has begun."""
    on = local_day(at)
    item = locked(item, "start")
    if not (rules.owns(by, item, on) or rules.may_deal(by, item.community_id, on)):
        raise Refused(_("Only the owner and the community can say that it has begun."))
    item.started_at = at
    move(item, "start", by=by, at=at, also=["started_at"])
    journal.write("start", item, by=by, at=at, area_code=item.community_id)
    return item


@acting()
def deliver(
    item: ServiceItem,
    *,
    organization: Organization | None,
    occurred_on: date,
    minutes: int,
    people: int,
    what: str,
    by: Person,
    at: datetime,
    goods: Sequence[tuple[str, Decimal, str]] = (),
    hands: Sequence[tuple[Person, int]] = (),
    source: str = "",
    nonce: uuid.UUID | None = None,
    members: Collection[int] = (),
) -> Delivery:
    """Say what a unit did. The owner's word makes the item done; a helper's adds its part.

    `minutes` is how long it took; `people` how many took part, of whom `hands` (person, minutes)
    are members of the unit by name; `goods` are (thing, quantity, unit). Community staff may enter
    it for a unit and name in `source` who told them. It becomes a fact when the item is closed.
    The same nonce makes no second delivery. `members` are keys of people of whom the caller has
    just read that they were members on that day.
    """
    on = local_day(at)
    item = fresh(item)
    owner = organization is None or organization.pk == item.organization_id
    try:
        must_allow(item, "deliver" if owner else "contribute")
    except Refused:
        # By the first try, if this is the second.
        if (earlier := _made_by(nonce)) is not None:
            return earlier
        raise
    _must_speak_for(item, organization, by, source, on)
    if occurred_on > on:
        raise Refused(
            _("This day is still to come. Please enter it when it is done."), "occurred_on"
        )
    if occurred_on < local_day(item.agreed_at):
        raise Refused(_("This day lies before the item was agreed."), "occurred_on")
    _must_be_members(organization, hands, people, occurred_on, members)
    delivery = Delivery(
        item=item,
        nonce=nonce or uuid.uuid4(),
        organization=organization,
        occurred_on=occurred_on,
        minutes=minutes,
        people=people,
        what=what,
        recorded_by=by,
        recorded_at=at,
        source=source,
    )
    try:
        with attempt():
            delivery.save(force_insert=True)
    except IntegrityError:
        if (earlier := _made_by(nonce)) is not None:
            return earlier
        raise
    DeliveryGoods.objects.bulk_create(
        DeliveryGoods(delivery=delivery, item=thing, quantity=quantity, unit=unit)
        for thing, quantity, unit in goods
    )
    DeliveryHand.objects.bulk_create(
        DeliveryHand(delivery=delivery, person=person, minutes=spent) for person, spent in hands
    )
    item.started_at = item.started_at or at
    if owner:
        item.delivered_at = at
        move(item, "deliver", by=by, at=at, also=["started_at", "delivered_at"])
        if item.problem is not None:
            problems.mark_done(item.problem, by=by, at=at)
    else:
        move(item, "contribute", by=by, at=at, also=["started_at"])
    journal.write("deliver", item, by=by, at=at, area_code=item.community_id, delivery=delivery.pk)
    return delivery


def _made_by(nonce: uuid.UUID | None) -> Delivery | None:
    return Delivery.objects.filter(nonce=nonce).first() if nonce else None


def _must_speak_for(
    item: ServiceItem, organization: Organization | None, by: Person, source: str, on: date
) -> None:
    """Refuse words about a unit that has no part in the item, or from people who may not."""
    deals = rules.may_deal(by, item.community_id, on)
    if organization is None:
        if item.organization_id is not None or not deals:
            raise Refused(_("Please say which unit did it."), "organization")
        return
    known = organization.pk == item.organization_id
    if not (known or item.helpers.filter(organization=organization).exists()):
        raise Refused(_("This unit has no part in the service item yet."), "organization")
    if acts_for(by, organization, on):
        return
    if not deals:
        raise Refused(_("Only the units in it and the community can say that it is done."))
    if not source.strip():
        raise Refused(_("Please name who in the unit told you."), "source")


def _must_be_members(
    organization: Organization | None,
    hands: Sequence[tuple[Person, int]],
    people: int,
    on: date,
    known: Collection[int],
) -> None:
    keys = {person.pk for person, _minutes in hands}
    if len(keys) < len(hands):
        raise Refused(_("Somebody is named twice among those who took part."), "hands")
    if len(keys) > people:
        raise Refused(_("More members are ticked than people took part."), "people")
    asked = keys - {*known}
    members = Membership.objects.in_force(on).filter(organization=organization, person__in=asked)
    if asked and members.count() < len(asked):
        raise Refused(_("Somebody is ticked who is not a member of this unit."), "hands")


@acting()
def close(
    item: ServiceItem,
    *,
    by: Person,
    at: datetime,
    served: int | None = None,
    counted_how: str = Counted.COUNTED,
    accepted_by: str = "",
    asked: str = "",
) -> Entry:
    """Record that what was done is accepted: now it is one deed in the ledger.

    Where residents reported the problem, their word decides: one of them said yes, or `asked` says
    whom the community asked because none can be reached. Otherwise `accepted_by` names who accepted
    it. `served` is the number of people it served; by default each voice of the problem. Refuses
    those who did it, and, where no resident spoke for themselves, whoever wrote it down.
    """
    item = locked(item, "close")
    problem = problems.fresh(item.problem) if item.problem is not None else None
    deliveries = standing_whole(item)
    if not rules.may_accept(by, item, deliveries, local_day(at)):
        raise Refused(
            _("Somebody of the community who did not do it accepts it. Please ask a colleague.")
        )
    if problem is None and not accepted_by.strip():
        raise Refused(_("Please name who accepted it."), "accepted_by")
    agreed = problem is not None and problems.is_agreed(problem)
    if not agreed and any(delivery.recorded_by_id == by.pk for delivery in deliveries):
        raise Refused(
            _("You wrote down what was done. Please let a colleague ask the residents and accept.")
        )
    item.accepted_by, item.asked = accepted_by.strip(), asked.strip()
    item.closed_at = at
    move(item, "close", by=by, at=at, also=["accepted_by", "asked", "closed_at"])
    if problem is not None:
        if problem.status != ProblemStatus.CLOSED:
            problems.close(problem, asked=asked, by=by, at=at)
        if served is None:
            served, counted_how = len(problems.voices_of(problem)), Counted.NAMED
    confirmed_by = "recipient" if agreed else "community"
    entry = _record(
        item, deliveries, served or 1, counted_how, confirmed_by=confirmed_by, by=by, at=at
    )
    journal.write("close", item, by=by, at=at, area_code=item.community_id, entry=entry.pk)
    tell_units(
        item,
        {row.organization_id for row in deliveries if row.organization_id is not None},
        gettext_lazy("What your unit did was accepted. Thank you."),
        cause="close",
        at=at,
        by=by,
    )
    return entry


def _record(
    item: ServiceItem,
    deliveries: Sequence[Any],
    served: int,
    counted_how: str,
    *,
    confirmed_by: str,
    by: Person,
    at: datetime,
) -> Entry:
    """Add one deed for the item, whoever and however many had a part in it."""
    for delivery in deliveries:
        if delivery.organization_id == item.organization_id:
            item.organization = delivery.organization
    spent: Counter[int] = Counter()
    for delivery in deliveries:
        for person, minutes in delivery.took_part:
            spent[person] += minutes
    return ledger.record(
        kind=Kind.DEED,
        occurred_on=max(delivery.occurred_on for delivery in deliveries),
        minutes=sum(delivery.minutes for delivery in deliveries),
        area=item.compound or item.community,
        programme=PIONEERS,
        field=item.field,
        organization=item.organization,
        served=served,
        counted_how=counted_how,
        title=item.title,
        source=deliveries[-1],
        by=by,
        confirmed_by=confirmed_by,
        confirmed_at=at,
        hands=[(Person(pk=person), minutes) for person, minutes in spent.items()],
        goods=[thing for delivery in deliveries for thing in delivery.handed],
        at=at,
    )


@acting()
def contest(item: ServiceItem, *, reason: str, by: Person | None, at: datetime) -> ServiceItem:
    """Say that it is not done yet: its owner goes on. None of what was said stands."""
    if by is not None:
        must_deal(item.community_id, by, at)
    item = locked(item, "contest")
    return _back(item, "contest", reason=reason, by=by, at=at)


@acting()
def reopen(item: ServiceItem, *, reason: str, by: Person, at: datetime) -> ServiceItem:
    """Open a closed item again, because what was recorded did not happen or did not hold.

    The deed is taken back by a reversing entry with the same reason; nothing is deleted.
    """
    must_deal(item.community_id, by, at)
    item = locked(item, "reopen")
    # It was recorded with the last delivery that stands.
    last = standing(item).reverse().values(key=Cast("pk", CharField()))[:1]
    entry = Entry.objects.filter(
        source_label="service.delivery", source_key=Subquery(last), reverses__isnull=True
    ).first()
    if entry is not None:
        ledger.reverse(entry, by=by, at=at, reason=reason)
    item.closed_at = None
    return _back(item, "reopen", reason=reason, by=by, at=at)


def _back(
    item: ServiceItem, verb: str, *, reason: str, by: Person | None, at: datetime
) -> ServiceItem:
    if not reason.strip():
        raise Refused(_("Please say what is still missing."), "reason")
    standing(item).update(revoked_at=at)
    item.reason, item.delivered_at = reason.strip(), None
    # Who accepted it before, and who was asked, said so of what was taken back.
    item.accepted_by = item.asked = ""
    if item.problem is not None:
        _problem_back(problems.fresh(item.problem), item, by=by, at=at)
    changed = ["reason", "delivered_at", "closed_at", "accepted_by", "asked"]
    move(item, verb, by=by, at=at, also=changed)
    journal.write(verb, item, by=by, at=at, area_code=item.community_id, reason=item.reason)
    if item.organization_id is not None:
        tell_units(
            item,
            [item.organization_id],
            gettext_lazy("Something is still missing in a service item of your unit."),
            cause=verb,
            at=at,
            by=by,
        )
    return item


def _problem_back(problem: Problem, item: ServiceItem, *, by: Person | None, at: datetime) -> None:
    """Bring the problem of an item back into the hands of its owner."""
    due_at = max(closing(item.due_on, item.community_id), at)
    if problem.status == ProblemStatus.DONE:
        problems.contest(problem, reason=item.reason, due_at=due_at, by=by, at=at)
    elif problem.status == ProblemStatus.CLOSED and by is not None:
        problems.reopen(problem, reason=item.reason, due_at=due_at, by=by, at=at)
