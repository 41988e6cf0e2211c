"""Filling in sheets: evaluators theirs, little by little; residents one by its code."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.evaluation import rules
from youwo.evaluation.actions.rounds import turn_of
from youwo.evaluation.models import (
    Answer,
    Evaluated,
    Question,
    Sheet,
    SheetState,
    Viewpoint,
)
from youwo.journal import actions as journal
from youwo.people.models import Person
from youwo.turns import actions as turns


@dataclass(frozen=True)
class Said:
    """What a sheet says so far: the step of each question by its key (None: cannot say), words."""

    steps: Mapping[int, int | None] = field(default_factory=dict)
    words: str = ""


def _questions(evaluated: Evaluated, viewpoint: str) -> dict[int, Question]:
    rows = Question.objects.filter(template=evaluated.round.template_id, viewpoint=viewpoint)
    return {question.pk: question for question in rows}


def _refuse_unknown(questions: Mapping[int, Question], said: Said) -> None:
    for key, step in said.steps.items():
        if key not in questions or (step is not None and not 0 <= step < len(questions[key].steps)):
            raise Refused(_("This answer belongs to another sheet. Open the page again, please."))


def _refuse_incomplete(questions: Mapping[int, Question], said: Said) -> None:
    for key, question in questions.items():
        if key not in said.steps:
            raise Refused(
                _("Still to answer: %(question)s") % {"question": question.text}, f"q{key}"
            )


def _write(sheet: Sheet, said: Said) -> None:
    Answer.objects.bulk_create(
        [Answer(sheet=sheet, question_id=key, step=step) for key, step in said.steps.items()],
        update_conflicts=True,
        unique_fields=["sheet", "question"],
        update_fields=["step"],
    )


@transaction.atomic
def fill_in(
    sheet: Sheet,
    *,
    said: Said,
    by: Person,
    at: datetime,
    done: bool = True,
    entered_from: str = "",
) -> Sheet:
    """Keep what a sheet says so far; with `done` it counts, and can be changed until the close.

    Refuses people before whom the sheet does not lie (with `entered_from`, who may not enter it for
    them), rounds that are not open, and with `done` questions without an answer.
    """
    Sheet.objects.select_for_update().only("pk").get(pk=sheet.pk)
    sheet = Sheet.objects.select_related("evaluated__round", "stack").get(pk=sheet.pk)
    may = rules.may_enter_for if entered_from else rules.may_judge
    if not may(by, sheet, local_day(at)):
        raise Refused(_("This sheet lies before somebody else."))
    if not rules.is_collecting(sheet.evaluated.round):
        raise Refused(_("The sheets of this round have been collected."))
    questions = _questions(sheet.evaluated, sheet.viewpoint)
    _refuse_unknown(questions, said)
    if done:
        _refuse_incomplete(questions, said)
    elif sheet.state == SheetState.DONE:
        # Kept as it counts; what is being changed counts when it is sent.
        return sheet
    _write(sheet, said)
    was = sheet.state
    sheet.state = SheetState.DONE if done else SheetState.BEGUN
    sheet.words, sheet.filled_by, sheet.filled_at = said.words, by, at
    sheet.entered_from = entered_from
    sheet.save(update_fields=["state", "words", "filled_by", "filled_at", "entered_from"])
    if done:
        place = sheet.evaluated.community_id
        journal.write("fill_in", sheet, by=by, at=at, area_code=place, entered_from=entered_from)
        if was != SheetState.DONE:
            _renew_turn(sheet)
    return sheet


def _renew_turn(sheet: Sheet) -> None:
    """Say how many sheets are left in the stack; none: it is nobody's turn any more."""
    stack = sheet.stack
    if stack is None:
        return
    left = stack.sheets.filter(state__in=[SheetState.WAITING, SheetState.BEGUN]).count()
    turns.put(stack, [turn_of(stack, sheet.evaluated.round, left)] if left else [])


@transaction.atomic
def say(
    evaluated: Evaluated, *, said: Said, nonce: uuid.UUID, by: Person | None, at: datetime
) -> Sheet:
    """Keep what a resident says on the sheet that its code leads to. The same try counts once.

    Refuses sheets whose template does not ask the public, rounds that are not open, and the
    evaluated themselves.
    """
    if (known := Sheet.objects.filter(nonce=nonce).first()) is not None:
        return known
    if not evaluated.round.template.asks_public or not rules.is_collecting(evaluated.round):
        raise Refused(_("Nothing is asked here any more. Thank you for looking."))
    if rules.is_evaluated(by, evaluated, local_day(at)):
        raise Refused(_("This sheet is for the people you helped. Yours is another one."))
    questions = _questions(evaluated, Viewpoint.PUBLIC)
    _refuse_unknown(questions, said)
    _refuse_incomplete(questions, said)
    sheet = Sheet.objects.create(
        evaluated=evaluated,
        viewpoint=Viewpoint.PUBLIC,
        nonce=nonce,
        state=SheetState.DONE,
        words=said.words,
        filled_at=at,
    )
    _write(sheet, said)
    # Who it was is not written down, not even with an account: residents speak freely.
    journal.write("fill_in", sheet, by=None, at=at, area_code=evaluated.community_id)
    return sheet
