"""What is to be done again and again, and how often.

A job is a function that takes the moment, `at`. Workers share the rounds (`Round`), yet a slow
round may meet the next one, so every job must be harmless when it runs twice at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.module_loading import import_string

from youwo.config.models import Round


@dataclass(frozen=True)
class Job:
    """One function and how often it runs."""

    name: str
    every: timedelta
    function: str

    def load(self) -> Callable[..., object]:
        """Return the function."""
        return import_string(self.function)  # type: ignore[no-any-return]


JOBS = [
    Job("notices", timedelta(seconds=5), "youwo.notices.tasks.deliver_due"),
    Job("posts", timedelta(seconds=5), "youwo.notices.robots.tasks.post_due"),
    Job("needs", timedelta(seconds=30), "youwo.needs.sweep.sweep"),
    Job("dispatch", timedelta(seconds=30), "youwo.dispatch.sweep.sweep"),
    Job("followed", timedelta(seconds=5), "youwo.dispatch.sweep.follow_moved"),
    Job("goods", timedelta(seconds=5), "youwo.service.carrying.carry_over"),
    Job("evaluation", timedelta(seconds=60), "youwo.evaluation.sweep.sweep"),
    Job("insight", timedelta(seconds=30), "youwo.insight.actions.roll_up"),
    Job("journal", timedelta(seconds=60), "youwo.journal.actions.seal"),
    Job("weeks", timedelta(minutes=10), "youwo.insight.digests.tell_weeks"),
    Job("overdue", timedelta(minutes=10), "youwo.insight.digests.tell_overdue"),
    Job("meetings", timedelta(hours=1), "youwo.service.actions.meetings.call_ahead"),
    Job("assets", timedelta(hours=1), "youwo.service.upkeep.remind"),
    Job("voices", timedelta(days=1), "youwo.needs.retention.forget_voices"),
    Job("lines", timedelta(days=1), "youwo.needs.retention.forget_lines"),
    Job("spare turns", timedelta(days=1), "youwo.turns.actions.forget_spare"),
    Job("old posts", timedelta(days=1), "youwo.notices.tasks.forget_posts"),
    Job("evaluated", timedelta(days=1), "youwo.evaluation.retention.forget_evaluated"),
    Job("uploads", timedelta(days=1), "youwo.organizations.uploads.forget_files"),
    Job("households", timedelta(days=1), "youwo.organizations.actions.forget_households"),
    Job("tries", timedelta(days=1), "youwo.config.periodic.forget_old_tries"),
    Job("sessions", timedelta(days=1), "youwo.config.periodic.forget_old_sessions"),
    Job("results", timedelta(days=1), "youwo.config.periodic.forget_old_results"),
]

TRIES_ARE_KEPT = timedelta(days=2)
RESULTS_ARE_KEPT = timedelta(days=14)


def take(job: Job, *, at: datetime) -> bool:
    """Say whether this worker makes the round: true for exactly one worker in each interval."""
    if Round.objects.filter(name=job.name, begun_at__lte=at - job.every).update(begun_at=at):
        return True
    if Round.objects.filter(name=job.name).exists():
        return False
    return len(Round.objects.bulk_create([Round(name=job.name, begun_at=at)])) == 1


def forget_old_tries(*, at: datetime) -> None:
    """Delete counted tries whose window has long ended."""
    from youwo.core.tries import forget_tries

    forget_tries(before=at - TRIES_ARE_KEPT)


def forget_old_sessions(*, at: datetime) -> None:
    """Delete sessions that have run out."""
    from django.contrib.sessions.models import Session as FormerSession

    from youwo.people.models import Session

    for model in (Session, FormerSession):
        model.objects.filter(expire_date__lt=at).delete()


def forget_old_results(*, at: datetime) -> None:
    """Delete what finished tasks returned."""
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.finished().filter(finished_at__lt=at - RESULTS_ARE_KEPT).delete()
