"""The agenda of a meeting: picked from open problems, put in order, carried on to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs.models import Problem, ProblemStatus
from youwo.people.models import Person
from youwo.service.actions.meetings.moving import locked, must_allow, put_turns
from youwo.service.models import AgendaItem, Invitation, JointMeeting, MeetingStatus
from youwo.service.waiting import turns_of_meeting
from youwo.turns import actions as turns

_TITLE = AgendaItem._meta.get_field("title").max_length or 0


@acting()
def pick(
    meeting: JointMeeting, *, problems: Sequence[Problem], by: Person, at: datetime
) -> list[AgendaItem]:
    """Put open problems of the community on the agenda; those that stand there are left alone."""
    meeting = locked(meeting, "change", by, at)
    if any(problem.community_id != meeting.community_id for problem in problems):
        raise Refused(_("Only problems of this community can stand on the agenda."), "problems")
    if any(problem.status != ProblemStatus.OPEN for problem in problems):
        raise Refused(_("Only problems that are open can stand on the agenda."), "problems")
    known = set(meeting.agenda.values_list("problem_id", flat=True))
    number = _last(meeting)
    added = AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting, problem=problem, number=number + place, title=str(problem)[:_TITLE]
        )
        for place, problem in enumerate(
            (problem for problem in problems if problem.pk not in known), start=1
        )
    )
    put_turns(meeting)
    journal.write(
        "pick",
        meeting,
        by=by,
        at=at,
        area_code=meeting.community_id,
        problems=[item.problem_id for item in added],
    )
    return added


@acting()
def add_matter(meeting: JointMeeting, *, title: str, by: Person, at: datetime) -> AgendaItem:
    """Put a matter on the agenda that nobody has reported as a problem."""
    meeting = locked(meeting, "add", by, at)
    item = AgendaItem.objects.create(meeting=meeting, number=_last(meeting) + 1, title=title)
    put_turns(meeting)
    journal.write("add_matter", meeting, by=by, at=at, area_code=meeting.community_id)
    return item


@acting()
def remove(item: AgendaItem, *, by: Person, at: datetime) -> None:
    """Take a matter off the agenda of a meeting to come; the problem stays open.

    What an earlier meeting left open can wait for another one again.
    """
    meeting = locked(item.meeting, "change", by, at)
    item.delete()
    put_turns(meeting)
    journal.write("remove", meeting, by=by, at=at, area_code=meeting.community_id)


@acting()
def reorder(item: AgendaItem, *, up: bool, by: Person, at: datetime) -> None:
    """Let a matter change places with the one before or after it."""
    meeting = locked(item.meeting, "change", by, at)
    agenda = list(meeting.agenda.order_by("number", "pk"))
    place = next((at for at, other in enumerate(agenda) if other.pk == item.pk), 0)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(agenda):
        return
    agenda[place], agenda[other] = agenda[other], agenda[place]
    for number, row in enumerate(agenda, start=1):
        row.number = number
    AgendaItem.objects.bulk_update(agenda, ["number"])
    journal.write("reorder", meeting, by=by, at=at, area_code=meeting.community_id)


def _last(meeting: JointMeeting) -> int:
    return int(meeting.agenda.aggregate(last=Max("number", default=0))["last"])


def take_along(
    meeting: JointMeeting, there: Sequence[tuple[int | None, int]] = ()
) -> list[AgendaItem]:
    """Put on the agenda what earlier meetings left open and no other meeting has.

    `there` is what stands on it already: problem, number. Returns what was put there.
    """
    waiting = AgendaItem.objects.filter(
        meeting__community=meeting.community_id,
        outcome=AgendaItem.Outcome.ROLLED,
        rolled_to__isnull=True,
    ).select_related("problem")
    known: set[int | None] = {problem for problem, _number in there}
    number = max((number for _problem, number in there), default=0)
    rows = []
    for before in waiting.order_by("decided_at", "number", "pk"):
        gone = before.problem is not None and before.problem.status != ProblemStatus.OPEN
        if gone or (before.problem_id is not None and before.problem_id in known):
            continue
        known.add(before.problem_id)
        number += 1
        rows.append(
            AgendaItem(
                meeting=meeting,
                problem=before.problem,
                number=number,
                title=before.title,
                rolled_from=before,
            )
        )
    return AgendaItem.objects.bulk_create(rows)


def roll_over(meeting: JointMeeting, *, by: Person, at: datetime) -> tuple[int, list[Invitation]]:
    """Send what a meeting leaves open to the next one that is called, and put the turns of both.

    The next one of the same rhythm comes first, then the earliest. Where none is called, it waits.
    Returns how much it was, and who was invited to the meeting that ends.
    """
    count = meeting.agenda.filter(outcome=AgendaItem.Outcome.OPEN).update(
        outcome=AgendaItem.Outcome.ROLLED, decided_by=by, decided_at=at
    )
    next_one, has_agenda = _next_after(meeting) if count else None, False
    if next_one is not None:
        must_allow(next_one, "change")
        there = list(next_one.agenda.values_list("problem_id", "number"))
        has_agenda = bool(take_along(next_one, there) or there)
    of_both = Invitation.objects.filter(meeting__in=filter(None, [meeting, next_one]))
    invitations = list(of_both.order_by("pk"))
    own = [one for one in invitations if one.meeting_id == meeting.pk]
    for one in own:
        one.meeting = meeting
    turns.put(meeting, turns_of_meeting(meeting, prepared=False))
    if next_one is not None:
        prepared = has_agenda and len(own) < len(invitations)
        turns.put(next_one, turns_of_meeting(next_one, prepared=prepared))
    return count, own


def _next_after(meeting: JointMeeting) -> JointMeeting | None:
    """Lock the meetings that are called in the same place, and return the one that comes next."""
    to_come = (
        JointMeeting.objects.select_for_update()
        .filter(community=meeting.community_id, status=MeetingStatus.CALLED)
        .exclude(pk=meeting.pk)
        .order_by("starts_at", "pk")
    )
    following = list(to_come)
    for one in following:
        one.community = meeting.community
    same = [one for one in following if one.series_id and one.series_id == meeting.series_id]
    return next(iter(same or following), None)
