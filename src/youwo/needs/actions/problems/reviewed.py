"""From the review to its three ends: open to everybody, not possible, or belonging elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs.actions.problems.moving import (
    TERMS,
    fresh,
    locked,
    move,
    moved_on,
    must_deal,
    tell_voices,
    write_terms,
)
from youwo.needs.actions.received import record_hand_over, refuse_personal
from youwo.needs.models import (
    REPHRASABLE,
    Channel,
    OutsideMatter,
    Problem,
    ProblemKind,
    Report,
)
from youwo.needs.problems_waiting import turns_of, voices_of
from youwo.people.models import Person
from youwo.turns import actions as turns


@acting()
def accept(
    problem: Problem,
    *,
    public_title: str,
    public_text: str,
    kind: ProblemKind,
    by: Person,
    at: datetime,
) -> Problem:
    """Take a problem on the list, in words that everybody may read.

    From now on it has the time that the catalogue gives to its kind. Refuses words that name
    somebody or give a number.
    """
    must_deal(problem, by, at)
    problem = locked(problem, "accept")
    heard = voices_of(problem)
    refuse_voices(heard, public_title=public_title, public_text=public_text)
    problem.public_title, problem.public_text, problem.kind = public_title, public_text, kind
    problem.title, problem.accepted_at, problem.reason = public_title, at, ""
    write_terms(problem, [report.said for report in heard])
    changed = ["public_title", "public_text", "kind", "title", "accepted_at", "reason", *TERMS]
    move(problem, "accept", at=at, also=changed)
    journal.write(
        "accept", problem, by=by, at=at, area_code=problem.community_id, kind=problem.kind_id
    )
    tell_voices(
        problem,
        gettext_lazy("The community has taken up the problem that you reported."),
        cause="accept",
        at=at,
    )
    return problem


@acting()
def rephrase(
    problem: Problem, *, public_title: str, public_text: str, by: Person, at: datetime
) -> Problem:
    """Change what everybody reads of a problem that is open or in hand.

    Refuses words that name somebody or give a number, as on accepting.
    """
    must_deal(problem, by, at)
    problem = fresh(problem)
    if problem.status not in REPHRASABLE:
        raise moved_on(problem)
    heard = voices_of(problem)
    refuse_voices(heard, public_title=public_title, public_text=public_text)
    problem.title = problem.public_title = public_title
    problem.public_text = public_text
    write_terms(problem, [report.said for report in heard])
    problem.save(update_fields=["title", "public_title", "public_text", *TERMS])
    turns.put(problem, turns_of(problem))
    journal.write("rephrase", problem, by=by, at=at, area_code=problem.community_id)
    return problem


def refuse_voices(heard: Iterable[Report], **texts: str) -> None:
    """Refuse public words that name one of the voices or give a number."""
    refuse_personal([report.voice for report in heard if report.voice], **texts)


@acting()
def decline(problem: Problem, *, reason: str, by: Person, at: datetime) -> Problem:
    """End a problem that cannot be solved, with an explanation that every voice reads."""
    must_deal(problem, by, at)
    if not reason.strip():
        raise Refused(_("Please explain it to those who reported it."), "reason")
    problem = _end(problem, "decline", reason=reason, by=by, at=at)
    tell_voices(
        problem,
        gettext_lazy("The problem you reported cannot be solved. The community explains why."),
        cause="decline",
        at=at,
    )
    return problem


@acting()
def hand_over(problem: Problem, *, matter: OutsideMatter, by: Person, at: datetime) -> Problem:
    """End a problem that belongs elsewhere, and tell every voice where to go."""
    must_deal(problem, by, at)
    problem = _end(problem, "hand_over", reason=matter.where_to_go, by=by, at=at)
    first = problem.reports.order_by("pk").first()
    record_hand_over(
        matter,
        community=problem.community,
        channel=first.channel if first else Channel.OWN,
        nonce=uuid.uuid4(),
        by=by,
        at=at,
        problem=problem,
    )
    tell_voices(
        problem,
        gettext_lazy("The problem you reported belongs elsewhere. See where to go."),
        cause="hand_over",
        at=at,
    )
    return problem


def _end(problem: Problem, verb: str, *, reason: str, by: Person, at: datetime) -> Problem:
    problem = locked(problem, verb)
    problem.reason, problem.closed_at = reason, at
    move(problem, verb, at=at, also=["reason", "closed_at"])
    journal.write(verb, problem, by=by, at=at, area_code=problem.community_id, reason=reason)
    return problem
