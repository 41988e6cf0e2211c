"""The way of a problem as people see it: what was done, what is now, what comes next."""

from __future__ import annotations

from django.utils.translation import gettext as _

from youwo.journal.models import Line
from youwo.journal.queries import history
from youwo.needs.models import Problem, ProblemMover, ProblemStatus
from youwo.needs.queries import word_on
from youwo.web.needs.way import Reader, Step

# What happened among the staff, and is no step for those who reported it.
_FOR_STAFF = {"gather", "rephrase", "split", "take_over", "undo_merge"}
# Everybody may read why these were done: the reason is written for the residents.
_WITH_REASON = {"decline", "hand_over", "put_back", "contest", "reopen"}


def _told(line: Line, reader: Reader) -> Step | None:
    titles = {
        "accept": _("Read and taken up by the community"),
        "rephrase": _("What is public was changed"),
        "decline": _("Not possible"),
        "hand_over": _("Handed over outside"),
        "merge": _("Joined with others' words about the same matter"),
        "undo_merge": _("Set apart again"),
        "gather": _("Another one was joined with this"),
        "split": _("A part was set apart"),
        "take_up": _("Somebody took it on"),
        "put_back": _("Waits for somebody again"),
        "mark_done": _("Seen to, the residents are asked"),
        "contest": _("Not done yet, it goes on"),
        "close": _("Solved and closed"),
        "reopen": _("Opened again"),
        "take_over": _("The community looks after it"),
    }
    title = titles.get(line.verb)
    if title is None or (line.verb in _FOR_STAFF and reader is not Reader.STAFF):
        return None
    return Step(title, "done", line.at, line.reason if line.verb in _WITH_REASON else "")


def _now(problem: Problem, reader: Reader) -> Step | None:
    own = reader is Reader.RESIDENT
    nows = {
        ProblemStatus.RECEIVED: (
            _("The community reads it"),
            _("It calls you if anything is unclear.") if own else "",
        ),
        ProblemStatus.OPEN: (
            _("Waiting for somebody to take it on"),
            _("Responsible for this kind: %(who)s.") % {"who": problem.kind.responsible},
        ),
        ProblemStatus.IN_HAND: (_("Being seen to"), ""),
        ProblemStatus.DONE: (
            _("Is it solved? Please say so") if own else _("Waiting for the residents' word"),
            _("The community closes it only together with a resident."),
        ),
    }
    found = nows.get(ProblemStatus(problem.status))
    if found is None:
        return None
    if problem.status == ProblemStatus.IN_HAND and problem.mover == ProblemMover.WORKER:
        found = _("Past its time"), _("The community asks who took it on.")
    if problem.status == ProblemStatus.DONE and problem.mover == ProblemMover.WORKER:
        found = _judged(problem) or found
    return Step(found[0], "now", problem.since, found[1])


def _judged(problem: Problem) -> tuple[str, str] | None:
    """Return what the residents said, in words; None where nobody has said anything in time."""
    solved = word_on(problem)
    if solved is None:
        return None
    if solved:
        return _("Said to be solved"), _("The community closes it.")
    return (
        _("Said not to be solved yet"),
        _("It is back with the community, which sees to what is still wrong."),
    )


def _next(problem: Problem, reader: Reader) -> list[Step]:
    own = reader is Reader.RESIDENT
    order = {
        ProblemStatus.RECEIVED: "",
        ProblemStatus.OPEN: _("Somebody takes it on"),
        ProblemStatus.IN_HAND: _("It is seen to"),
        ProblemStatus.DONE: _("You say whether it is solved")
        if own
        else _("The residents say whether it is solved"),
    }
    states = list(order)
    if problem.status not in states:
        return []
    ahead = states[states.index(ProblemStatus(problem.status)) + 1 :]
    return [Step(order[status], "next") for status in ahead]


def way(problem: Problem, reader: Reader) -> list[Step]:
    """Return the whole way of a problem, oldest first. Two queries at most."""
    begun = Step(_("Reported"), "done", problem.received_at)
    done = [step for line in history(problem) if (step := _told(line, reader)) is not None]
    now = _now(problem, reader)
    return [begun, *done, *([now] if now else []), *_next(problem, reader)]
