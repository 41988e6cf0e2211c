"""Any order of acts leaves a wish, its pool and the ledger in agreement."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.needs.factories import received
from youwo.capacity.models import Claim
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs import actions
from youwo.needs.models import MOVERS, MOVES, Status, Wish
from youwo.needs.sweep import sweep
from youwo.needs.waiting import turns_of
from youwo.turns import actions as turns
from youwo.turns.models import Turn

ACTIVE = ["held", "waiting", "offered", "confirmed"]


class WishMachine(RuleBasedStateMachine):
    """Everybody presses every button, in any order and any number of times."""

    def __init__(self):
        super().__init__()
        self.at = datetime(2025, 6, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
        community = factories.community("140802005022", "金税社区")
        self.worker = factories.granted("worker", community)
        self.second = factories.granted("worker", community)
        self.helpers = [factories.PersonFactory(), factories.PersonFactory()]
        self.wish = received(community, self.at)
        self.refused = 0

    def do(self, verb, act):
        """An act succeeds exactly where the table of moves has it (refusals of people aside)."""
        self.wish.refresh_from_db()
        before = self.wish.status
        try:
            act()
        except Refused:
            self.refused += 1
            self.wish.refresh_from_db()
            assert self.wish.status == before
        else:
            self.wish.refresh_from_db()
            assert before in MOVES[verb]

    @rule(hours=st.integers(min_value=1, max_value=200))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)
        sweep(self.at)

    @rule()
    def publish(self):
        words = {
            "public_title": "想学用手机挂号",
            "public_text": "",
            "public_person": "",
            "kind": "skill",
        }
        self.do("publish", lambda: actions.publish(self.wish, **words, by=self.worker, at=self.at))

    @rule()
    def ask(self):
        self.do(
            "ask", lambda: actions.ask(self.wish, question="几号楼", by=self.worker, at=self.at)
        )

    @rule()
    def answer(self):
        self.do("answer", lambda: actions.answer(self.wish, words="三号", by=None, at=self.at))

    @rule(which=st.integers(0, 1))
    def claim(self, which):
        helper = self.helpers[which]
        self.do(
            "claim", lambda: actions.claim(self.wish, by=helper, nonce=uuid.uuid4(), at=self.at)
        )

    @rule(which=st.integers(0, 1))
    def release(self, which):
        helper = self.helpers[which]
        self.do(
            "release", lambda: actions.release(self.wish, reason="没空了", by=helper, at=self.at)
        )

    @rule(which=st.integers(0, 1))
    def deliver(self, which):
        given = {
            "occurred_on": self.at.date(),
            "minutes": 30,
            "what": "教会了",
            "field": "learning",
        }
        self.do(
            "deliver",
            lambda: actions.deliver(self.wish, **given, by=self.helpers[which], at=self.at),
        )

    @rule()
    def confirm(self):
        self.do("confirm", lambda: actions.confirm(self.wish, how="link", by=None, at=self.at))

    @rule()
    def contest(self):
        self.do("contest", lambda: actions.contest(self.wish, reason="还没好", by=None, at=self.at))

    @rule(came=st.booleans())
    def call_back(self, came):
        before = Status(Wish.objects.get(pk=self.wish.pk).status)
        answers = {"came": came, "on_time": True, "again": "yes", "words": ""}
        self.do(
            "call_back", lambda: actions.call_back(self.wish, **answers, by=self.second, at=self.at)
        )
        if before == Status.CONFIRMED:
            assert self.wish.status == (Status.CLOSED if came else Status.PUBLISHED)

    @rule()
    def reopen(self):
        self.do(
            "reopen", lambda: actions.reopen(self.wish, reason="没做", by=self.worker, at=self.at)
        )

    @precondition(lambda self: self.refused > 6)
    @rule(verb=st.sampled_from(["decline", "outlive", "withdraw"]))
    def end(self, verb):
        act = getattr(actions, verb)
        self.do(verb, lambda: act(self.wish, reason="不需要了", by=self.worker, at=self.at))

    @invariant()
    def one_promise_at_most_and_only_while_promised(self):
        wish = Wish.objects.get(pk=self.wish.pk)
        active = Claim.objects.filter(state__in=ACTIVE).count()
        promised = wish.status in ("claimed", "delivered", "confirmed", "closed")
        assert active == (1 if promised else 0)

    @invariant()
    def one_deed_exactly_while_it_stands(self):
        wish = Wish.objects.get(pk=self.wish.pk)
        stands = wish.status in ("confirmed", "closed")
        assert sum(Entry.objects.values_list("sign", flat=True)) == (1 if stands else 0)

    @invariant()
    def whose_move_it_is_has_a_time(self):
        wish = Wish.objects.get(pk=self.wish.pk)
        ended = MOVERS[wish.status] == "nobody"
        assert (wish.due_at is None, wish.mover == "nobody") == (ended, ended)

    @invariant()
    def its_turns_are_those_of_its_state(self):
        wish = Wish.objects.get(pk=self.wish.pk)
        written = Turn.objects.values_list("kind", "role", "person", "due_at", "barred")
        before = list(written)
        turns.put(wish, turns_of(wish))
        assert before == list(written)

    @invariant()
    def every_change_is_in_the_journal(self):
        assert Line.objects.filter(target_label="needs.wish").exists()


@pytest.mark.django_db
def test_any_order_of_acts_keeps_wish_pool_and_ledger_in_agreement():
    from django.db import transaction

    class Fresh(WishMachine):
        """Each run in a savepoint of its own, so that none sees another's rows."""

        def __init__(self):
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
