"""Filling in sheets: evaluators theirs, little by little; residents one by its code."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.evaluation import queries, rules
from youwo.evaluation.actions.rounds import left_of, turn_of
from youwo.evaluation.models import (
    LEFT,
    Answer,
    Evaluated,
    Question,
    Round,
    Sheet,
    SheetState,
    Stack,
    Viewpoint,
)
from youwo.evaluation.versions import questions_of
from youwo.journal import actions as journal
from youwo.people.models import Person
from youwo.turns import actions as turns


@dataclass(frozen=True)
class Said:
    """What a sheet says so far: the step of each question by its key (None: cannot say), words."""

    steps: Mapping[int, int | None] = field(default_factory=dict)
    words: str = ""


def _questions(round_: Round, viewpoint: str) -> dict[int, Question]:
    rows = questions_of(round_.template_id, viewpoint)
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


def _write(sheets: Iterable[tuple[Sheet, Said]]) -> None:
    Answer.objects.bulk_create(
        [
            Answer(sheet=sheet, question_id=key, step=step)
            for sheet, said in sheets
            for key, step in said.steps.items()
        ],
        update_conflicts=True,
        unique_fields=["sheet", "question"],
        update_fields=["step"],
    )


@acting()
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
    if done and sheet.stack_id is not None:
        # Locked first, as its turn says how many sheets are left.
        Stack.objects.select_for_update().only("pk").get(pk=sheet.stack_id)
    rows = Sheet.objects.select_for_update(of=("self",))
    sheet = rows.select_related("evaluated__round", "stack").get(pk=sheet.pk)
    may = rules.may_enter_for if entered_from else rules.may_judge
    if not may(by, sheet, local_day(at)):
        raise Refused(_("This sheet lies before somebody else."))
    # The round as it was before the lock was waited for; what was collected since is missed now.
    if not rules.is_collecting(sheet.evaluated.round) or sheet.state == SheetState.MISSED:
        raise Refused(_("The sheets of this round have been collected."))
    questions = _questions(sheet.evaluated.round, sheet.viewpoint)
    _refuse_unknown(questions, said)
    if done:
        _refuse_incomplete(questions, said)
    elif sheet.state == SheetState.DONE:
        # Kept as it counts; what is being changed counts when it is sent.
        return sheet
    _write([(sheet, said)])
    was = sheet.state
    sheet.state = SheetState.DONE if done else SheetState.BEGUN
    sheet.words, sheet.filled_by, sheet.filled_at = said.words, by, at
    sheet.entered_from = entered_from
    sheet.save(update_fields=["state", "words", "filled_by", "filled_at", "entered_from"])
    if done:
        place = sheet.evaluated.community_id
        journal.write("fill_in", sheet, by=by, at=at, area_code=place, entered_from=entered_from)
        if was != SheetState.DONE and sheet.stack is not None:
            _renew_turn(sheet.stack, sheet.evaluated.round)
    return sheet


def _renew_turn(stack: Stack, round_: Round) -> None:
    """Say how many sheets are left in the stack; none: it is nobody's turn any more."""
    left = left_of(stack)
    turns.put(stack, [turn_of(stack, round_, left)] if left.sheets else [])


@acting()
def fill_in_many(said: Mapping[int, Said], *, by: Person, at: datetime) -> list[Sheet]:
    """Take in what several sheets of one stack say, by their keys, and return those that count now.

    Their words stay as they were. Left alone are sheets that somebody filled in in the meantime,
    and those begun whose answers are as they were kept. Refuses people before whom a sheet does
    not lie, rounds that are not open, and sheets with only some answers: then nothing is taken in.
    A fixed number of statements, whatever the number of sheets.
    """
    own = Sheet.objects.filter(pk__in=said)
    # Locked, as its turn says how many sheets are left.
    stacks = Stack.objects.select_for_update(of=("self",)).select_related("round")
    stack = stacks.filter(pk__in=own.values("stack")).first()
    if stack is None:
        raise Refused(_("Nothing is chosen yet. Choose in at least one row, then save."))
    rows = own.filter(stack=stack).select_for_update(of=("self",)).select_related("evaluated")
    sheets = list(rows.order_by("pk"))
    for sheet in sheets:
        sheet.stack = stack
    if len(sheets) < len(said) or not all(
        rules.may_judge(by, sheet, local_day(at)) for sheet in sheets
    ):
        raise Refused(_("One of these sheets lies before somebody else. Open the page again."))
    if not rules.is_collecting(stack.round):
        raise Refused(_("The sheets of this round have been collected."))
    questions = _questions(stack.round, stack.viewpoint)
    taken = [(sheet, said[sheet.pk]) for sheet in sheets if sheet.state in LEFT]
    taken = _complete(questions, taken)
    if not taken:
        return []
    _write(taken)
    filled = [sheet for sheet, _said in taken]
    Sheet.objects.filter(pk__in=[sheet.pk for sheet in filled]).update(
        state=SheetState.DONE, filled_by=by, filled_at=at, entered_from=""
    )
    for sheet in filled:
        place = sheet.evaluated.community_id
        journal.write("fill_in", sheet, by=by, at=at, area_code=place, entered_from="")
    _renew_turn(stack, stack.round)
    return filled


def _complete(
    questions: Mapping[int, Question], sheets: list[tuple[Sheet, Said]]
) -> list[tuple[Sheet, Said]]:
    """Return the sheets that answer every question; refuse those that were left in the middle."""
    found: list[tuple[Sheet, Said]] = []
    halves: list[tuple[Sheet, Said]] = []
    for sheet, said in sheets:
        _refuse_unknown(questions, said)
        (halves if questions.keys() - said.steps.keys() else found).append((sheet, said))
    begun = [sheet.pk for sheet, _said in halves if sheet.state == SheetState.BEGUN]
    kept = queries.kept_answers(begun) if begun else {}
    for sheet, said in halves:
        if kept.get(sheet.pk) != dict(said.steps):
            try:
                _refuse_incomplete(questions, said)
            except Refused as refused:
                raise Refused(refused.reason, f"s{sheet.pk}-{refused.field}") from None
    return found


@acting()
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
    questions = _questions(evaluated.round, Viewpoint.PUBLIC)
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
    _write([(sheet, said)])
    # Who it was is not written down, not even with an account: residents speak freely.
    journal.write("fill_in", sheet, by=None, at=at, area_code=evaluated.community_id)
    return sheet
