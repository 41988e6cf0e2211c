"""Calling a meeting: by a rhythm or for a reason; moving it, and calling it off."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.core.acts import acting, attempt
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service.actions.meetings.agenda import roll_over, take_along
from youwo.service.actions.meetings.invited import add_invitations
from youwo.service.actions.meetings.moving import ask, locked, put_turns, tell_invited
from youwo.service.actions.moving import must_deal
from youwo.service.models import JointMeeting, MeetingSeries, MeetingStatus
from youwo.service.queries import first_guests, occurrence
from youwo.service.terms import AHEAD
from youwo.service.waiting import turns_of_meeting
from youwo.turns import actions as turns

# So many meetings of rhythms are created in one round.
_BATCH = 100


@acting()
def set_series(
    community: Area, *, day_of_month: int, begins: time, place: str, by: Person, at: datetime
) -> MeetingSeries:
    """Let a community meet on the same day of every month, in place of any rhythm before.

    A free day moves the meeting to the next working day. The next one is called at once.
    """
    must_deal(community.pk, by, at)
    on = local_day(at)
    for before in MeetingSeries.objects.filter(community=community, ends_on__isnull=True):
        end_series(before, by=by, at=at)
    series = MeetingSeries.objects.create(
        community=community,
        day_of_month=day_of_month,
        begins=begins,
        place=place,
        starts_on=on,
        set_by=by,
        set_at=at,
    )
    journal.write("set_series", series, by=by, at=at, area_code=community.pk, day=day_of_month)
    _call_next(series, at=at)
    return series


@acting()
def end_series(series: MeetingSeries, *, by: Person, at: datetime) -> MeetingSeries:
    """End a rhythm. What it has called already stands, until somebody calls it off."""
    must_deal(series.community_id, by, at)
    series.ends_on = local_day(at)
    series.save(update_fields=["ends_on"])
    journal.write("end_series", series, by=by, at=at, area_code=series.community_id)
    return series


@acting()
def call(
    community: Area,
    *,
    reason: str,
    starts_at: datetime,
    place: str,
    organizations: Sequence[Organization],
    nonce: uuid.UUID,
    by: Person,
    at: datetime,
) -> JointMeeting:
    """Call a meeting for a reason and invite some units. The same nonce calls no second one.

    What stayed open at the last meeting, and has no other meeting to go to, comes along.
    """
    must_deal(community.pk, by, at)
    if starts_at <= at:
        raise Refused(_("This moment has passed. Please choose a later one."), "starts_at")
    meeting = JointMeeting(
        nonce=nonce,
        community=community,
        reason=reason,
        starts_at=starts_at,
        place=place,
        called_by=by,
    )
    try:
        return _begin(meeting, organizations, by=by, at=at)
    except IntegrityError:
        earlier = JointMeeting.objects.filter(nonce=nonce).first()
        if earlier is None:
            raise
        return earlier


@attempt()
def _begin(
    meeting: JointMeeting, organizations: Sequence[Organization], *, by: Person | None, at: datetime
) -> JointMeeting:
    meeting.reference = new_reference("M")
    meeting.called_at = at
    meeting.search_terms = terms(meeting.community.name, meeting.reason, meeting.place)
    meeting.save(force_insert=True)
    invitations = add_invitations(meeting, organizations, new=True)
    prepared = bool(take_along(meeting)) and bool(invitations)
    turns.put(meeting, turns_of_meeting(meeting, prepared=prepared))
    ask(invitations, at=at)
    journal.write("call", meeting, by=by, at=at, area_code=meeting.community_id)
    tell_invited(
        meeting,
        invitations,
        gettext_lazy("Your unit is invited to a joint meeting. Please answer."),
        cause="call",
        at=at,
    )
    return meeting


def call_ahead(at: datetime) -> int:
    """Call what the rhythms ask for in the next two weeks, and return how many were called."""
    on = local_day(at)
    until = on + AHEAD
    count = 0
    for month in sorted({on.replace(day=1), until.replace(day=1)}):
        called = JointMeeting.objects.filter(series=OuterRef("pk"), month=month)
        waiting = MeetingSeries.objects.filter(~Exists(called), ends_on__isnull=True)
        for series in waiting.select_related("community").order_by("pk")[:_BATCH]:
            starts_at = occurrence(series, month)
            if at < starts_at and local_day(starts_at) <= until:
                count += _call_once(series, month, at)
    return count


@acting()
def _call_once(series: MeetingSeries, month: date, at: datetime) -> int:
    # Locked, because rounds of two workers may meet.
    MeetingSeries.objects.select_for_update().get(pk=series.pk)
    if JointMeeting.objects.filter(series=series, month=month).exists():
        return 0
    _call_for(series, month, at)
    return 1


def _call_next(series: MeetingSeries, *, at: datetime) -> None:
    month = local_day(at).replace(day=1)
    if occurrence(series, month) <= at:
        month = (month + timedelta(days=32)).replace(day=1)
    _call_for(series, month, at)


def _call_for(series: MeetingSeries, month: date, at: datetime) -> JointMeeting:
    meeting = JointMeeting(
        nonce=uuid.uuid4(),
        community=series.community,
        series=series,
        month=month,
        starts_at=occurrence(series, month),
        place=series.place,
    )
    return _begin(meeting, first_guests(series.community, local_day(at)), by=None, at=at)


@acting()
def change(
    meeting: JointMeeting, *, starts_at: datetime, place: str, by: Person, at: datetime
) -> JointMeeting:
    """Move a meeting to another moment or place; all who are invited are told."""
    meeting = locked(meeting, "change", by, at)
    if starts_at <= at:
        raise Refused(_("This moment has passed. Please choose a later one."), "starts_at")
    meeting.starts_at, meeting.place = starts_at, place
    meeting.search_terms = terms(meeting.community.name, meeting.reason, place)
    meeting.save(update_fields=["starts_at", "place", "search_terms"])
    put_turns(meeting)
    invitations = list(meeting.invitations.select_related("meeting__community"))
    ask(invitations, at=at)
    journal.write("change", meeting, by=by, at=at, area_code=meeting.community_id)
    tell_invited(
        meeting,
        invitations,
        gettext_lazy("A joint meeting has another time or place."),
        cause="change",
        at=at,
    )
    return meeting


@acting()
def cancel(meeting: JointMeeting, *, reason: str, by: Person, at: datetime) -> JointMeeting:
    """Call a meeting off with a reason. Its agenda goes to the next one."""
    meeting = locked(meeting, "cancel", by, at)
    if not reason.strip():
        raise Refused(_("Please give the reason."), "reason")
    meeting.status, meeting.cancelled_why = MeetingStatus.CANCELLED, reason.strip()
    meeting.save(update_fields=["status", "cancelled_why"])
    _count, invitations = roll_over(meeting, by=by, at=at)
    ask(invitations, at=at)
    journal.write(
        "cancel", meeting, by=by, at=at, area_code=meeting.community_id, reason=reason.strip()
    )
    tell_invited(
        meeting,
        invitations,
        gettext_lazy("A joint meeting was called off."),
        cause="cancel",
        at=at,
    )
    return meeting
