"""What units say to a whistle: they report, they object; and what is decided on an objection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import rules
from youwo.dispatch.actions.blown import call_units, refuse_pushing_down
from youwo.dispatch.actions.moving import (
    LIVE,
    MINUTES,
    around,
    begin_span,
    carried,
    deciding_office,
    locked,
    move,
    must_speak_for,
    put_turns,
    reply_due,
    tell,
)
from youwo.dispatch.clock import until
from youwo.dispatch.models import Call, Objection, Span, Whistle
from youwo.dispatch.news import tell_answered
from youwo.dispatch.terms import DECIDE
from youwo.journal import actions as journal
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service import actions as service


def call_of(whistle: Whistle, organization: Organization, *statuses: str) -> Call:
    """Return a unit's call that stands in one of some states; refuses where it has none.

    An earlier one of a unit that takes part by another call is over.
    """
    own = [one for one in around(whistle).calls if one.organization_id == organization.pk]
    found = [one for one in own if one.status in statuses]
    if not found:
        raise _nothing_to_answer()
    call = found[-1]
    if not call.takes_part and any(one.status in LIVE for one in own):
        raise _nothing_to_answer()
    return call


def _nothing_to_answer() -> Refused:
    return Refused(_("This unit has nothing to answer here any more."))


@acting()
def answer(
    whistle: Whistle,
    *,
    organization: Organization,
    who: str,
    arrives_at: datetime,
    by: Person,
    at: datetime,
    reply: str = "",
) -> Call:
    """Report to a whistle: who comes, and when. The first to answer is responsible from now on.

    The unit owns the service item that carries the matter; its time to solve it begins. The other
    units called are no longer needed, but may join. Refuses units that were not called, and those
    that come second.
    """
    whistle = locked(
        whistle,
        "answer",
        taken=_("Another unit was a moment faster and is responsible now. You may join and help."),
    )
    calls = around(whistle).calls
    waiting = [one for one in calls if one.status in (Call.Status.CALLED, Call.Status.OBJECTED)]
    call = next((one for one in waiting if one.organization_id == organization.pk), None)
    if call is None:
        raise _nothing_to_answer()
    must_speak_for(call, whistle, by, at)
    if arrives_at < at:
        raise Refused(_("This moment is over. When do you come?"), "arrives_at")
    # Whoever was responsible until now has not answered either. With its call an objection is over.
    for one in waiting:
        one.status, one.responsible = Call.Status.RELIEVED, False
    call.status, call.responsible = Call.Status.ANSWERED, True
    call.answered_by, call.answered_at = by, at
    call.who, call.arrives_at, call.reply = who, arrives_at, reply
    Call.objects.bulk_update(
        waiting,
        ["status", "responsible", "answered_by", "answered_at", "who", "arrives_at", "reply"],
    )
    begin_span(whistle, stage=Span.Stage.SOLVE, at=at)
    # Before it was answered, nobody could ask for more time.
    around(whistle).extensions = []
    whistle.answered_at = at
    whistle.solve_minutes = round(float(whistle.level.solve_hours) * MINUTES)
    # Nothing has been counted yet.
    whistle.due_at = whistle.rings_at = until(
        at, minutes=whistle.solve_minutes, area_code=whistle.community_id
    ).at
    whistle.overdue_at = None
    _take_item(whistle, call, by=by, at=at)
    move(
        whistle,
        "answer",
        at=at,
        also=["answered_at", "solve_minutes", "due_at", "rings_at", "overdue_at", "item"],
    )
    journal.write(
        "arrive",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        organization=organization.pk,
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("A unit has answered your whistle."),
        cause="answer",
        at=at,
    )
    tell_answered(whistle, call.organization, at=at)
    return call


def _take_item(whistle: Whistle, call: Call, *, by: Person, at: datetime) -> None:
    """Let the unit own the service item behind the whistle; agree on one where there is none."""
    if whistle.item_id is None:
        whistle.item = service.agree(
            whistle.title,
            community=whistle.community,
            compound=whistle.compound,
            problem=whistle.problem,
            organization=call.organization,
            field=whistle.field,
            due_on=local_day(whistle.due_at or at),
            nonce=whistle.nonce,
            clocked=True,
            by=by,
            at=at,
        )
        return
    item = service.fresh(carried(whistle))
    if item.organization_id == call.organization_id:
        service.keep_time_elsewhere(item, elsewhere=True)
        return
    # The community whistled to find an owner: it is who hands the item on.
    reason = _("The unit has answered a whistle.")
    by = whistle.whistled_by
    service.give_to(item, call.organization, reason=reason, by=by, at=at, elsewhere=True)


@acting()
def object_to(
    whistle: Whistle, *, organization: Organization, reason: str, by: Person, at: datetime
) -> Objection:
    """Say, once, that a whistle is not for this unit. The next level's office decides.

    The unit need not answer until then.
    """
    whistle = locked(
        whistle,
        "object",
        taken=_("A unit has reported to this whistle already; it is too late to object."),
    )
    call = call_of(whistle, organization, Call.Status.CALLED)
    must_speak_for(call, whistle, by, at)
    if call.role != Call.Role.RECEIVER:
        raise Refused(_("You were asked, not called: please simply say no."))
    if any(one.call_id == call.pk for one in around(whistle).objections):
        raise Refused(_("It has been decided already that your unit answers."))
    call.status = Call.Status.OBJECTED
    call.save(update_fields=["status"])
    objection = Objection.objects.create(
        call=call,
        by=by,
        at=at,
        reason=reason,
        office_id=deciding_office(whistle, at),
        due_at=until(at, minutes=round(DECIDE * MINUTES), area_code=whistle.community_id).at,
    )
    around(whistle).objections.append(objection)
    journal.write(
        "object",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        reason=reason,
        organization=organization.pk,
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("A unit says that your whistle is not for it. The level above decides."),
        cause=f"object.{objection.pk}",
        at=at,
    )
    return objection


@acting()
def decide(
    objection: Objection,
    *,
    upheld: bool,
    reason: str,
    by: Person,
    at: datetime,
    instead: Sequence[Organization] = (),
) -> Whistle:
    """Decide on an objection, with a reason that both sides read.

    Upheld, the unit is excused, and those named in `instead` are called; rejected, it must answer
    within a new time. Refuses who objected, and offices that it does not lie with.
    """
    whistle = locked(Whistle(pk=objection.call.whistle_id), "decide")
    stands = around(whistle)
    waits = next((one for one in stands.open_objections if one.pk == objection.pk), None)
    if waits is None:
        raise Refused(_("This has been decided already."))
    objection = waits
    if not rules.may_decide(
        by, objection, rules.units_asking(objection, stands.calls), local_day(at)
    ):
        raise Refused(_("The office of the level above decides, and never who objected."))
    objection.granted, objection.decision = upheld, reason
    objection.decided_by, objection.decided_at = by, at
    objection.save(update_fields=["granted", "decision", "decided_by", "decided_at"])
    call = objection.call
    if upheld:
        for unit in instead:
            refuse_pushing_down(whistle.problem, unit)
            if unit.pk == call.organization_id:
                raise Refused(_("%(unit)s has been called already.") % {"unit": unit})
        _excuse(whistle, call)
        if instead:
            call_units(whistle, instead, by=by, at=at, words=reason)
    else:
        call.status, call.due_at = Call.Status.CALLED, reply_due(whistle, at)
        call.save(update_fields=["status", "due_at"])
        whistle.due_at = whistle.rings_at = call.due_at
        whistle.save(update_fields=["due_at", "rings_at"])
    journal.write(
        "excuse" if upheld else "insist",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        reason=reason,
        organization=call.organization_id,
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("An objection was upheld; the unit is excused.")
        if upheld
        else gettext_lazy("An objection was not upheld; the unit answers within a new time."),
        cause=f"decide.{objection.pk}",
        at=at,
        units=[call.organization_id],
    )
    return whistle


def _excuse(whistle: Whistle, call: Call) -> None:
    """Let a unit go; where it was the first called, the next one called takes its place."""
    was_first = call.responsible
    call.status, call.responsible = Call.Status.EXCUSED, False
    changed = [call]
    if was_first:
        for following in around(whistle).calls:
            waits = following.status in (Call.Status.CALLED, Call.Status.OBJECTED)
            if waits and following.role == Call.Role.RECEIVER:
                following.responsible = True
                changed.append(following)
                break
    Call.objects.bulk_update(changed, ["status", "responsible"])
