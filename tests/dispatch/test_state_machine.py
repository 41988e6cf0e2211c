"""Any order of acts, at any hours, leaves a whistle, its clock, calls and turns in agreement."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests import factories
from tests.dispatch.factories import MONDAY, blown
from youwo.core.recent import forget_all
from youwo.core.refused import Refused
from youwo.dispatch import actions
from youwo.dispatch.actions.moving import around, wanted
from youwo.dispatch.clock import counted, ended, until
from youwo.dispatch.models import MOVES, Call, Objection, Span, Status, Whistle
from youwo.dispatch.offices import offices
from youwo.dispatch.sweep import sweep
from youwo.journal.models import Line
from youwo.service import actions as service
from youwo.turns.models import Turn

JINSHUI = "140802005022"


class WhistleMachine(RuleBasedStateMachine):
    """Everybody presses every button, at any hour, in any order and any number of times."""

    def __init__(self):
        super().__init__()
        self.at = MONDAY
        self.community = factories.community(JINSHUI, "金税社区")
        self.worker = factories.granted("worker", self.community)
        self.town = factories.granted("coordinator", factories.area("140802005"))
        self.units = [factories.OrganizationFactory() for _ in range(3)]
        self.speakers = [factories.mandated(unit) for unit in self.units]
        self.whistle = blown(self.worker, self.community, self.units[:2], self.at)

    def do(self, verb, act):
        """An act succeeds only where the table of moves has it."""
        self.whistle.refresh_from_db()
        before = self.whistle.status
        try:
            act()
        except Refused:
            self.whistle.refresh_from_db()
            assert self.whistle.status == before
        else:
            self.whistle.refresh_from_db()
            assert before in MOVES[verb]
            assert self.whistle.status == MOVES[verb][before]

    def unit(self, which) -> dict:
        return {"organization": self.units[which], "by": self.speakers[which], "at": self.at}

    @rule(minutes=st.integers(min_value=1, max_value=3000))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)
        sweep(self.at)

    @rule(minutes=st.integers(min_value=1, max_value=600))
    def time_passes_unswept(self, minutes):
        self.at += timedelta(minutes=minutes)

    @rule(which=st.integers(0, 2))
    def answer(self, which):
        given = {"who": "两位", "arrives_at": self.at}
        self.do("answer", lambda: actions.answer(self.whistle, **given, **self.unit(which)))

    @rule(which=st.integers(0, 2))
    def object_to(self, which):
        self.do(
            "object", lambda: actions.object_to(self.whistle, reason="不归", **self.unit(which))
        )

    @rule(upheld=st.booleans())
    def decide(self, upheld):
        objection = Objection.objects.filter(granted__isnull=True).order_by("pk").first()
        if objection is not None:
            who = {"by": self.town, "at": self.at}
            self.do(
                "decide", lambda: actions.decide(objection, upheld=upheld, reason="按清单", **who)
            )

    @rule()
    def call(self):
        given = {"organizations": [self.units[2]], "by": self.worker, "at": self.at}
        self.do("call", lambda: actions.call(self.whistle, **given))

    @rule(who=st.integers(0, 2), to=st.integers(0, 2))
    def hand_on(self, who, to):
        given = {"organization": self.units[to], "by": self.speakers[who], "at": self.at}
        self.do("ask_over", lambda: actions.hand_on(self.whistle, reason="转", **given))

    @rule(which=st.integers(0, 2))
    def take_over(self, which):
        given = {"who": "两位", "arrives_at": self.at}
        self.do("take_over", lambda: actions.take_over(self.whistle, **given, **self.unit(which)))

    @rule(who=st.integers(0, 2), to=st.integers(0, 2))
    def ask_help(self, who, to):
        given = {"organizations": [self.units[to]], "by": self.speakers[who], "at": self.at}
        self.do("ask_help", lambda: actions.ask_help(self.whistle, words="帮", **given))

    @rule(which=st.integers(0, 2))
    def help_out(self, which):
        self.do("help", lambda: actions.help_out(self.whistle, **self.unit(which)))

    @rule(which=st.integers(0, 2))
    def say_no(self, which):
        self.do("help", lambda: actions.say_no(self.whistle, reason="不行", **self.unit(which)))

    @rule(which=st.integers(0, 2), hours=st.integers(1, 120))
    def pause(self, which, hours):
        given = {"by": self.speakers[which], "at": self.at}
        last = self.at + timedelta(hours=hours)
        self.do("pause", lambda: actions.pause(self.whistle, reason="等", last=last, **given))

    @rule(which=st.integers(0, 2))
    def resume(self, which):
        given = {"by": self.speakers[which], "at": self.at}
        self.do("resume", lambda: actions.resume(self.whistle, **given))

    @rule(which=st.integers(0, 2), hours=st.integers(1, 30))
    def extend(self, which, hours):
        given = {"hours": Decimal(hours), "by": self.speakers[which], "at": self.at}
        self.do("extend", lambda: actions.extend(self.whistle, reason="不够", **given))

    @rule(granted=st.booleans())
    def decide_extension(self, granted):
        extension = self.whistle.extensions.filter(granted__isnull=True).first()
        if extension is not None:
            who = {"by": self.town, "at": self.at}
            self.do(
                "decide",
                lambda: actions.decide_extension(extension, granted=granted, reason="属实", **who),
            )

    @rule(hours=st.integers(1, 30))
    def set_time(self, hours):
        given = {"hours": Decimal(hours), "reason": "督办", "by": self.town, "at": self.at}
        self.do("extend", lambda: actions.set_time(self.whistle, **given))

    @rule()
    def deliver(self):
        self.whistle.refresh_from_db()
        lead = self.whistle.calls.filter(responsible=True, status="answered").first()
        if lead is None or self.whistle.item is None:
            return
        try:
            service.deliver(
                self.whistle.item, organization=lead.organization, occurred_on=self.at.date(),
                minutes=30, people=2, what="修好了", by=self.worker, at=self.at, source="电话",
            )  # fmt: skip
        except Refused:
            return
        actions.follow(self.whistle.item, at=self.at)

    @rule()
    def contest(self):
        self.whistle.refresh_from_db()
        if self.whistle.status == Status.DELIVERED:
            service.contest(self.whistle.item, reason="还是不亮", by=self.worker, at=self.at)
            actions.follow(self.whistle.item, at=self.at)

    @rule(sure=st.integers(0, 9))
    def withdraw(self, sure):
        if sure == 0:
            given = {"reason": "修好了", "by": self.worker, "at": self.at}
            self.do("withdraw", lambda: actions.withdraw(self.whistle, **given))

    @invariant()
    def one_unit_at_most_is_responsible_and_one_exactly_while_in_hand(self):
        whistle = Whistle.objects.get(pk=self.whistle.pk)
        found = whistle.calls.filter(responsible=True).count()
        if whistle.status in (Status.ANSWERED, Status.PAUSED, Status.DELIVERED):
            assert found == 1
            assert whistle.calls.get(responsible=True).status == Call.Status.ANSWERED
        else:
            assert found <= 1

    @invariant()
    def its_intervals_meet_and_never_overlap(self):
        spans = ended(Span.objects.filter(whistle=self.whistle))
        whistle = Whistle.objects.get(pk=self.whistle.pk)
        for earlier, later in itertools.pairwise(spans):
            assert earlier.ends_at is not None
            assert earlier.ends_at <= later.starts_at
        stops = Line.objects.filter(target_label="dispatch.whistle", target_key=str(whistle.pk))
        written = whistle.spans.filter(ends_at__isnull=False)
        assert written.count() == stops.filter(verb__in=["deliver", "withdraw"]).count()
        running = whistle.status in (Status.BLOWN, Status.ANSWERED, Status.PAUSED)
        assert (spans[-1].ends_at is None) == running
        assert (spans[-1].kind == Span.Kind.PAUSED) == (
            whistle.status == Status.PAUSED
        ) or not running

    @invariant()
    def what_the_clock_counted_and_what_is_left_make_the_whole(self):
        whistle = Whistle.objects.get(pk=self.whistle.pk)
        if whistle.status != Status.ANSWERED:
            return
        spans = list(Span.objects.filter(whistle=whistle))
        spent = counted(spans, self.at, stage=Span.Stage.SOLVE, area_code=JINSHUI)
        left = whistle.solve_minutes - spent
        if left > 0:
            assert until(self.at, minutes=left, area_code=JINSHUI).at == whistle.due_at
        else:
            assert whistle.due_at <= self.at

    @invariant()
    def its_turns_follow_from_what_it_is(self):
        whistle = Whistle.objects.select_related("level", "community").get(pk=self.whistle.pk)
        held = offices(self.at.date(), [JINSHUI])
        expected = wanted(whistle, around(whistle), lambda: held, self.at)
        rows = Turn.objects.filter(subject_label="dispatch.whistle", subject_key=str(whistle.pk))
        assert sorted(rows.values_list("kind", "area_id", "organization")) == sorted(
            (one.kind, one.area, one.organization) for one in expected
        )

    @invariant()
    def what_has_ended_waits_for_nobody(self):
        whistle = Whistle.objects.get(pk=self.whistle.pk)
        if whistle.status in (Status.CLOSED, Status.WITHDRAWN):
            assert not around(whistle).live
            assert whistle.rings_at is None


@pytest.mark.django_db
def test_any_order_of_acts_agrees_with_itself():
    class Fresh(WhistleMachine):
        """Each run in a savepoint of its own, so that none sees another's rows."""

        def __init__(self):
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)
            forget_all()

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
