"""Taken on by somebody: a service item or a whistle carries the problem until it is done.

Whoever calls these has made sure that the person may do so for what carries the problem.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.journal import actions as journal
from youwo.needs.actions.problems.moving import ask_anew, locked, move, tell_voices
from youwo.needs.models import Problem
from youwo.people.models import Person


@acting()
def take_up(problem: Problem, *, due_at: datetime, by: Person | None, at: datetime) -> Problem:
    """Say that somebody has taken an open problem on, and will be done by a moment."""
    problem = locked(problem, "take_up")
    problem.reason = ""
    move(problem, "take_up", at=at, also=["reason"], due_at=due_at)
    journal.write("take_up", problem, by=by, at=at, area_code=problem.community_id)
    tell_voices(
        problem,
        gettext_lazy("Somebody has taken on the problem that you reported."),
        cause="take_up",
        at=at,
    )
    return problem


@acting()
def put_back(problem: Problem, *, reason: str, by: Person | None, at: datetime) -> Problem:
    """Say that nobody carries a problem any more, with a reason that every voice reads."""
    problem = locked(problem, "put_back")
    problem.reason = reason
    move(problem, "put_back", at=at, also=["reason"])
    journal.write("put_back", problem, by=by, at=at, area_code=problem.community_id, reason=reason)
    return problem


@acting()
def mark_done(problem: Problem, *, by: Person | None, at: datetime) -> Problem:
    """Say that a problem has been dealt with; every voice is asked whether it is solved."""
    problem = locked(problem, "mark_done")
    problem.reason = ""
    move(problem, "mark_done", at=at, also=["reason"])
    journal.write("mark_done", problem, by=by, at=at, area_code=problem.community_id)
    tell_voices(
        problem,
        gettext_lazy("The problem you reported has been seen to. Please say whether it is solved."),
        cause="done",
        at=at,
    )
    return problem


@acting()
def contest(
    problem: Problem, *, reason: str, due_at: datetime, by: Person | None, at: datetime
) -> Problem:
    """Say that it is not done yet: whoever took it on goes on, until another moment."""
    problem = locked(problem, "contest")
    problem.reason = reason
    ask_anew(problem)
    move(problem, "contest", at=at, also=["reason"], due_at=due_at)
    journal.write("contest", problem, by=by, at=at, area_code=problem.community_id, reason=reason)
    return problem
