"""Publishing what came out, and what the evaluated reply."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.evaluation import facts, rules, sums
from youwo.evaluation.actions.rounds import locked
from youwo.evaluation.models import (
    Correction,
    Evaluated,
    Question,
    Reply,
    Result,
    Round,
    Status,
    Viewpoint,
)
from youwo.evaluation.papers import About, papers_about, papers_of
from youwo.evaluation.sums import Asked, Heard, Voice
from youwo.evaluation.versions import weights_of
from youwo.journal import actions as journal
from youwo.notices import actions as notices
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations.models import Mandate
from youwo.people.models import Person
from youwo.turns import actions as turns


def _asked(question: Question) -> Asked:
    return Asked(question.text, tuple(question.steps))


def _changes(
    corrections: Iterable[Correction],
) -> tuple[set[int], dict[tuple[int, int], int | None]]:
    """Return which sheets are set aside, and which steps are chosen instead."""
    aside: set[int] = set()
    steps: dict[tuple[int, int], int | None] = {}
    for correction in corrections:
        if correction.question_id is None:
            aside.add(correction.sheet_id)
        else:
            steps[correction.sheet_id, correction.question_id] = correction.step
    return aside, steps


def heard_about(
    evaluated: Iterable[About], round_: Round, corrections: Iterable[Correction] = ()
) -> dict[int, dict[str, Heard]]:
    """Return all voices about some of a round's evaluated, by key and viewpoint."""
    aside, steps = _changes(corrections)
    public = facts.public_voices(round_, known_at=round_.closed_at or round_.closes_at)
    heard: dict[int, dict[str, Heard]] = defaultdict(dict)
    for one in evaluated:
        for paper in one.papers.values():
            who = heard[one.pk].setdefault(paper.viewpoint, Heard(why=sums.MISSED))
            if paper.pk in aside:
                who.why = sums.SET_ASIDE
            elif paper.is_done:
                chosen = {
                    _asked(question): steps.get((paper.pk, question.pk), step)
                    for question, step in paper.chosen.items()
                }
                who.voices.append(Voice(chosen, paper.words))
        if voices := public.get(facts.key_of(one)):
            found = heard[one.pk].setdefault(Viewpoint.PUBLIC, Heard())
            found.voices = [*voices, *found.voices]
    return heard


@acting()
def publish(round_: Round, *, by: Person, at: datetime) -> Round:
    """Add up every result of a closed round, and let the evaluated read them."""
    round_ = locked(round_, "publish", by, at)
    evaluated = papers_about(Evaluated.objects.filter(round=round_), round_.template_id)
    heard, weights = heard_about(evaluated, round_), weights_of(round_.template_id)
    results = []
    for one in evaluated:
        tenths, made_of = sums.added_up(weights, heard.get(one.pk, {}))
        results.append(
            Result(evaluated_id=one.pk, version=1, tenths=tenths, sums=made_of, made_at=at)
        )
    Result.objects.bulk_create(results, batch_size=1000)
    round_.status, round_.published_by, round_.published_at = Status.PUBLISHED, by, at
    round_.save(update_fields=["status", "published_by", "published_at"])
    turns.clear(round_)
    journal.write(
        "publish_round", round_, by=by, at=at, area_code=round_.area_id, results=len(results)
    )
    tell_evaluated(
        evaluated,
        round_,
        gettext_lazy("Your evaluation can be read. You may reply to it."),
        cause="published",
        at=at,
    )
    return round_


def people_of(evaluated: Iterable[Evaluated | About], at: datetime) -> list[Person]:
    """Return the evaluated members, and who acts for the evaluated units."""
    rows = list(evaluated)
    units = {row.organization_id for row in rows if row.person_id is None}
    acting = Mandate.objects.in_force(local_day(at)).filter(organization__in=units)
    members = {row.person_id for row in rows if row.person_id is not None}
    found = Person.objects.filter(Q(pk__in=members) | Q(pk__in=acting.values("person")))
    return list(found.order_by("pk"))


def tell_evaluated(
    evaluated: Iterable[Evaluated | About],
    round_: Round,
    subject: object,
    *,
    cause: str,
    at: datetime,
) -> None:
    """Tell the evaluated something about a round's results."""
    notices.tell(
        people_of(evaluated, at),
        kind=NoticeKind.CASE,
        subject=subject,
        body=round_.title,
        link="/me/evaluations/",
        cause=f"evaluation.{round_.pk}.{cause}",
        at=at,
    )


@acting()
def reply(evaluated: Evaluated, *, words: str, nonce: uuid.UUID, by: Person, at: datetime) -> Reply:
    """Say something to one's published result; it stands beside it for everybody who reads it."""
    if (known := Reply.objects.filter(nonce=nonce).first()) is not None:
        return known
    must_be_published(evaluated)
    if not rules.is_evaluated(by, evaluated, local_day(at)):
        raise Refused(_("The evaluated themselves reply, or who acts for the unit."))
    row = Reply.objects.create(evaluated=evaluated, words=words, by=by, at=at, nonce=nonce)
    journal.write("reply", evaluated, by=by, at=at, area_code=evaluated.community_id)
    return row


def must_be_published(evaluated: Evaluated) -> None:
    """Refuse what takes a published result."""
    if evaluated.round.status != Status.PUBLISHED:
        raise Refused(_("The results of this round have not been published."))


def latest(evaluated: Evaluated) -> Result:
    """Return the version of a result that stands."""
    return evaluated.results.order_by("-version")[0]


def corrections_of(evaluated: Evaluated) -> list[Correction]:
    """Return everything that upheld appeals have changed, in order."""
    return list(Correction.objects.filter(appeal__evaluated=evaluated).order_by("pk"))


def sum_again(
    evaluated: Evaluated, corrections: Iterable[Correction]
) -> tuple[int | None, dict[str, Any]]:
    """Add up a result once more, with the corrections of all upheld appeals."""
    round_ = evaluated.round
    heard = heard_about([papers_of(evaluated)], round_, corrections)
    return sums.added_up(weights_of(round_.template_id), heard.get(evaluated.pk, {}))
