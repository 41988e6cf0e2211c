"""Any order of acts leaves meetings, items, problems, turns and the ledger in agreement."""

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.needs.problem_factories import accepted
from tests.service import factories as made
from youwo.core.refused import Refused
from youwo.ledger.models import Entry
from youwo.needs.actions import problems
from youwo.needs.models import ProblemStatus, Report
from youwo.service import actions
from youwo.service.actions import meetings
from youwo.service.models import (
    ITEM_MOVES,
    MEETING_MOVES,
    AgendaItem,
    ItemStatus,
    JointMeeting,
    MeetingStatus,
    ServiceItem,
)
from youwo.service.waiting import turns_of_item
from youwo.turns.models import Turn

AT = datetime(2025, 6, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
# What the problem of an item is, as long as the item alone moves it.
CARRIED = {
    ItemStatus.AGREED: ProblemStatus.IN_HAND,
    ItemStatus.STARTED: ProblemStatus.IN_HAND,
    ItemStatus.DELIVERED: ProblemStatus.DONE,
    ItemStatus.CLOSED: ProblemStatus.CLOSED,
    ItemStatus.DROPPED: ProblemStatus.OPEN,
}


class ItemMachine(RuleBasedStateMachine):
    """Owner, helper, community and residents press every button, in any order."""

    def __init__(self):
        super().__init__()
        self.at = AT
        self.community = factories.community("140802005022", "金税社区")
        self.worker = factories.granted("worker", self.community)
        self.colleague = factories.granted("worker", self.community)
        self.units = [made.unit("市税务局"), made.unit("安和物业")]
        self.acting = [factories.mandated(unit) for unit in self.units]
        self.problem = accepted(self.worker, self.community, self.at)
        made.agreed(
            self.worker, self.community, self.at, problem=self.problem, organization=self.units[0]
        )
        made.agreed(self.worker, self.community, self.at, title="讲政策")

    def pick(self, which) -> ServiceItem:
        return ServiceItem.objects.order_by("pk")[which]

    def do(self, verb, item, act):
        before = item.status
        try:
            act()
        except Refused:
            assert ServiceItem.objects.get(pk=item.pk).status == before
        else:
            assert ServiceItem.objects.get(pk=item.pk).status == ITEM_MOVES[verb][before]

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)

    @rule(which=st.integers(0, 1), who=st.integers(0, 2))
    def start(self, which, who):
        item = self.pick(which)
        by = [*self.acting, self.worker][who]
        self.do("start", item, lambda: actions.start(item, by=by, at=self.at))

    @rule(which=st.integers(0, 1), who=st.integers(0, 1))
    def deliver(self, which, who):
        item, unit = self.pick(which), self.units[who]
        verb = "deliver" if item.organization_id == unit.pk else "contribute"
        self.do(verb, item, lambda: made.deliver(item, self.acting[who], unit, self.at))

    @rule(which=st.integers(0, 1))
    def deliver_ourselves(self, which):
        item = self.pick(which)
        self.do("deliver", item, lambda: made.deliver(item, self.worker, None, self.at))

    @rule(which=st.integers(0, 1), who=st.integers(0, 1))
    def hand_on(self, which, who):
        item = self.pick(which)
        given = {"organization": self.units[who], "reason": "忙不过来", "by": self.worker}
        self.do("hand_on", item, lambda: actions.hand_on(item, at=self.at, **given))

    @rule(which=st.integers(0, 1), who=st.integers(0, 1))
    def add_helper(self, which, who):
        item, unit = self.pick(which), self.units[who]
        given = {"organization": unit, "by": self.acting[who], "at": self.at}
        self.do("add_helper", item, lambda: actions.add_helper(item, **given))

    @rule(satisfied=st.booleans())
    def judge(self, satisfied):
        given = {"satisfied": satisfied, "words": "", "by": None, "at": self.at}
        with suppress(Refused):
            problems.judge(Report.objects.get(), **given)

    @rule(which=st.integers(0, 1), asked=st.sampled_from(["", "问过王师傅"]))
    def close(self, which, asked):
        item = self.pick(which)
        given = {"accepted_by": "张敬之", "asked": asked, "by": self.colleague, "at": self.at}
        self.do("close", item, lambda: actions.close(item, **given))

    @rule(which=st.integers(0, 1), verb=st.sampled_from(["contest", "reopen", "drop"]))
    def back(self, which, verb):
        item = self.pick(which)
        given = {"reason": "还没好", "by": self.worker, "at": self.at}
        self.do(verb, item, lambda: getattr(actions, verb)(item, **given))

    @invariant()
    def the_ledger_holds_one_standing_deed_for_each_closed_item(self):
        closed = ServiceItem.objects.filter(status=ItemStatus.CLOSED).count()
        assert Entry.objects.standing().count() == closed

    @invariant()
    def the_problem_follows_its_item(self):
        self.problem.refresh_from_db()
        expected = CARRIED[ItemStatus(self.pick(0).status)]
        doubted = self.problem.status == ProblemStatus.DONE and expected == ProblemStatus.CLOSED
        assert self.problem.status == expected or doubted

    @invariant()
    def the_turns_are_those_of_the_state(self):
        for item in ServiceItem.objects.select_related("community", "compound"):
            rows = Turn.objects.filter(
                subject_label="service.serviceitem", subject_key=str(item.pk)
            )
            expected = sorted((one.kind, one.organization) for one in turns_of_item(item))
            assert sorted(rows.values_list("kind", "organization")) == expected


class MeetingMachine(RuleBasedStateMachine):
    """A community calls, prepares, holds, closes and calls off, in any order."""

    def __init__(self):
        super().__init__()
        self.at = AT
        self.community = factories.community("140802005022", "金税社区")
        self.worker = factories.granted("worker", self.community)
        self.unit = made.unit("市税务局")

    def pick(self, which):
        rows = list(JointMeeting.objects.order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def do(self, verb, which, act):
        meeting = self.pick(which)
        if meeting is None:
            return
        before = meeting.status
        try:
            act(meeting)
        except Refused:
            assert JointMeeting.objects.get(pk=meeting.pk).status == before
        else:
            assert JointMeeting.objects.get(pk=meeting.pk).status == MEETING_MOVES[verb][before]

    def who(self):
        return {"by": self.worker, "at": self.at}

    @rule(days=st.integers(1, 20))
    def call(self, days):
        made.called(
            self.worker,
            self.community,
            self.at,
            organizations=[self.unit],
            starts_at=self.at + timedelta(days=days),
        )

    @rule(which=st.integers(0, 4))
    def add(self, which):
        self.do("add", which, lambda one: meetings.add_matter(one, title="灯", **self.who()))

    @rule(which=st.integers(0, 4))
    def hold(self, which):
        self.do("hold", which, lambda one: meetings.hold(one, **self.who()))

    @rule(which=st.integers(0, 4))
    def close(self, which):
        self.do("close", which, lambda one: meetings.close(one, **self.who()))

    @rule(which=st.integers(0, 4))
    def cancel(self, which):
        self.do("cancel", which, lambda one: meetings.cancel(one, reason="改期", **self.who()))

    @rule(which=st.integers(0, 4), kind=st.sampled_from(["item", "reason"]))
    def decide(self, which, kind):
        def act(meeting):
            matter = meeting.agenda.filter(outcome="open").first()
            if matter is None:
                raise Refused("nothing is left")
            if kind == "reason":
                meetings.explain(matter, reason="以后再说", **self.who())
            else:
                due_on = self.at.date() + timedelta(days=7)
                meetings.decide(matter, title="灯", field="troubles", due_on=due_on, **self.who())

        self.do("decide", which, act)

    @invariant()
    def nothing_is_left_open_where_a_meeting_has_ended(self):
        ended = [MeetingStatus.CLOSED, MeetingStatus.CANCELLED]
        assert not AgendaItem.objects.filter(meeting__status__in=ended, outcome="open").exists()

    @invariant()
    def what_was_left_open_stands_nowhere_twice(self):
        going = [MeetingStatus.CALLED, MeetingStatus.HELD]
        waiting = AgendaItem.objects.filter(outcome="rolled", rolled_to__isnull=True)
        if JointMeeting.objects.filter(status=MeetingStatus.CALLED).exists():
            assert not waiting.filter(meeting__status__in=going).exists()

    @invariant()
    def every_item_of_a_meeting_has_its_matter(self):
        agreed = AgendaItem.objects.filter(outcome="item").count()
        assert agreed == ServiceItem.objects.filter(agenda_item__isnull=False).count()

    @invariant()
    def a_meeting_has_one_turn_until_it_ends(self):
        going = JointMeeting.objects.filter(status__in=[MeetingStatus.CALLED, MeetingStatus.HELD])
        turns = Turn.objects.filter(subject_label="service.jointmeeting")
        assert sorted(turns.values_list("subject_key", flat=True)) == sorted(
            str(key) for key in going.values_list("pk", flat=True)
        )


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [ItemMachine, MeetingMachine])
def test_any_order_of_acts_leaves_all_in_agreement(machine):
    class Fresh(machine):
        """Each run in a savepoint of its own, so that none sees another's rows."""

        def __init__(self):
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
