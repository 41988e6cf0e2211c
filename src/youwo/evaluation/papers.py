"""Sheets as they were filled in: about one of the evaluated, or about all of a round at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from youwo.core.acts import once
from youwo.evaluation.models import Evaluated, Question, SheetState
from youwo.evaluation.versions import questions_of

_COLUMNS = (
    "pk",
    "organization_id",
    "person_id",
    "community_id",
    "sheets__pk",
    "sheets__viewpoint",
    "sheets__state",
    "sheets__words",
    "sheets__filled_by",
)


@dataclass
class Paper:
    """One sheet, with the step chosen for each question, in the order of the questions."""

    pk: int
    viewpoint: str
    state: str
    words: str
    filled_by: int | None
    chosen: dict[Question, int | None] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Say whether it was filled in."""
        return self.state == SheetState.DONE


@dataclass
class About:
    """One of the evaluated, with all papers about them in the order in which they were filled in.

    A member has a key of a person, a unit has none.
    """

    pk: int
    organization_id: int
    person_id: int | None
    community_id: str
    papers: dict[int, Paper] = field(default_factory=dict)


def papers_about(evaluated: QuerySet[Evaluated], template: int) -> list[About]:
    """Return some evaluated of a round with all papers about them. One statement for all."""
    questions = {question.pk: question for question in questions_of(template)}
    rows = evaluated.order_by(
        "pk", "sheets__filled_at", "sheets__pk", "sheets__answers__question__number"
    )
    found: dict[int, About] = {}
    answers = rows.values_list(*_COLUMNS, "sheets__answers__question", "sheets__answers__step")
    for key, unit, person, place, sheet, viewpoint, state, words, by, question, step in answers:
        about = found.setdefault(key, About(key, unit, person, place))
        if sheet is None:
            continue
        paper = about.papers.setdefault(sheet, Paper(sheet, viewpoint, state, words, by))
        if question is not None:
            paper.chosen[questions[question]] = step
    return list(found.values())


def papers_of(evaluated: Evaluated) -> About:
    """Return one of the evaluated with all papers about them; the same throughout an act.

    Once a round is published, its papers stay as they are.
    """
    alone = Evaluated.objects.filter(pk=evaluated.pk)
    return once((About, evaluated.pk), lambda: papers_about(alone, evaluated.round.template_id)[0])


def who_filled_in(papers: Iterable[Paper]) -> set[int]:
    """Return the keys of those who filled in some papers, as far as it was written down."""
    return {paper.filled_by for paper in papers if paper.is_done and paper.filled_by is not None}
