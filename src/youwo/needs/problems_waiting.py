"""Whose turn a problem is: what its state asks, of whom, until when."""

from __future__ import annotations

from youwo.needs.models import Problem, ProblemMover, ProblemStatus
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
    unheard = problem.reports.filter(answered_at__isnull=True, voice__person__isnull=False)
    return [
        Wanted(
            kind=_JUDGED,
            reference=reference,
            title=str(problem),
            detail=problem.community.name,
            area=problem.community_id,
            person=person,
            since=problem.since,
            due_at=problem.due_at,
        )
        for reference, person in unheard.values_list("reference", "voice__person").order_by("pk")
    ]
