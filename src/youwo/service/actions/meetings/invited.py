"""Who is invited to a meeting, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.organizations.models import Organization
from youwo.organizations.rules import acts_for
from youwo.people.models import Person
from youwo.service import rules
from youwo.service.actions.meetings.moving import (
    ask,
    locked,
    must_allow,
    put_turns,
    tell_invited,
)
from youwo.service.models import Invitation, JointMeeting

_SEATS = {
    Organization.Kind.COMMITTEE: Invitation.Seat.COMMITTEE,
    Organization.Kind.PROPERTY: Invitation.Seat.PROPERTY,
    Organization.Kind.OWNERS: Invitation.Seat.OWNERS,
}


def add_invitations(
    meeting: JointMeeting, organizations: Iterable[Organization], *, new: bool = False
) -> list[Invitation]:
    """Invite units, each in the seat of its kind; who is invited already is left alone.

    Nobody is invited to a `new` meeting yet.
    """
    known = set() if new else set(meeting.invitations.values_list("organization_id", flat=True))
    fresh = {unit.pk: unit for unit in organizations if unit.pk not in known}
    return Invitation.objects.bulk_create(
        Invitation(
            meeting=meeting,
            organization=unit,
            seat=_SEATS.get(Organization.Kind(unit.kind), Invitation.Seat.UNIT),
        )
        for unit in fresh.values()
    )


@acting()
def invite(
    meeting: JointMeeting, *, organizations: Iterable[Organization], by: Person, at: datetime
) -> list[Invitation]:
    """Invite units to a meeting to come; who acts for them is asked to answer."""
    meeting = locked(meeting, "change", by, at)
    invitations = add_invitations(meeting, organizations)
    ask(invitations, at=at)
    put_turns(meeting)
    journal.write(
        "invite_units",
        meeting,
        by=by,
        at=at,
        area_code=meeting.community_id,
        organizations=[one.organization_id for one in invitations],
    )
    tell_invited(
        meeting,
        invitations,
        gettext_lazy("Your unit is invited to a joint meeting. Please answer."),
        cause="invite",
        at=at,
    )
    return invitations


@acting()
def invite_guest(meeting: JointMeeting, *, name: str, by: Person, at: datetime) -> Invitation:
    """Note somebody who comes in nobody's name, such as a residents' representative."""
    meeting = locked(meeting, "add", by, at)
    guest = Invitation.objects.create(
        meeting=meeting,
        seat=Invitation.Seat.GUEST,
        who=name,
        answer=Invitation.Answer.YES,
        answered_by=by,
        answered_at=at,
        on_behalf=True,
        came=True if meeting.is_held else None,
    )
    put_turns(meeting)
    journal.write("invite_guest", meeting, by=by, at=at, area_code=meeting.community_id)
    return guest


@acting()
def uninvite(invitation: Invitation, *, by: Person, at: datetime) -> None:
    """Take an invitation back, before the meeting."""
    meeting = locked(invitation.meeting, "change", by, at)
    # Its turn goes with the first statement, while it still has a key.
    invitation.meeting, invitation.answer = meeting, Invitation.Answer.NO
    ask([invitation], at=at)
    journal.write(
        "uninvite",
        meeting,
        by=by,
        at=at,
        area_code=meeting.community_id,
        organization=invitation.organization_id,
    )
    invitation.delete()
    put_turns(meeting)


@acting()
def answer(
    invitation: Invitation,
    *,
    answer: str,
    who: str = "",
    words: str = "",
    by: Person,
    at: datetime,
) -> Invitation:
    """Answer an invitation, for the unit or as the community on its behalf.

    Whoever sends a deputy names them. An answer may be changed until the meeting begins.
    """
    on = local_day(at)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("meeting__community", "organization")
        .get(pk=invitation.pk)
    )
    unit = invitation.organization
    own = unit is not None and acts_for(by, unit, on)
    if not (own or rules.may_deal(by, invitation.meeting.community_id, on)):
        raise Refused(_("Only the invited unit and the community can answer."))
    must_allow(invitation.meeting, "change")
    if answer == Invitation.Answer.DEPUTY and not who.strip():
        raise Refused(_("Please name who comes instead."), "who")
    invitation.answer, invitation.who, invitation.words = answer, who.strip(), words.strip()
    invitation.answered_by, invitation.answered_at, invitation.on_behalf = by, at, not own
    invitation.save(
        update_fields=["answer", "who", "words", "answered_by", "answered_at", "on_behalf"]
    )
    ask([invitation], at=at)
    journal.write(
        "answer_invitation",
        invitation.meeting,
        by=by,
        at=at,
        area_code=invitation.meeting.community_id,
        organization=invitation.organization_id,
        answer=answer,
        on_behalf=not own,
    )
    return invitation
