"""Whose turn a service item or a meeting is: what its state asks, of whom, until when."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from youwo.almanac.queries import deadline
from youwo.people.models import Role
from youwo.service.models import (
    Delivery,
    Invitation,
    ItemStatus,
    JointMeeting,
    MeetingStatus,
    ServiceItem,
)
from youwo.service.terms import ACCEPT, ANSWER_BEFORE, ASSIGN, CLOSE_MEETING, START, closing
from youwo.turns.actions import Wanted


def turns_of_item(item: ServiceItem) -> list[Wanted]:
    """Return whose turn an item is now.

    Where residents reported the problem behind it, they are asked about that problem, and so is
    the community: a problem that is done has turns of its own. The owner of one that is clocked
    elsewhere is asked there.
    """
    if item.status == ItemStatus.AGREED:
        if item.organization_id is None:
            return [_worker(item, "item.assign", _in(item, ASSIGN))]
        if item.clocked:
            return []
        return [_unit(item, "item.start", item.organization_id, _in(item, START))]
    if item.status == ItemStatus.STARTED:
        return _under_way(item)
    if item.status == ItemStatus.DELIVERED and item.problem_id is None:
        return [_worker(item, "item.close", _in(item, ACCEPT), bars=True)]
    return []


def _under_way(item: ServiceItem) -> list[Wanted]:
    due_at = closing(item.due_on, item.community_id)
    own = Delivery.objects.filter(
        item=item, organization=OuterRef("organization"), revoked_at__isnull=True
    )
    waits = item.helpers.exclude(Exists(own)).order_by("pk")
    waiting = [
        _unit(item, "item.help", key, due_at)
        for key in waits.values_list("organization_id", flat=True)
    ]
    if item.clocked:
        return waiting
    if item.organization_id is None:
        return [_worker(item, "item.deliver", due_at), *waiting]
    return [_unit(item, "item.deliver", item.organization_id, due_at), *waiting]


def _in(item: ServiceItem, hours: float) -> datetime:
    return deadline(item.since, hours=hours, area_code=item.community_id).at


def _where(item: ServiceItem) -> str:
    return item.compound.name if item.compound else item.community.name


def _worker(item: ServiceItem, kind: str, due_at: datetime, *, bars: bool = False) -> Wanted:
    doers = item.deliveries.filter(revoked_at__isnull=True) if bars else item.deliveries.none()
    return Wanted(
        kind=kind,
        reference=item.reference,
        title=item.title,
        detail=_where(item),
        area=item.community_id,
        role=Role.WORKER,
        since=item.since,
        due_at=due_at,
        not_persons=tuple(sorted({row.recorded_by_id for row in doers})),
        not_organizations=tuple(
            sorted({row.organization_id for row in doers if row.organization_id})
        ),
    )


def _unit(item: ServiceItem, kind: str, organization: int, due_at: datetime) -> Wanted:
    return Wanted(
        kind=kind,
        reference=item.reference,
        title=item.title,
        detail=_where(item),
        area=item.community_id,
        organization=organization,
        since=item.since,
        due_at=due_at,
    )


def turns_of_meeting(meeting: JointMeeting, *, prepared: bool) -> list[Wanted]:
    """Return whose turn a meeting is now: the community prepares it, runs it and closes it.

    `prepared` says that its agenda stands and somebody is invited.
    """
    if meeting.status == MeetingStatus.CALLED:
        if prepared:
            return [_meeting(meeting, "meeting.run", meeting.called_at, meeting.starts_at)]
        return [_meeting(meeting, "meeting.prepare", meeting.called_at, ready_by(meeting))]
    if meeting.status == MeetingStatus.HELD and meeting.held_at is not None:
        due_at = deadline(meeting.held_at, hours=CLOSE_MEETING, area_code=meeting.community_id).at
        return [_meeting(meeting, "meeting.close", meeting.held_at, due_at)]
    return []


def ready_by(meeting: JointMeeting) -> datetime:
    """Return until when the agenda is ready and invitations are answered."""
    return max(meeting.starts_at - ANSWER_BEFORE, meeting.called_at)


def _meeting(meeting: JointMeeting, kind: str, since: datetime, due_at: datetime) -> Wanted:
    return Wanted(
        kind=kind,
        reference=meeting.reference,
        title=meeting.community.name,
        detail=meeting.place,
        area=meeting.community_id,
        role=Role.WORKER,
        since=since,
        due_at=due_at,
    )


def turns_of_invitation(invitation: Invitation, since: datetime) -> list[Wanted]:
    """Return whose turn an invitation is: the unit's, as long as it has not answered."""
    meeting = invitation.meeting
    waits = invitation.answer == Invitation.Answer.NONE and meeting.is_called
    if not waits or invitation.organization_id is None:
        return []
    return [
        Wanted(
            kind="invitation.answer",
            reference=meeting.reference,
            title=meeting.community.name,
            detail=meeting.place,
            area=meeting.community_id,
            organization=invitation.organization_id,
            since=since,
            due_at=max(ready_by(meeting), since),
        )
    ]
