"""Blowing a whistle, calling further units, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.core.acts import acting, attempt
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.dispatch import queries, rules
from youwo.dispatch.actions.moving import (
    LIVE,
    around,
    begin_span,
    carried,
    end_span,
    let_others_go,
    locked,
    move,
    must_deal,
    put_turns,
    reply_due,
    tell,
)
from youwo.dispatch.models import OPEN, Call, Level, Objection, Span, Status, Whistle
from youwo.dispatch.news import tell_called
from youwo.journal import actions as journal
from youwo.needs import triage
from youwo.needs.actions.received import refuse_numbers
from youwo.needs.models import Problem, ProblemStatus
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service import actions as service
from youwo.service.models import ServiceItem

MOST_UNITS = 8


def blow(
    title: str,
    matter: str,
    *,
    level: Level,
    community: Area,
    organizations: Sequence[Organization],
    field: str,
    nonce: uuid.UUID,
    by: Person,
    at: datetime,
    problem: Problem | None = None,
    item: ServiceItem | None = None,
) -> Whistle:
    """Call units about a problem or a service item.

    The first of them is responsible until one answers. It costs a community nothing. Refuses what
    belongs outside, what another whistle or unit already carries, and to push upon a committee what
    lies outside a community's duties. The same nonce returns the whistle that it made before.
    """
    if not rules.may_blow(by, community.pk, local_day(at)):
        raise Refused(_("You can whistle for your own community only."))
    earlier = Whistle.objects.filter(nonce=nonce).first()
    if earlier is not None:
        return earlier
    about = (problem or (item.problem if item is not None else None), item)
    _must_be_carried_by_nobody(*about)
    _refuse_outside(title, matter, community.pk)
    refuse_numbers(title=title, matter=matter)
    if not queries.ladder(local_day(at)) or level.pk not in {
        rung.pk for rung in queries.ladder(local_day(at))
    }:
        raise Refused(
            _("These levels are no longer in force. Please open the page again."), "level"
        )
    units = _callable(organizations, about[0])
    whistle = Whistle(
        nonce=nonce,
        level=level,
        began=level,
        community=community,
        compound_id=_compound_of(*about),
        problem=about[0],
        from_item=item is not None,
        item=item,
        title=title,
        matter=matter,
        field=field,
        search_terms=terms(title, matter, *(unit.name for unit in units)),
        whistled_by=by,
        whistled_at=at,
        since=at,
    )
    whistle.due_at = whistle.rings_at = reply_due(whistle, at)
    try:
        return _write_down(whistle, units, by=by, at=at)
    except IntegrityError as error:
        standing = Whistle.objects.filter(nonce=nonce).first()
        if standing is not None:
            return standing
        raise Refused(_("A colleague has just whistled for this.")) from error


@attempt()
def _write_down(
    whistle: Whistle, units: Sequence[Organization], *, by: Person, at: datetime
) -> Whistle:
    whistle.reference = new_reference("C")
    whistle.save(force_insert=True)
    begin_span(whistle, stage=Span.Stage.REPLY, at=at)
    around(whistle).calls = []
    _add_calls(whistle, units, by=by, at=at, first=True)
    journal.write(
        "whistle",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        level=whistle.level.code,
        organizations=[unit.pk for unit in units],
    )
    put_turns(whistle, at=at)
    _tell_called(whistle, units, at=at)
    return whistle


def _must_be_carried_by_nobody(problem: Problem | None, item: ServiceItem | None) -> None:
    if item is not None:
        if not item.is_under_way or item.status == "delivered":
            raise Refused(_("This service item has been done already, or was dropped."))
        # One that was closed goes on with its item, some seconds after that was opened again.
        goes_on = Q(item__to_follow=True, answered_at__isnull=False)
        standing = Whistle.objects.filter(Q(status__in=OPEN) | goes_on, item=item)
        standing = standing.exclude(status=Status.WITHDRAWN)
    elif problem is not None:
        if problem.status != ProblemStatus.OPEN:
            raise Refused(
                _(
                    "Only an open problem can be whistled for; this one is “%(status)s”."
                    " Where a service item carries it, please whistle from there."
                )
                % {"status": problem.get_status_display()}
            )
        standing = Whistle.objects.open().filter(problem=problem)
    else:
        raise ValueError(problem)
    if standing.exists():
        raise Refused(_("Somebody has whistled for this already; the units are called."))


def _compound_of(problem: Problem | None, item: ServiceItem | None) -> str | None:
    return (item.compound_id if item else None) or (problem.compound_id if problem else None)


def _refuse_outside(title: str, matter: str, community_code: str) -> None:
    outside = triage.outside(f"{title} {matter}", community_code, kinds=rules.NEVER)
    if outside is not None:
        raise Refused(
            _(
                "No whistle is blown for this: it is handed over outside."
                " %(name)s: %(where)s %(telephone)s"
            )
            % {
                "name": outside.name,
                "where": outside.where_to_go,
                "telephone": outside.telephone,
            },
            "matter",
        )


def _callable(organizations: Sequence[Organization], problem: Problem | None) -> list[Organization]:
    """Return the units to call, each once. Refuses none, too many, and what is not a duty."""
    units = list({unit.pk: unit for unit in organizations}.values())
    if not units:
        raise Refused(_("Please choose at least one unit."), "organizations")
    if len(units) > MOST_UNITS:
        raise Refused(
            _("Please call at most %(count)s units; the first one can ask others for help.")
            % {"count": MOST_UNITS},
            "organizations",
        )
    for unit in units:
        refuse_pushing_down(problem, unit)
    return units


def refuse_pushing_down(problem: Problem | None, unit: Organization) -> None:
    """Refuse to push upon a committee what lies outside a community's duties."""
    if problem is not None and rules.is_pushed_down(problem, unit):
        raise Refused(
            _(
                "“%(kind)s” is not among the community's duties, so it cannot be pushed onto its"
                " committee. By the catalogue, %(responsible)s answers for it."
            )
            % {"kind": problem.kind.name, "responsible": problem.kind.responsible},
            "organizations",
        )


def _add_calls(
    whistle: Whistle,
    units: Sequence[Organization],
    *,
    by: Person | None,
    at: datetime,
    words: str = "",
    first: bool = False,
) -> None:
    due_at = reply_due(whistle, at)
    made = Call.objects.bulk_create(
        Call(
            whistle=whistle,
            organization=unit,
            responsible=first and number == 0,
            called_by=by,
            called_at=at,
            due_at=due_at,
            words=words,
        )
        for number, unit in enumerate(units)
    )
    around(whistle).calls.extend(made)


def _tell_called(whistle: Whistle, units: Sequence[Organization], *, at: datetime) -> None:
    tell(
        whistle,
        [],
        gettext_lazy("A community calls your unit. Please answer, or object with a reason."),
        cause="call",
        at=at,
        units=[unit.pk for unit in units],
    )
    tell_called(whistle, units, at=at)


def call_units(
    whistle: Whistle,
    units: Sequence[Organization],
    *,
    by: Person | None,
    at: datetime,
    words: str = "",
) -> None:
    """Call further units to a locked whistle that waits for an answer; the reply time begins anew.

    Refuses those that are concerned already.
    """
    calls = around(whistle).calls
    concerned = {one.organization_id for one in calls if one.status in LIVE}
    for unit in units:
        if unit.pk in concerned:
            raise Refused(_("%(unit)s has been called already.") % {"unit": unit}, "organizations")
    led = any(one.responsible for one in calls)
    _add_calls(whistle, units, by=by, at=at, words=words, first=not led)
    whistle.due_at = whistle.rings_at = reply_due(whistle, at)
    whistle.overdue_at = None
    whistle.save(update_fields=["due_at", "rings_at", "overdue_at"])
    _tell_called(whistle, units, at=at)


@acting()
def call(
    whistle: Whistle,
    *,
    organizations: Sequence[Organization],
    by: Person,
    at: datetime,
    words: str = "",
) -> Whistle:
    """Call further units, as the community or as the office behind its level."""
    whistle = locked(whistle, "call")
    must_deal(whistle, by, at)
    units = _callable(organizations, whistle.problem)
    call_units(whistle, units, by=by, at=at, words=words)
    journal.write(
        "call",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        reason=words,
        organizations=[unit.pk for unit in units],
    )
    put_turns(whistle, at=at)
    return whistle


def let_go(whistle: Whistle, *, reason: object, at: datetime) -> None:
    """End what still waits around a locked whistle: calls, and objections.

    A wish for more time is over with the whistle.
    """
    stands = around(whistle)
    if stands.open_objections:
        waiting = [objection.pk for objection in stands.open_objections]
        Objection.objects.filter(pk__in=waiting).update(
            granted=True, decided_at=at, decision=str(reason)
        )
        stands.forget("objections")
    let_others_go(stands.live)


@acting()
def withdraw(whistle: Whistle, *, reason: str, by: Person, at: datetime) -> Whistle:
    """Take a whistle back, as the community, with a reason that the units and residents read.

    What a unit had agreed to on account of it is dropped, and the problem is open again.
    """
    must_deal(whistle, by, at)
    whistle = locked(whistle, "withdraw")
    concerned = [one.organization_id for one in around(whistle).live]
    had_begun = whistle.status != Status.BLOWN
    let_go(whistle, reason=_("The whistle was withdrawn."), at=at)
    end_span(whistle, at)
    whistle.reason, whistle.closed_at, whistle.rings_at = reason, at, None
    move(whistle, "withdraw", at=at, also=["reason", "closed_at", "rings_at"])
    item = service.fresh_whole(carried(whistle)) if had_begun and whistle.item_id else None
    if item is not None:
        # It may be done, or over, and the whistle has not followed yet.
        service.must_allow(item, "drop")
        if whistle.from_item:
            service.keep_time_elsewhere(item, elsewhere=False)
        else:
            item.clocked = False
            service.drop(item, reason=reason, by=by, at=at)
    journal.write("withdraw", whistle, by=by, at=at, area_code=whistle.community_id, reason=reason)
    put_turns(whistle, at=at)
    tell(
        whistle,
        [],
        gettext_lazy("A whistle to your unit was withdrawn."),
        cause="withdraw",
        at=at,
        units=concerned,
    )
    return whistle
