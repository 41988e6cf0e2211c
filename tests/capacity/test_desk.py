"""Threads at a desk: how they gather, and what becomes of errors. The served work is a stand-in."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, transaction

from youwo.capacity import desk
from youwo.capacity.desk import Desk
from youwo.capacity.models import Claim
from youwo.capacity.requests import Request
from youwo.core.refused import Refused

AT = datetime(2025, 6, 3, tzinfo=UTC)


def request(key):
    return Request(
        pool_key=key, holder_label="x", holder_key="1", by_key=None, at=AT, nonce=uuid.uuid4()
    )


class Counter:
    """Serves whoever comes; the first batch waits until so many others have queued up."""

    def __init__(self, desk_size=256, gather=0):
        self.desk = Desk(self.serve, at_most=desk_size)
        self.gather = gather
        self.batches = []

    def serve(self, wanted):
        self.batches.append([one.pool_key for one in wanted])
        while len(self.batches) == 1 and len(self.desk._queue) < self.gather:
            threading.Event().wait(0.001)
        return [self.answer(one) for one in wanted]

    def answer(self, one):
        return Claim(pk=one.pool_key)

    def claim(self, key):
        try:
            return self.desk.claim(request(key)).pk
        except Exception as error:
            return error

    def claim_all(self, keys):
        with ThreadPoolExecutor(len(keys)) as threads:
            return list(threads.map(self.claim, keys))


def test_who_comes_alone_is_served_at_once():
    counter = Counter()

    assert counter.claim(1) == 1
    assert counter.claim(2) == 2
    assert counter.batches == [[1], [2]]


def test_those_who_came_meanwhile_are_served_together():
    counter = Counter(gather=9)

    answers = counter.claim_all(list(range(10)))

    assert answers == list(range(10))
    assert [len(batch) for batch in counter.batches] == [1, 9]


def test_a_batch_has_a_bound():
    counter = Counter(desk_size=4, gather=9)

    answers = counter.claim_all(list(range(10)))

    assert answers == list(range(10))
    assert [len(batch) for batch in counter.batches] == [1, 4, 4, 1]


def test_each_gets_the_own_refusal():
    class OddOnly(Counter):
        def answer(self, one):
            return Claim(pk=one.pool_key) if one.pool_key % 2 else Refused("even")

    answers = OddOnly(gather=9).claim_all(list(range(10)))

    assert [answer if isinstance(answer, int) else str(answer) for answer in answers] == [
        n if n % 2 else "even" for n in range(10)
    ]


def test_a_request_that_breaks_its_batch_is_found_and_the_others_are_served():
    class Poisoned(Counter):
        def serve(self, wanted):
            answers = super().serve(wanted)
            if any(one.pool_key == 5 for one in wanted):
                raise ValueError("five")
            return answers

    answers = Poisoned(gather=9).claim_all(list(range(10)))

    assert isinstance(answers.pop(5), ValueError)
    assert answers == [0, 1, 2, 3, 4, 6, 7, 8, 9]


def test_when_the_database_is_out_of_reach_nobody_asks_again():
    class Unreachable(Counter):
        def serve(self, wanted):
            super().serve(wanted)
            raise OperationalError("gone")

    counter = Unreachable(gather=9)

    answers = counter.claim_all(list(range(10)))

    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert len(counter.batches) == 2


def test_after_an_error_the_desk_serves_on():
    class OnceBroken(Counter):
        def serve(self, wanted):
            super().serve(wanted)
            if len(self.batches) == 1:
                raise OperationalError("gone")
            return [self.answer(one) for one in wanted]

    counter = OnceBroken()

    assert isinstance(counter.claim(1), OperationalError)
    assert counter.claim(2) == 2


def test_a_leader_that_is_torn_away_passes_the_desk_on():
    """What it was serving ends with its error; those behind are served by the next."""

    class Torn(Counter):
        def serve(self, wanted):
            answers = super().serve(wanted)
            if len(self.batches) == 1:
                raise SystemExit
            return answers

        def claim(self, key):
            try:
                return super().claim(key)
            except SystemExit as error:
                return error

    answers = Torn(gather=9).claim_all(list(range(10)))

    assert sum(isinstance(answer, SystemExit) for answer in answers) == 1
    assert sum(isinstance(answer, int) for answer in answers) == 9


@pytest.mark.parametrize("turn_came", [False, True])
def test_a_waiting_thread_that_is_interrupted_loses_nobodys_turn(turn_came, monkeypatch):
    counter = Counter()
    counter.desk._busy = True

    def interrupted(ticket):
        if turn_came:
            counter.desk._pass_on()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(desk._Ticket, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            counter.desk.claim(request(1))
    if not turn_came:
        counter.desk._pass_on()

    assert not counter.desk._busy
    assert counter.claim(2) == 2


def test_an_unanswered_request_is_an_error():
    silent = Desk(lambda wanted: [])

    with pytest.raises(ValueError, match="zip"):
        silent.claim(request(1))


@pytest.mark.django_db
def test_a_desk_is_not_for_use_within_a_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        Counter().desk.claim(request(1))


def test_hundreds_of_threads_that_come_back_again_and_again_are_all_served():
    counter = Counter(desk_size=7)

    def come(name):
        return [counter.claim(name * 100 + turn) for turn in range(20)]

    with ThreadPoolExecutor(60) as threads:
        answers = list(threads.map(come, range(60)))

    assert answers == [[name * 100 + turn for turn in range(20)] for name in range(60)]
    assert sum(map(len, counter.batches)) == 1200
    assert max(map(len, counter.batches)) <= 7
