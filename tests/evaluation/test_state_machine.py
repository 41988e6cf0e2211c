"""Any order of acts leaves a round, its sheets, its turns and its results in agreement."""

import uuid
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
from tests.evaluation.factories import enrolled_unit, planned, said, template
from youwo.core.refused import Refused
from youwo.evaluation import actions
from youwo.evaluation.actions import Said
from youwo.evaluation.actions.appeals import Change
from youwo.evaluation.models import (
    APPEAL_MOVES,
    MOVES,
    Appeal,
    Evaluated,
    Result,
    Round,
    Sheet,
    Status,
)
from youwo.evaluation.sweep import sweep
from youwo.turns.models import Turn

LEFT = ["waiting", "begun"]


class EvaluationMachine(RuleBasedStateMachine):
    """Everybody presses every button, in any order and any number of times."""

    def __init__(self):
        super().__init__()
        self.at = datetime(2025, 6, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
        community = factories.community("140802005022", "金税社区")
        self.worker = factories.granted("worker", community)
        self.coordinator = factories.granted("coordinator", community.parent.parent)
        self.above = factories.granted("coordinator", community.parent.parent.parent)
        unit = enrolled_unit(community)
        self.acting = factories.mandated(unit)
        sheet = template(community, self.at)
        soon = self.at + timedelta(hours=5)
        self.round = planned(self.worker, sheet, community, self.at, opens_at=soon)

    def do(self, verb, act):
        before = Round.objects.get(pk=self.round.pk).status
        try:
            act()
        except Refused:
            assert Round.objects.get(pk=self.round.pk).status == before
        else:
            assert before in MOVES[verb]
            assert Round.objects.get(pk=self.round.pk).status == MOVES[verb][before]

    @rule(hours=st.integers(min_value=1, max_value=200))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)
        sweep(self.at)

    @rule()
    def start(self):
        self.do("open", lambda: actions.start(self.round, by=self.worker, at=self.at))

    @rule()
    def close(self):
        self.do("close", lambda: actions.close(self.round, by=self.worker, at=self.at))

    @rule()
    def extend(self):
        self.do(
            "extend",
            lambda: actions.extend(self.round, days=2, reason="出差", by=self.worker, at=self.at),
        )

    @rule()
    def publish(self):
        self.do("publish", lambda: actions.publish(self.round, by=self.worker, at=self.at))

    @rule(really=st.integers(0, 9))
    def cancel(self, really):
        if not really:
            self.do(
                "cancel",
                lambda: actions.cancel(self.round, reason="停", by=self.worker, at=self.at),
            )

    @rule(which=st.integers(0, 2), step=st.integers(0, 2), done=st.booleans())
    def fill_in(self, which, step, done):
        sheets = list(Sheet.objects.order_by("pk"))
        if not sheets:
            return
        sheet = sheets[which]
        who = {"self": self.acting, "community": self.worker, "department": self.coordinator}
        status = Round.objects.get(pk=self.round.pk).status
        words = said(sheet, step) if done else Said()
        try:
            actions.fill_in(sheet, said=words, by=who[sheet.viewpoint], at=self.at, done=done)
        except Refused:
            assert status != Status.OPEN
        else:
            assert status == Status.OPEN

    @rule()
    def reply(self):
        published = Round.objects.get(pk=self.round.pk).status == Status.PUBLISHED
        one = Evaluated.objects.first()
        if one is None:
            return
        try:
            actions.reply(one, words="好", nonce=uuid.uuid4(), by=self.acting, at=self.at)
        except Refused:
            assert not published
        else:
            assert published

    def decide(self, verb, act):
        appeal = Appeal.objects.order_by("-pk").first()
        if appeal is None:
            return
        before = appeal.status
        try:
            with transaction.atomic():
                act(appeal)
        except Refused:
            appeal.refresh_from_db()
            assert appeal.status == before
        else:
            appeal.refresh_from_db()
            assert appeal.status == APPEAL_MOVES[verb][before]

    @rule()
    def appeal(self):
        one = Evaluated.objects.first()
        if one is None:
            return
        open_ = Appeal.objects.filter(status="open").exists()
        try:
            actions.appeal(one, reason="不对", by=self.acting, at=self.at)
        except Refused:
            pass
        else:
            assert not open_

    @rule()
    def withdraw(self):
        self.decide(
            "withdraw_appeal",
            lambda appeal: actions.withdraw_appeal(appeal, by=self.acting, at=self.at),
        )

    @rule()
    def reject(self):
        self.decide(
            "reject",
            lambda appeal: actions.reject(appeal, decision="不改", by=self.above, at=self.at),
        )

    @rule(which=st.integers(0, 2))
    def uphold(self, which):
        sheet = Sheet.objects.order_by("pk")[which : which + 1]
        changes = [Change(one.pk, set_aside=True) for one in sheet]
        self.decide(
            "uphold",
            lambda appeal: actions.uphold(
                appeal, decision="改", changes=changes, by=self.above, at=self.at
            ),
        )

    @invariant()
    def sheets_wait_exactly_while_the_round_is_open(self):
        status = Round.objects.get(pk=self.round.pk).status
        waiting = Sheet.objects.filter(state__in=LEFT).exists()
        assert not waiting or status == Status.OPEN

    @invariant()
    def whose_turn_it_is_follows_from_the_case(self):
        round_ = Round.objects.get(pk=self.round.pk)
        judging = Turn.objects.filter(kind="evaluation.judge")
        assert judging.count() == Sheet.objects.filter(state__in=LEFT).count()
        assert set(judging.values_list("due_at", flat=True)) <= {round_.closes_at}
        publishing = Turn.objects.filter(kind="evaluation.publish").count()
        assert publishing == (1 if round_.status == Status.CLOSED else 0)
        deciding = Turn.objects.filter(kind="evaluation.decide").count()
        assert deciding == Appeal.objects.filter(status="open").count()

    @invariant()
    def results_stand_exactly_when_published_and_one_more_for_each_correction(self):
        published = Round.objects.get(pk=self.round.pk).status == Status.PUBLISHED
        upheld = Appeal.objects.filter(status="upheld").count()
        versions = list(Result.objects.order_by("version").values_list("version", flat=True))
        assert versions == (list(range(1, upheld + 2)) if published else [])


@pytest.mark.django_db
def test_any_order_of_acts_keeps_rounds_sheets_turns_and_results_in_agreement():
    class Fresh(EvaluationMachine):
        """Each run in a savepoint of its own, so that none sees another's rows."""

        def __init__(self):
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
