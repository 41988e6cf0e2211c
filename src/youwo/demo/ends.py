"""How an earlier day's scenes end where nobody has touched them: as in a city that went on.

Everything goes through the same actions that people use, in the last office hours before now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from random import Random
from typing import Any

from django.db.models import Max

from youwo.almanac.queries import day as calendar_day
from youwo.almanac.queries import deadline
from youwo.core.clock import local_day
from youwo.demo import live
from youwo.demo.draws import dice, nonce
from youwo.demo.signins import first_workers, workers
from youwo.demo.touched import Touched
from youwo.demo.whistles import ago
from youwo.demo.words import read
from youwo.dispatch import actions as dispatch
from youwo.dispatch.models import Call, Whistle
from youwo.dispatch.models import Status as WhistleStatus
from youwo.needs.actions import problems
from youwo.needs.models import Problem, ProblemStatus, Wish
from youwo.needs.rules import is_open
from youwo.organizations.models import Mandate, Organization
from youwo.people.models import Grant, Person, Role
from youwo.service import actions as service
from youwo.service import rules
from youwo.service.actions import meetings
from youwo.service.models import (
    AgendaItem,
    ItemStatus,
    JointMeeting,
    MeetingStatus,
    ServiceItem,
)
from youwo.service.queries import standing_whole

_MEETING = timedelta(hours=2)
# What a meeting agrees is to be done within two weeks.
_DAYS = timedelta(days=14)
_UNSOLVED = [
    ProblemStatus.RECEIVED,
    ProblemStatus.OPEN,
    ProblemStatus.IN_HAND,
    ProblemStatus.DONE,
]


def end(seed: int, touched: Touched, *, now: datetime) -> None:
    """End the whistles, service items, meetings and problems that are still nobody's but ours."""
    days_end = DaysEnd(dice(seed, "ends", local_day(now)), touched, now)
    days_end.end_whistles()
    days_end.end_items()
    days_end.hold_meetings()
    days_end.end_problems()


def end_overdue_wishes(touched: Touched, kept: set[int], *, now: datetime) -> None:
    """End wishes beside the scenes, as from hearings, that nobody saw to in time."""
    late = Wish.objects.filter(due_at__lte=now).exclude(pk__in=kept).order_by("pk")
    workers = first_workers()
    for wish in late:
        if wish not in touched and is_open(wish):
            live.end(wish, workers[wish.community_id], now)


@dataclass
class DaysEnd:
    """Who ends what, and when."""

    draw: Random
    touched: Touched
    now: datetime

    # --- who, when, with which words -------------------------------------------------------------
    @cached_property
    def words(self) -> dict[str, Any]:
        return read("ends")

    @cached_property
    def workers(self) -> dict[str, list[Person]]:
        return workers()

    @cached_property
    def coordinators(self) -> list[Person]:
        grants = Grant.objects.filter(role=Role.COORDINATOR, ends_on__isnull=True)
        return [grant.person for grant in grants.select_related("person").order_by("pk")]

    @cached_property
    def acting(self) -> dict[int, Person]:
        held = Mandate.objects.in_force(local_day(self.now)).select_related("person")
        return {mandate.organization_id: mandate.person for mandate in held.order_by("-pk")}

    def moments(self, code: str, since: datetime) -> Callable[[float], datetime]:
        """Return what tells a moment so many working hours ago, never before a case's last one."""

        def moment(hours: float) -> datetime:
            return min(max(_ago(self.now, hours, code), since), self.now)

        return moment

    # --- whistles --------------------------------------------------------------------------------
    def end_whistles(self) -> None:
        """Let the units called come and do it; what is objected to is settled otherwise."""
        open_ = Whistle.objects.open().select_related("community", "item", "whistled_by")
        for whistle in open_.order_by("pk"):
            if whistle not in self.touched:
                self._end_whistle(whistle)

    def _end_whistle(self, whistle: Whistle) -> None:
        begun = whistle.spans.aggregate(at=Max("starts_at"))["at"]
        moment = self.moments(whistle.community_id, max(whistle.since, begun or whistle.since))
        if whistle.status == WhistleStatus.BLOWN:
            calls = list(whistle.calls.select_related("organization").order_by("pk"))
            called = [call for call in calls if call.status == Call.Status.CALLED]
            if len(called) < len(calls):
                dispatch.withdraw(
                    whistle,
                    reason=self.words["sorted_out"],
                    by=whistle.whistled_by,
                    at=moment(3),
                )
                return
            self._answer(whistle, called[0].organization, moment(3))
        whistle = Whistle.objects.select_related("item").get(pk=whistle.pk)
        item = whistle.item
        if item is None:
            raise ValueError(whistle.pk)
        self._end_item(item, moment)
        dispatch.follow(ServiceItem.objects.get(pk=item.pk), at=moment(0.5))

    def _answer(self, whistle: Whistle, unit: Organization, at: datetime) -> None:
        dispatch.answer(
            whistle,
            organization=unit,
            who=self.words["comes"],
            arrives_at=at + timedelta(minutes=40),
            by=self.acting.get(unit.pk) or whistle.whistled_by,
            at=at,
        )

    # --- service items ---------------------------------------------------------------------------
    def end_items(self) -> None:
        """Deliver what somebody took on, accept what was delivered, drop what nobody took."""
        rows = ServiceItem.objects.under_way().select_related("community", "organization")
        for item in rows.order_by("pk"):
            if item in self.touched:
                continue
            moment = self.moments(item.community_id, item.since)
            if item.organization is None and item.status != ItemStatus.DELIVERED:
                by = self.workers[item.community_id][0]
                service.drop(item, reason=self.words["nobody"], by=by, at=moment(3))
            else:
                self._end_item(item, moment)

    def _end_item(self, item: ServiceItem, moment: Callable[[float], datetime]) -> None:
        if item.status != ItemStatus.DELIVERED:
            self._deliver(item, moment(2))
        item = ServiceItem.objects.select_related("problem").get(pk=item.pk)
        if item.problem is not None:
            self._agree(item.problem, moment(1))
        deliveries = standing_whole(item)
        service.close(
            item,
            accepted_by="" if item.problem else self.draw.choice(self.words["accepted_by"]),
            by=self._acceptor(item, deliveries),
            at=moment(0.5),
        )

    def _deliver(self, item: ServiceItem, at: datetime) -> None:
        unit, worker = item.organization, self.workers[item.community_id][0]
        speaker = self.acting.get(unit.pk) if unit is not None else None
        service.deliver(
            item,
            organization=unit,
            occurred_on=local_day(at),
            minutes=self.draw.choice([60, 90, 120, 150]),
            people=self.draw.randint(2, 6),
            what=self.draw.choice(self.words["done"]),
            source="" if speaker else self.words["contact"],
            nonce=nonce(self.draw),
            by=speaker or worker,
            at=at,
        )

    def _acceptor(self, item: ServiceItem, deliveries: list[Any]) -> Person:
        """Return somebody of the staff who neither did it nor wrote it down."""
        wrote = {delivery.recorded_by_id for delivery in deliveries}
        on = local_day(self.now)
        return next(
            person
            for person in (*self.workers[item.community_id], *self.coordinators)
            if person.pk not in wrote and rules.may_accept(person, item, deliveries, on)
        )

    # --- joint meetings --------------------------------------------------------------------------
    def hold_meetings(self) -> None:
        """Hold the meetings whose time is over, with an outcome for each matter, and minutes."""
        over = JointMeeting.objects.filter(
            status=MeetingStatus.CALLED, starts_at__lte=self.now - _MEETING
        )
        for meeting in over.select_related("community").order_by("starts_at", "pk"):
            if meeting not in self.touched:
                self._hold(meeting)

    def _hold(self, meeting: JointMeeting) -> None:
        by, at = self.workers[meeting.community_id][0], meeting.starts_at
        meetings.hold(meeting, by=by, at=at)
        seats = list(meeting.invitations.select_related("organization").order_by("organization"))
        meetings.note_attendance(
            meeting, came={seat.pk: (True, "") for seat in seats}, by=by, at=at
        )
        units = [seat.organization for seat in seats if seat.organization is not None]
        matters = meeting.agenda.select_related("problem").order_by("number", "pk")
        for minutes, matter in enumerate(matters, start=1):
            self._decide(matter, units, by, at + timedelta(minutes=9 * minutes))
        meetings.close(meeting, by=by, at=at + timedelta(minutes=100))

    def _decide(
        self, matter: AgendaItem, units: list[Organization], by: Person, at: datetime
    ) -> None:
        problem = matter.problem
        ours = problem is not None and problem not in self.touched
        if not units or problem is None or not ours or problem.status != ProblemStatus.OPEN:
            meetings.explain(matter, reason=self.words["explained"], by=by, at=at)
            return
        due_on = local_day(at) + _DAYS
        while not calendar_day(due_on).working:
            due_on += timedelta(days=1)
        meetings.decide(
            matter,
            title=str(problem)[:60],
            field="troubles",
            due_on=due_on,
            organization=self.draw.choice(units),
            by=by,
            at=at,
        )

    # --- problems --------------------------------------------------------------------------------
    def end_problems(self) -> None:
        """See to what the community has on its own list; what a meeting or an item has, waits.

        What is late does not wait for a meeting: there it is said that it is done.
        """
        waiting = AgendaItem.objects.filter(
            meeting__status=MeetingStatus.CALLED, problem__due_at__gt=self.now
        )
        carried = ServiceItem.objects.under_way()
        elsewhere = {
            *waiting.values_list("problem_id", flat=True),
            *carried.values_list("problem_id", flat=True),
        }
        rows = Problem.objects.filter(status__in=_UNSOLVED).select_related("kind")
        for problem in rows.order_by("pk"):
            if problem.pk not in elsewhere and problem not in self.touched:
                self._end_problem(problem)

    def _end_problem(self, problem: Problem) -> None:
        by = self.workers[problem.community_id][0]
        moment = self.moments(problem.community_id, problem.since)
        if problem.status == ProblemStatus.RECEIVED:
            said = problem.reports.order_by("pk").values_list("said", flat=True)[0]
            problem = problems.accept(
                problem,
                public_title=problem.title,
                public_text=said,
                kind=problem.kind,
                by=by,
                at=moment(4),
            )
        if problem.status == ProblemStatus.OPEN:
            until = deadline(self.now, hours=8, area_code=problem.community_id).at
            problem = problems.take_up(problem, due_at=until, by=by, at=moment(3))
        if problem.status == ProblemStatus.IN_HAND:
            problem = problems.mark_done(problem, by=by, at=moment(2))
        self._agree(problem, moment(1))
        problems.close(problem, by=by, at=moment(0.5))

    def _agree(self, problem: Problem, at: datetime) -> None:
        """Let a resident say that it is solved, where none has said so."""
        if problems.is_agreed(problem):
            return
        report = problem.reports.order_by("pk")[0]
        words = self.draw.choice(self.words["judged"])
        problems.judge(report, satisfied=True, words=words, by=None, at=at)


@cache
def _ago(now: datetime, hours: float, code: str) -> datetime:
    return ago(now, hours, code)
