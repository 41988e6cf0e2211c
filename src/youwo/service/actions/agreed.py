"""Agreeing on a service item: who owns it, who helps, with what; and giving it up."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.core.acts import acting, attempt
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.needs.actions import problems
from youwo.needs.models import Problem
from youwo.organizations.models import Organization
from youwo.organizations.rules import acts_for
from youwo.people.models import Person
from youwo.service import rules
from youwo.service.actions.moving import fresh, locked, move, must_allow, must_deal, tell_units
from youwo.service.models import AgendaItem, ItemHelper, Resource, ServiceItem
from youwo.service.terms import closing
from youwo.service.waiting import turns_of_item
from youwo.turns import actions as turns

# A thing, its quantity and unit, and who brings it.
Needed = tuple[str, Decimal, str, Organization | None]


@acting()
def agree(
    title: str,
    *,
    community: Area,
    field: str,
    due_on: date,
    by: Person,
    at: datetime,
    problem: Problem | None = None,
    agenda_item: AgendaItem | None = None,
    organization: Organization | None = None,
    helpers: Sequence[Organization] = (),
    resources: Iterable[Needed] = (),
    compound: Area | None = None,
    nonce: uuid.UUID | None = None,
    clocked: bool = False,
) -> ServiceItem:
    """Agree that something will be done until a day, by an owner, with helpers and resources.

    A problem behind it is now in hand. Without `organization` nobody has it yet, and the community
    finds somebody. `clocked` says that the caller keeps its time and asks its owner. The same nonce
    makes no second item. Refuses people who neither keep the service list of the community nor act
    for the owner, and days that are over.
    """
    on = local_day(at)
    takes_it_on = organization is not None and acts_for(by, organization, on)
    if not (rules.may_deal(by, community.pk, on) or takes_it_on):
        raise Refused(_("You can agree on service items of your own community only."))
    if due_on < on:
        raise Refused(_("This day is over. Please choose a day to come."), "due_on")
    item = ServiceItem(
        reference=new_reference("S"),
        nonce=nonce or uuid.uuid4(),
        title=title,
        community=community,
        compound=compound or (problem.compound if problem else None),
        problem=problem,
        agenda_item=agenda_item,
        organization=organization,
        field=field,
        due_on=due_on,
        clocked=clocked,
        agreed_by=by,
        agreed_at=at,
        since=at,
        search_terms=_terms(title, community, compound, organization),
    )
    try:
        with attempt():
            item.save(force_insert=True)
    except IntegrityError:
        earlier = ServiceItem.objects.filter(nonce=item.nonce).first()
        if earlier is None:
            raise
        return earlier
    helping = {unit.pk: unit for unit in helpers if unit != organization}
    ItemHelper.objects.bulk_create(
        ItemHelper(item=item, organization=unit) for unit in helping.values()
    )
    Resource.objects.bulk_create(
        Resource(item=item, name=name, quantity=quantity, unit=unit, organization=brings)
        for name, quantity, unit, brings in resources
    )
    if problem is not None:
        problems.take_up(problem, due_at=closing(due_on, community.pk), by=by, at=at)
    turns.put(item, turns_of_item(item))
    journal.write(
        "agree",
        item,
        by=by,
        at=at,
        area_code=community.pk,
        problem=problem.pk if problem else None,
        organization=organization.pk if organization else None,
    )
    concerned = [*helping]
    if organization is not None and not clocked:
        # Whoever keeps the time has asked it already.
        concerned.append(organization.pk)
    if concerned:
        tell_units(
            item,
            concerned,
            gettext_lazy("Your unit has a part in a service item."),
            cause="agree",
            at=at,
            by=by,
        )
    return item


def _terms(title: str, *named: object) -> str:
    return terms(title, *(str(one) for one in named if one is not None))


@acting()
def hand_on(
    item: ServiceItem,
    *,
    organization: Organization,
    by: Person,
    at: datetime,
    reason: str = "",
) -> ServiceItem:
    """Give an item to another owner. It begins anew there; who helps stays.

    Refuses others than the community and the present owner, who says why.
    """
    on = local_day(at)
    item = locked(item, "hand_on")
    if not (rules.may_deal(by, item.community_id, on) or rules.owns(by, item, on)):
        raise Refused(_("Only the community and the owner can hand a service item on."))
    if item.organization_id == organization.pk:
        raise Refused(_("This unit has it already."), "organization")
    if item.organization_id is not None and not reason.strip():
        raise Refused(_("Please say why another unit takes it on."), "reason")
    give_to(item, organization, reason=reason, by=by, at=at)
    tell_units(
        item,
        [organization.pk],
        gettext_lazy("A service item was handed on to your unit."),
        cause="hand_on",
        at=at,
        by=by,
    )
    return item


def give_to(
    item: ServiceItem,
    organization: Organization,
    *,
    reason: str,
    by: Person,
    at: datetime,
    elsewhere: bool = False,
) -> None:
    """Give a locked item to an owner who has agreed to it, in the caller's transaction.

    The caller has made sure that it may: by the whistle that carries it. `elsewhere` says that it
    keeps the item's time from now on, as by `keep_time_elsewhere`.
    """
    must_allow(item, "hand_on")
    before = item.organization_id
    item.organization, item.reason, item.started_at = organization, reason.strip(), None
    item.search_terms = _terms(item.title, item.community, item.compound, organization)
    item.helpers.filter(organization=organization).delete()
    item.since, item.clocked = at, item.clocked or elsewhere
    move(
        item,
        "hand_on",
        by=by,
        at=at,
        also=["organization", "reason", "started_at", "search_terms", "clocked", "since"],
    )
    journal.write(
        "hand_on",
        item,
        by=by,
        at=at,
        area_code=item.community_id,
        reason=item.reason,
        before=before,
        organization=organization.pk,
    )


def keep_time_elsewhere(item: ServiceItem, *, elsewhere: bool) -> None:
    """Say that the caller keeps an item's time and asks its owner, or does so no more.

    In the caller's transaction.
    """
    item.clocked, item.to_follow = elsewhere, item.to_follow and elsewhere
    item.save(update_fields=["clocked", "to_follow"])
    turns.put(item, turns_of_item(item))


@acting()
def add_helper(
    item: ServiceItem,
    *,
    organization: Organization,
    by: Person,
    at: datetime,
    if_new: bool = False,
) -> ServiceItem:
    """Let one more unit help. The community, the owner and the unit itself may say so.

    With `if_new` a unit that helps already stays as it is, instead of being refused.
    """
    on = local_day(at)
    item = fresh(item)
    try:
        must_allow(item, "add_helper")
    except Refused:
        if if_new and item.helpers.filter(organization=organization).exists():
            return item
        raise
    allowed = (
        rules.may_deal(by, item.community_id, on)
        or rules.owns(by, item, on)
        or acts_for(by, organization, on)
    )
    if not allowed:
        raise Refused(_("Only the community, the owner and the unit itself can say so."))
    if item.organization_id == organization.pk:
        raise Refused(_("This unit owns the service item."), "organization")
    try:
        # By itself: nothing else is lost where the unit helps already.
        with transaction.atomic():
            ItemHelper.objects.create(item=item, organization=organization)
    except IntegrityError:
        if if_new:
            return item
        raise Refused(_("This unit helps already."), "organization") from None
    move(item, "add_helper", by=by, at=at)
    journal.write(
        "add_helper",
        item,
        by=by,
        at=at,
        area_code=item.community_id,
        organization=organization.pk,
    )
    tell_units(
        item,
        [organization.pk],
        gettext_lazy("Your unit has a part in a service item."),
        cause=f"help.{organization.pk}",
        at=at,
        by=by,
    )
    return item


@acting()
def drop(item: ServiceItem, *, reason: str, by: Person, at: datetime) -> ServiceItem:
    """Give an item up with a reason that everybody concerned reads. Its problem is open again."""
    must_deal(item.community_id, by, at)
    item = locked(item, "drop")
    if not reason.strip():
        raise Refused(_("Please give the reason."), "reason")
    item.reason = reason.strip()
    move(item, "drop", by=by, at=at, also=["reason", "clocked"])
    if item.problem is not None:
        problems.put_back(item.problem, reason=item.reason, by=by, at=at)
    journal.write("drop", item, by=by, at=at, area_code=item.community_id, reason=item.reason)
    if item.organization_id is not None:
        tell_units(
            item,
            [item.organization_id],
            gettext_lazy("A service item of your unit was dropped."),
            cause="drop",
            at=at,
            by=by,
        )
    return item
