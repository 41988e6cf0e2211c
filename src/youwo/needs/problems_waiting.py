"""Whose turn a problem is: what its state asks, of whom, until when."""

from __future__ import annotations

from youwo.core.acts import found_before, once
from youwo.needs.models import Problem, ProblemMover, ProblemStatus, Report
from youwo.people.models import Role
from youwo.turns.actions import Wanted

# What each state asks of the community when it is its move.
_ASKED = {
    ProblemStatus.RECEIVED: "problem.review",
    ProblemStatus.OPEN: "problem.carry",
    ProblemStatus.IN_HAND: "problem.chase",
    ProblemStatus.DONE: "problem.close",
}
_JUDGED = "problem.judge"


def voices_of(problem: Problem) -> list[Report]:
    """Return the voices behind a locked problem, with their accounts; read once in an act."""
    found = problem.reports.select_related("voice__person").order_by("pk")
    known = once((Report, problem.pk), lambda: list(found))
    return [report for report in known if report.problem_id == problem.pk]


def nobody_has_an_account(problem: Problem) -> bool:
    """Say whether this act has read the voices of a problem, and none of them has an account."""
    known: list[Report] | None = found_before((Report, problem.pk))
    return known is not None and not any(
        report.voice and report.voice.person_id
        for report in known
        if report.problem_id == problem.pk
    )


def turns_of(problem: Problem) -> list[Wanted]:
    """Return whose turn a problem is now. Who took it on has the turn of what they agreed to."""
    if problem.due_at is None:
        return []
    if problem.mover == ProblemMover.RESIDENT:
        return _voices(problem)
    if problem.mover != ProblemMover.WORKER:
        return []
    return [
        Wanted(
            kind=_ASKED[ProblemStatus(problem.status)],
            reference=problem.reference,
            title=str(problem),
            detail=" · ".join(filter(None, [problem.community.name, problem.building])),
            area=problem.community_id,
            role=Role.WORKER,
            since=problem.since,
            due_at=problem.due_at,
        )
    ]


def _voices(problem: Problem) -> list[Wanted]:
    """Ask each voice that has an account; the others are asked where they follow it."""
    assert problem.due_at is not None  # noqa: S101 (the caller has looked)
    return [
        Wanted(
            kind=_JUDGED,
            reference=report.reference,
            title=str(problem),
            detail=problem.community.name,
            area=problem.community_id,
            person=report.voice.person_id,
            since=problem.since,
            due_at=problem.due_at,
        )
        for report in voices_of(problem)
        if report.answered_at is None and report.voice and report.voice.person_id
    ]
