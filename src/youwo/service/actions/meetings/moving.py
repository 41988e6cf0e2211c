"""What all changes of a meeting share: the lock, whose turn it is, the word to the invited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from youwo.core.acts import hold
from youwo.core.refused import Refused
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations.telling import Word, tell_units
from youwo.people.models import Person
from youwo.service.actions.moving import must_deal
from youwo.service.models import MEETING_MOVES, AgendaItem, Invitation, JointMeeting
from youwo.service.waiting import turns_of_invitation, turns_of_meeting
from youwo.turns import actions as turns


def locked(meeting: JointMeeting, verb: str, by: Person, at: datetime) -> JointMeeting:
    """Lock the meeting for somebody who runs the meetings of its community."""
    row = hold(meeting, "community", "series")
    must_deal(row.community_id, by, at)
    must_allow(row, verb)
    return row


def must_allow(meeting: JointMeeting, verb: str) -> None:
    """Refuse an act that comes too late, or too early."""
    if meeting.status not in MEETING_MOVES[verb]:
        raise Refused(
            _("This meeting has moved on in the meantime: it is now “%(status)s”.")
            % {"status": meeting.get_status_display()}
        )


def put_turns(meeting: JointMeeting) -> None:
    """Say whose turn the meeting is; one statement at most, besides that of the turns."""
    stands = JointMeeting.objects.filter(
        Exists(AgendaItem.objects.filter(meeting=OuterRef("pk"))),
        Exists(Invitation.objects.filter(meeting=OuterRef("pk"))),
        pk=meeting.pk,
    )
    prepared = meeting.is_called and stands.exists()
    turns.put(meeting, turns_of_meeting(meeting, prepared=prepared))


def ask(invitations: Sequence[Invitation], *, at: datetime) -> None:
    """Say of each invitation whether it is its unit's turn."""
    turns.put_many([(one, turns_of_invitation(one, at)) for one in invitations])


def tell_invited(
    meeting: JointMeeting,
    invitations: Iterable[Invitation],
    subject: object,
    *,
    cause: str,
    at: datetime,
) -> None:
    """Tell those who act for the invited something about the meeting."""
    when = f"{localtime(meeting.starts_at):%Y-%m-%d %H:%M}"
    tell_units(
        Word(
            organizations=[one.organization_id for one in invitations if one.organization_id],
            kind=NoticeKind.CASE,
            subject=subject,
            body=" · ".join([meeting.community.name, when, meeting.place]),
            link=f"/meetings/{meeting.reference}/answer/",
            cause=f"meeting.{meeting.pk}.{cause}.{int(at.timestamp())}",
            at=at,
        )
    )
