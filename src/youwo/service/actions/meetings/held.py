"""The day of a meeting: who came, what becomes of each matter, and the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.core import acts
from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service.actions.agreed import Needed, agree
from youwo.service.actions.meetings.agenda import roll_over
from youwo.service.actions.meetings.moving import ask, locked, put_turns, tell_invited
from youwo.service.models import (
    AgendaItem,
    Invitation,
    JointMeeting,
    MeetingStatus,
    ServiceItem,
)


@acting()
def hold(meeting: JointMeeting, *, by: Person, at: datetime) -> JointMeeting:
    """Say that the meeting has begun. Invitations wait for no answer any more."""
    meeting = locked(meeting, "hold", by, at)
    meeting.status, meeting.held_at, meeting.held_by = MeetingStatus.HELD, at, by
    meeting.save(update_fields=["status", "held_at", "held_by"])
    put_turns(meeting)
    invitations = list(meeting.invitations.all())
    for one in invitations:
        one.meeting = meeting
    ask(invitations, at=at)
    journal.write("hold", meeting, by=by, at=at, area_code=meeting.community_id)
    return meeting


@acting()
def note_attendance(
    meeting: JointMeeting,
    *,
    came: Mapping[int, tuple[bool | None, str]],
    by: Person,
    at: datetime,
) -> None:
    """Note who came: by the key of the invitation, whether, and the name of who sat there.

    None is "not noted", which is not the same as absent.
    """
    meeting = locked(meeting, "decide", by, at)
    rows = list(meeting.invitations.filter(pk__in=came))
    for row in rows:
        row.came, who = came[row.pk]
        row.who = who.strip() or row.who
    Invitation.objects.bulk_update(rows, ["came", "who"])
    journal.write("note_attendance", meeting, by=by, at=at, area_code=meeting.community_id)


@acting()
def decide(
    item: AgendaItem,
    *,
    title: str,
    field: str,
    due_on: date,
    by: Person,
    at: datetime,
    organization: Organization | None = None,
    helpers: Sequence[Organization] = (),
    resources: Iterable[Needed] = (),
    compound: Area | None = None,
) -> ServiceItem:
    """Make a matter on the agenda a service item with owner, helpers, resources and day."""
    meeting, item = _open_matter(item, by, at)
    agreed = agree(
        title,
        community=meeting.community,
        field=field,
        due_on=due_on,
        by=by,
        at=at,
        problem=item.problem,
        agenda_item=item,
        organization=organization,
        helpers=helpers,
        resources=resources,
        compound=compound,
    )
    _decided(item, AgendaItem.Outcome.ITEM, "", by=by, at=at)
    return agreed


@acting()
def explain(item: AgendaItem, *, reason: str, by: Person, at: datetime) -> AgendaItem:
    """Leave a matter with a reason that stands in the minutes. The problem stays open."""
    meeting, item = _open_matter(item, by, at)
    if not reason.strip():
        raise Refused(_("Please give the reason."), "reason")
    _decided(item, AgendaItem.Outcome.REASON, reason.strip(), by=by, at=at)
    journal.write("explain", meeting, by=by, at=at, area_code=meeting.community_id, item=item.pk)
    return item


@acting()
def talk_again(item: AgendaItem, *, by: Person, at: datetime) -> AgendaItem:
    """Open a matter that was left with a reason once more, while the meeting lasts."""
    meeting = locked(item.meeting, "decide", by, at)
    item = AgendaItem.objects.get(pk=item.pk)
    if item.outcome != AgendaItem.Outcome.REASON:
        raise Refused(_("This matter has been decided. Its service item can be changed instead."))
    item.outcome, item.reason = AgendaItem.Outcome.OPEN, ""
    item.decided_by = item.decided_at = None
    item.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
    journal.write("talk_again", meeting, by=by, at=at, area_code=meeting.community_id, item=item.pk)
    return item


def _open_matter(item: AgendaItem, by: Person, at: datetime) -> tuple[JointMeeting, AgendaItem]:
    # Locked through the meeting: two phones may run the same one.
    meeting = locked(item.meeting, "decide", by, at)
    row = acts.hold(item, "problem")
    if not row.is_open:
        raise Refused(
            _("This matter has been decided in the meantime: “%(outcome)s”.")
            % {"outcome": row.get_outcome_display()}
        )
    row.meeting = meeting
    return meeting, row


def _decided(item: AgendaItem, outcome: str, reason: str, *, by: Person, at: datetime) -> None:
    item.outcome, item.reason, item.decided_by, item.decided_at = outcome, reason, by, at
    item.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])


@acting()
def close(meeting: JointMeeting, *, by: Person, at: datetime) -> JointMeeting:
    """End a meeting: its minutes stand, and what is still open goes to the next one."""
    meeting = locked(meeting, "close", by, at)
    meeting.status, meeting.closed_at = MeetingStatus.CLOSED, at
    meeting.save(update_fields=["status", "closed_at"])
    rolled, invited = roll_over(meeting, by=by, at=at)
    journal.write("close", meeting, by=by, at=at, area_code=meeting.community_id, rolled=rolled)
    tell_invited(
        meeting,
        invited,
        gettext_lazy("The minutes of a joint meeting are ready."),
        cause="close",
        at=at,
    )
    return meeting
