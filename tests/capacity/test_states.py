"""Any order of claims, answers, endings and passing time, held against the rules."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.capacity.factories import pool
from youwo.capacity import actions, queries
from youwo.capacity.models import ENDED, MOVES, STANDING, TAKING, Claim, State
from youwo.capacity.requests import Request
from youwo.capacity.together import claim_together
from youwo.core.refused import Refused
from youwo.people.models import Person

BEGINS = {State.HELD, State.CONFIRMED, State.WAITING}
STEPS = {(before, after) for moves in MOVES.values() for before, after in moves.items()}
START = datetime(2025, 6, 3, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


class ClaimsOnAPool(RuleBasedStateMachine):
    """One pool with a waiting list, groups and a held-back share; twelve people; a moving clock."""

    def __init__(self):
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.people = Person.objects.bulk_create(
            [Person(name="郑安", username=f"state{n}", joined_at=START) for n in range(12)]
        )
        self.at = START
        self.seen = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    @initialize(capacity=st.integers(1, 5), held_back=st.integers(0, 2))
    def open(self, capacity, held_back):
        self.pool = pool(
            capacity,
            held_back=min(held_back, capacity),
            largest_group=3,
            waiting_list=True,
            offer_minutes=60,
        )

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)

    @rule(
        who=st.integers(0, 11),
        size=st.integers(1, 3),
        hold=st.booleans(),
        wait=st.booleans(),
        reserved=st.booleans(),
        alone=st.booleans(),
    )
    def claim(self, who, size, hold, wait, reserved, alone):
        options = {
            "size": size,
            "expires_at": self.at + timedelta(minutes=45) if hold else None,
            "wait": wait,
            "reserved": reserved,
        }
        person, nonce = self.people[who], uuid.uuid4()
        if alone:
            self._try(
                actions.claim, self.pool, holder=person, by=None, nonce=nonce, at=self.at, **options
            )
        else:
            request = Request(
                pool_key=self.pool.pk,
                holder_label="people.person",
                holder_key=str(person.pk),
                by_key=None,
                at=self.at,
                nonce=nonce,
                **options,
            )
            first, again = claim_together([request, request])
            assert type(first) is type(again)

    @rule(crowd=st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=2, max_size=5))
    def crowd_comes(self, crowd):
        for person, (size, reserved) in zip(self._away(), crowd, strict=False):
            options = {"size": size, "reserved": reserved, "wait": True, "nonce": uuid.uuid4()}
            self._try(actions.claim, self.pool, holder=person, by=None, at=self.at, **options)

    @rule(size=st.integers(1, 2), reserved=st.booleans())
    def newcomer_comes(self, size, reserved):
        for person in self._away()[:1]:
            options = {"size": size, "reserved": reserved, "nonce": uuid.uuid4()}
            self._try(actions.claim, self.pool, holder=person, by=None, at=self.at, **options)

    def _away(self):
        standing = Claim.objects.filter(pool=self.pool, state__in=STANDING)
        there = set(standing.values_list("holder_key", flat=True))
        return [person for person in self.people if str(person.pk) not in there]

    @rule(which=st.integers(0, 11))
    def place_comes_back(self, which):
        firm = list(Claim.objects.filter(pool=self.pool, state="confirmed").order_by("id"))
        if firm:
            claim = firm[which % len(firm)]
            assert self._try(actions.release, claim, by=None, at=self.at, reason="ill")

    @rule(
        which=st.integers(0, 30),
        verb=st.sampled_from(["confirm", "accept", "decline", "release", "cancel"]),
    )
    def act(self, which, verb):
        claims = list(Claim.objects.filter(pool=self.pool).order_by("id"))
        if not claims:
            return
        claim = claims[which % len(claims)]
        reason = {"reason": "ill"} if verb in ("decline", "release", "cancel") else {}
        done = self._try(getattr(actions, verb), claim, by=None, at=self.at, **reason)
        overdue = verb == "accept" and claim.expires_at and claim.expires_at <= self.at
        assert done == (claim.state in MOVES[verb] and not overdue)

    @rule()
    def sweep(self):
        ended = actions.expire_due(self.at)

        assert all(claim.expires_at <= self.at for claim in ended)
        left = Claim.objects.filter(pool=self.pool, state__in=["held", "offered"])
        assert not left.filter(expires_at__lte=self.at).exists()

    @rule(capacity=st.integers(1, 5))
    def resize(self, capacity):
        done = self._try(actions.resize, self.pool, capacity=capacity, at=self.at)
        self.pool.refresh_from_db()
        assert done == (self.pool.capacity == capacity)

    @rule()
    def offer(self):
        """After a sweep nobody waits who could be served."""
        actions.offer_free_places(self.at)
        waiting = queries.line([self.pool.pk])
        places = queries.counted([self.pool], at=self.at)[self.pool.pk]
        assert places.choose([(c.pk, c.size, c.reserved) for c in waiting]) == []

    def _try(self, act, *args, **kwargs):
        try:
            act(*args, **kwargs)
        except Refused:
            return False
        return True

    @invariant()
    def never_more_than_there_are(self):
        if not hasattr(self, "pool"):
            return
        taking = list(Claim.objects.filter(pool=self.pool, state__in=TAKING))
        taken = sum(claim.size for claim in taking)
        assert taken <= self.pool.capacity
        assert taken == queries.availability(self.pool).taken

    @invariant()
    def every_step_is_in_the_table_and_offers_go_in_order(self):
        if not hasattr(self, "pool"):
            return
        claims = list(Claim.objects.filter(pool=self.pool).order_by("claimed_at", "id"))
        before, self.seen = self.seen, {claim.pk: claim.state for claim in claims}
        for claim in claims:
            assert (claim.state in ENDED) == (claim.ended_at is not None)
            was = before.get(claim.pk)
            if was is None:
                assert claim.state in BEGINS
            elif was != claim.state:
                assert (was, claim.state) in STEPS
        self._check_share(claims, before)
        self._check_order(claims, before)

    def _check_share(self, claims, before):
        """Who took open places just now has left the unused share alone."""
        taking = [claim for claim in claims if claim.state in TAKING]
        kept = sum(claim.size for claim in taking if claim.reserved)
        unused = max(self.pool.held_back - kept, 0)
        for claim in taking:
            if not claim.reserved and before.get(claim.pk) not in TAKING:
                assert self.pool.capacity - sum(claim.size for claim in taking) >= unused

    def _check_order(self, claims, before):
        """Nobody got or was offered places while somebody before them could be served."""
        for place, claim in enumerate(claims):
            served_now = claim.state in TAKING and before.get(claim.pk, State.WAITING) == "waiting"
            if not served_now:
                continue
            for earlier in claims[:place]:
                open_to = self.pool.capacity - (0 if earlier.reserved else self.pool.held_back)
                if earlier.state == State.WAITING and earlier.size <= open_to:
                    # Only a reserved claim passes, and only by places an open one cannot have.
                    assert claim.reserved
                    assert not earlier.reserved


@pytest.mark.django_db
def test_whatever_happens_the_rules_hold():
    run_state_machine_as_test(
        ClaimsOnAPool,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
