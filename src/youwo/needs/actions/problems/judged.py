"""Solved or not: the residents' word, the end, and a new beginning."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.almanac.queries import deadline
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.actions.problems.moving import (
    ask_anew,
    fresh,
    locked,
    move,
    moved_on,
    must_deal,
    tell_voices,
)
from youwo.needs.actions.received import Contact
from youwo.needs.models import Problem, ProblemMover, ProblemStatus, Report
from youwo.needs.problems_waiting import turns_of, voices_of
from youwo.needs.terms import TAKEN_OVER
from youwo.people.models import Person
from youwo.turns import actions as turns


@acting()
def judge(
    report: Report, *, satisfied: bool, words: str, by: Person | None, at: datetime
) -> Report:
    """Say, as one of the voices, whether the problem is solved. The community then closes it.

    The caller has made sure that it is the resident, or staff who asked them. Who says no after it
    was closed brings it back to the community.
    """
    problem = fresh(report.problem)
    report = Report.objects.select_related("voice").get(pk=report.pk)
    if report.problem_id != problem.pk:
        raise Refused(_("This has just been sorted anew. Please open the page again."))
    late = problem.status == ProblemStatus.CLOSED
    if problem.status != ProblemStatus.DONE and not late:
        raise moved_on(problem)
    report.satisfied, report.words, report.answered_at = satisfied, words, at
    report.save(update_fields=["satisfied", "words", "answered_at"])
    if late and not satisfied:
        problem.closed_at = None
        move(problem, "doubt", at=at, also=["closed_at"])
    if problem.mover == ProblemMover.RESIDENT:
        _hand_to_community(problem, at)
    journal.write(
        "judge",
        report,
        by=by,
        at=at,
        area_code=problem.community_id,
        problem=problem.pk,
        satisfied=satisfied,
    )
    return report


def _hand_to_community(problem: Problem, at: datetime) -> None:
    problem.mover = ProblemMover.WORKER
    problem.due_at = deadline(at, hours=TAKEN_OVER, area_code=problem.community_id).at
    problem.save(update_fields=["mover", "due_at"])
    turns.put(problem, turns_of(problem))


@acting()
def close(problem: Problem, *, by: Person, at: datetime, asked: str = "") -> Problem:
    """End a problem that is solved, as the community, with the residents.

    One voice has said yes and none no; otherwise `asked` says whom the worker asked and what they
    said.
    """
    must_deal(problem, by, at)
    problem = locked(problem, "close")
    if not asked.strip() and not is_agreed(problem):
        raise Refused(
            _("No resident has agreed yet. Please write down whom you asked and what they said."),
            "asked",
        )
    problem.asked, problem.closed_at, problem.reason = asked, at, ""
    move(problem, "close", at=at, also=["asked", "closed_at", "reason"])
    journal.write("close", problem, by=by, at=at, area_code=problem.community_id, asked=bool(asked))
    tell_voices(
        problem,
        gettext_lazy("The problem you reported is solved. Thank you for telling us."),
        cause="close",
        at=at,
    )
    return problem


def is_agreed(problem: Problem) -> bool:
    """Say whether a voice has said that it is solved, and none that it is not."""
    return rules.is_solved(one.satisfied for one in voices_of(problem)) is True


@acting()
def reopen(
    problem: Problem, *, reason: str, by: Person, at: datetime, due_at: datetime | None = None
) -> Problem:
    """Open a problem again that was not solved after all; the voices will be asked anew.

    With `due_at`, whoever carried a closed one goes on at once, and will be done by then.
    """
    must_deal(problem, by, at)
    verb = "reopen" if due_at is None else "go_on"
    problem = locked(problem, verb)
    ask_anew(problem)
    problem.reason, problem.closed_at, problem.asked = reason, None, ""
    move(problem, verb, at=at, also=["reason", "closed_at", "asked"], due_at=due_at)
    journal.write("reopen", problem, by=by, at=at, area_code=problem.community_id, reason=reason)
    tell_voices(
        problem,
        gettext_lazy("A problem you reported was opened again."),
        cause="reopen",
        at=at,
    )
    return problem


@acting()
def reveal(report: Report, *, reason: str, by: Person, at: datetime) -> Contact:
    """Return who spoke and how to reach them, to staff of the place. It is journalled."""
    problem = report.problem
    if report.voice is None:
        raise Refused(_("Who said this left no way to reach them."))
    if not rules.may_deal(by, problem, local_day(at)):
        raise Refused(_("Only the community may see this."))
    journal.write("unmask", report, by=by, at=at, area_code=problem.community_id, reason=reason)
    voice = report.voice
    return Contact(voice.phone, voice.name, voice.address, voice.minor)
