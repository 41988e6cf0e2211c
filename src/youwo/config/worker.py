"""The worker: periodic jobs first, then one task from the queue, and so on until told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event

from django.db import IntegrityError, close_old_connections, transaction
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from youwo.config.models import Round
from youwo.config.periodic import JOBS, Job, take

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
LONGEST_PAUSE = timedelta(minutes=5)


class Worker:
    """Makes the rounds that are due and empties the queue."""

    def __init__(self, *, now: Callable[[], datetime], jobs: Sequence[Job] = JOBS) -> None:
        self.now = now
        self.jobs = jobs
        self.stopping = Event()
        self.failures: dict[str, int] = {}
        self.not_before: dict[str, datetime] = {}

    def run(self) -> None:
        """Work until `stop` is called."""
        while not self.stopping.is_set():
            close_old_connections()
            self.make_rounds()
            if not self.do_one_task():
                self.stopping.wait(IDLE_SECONDS)

    def run_once(self) -> bool:
        """Make the rounds that are due, empty the queue, and say whether everything went well."""
        self.make_rounds()
        while not self.stopping.is_set() and self.do_one_task():
            pass
        return not self.failures

    def stop(self) -> None:
        """End after what is being done."""
        self.stopping.set()

    def make_rounds(self) -> None:
        """Run each job whose time has come, and go on when one of them fails."""
        for job in self.jobs:
            if self.stopping.is_set():
                return
            at = self.now()
            if at >= self.not_before.get(job.name, at):
                self._guarded(job.name, lambda job=job, at=at: self._round(job, at), at=at)  # type: ignore[misc]

    def do_one_task(self) -> bool:
        """Run the next task of the queue, if there is one."""
        at = self.now()
        if at < self.not_before.get("queue", at):
            return False
        return self._guarded("queue", self._next_task, at=at)

    def _round(self, job: Job, at: datetime) -> bool:
        try:
            with transaction.atomic():
                mine = take(job, at=at)
        except IntegrityError:
            # Another worker began the very first round of this job at the same moment.
            mine = False
        if not mine:
            return False
        try:
            job.load()(at=at)
        except Exception:
            # The round was not made: it is due again at once, for us after a pause.
            Round.objects.filter(name=job.name, begun_at=at).update(begun_at=at - job.every)
            raise
        return True

    def _next_task(self) -> bool:
        worker = QueueWorker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=get_random_string(32),
        )
        worker.run()
        return worker._run_tasks > 0

    def _guarded(self, name: str, work: Callable[[], bool], *, at: datetime) -> bool:
        try:
            done = work()
        except Exception:
            failed = self.failures[name] = self.failures.get(name, 0) + 1
            pause = min(timedelta(seconds=2 ** min(failed, 9)), LONGEST_PAUSE)
            self.not_before[name] = at + pause
            log.exception(
                "A job failed and will be tried again.", extra={"job": name, "failures": failed}
            )
            return False
        self.failures.pop(name, None)
        self.not_before.pop(name, None)
        return done
