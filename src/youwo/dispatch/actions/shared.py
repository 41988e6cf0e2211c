"""Several units in one matter: handing on with the other's consent, asking for help, joining."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import rules
from youwo.dispatch.actions.answered import call_of
from youwo.dispatch.actions.blown import refuse_pushing_down
from youwo.dispatch.actions.moving import (
    MINUTES,
    around,
    carried,
    let_others_go,
    locked,
    must_speak_for,
    put_turns,
    responsible,
    tell,
)
from youwo.dispatch.clock import until
from youwo.dispatch.models import Call, Status, Whistle
from youwo.dispatch.terms import CONSENT
from youwo.journal import actions as journal
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service import actions as service


def _ask(
    whistle: Whistle,
    organizations: Sequence[Organization],
    *,
    role: str,
    words: str,
    by: Person,
    at: datetime,
) -> list[Call]:
    stands = around(whistle)
    concerned = {call.organization_id for call in stands.live}
    for unit in organizations:
        refuse_pushing_down(whistle.problem, unit)
        if unit.pk in concerned:
            raise Refused(
                _("%(unit)s has a part in this already.") % {"unit": unit}, "organization"
            )
    due_at = until(at, minutes=round(CONSENT * MINUTES), area_code=whistle.community_id).at
    calls = Call.objects.bulk_create(
        Call(
            whistle=whistle,
            organization=unit,
            role=role,
            called_by=by,
            called_at=at,
            due_at=due_at,
            words=words,
        )
        for unit in organizations
    )
    stands.calls.extend(calls)
    return calls


@acting()
def hand_on(
    whistle: Whistle, *, organization: Organization, reason: str, by: Person, at: datetime
) -> Call:
    """Ask another unit to take a whistle over; until it says yes, nothing changes.

    The responsible unit asks, or the office that looks after an overdue whistle.
    """
    whistle = locked(whistle, "ask_over")
    first = responsible(whistle)
    if not rules.may_see_to(by, whistle.community_id, local_day(at)):
        must_speak_for(first, whistle, by, at)
    calls = around(whistle).calls
    if any(one.role == Call.Role.SUCCESSOR and one.status == Call.Status.CALLED for one in calls):
        raise Refused(_("Another unit has been asked already and has not answered yet."))
    let_others_go(
        [
            one
            for one in calls
            if one.organization_id == organization.pk and one.status == Call.Status.HELPING
        ]
    )
    [call] = _ask(whistle, [organization], role=Call.Role.SUCCESSOR, words=reason, by=by, at=at)
    journal.write(
        "ask_over",
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
        [],
        gettext_lazy("Your unit is asked to take over a whistle. Please say yes or no."),
        cause=f"ask_over.{call.pk}",
        at=at,
        units=[organization.pk],
    )
    return call


@acting()
def ask_help(
    whistle: Whistle,
    *,
    organizations: Sequence[Organization],
    words: str,
    by: Person,
    at: datetime,
) -> list[Call]:
    """Ask other units to help the responsible one."""
    whistle = locked(whistle, "ask_help")
    must_speak_for(responsible(whistle), whistle, by, at)
    calls = _ask(whistle, organizations, role=Call.Role.HELPER, words=words, by=by, at=at)
    journal.write(
        "ask_help",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        reason=words,
        organizations=[unit.pk for unit in organizations],
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [],
        gettext_lazy("Your unit is asked to help with a whistle."),
        cause="ask_help",
        at=at,
        units=[unit.pk for unit in organizations],
    )
    return calls


@acting()
def take_over(
    whistle: Whistle,
    *,
    organization: Organization,
    who: str,
    arrives_at: datetime,
    by: Person,
    at: datetime,
) -> Call:
    """Agree, as the unit asked, to take a whistle over. The clock goes on where it stands."""
    whistle = locked(whistle, "take_over")
    call = call_of(whistle, organization, Call.Status.CALLED)
    must_speak_for(call, whistle, by, at)
    if call.role != Call.Role.SUCCESSOR:
        raise Refused(_("Nobody has asked your unit to take this over."))
    if arrives_at < at:
        raise Refused(_("This moment is over. When do you come?"), "arrives_at")
    before = responsible(whistle)
    before.status, before.responsible = Call.Status.HANDED_ON, False
    before.save(update_fields=["status", "responsible"])
    call.status, call.responsible = Call.Status.ANSWERED, True
    call.answered_by, call.answered_at, call.who, call.arrives_at = by, at, who, arrives_at
    call.save(
        update_fields=[
            "status", "responsible", "answered_by", "answered_at", "who", "arrives_at",
        ]
    )  # fmt: skip
    if whistle.item_id is not None:
        # Who asked hands the item on; the unit has agreed to it here.
        item = service.fresh(carried(whistle))
        asked_by = call.called_by or whistle.whistled_by
        service.give_to(item, organization, reason=call.words, by=asked_by, at=at)
    journal.write(
        "take_over",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        before=before.organization_id,
        organization=organization.pk,
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("Another unit has taken a whistle over."),
        cause="take_over",
        at=at,
        units=[before.organization_id],
    )
    return call


@acting()
def help_out(
    whistle: Whistle, *, organization: Organization, by: Person, at: datetime, who: str = ""
) -> Call:
    """Join the responsible unit: because it asked, or of one's own accord after being called."""
    whistle = locked(whistle, "help")
    call = call_of(whistle, organization, Call.Status.CALLED, Call.Status.RELIEVED)
    must_speak_for(call, whistle, by, at)
    if call.status == Call.Status.CALLED and call.role != Call.Role.HELPER:
        raise Refused(_("You were asked to take this over. Please say yes or no."))
    call.status = Call.Status.HELPING
    call.answered_by, call.answered_at, call.who = by, at, who
    call.save(update_fields=["status", "answered_by", "answered_at", "who"])
    if whistle.item_id is not None:
        service.add_helper(carried(whistle), organization=organization, by=by, at=at, if_new=True)
    journal.write(
        "help",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        organization=organization.pk,
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [],
        gettext_lazy("Another unit helps you with a whistle."),
        cause=f"help.{call.pk}",
        at=at,
        units=[responsible(whistle).organization_id],
    )
    return call


@acting()
def say_no(
    whistle: Whistle, *, organization: Organization, reason: str, by: Person, at: datetime
) -> Call:
    """Say no to taking over or helping, with a reason. Who was called objects instead."""
    whistle = locked(whistle, "help" if whistle.status == Status.PAUSED else "take_over")
    call = call_of(whistle, organization, Call.Status.CALLED)
    must_speak_for(call, whistle, by, at)
    call.status, call.reply = Call.Status.DECLINED, reason
    call.save(update_fields=["status", "reply"])
    journal.write(
        "say_no",
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
        [],
        gettext_lazy("A unit that you asked about a whistle said no."),
        cause=f"say_no.{call.pk}",
        at=at,
        units=[responsible(whistle).organization_id],
    )
    return call
