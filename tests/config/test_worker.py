"""The worker makes each round once, survives what fails, and stops when told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from youwo.config import periodic
from youwo.config.models import Round
from youwo.config.periodic import JOBS, Job, take
from youwo.config.worker import Worker

pytestmark = pytest.mark.django_db
# The queue's worker closes a connection that it finds within a transaction.
with_the_queue = pytest.mark.django_db(transaction=True)

MADE: list[str] = []


def tick(*, at):
    MADE.append("tick")


def fail(*, at):
    MADE.append("fail")
    raise DatabaseError("gone")


TICK = Job("tick", timedelta(seconds=30), f"{__name__}.tick")
FAIL = Job("fail", timedelta(days=1), f"{__name__}.fail")


@pytest.fixture(autouse=True)
def _forget():
    MADE.clear()


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_runs_on_an_empty_city(job, at):
    job.load()(at=at)


def test_a_round_is_made_by_one_worker_in_each_interval(at):
    assert [take(TICK, at=at + timedelta(seconds=s)) for s in (0, 1, 29, 30, 31)] == [
        True,
        False,
        False,
        True,
        False,
    ]


@with_the_queue
def test_two_workers_share_the_rounds(at):
    Worker(now=lambda: at, jobs=[TICK]).run_once()
    Worker(now=lambda: at, jobs=[TICK]).run_once()

    assert MADE == ["tick"]


@with_the_queue
def test_a_failed_job_is_due_again_after_a_pause_and_does_not_stop_the_others(at, caplog):
    now = at
    worker = Worker(now=lambda: now, jobs=[FAIL, TICK])
    assert not worker.run_once()
    worker.make_rounds()
    assert MADE == ["fail", "tick"]

    now = at + timedelta(seconds=2)
    worker.make_rounds()
    assert MADE == ["fail", "tick", "fail"]
    now = at + timedelta(seconds=5)
    worker.make_rounds()
    assert MADE == ["fail", "tick", "fail"]
    said = [one.getMessage() for one in caplog.records if one.name == "youwo.config.worker"]
    assert said == ["A job failed and will be tried again."] * 2


def test_the_pause_never_grows_beyond_five_minutes(at):
    now = at
    worker = Worker(now=lambda: now, jobs=[FAIL])
    for _ in range(20):
        worker.make_rounds()
        now = worker.not_before["fail"]

    assert worker.not_before["fail"] - at <= 20 * timedelta(minutes=5)
    assert len(MADE) == 20


@with_the_queue
def test_a_job_that_works_again_forgets_its_failures(at):
    worker = Worker(now=lambda: at, jobs=[TICK])
    worker.failures["tick"] = 3

    assert worker.run_once()


@with_the_queue
def test_the_queue_is_emptied(at):
    worker = Worker(now=lambda: at, jobs=[])
    assert worker.run_once()


def test_a_broken_queue_is_tried_again_later(at, monkeypatch):
    now = at
    worker = Worker(now=lambda: now, jobs=[])

    def broken() -> bool:
        MADE.append("asked")
        raise DatabaseError("gone")

    monkeypatch.setattr(worker, "_next_task", broken)
    worker.do_one_task()
    worker.do_one_task()
    assert MADE == ["asked"]
    now += timedelta(seconds=2)
    worker.do_one_task()
    assert MADE == ["asked", "asked"]


def test_a_worker_told_to_stop_begins_nothing_more(at):
    worker = Worker(now=lambda: at, jobs=[TICK])
    worker.stop()
    worker.run()
    worker.make_rounds()

    assert MADE == []
    assert not Round.objects.exists()


def test_old_tries_are_forgotten(at):
    from youwo.core.models import Tries
    from youwo.core.tries import count_try

    count_try("follow", "somebody", at=at - timedelta(days=3), window=timedelta(hours=1))
    count_try("follow", "somebody", at=at, window=timedelta(hours=1))
    periodic.forget_old_tries(at=at)

    assert Tries.objects.count() == 1
