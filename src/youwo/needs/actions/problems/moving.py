"""What all changes of a problem share: the lock, the move, the word to every voice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from youwo.almanac.queries import deadline
from youwo.core.acts import forget, hold, hold_all
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.models import (
    PROBLEM_MOVERS,
    PROBLEM_MOVES,
    Channel,
    Problem,
    ProblemKind,
    ProblemMover,
    ProblemStatus,
    Report,
)
from youwo.needs.problems_waiting import nobody_has_an_account, turns_of, voices_of
from youwo.needs.telling import VOICES, cause_of, reader_of
from youwo.needs.terms import PROBLEM_HOURS, TAKEN_OVER
from youwo.notices import actions as notices
from youwo.notices.models import Kind as NoticeKind
from youwo.people.models import Person
from youwo.turns import actions as turns

_PLACE = ("kind", "community", "compound")


def must_deal(problem: Problem, by: Person, at: datetime) -> None:
    """Refuse people who do not deal with the problems of this community."""
    if not rules.may_deal(by, problem, local_day(at)):
        raise Refused(_("This problem belongs to another community."))


def locked(problem: Problem, verb: str) -> Problem:
    """Lock the problem, because two people often act on the same one in the same minute."""
    row = fresh(problem)
    if row.status not in PROBLEM_MOVES[verb]:
        raise moved_on(row)
    return row


def fresh(problem: Problem) -> Problem:
    """Lock a problem in whatever state, and read it as it is now."""
    return hold(problem, *_PLACE)


def fresh_all(problems: Iterable[Problem]) -> list[Problem]:
    """Lock several problems, the older first: two who join them never wait for each other."""
    return hold_all(problems, *_PLACE)


def moved_on(problem: Problem) -> Refused:
    """Make the refusal of an act that came too late."""
    return Refused(
        _("This problem has moved on in the meantime: it is now “%(status)s”.")
        % {"status": problem.get_status_display()}
    )


def due(status: str, kind: ProblemKind, area_code: str, at: datetime) -> datetime | None:
    """Return until when the one whose move it is has time; None where the way has ended.

    What is open has the time that the catalogue gives to its kind.
    """
    if status in (ProblemStatus.OPEN, ProblemStatus.IN_HAND):
        return deadline(at, hours=kind.hours, area_code=area_code).at
    hours = PROBLEM_HOURS.get(status)
    return deadline(at, hours=hours, area_code=area_code).at if hours else None


def move(
    problem: Problem,
    verb: str,
    *,
    at: datetime,
    also: Sequence[str] = (),
    due_at: datetime | None = None,
) -> None:
    """Set the state a verb leads to, whose move it is and until when, and save the named fields."""
    problem.status = PROBLEM_MOVES[verb][problem.status]
    problem.mover = PROBLEM_MOVERS[problem.status]
    problem.since = at
    if not problem.has_ended:
        due_at = due_at or due(problem.status, problem.kind, problem.community_id, at)
    problem.due_at = due_at
    if problem.mover == ProblemMover.RESIDENT and not _can_be_asked(problem):
        # Nobody of them looks at a page: the community asks them.
        problem.mover = ProblemMover.WORKER
    problem.save(update_fields=["status", "mover", "since", "due_at", *also])
    turns.put(problem, turns_of(problem))


def _can_be_asked(problem: Problem) -> bool:
    """Say whether some voice spoke by itself, and so looks at what became of it."""
    return any(
        report.channel == Channel.OWN and report.voice is not None for report in voices_of(problem)
    )


def ask_anew(problem: Problem) -> None:
    """Forget, under the problem's lock, what its voices said of it: they are asked once more."""
    problem.reports.filter(answered_at__isnull=False).update(satisfied=None, answered_at=None)
    forget((Report, problem.pk))


def write_terms(problem: Problem, said: Iterable[str]) -> None:
    """Renew what a problem is found by, from all that was said and written; the caller saves it.

    `said` is what its voices said, in their order.
    """
    problem.public_terms = terms(problem.public_title, problem.public_text)
    problem.search_terms = terms(
        problem.title, problem.public_title, problem.public_text, problem.building, *said
    )


TERMS = ["search_terms", "public_terms"]


def tell_voices(
    problem: Problem,
    subject: object,
    *,
    cause: str,
    at: datetime,
) -> None:
    """Tell every voice that has an account; the others follow by reference.

    Who they are is looked up when it is delivered.
    """
    if nobody_has_an_account(problem):
        return
    notices.tell_audience(
        VOICES,
        [problem.pk],
        kind=NoticeKind.CASE,
        subject=subject,
        cause=cause_of(cause, at),
        at=at,
    )


def tell_voice(
    report: Report, problem: Problem, subject: object, *, cause: str, at: datetime
) -> None:
    """Tell one voice, if it has an account."""
    person = report.voice.person if report.voice else None
    if person is None:
        return
    reader = reader_of(report, person, problem.public_title, cause_of(cause, at))
    notices.tell(
        [person],
        kind=NoticeKind.CASE,
        subject=subject,
        body=reader.body,
        link=reader.link,
        cause=reader.cause,
        at=at,
    )


def take_over(problems: Sequence[Problem], *, at: datetime) -> None:
    """Hand problems whose time has passed to their communities, in a few statements for all."""
    for problem in problems:
        problem.mover = ProblemMover.WORKER
        problem.due_at = deadline(at, hours=TAKEN_OVER, area_code=problem.community_id).at
    Problem.objects.bulk_update(problems, ["mover", "due_at"])
    turns.put_many([(problem, turns_of(problem)) for problem in problems])
    journal.write_all(
        journal.line(
            "take_over",
            problem,
            by=None,
            at=at,
            area_code=problem.community_id,
            status=problem.status,
        )
        for problem in problems
    )
