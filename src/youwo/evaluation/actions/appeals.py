"""Appeals: asked with a reason, decided with a reason by the area above, corrected in the open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from youwo.almanac.queries import deadline
from youwo.areas.models import Area
from youwo.areas.rules import code_above
from youwo.core.acts import acting, hold
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.evaluation import queries, rules
from youwo.evaluation.actions.results import (
    corrections_of,
    latest,
    must_be_published,
    sum_again,
    tell_evaluated,
)
from youwo.evaluation.models import (
    APPEAL_MOVES,
    Appeal,
    Correction,
    Evaluated,
    Question,
    Result,
    SheetState,
    Viewpoint,
)
from youwo.evaluation.papers import Paper, papers_of
from youwo.evaluation.terms import APPEAL, DECIDE
from youwo.journal import actions as journal
from youwo.people.models import Person, Role
from youwo.turns import actions as turns
from youwo.turns.actions import Wanted

DECIDING = "evaluation.decide"


@dataclass(frozen=True)
class Change:
    """What an upheld appeal changes about one sheet: steps by question, or all of it set aside."""

    sheet: int
    steps: Mapping[int, int | None] = field(default_factory=dict)
    set_aside: bool = False


def appeal_until(evaluated: Evaluated, result: Result) -> datetime:
    """Return until when the evaluated can appeal against a version of their result."""
    return deadline(result.made_at, hours=APPEAL, area_code=evaluated.community_id).at


@acting()
def appeal(evaluated: Evaluated, *, reason: str, by: Person, at: datetime) -> Appeal:
    """Ask the area above to look at a result again. It is decided by somebody who took no part.

    Refuses others than the evaluated, a second appeal against the same version, and late ones.
    """
    evaluated = hold(evaluated, "round", "organization")
    on = local_day(at)
    must_be_published(evaluated)
    if not rules.is_evaluated(by, evaluated, on):
        raise Refused(_("The evaluated themselves appeal, or who acts for the unit."))
    result = latest(evaluated)
    if result.appeals.exclude(status="withdrawn").exists():
        raise Refused(_("There is an appeal against this result already."))
    if at > appeal_until(evaluated, result):
        raise Refused(_("The time for an appeal is over. You may still reply to the result."))
    took_part = {key for key in _who_took_part(evaluated) if key is not None} | {by.pk}
    above = code_above(evaluated.round.area_id) or evaluated.round.area_id
    place = queries.nearest_coordinator(above, on, but=took_part)
    row = Appeal.objects.create(
        evaluated=evaluated,
        against=result,
        area=Area.objects.get(pk=place),
        reason=reason,
        by=by,
        at=at,
        due_at=deadline(at, hours=DECIDE, area_code=place).at,
    )
    wanted = Wanted(
        kind=DECIDING,
        reference=evaluated.reference,
        title=evaluated.round.title,
        detail=str(evaluated.organization),
        area=place,
        role=Role.COORDINATOR,
        since=at,
        due_at=row.due_at,
        not_persons=tuple(sorted(took_part)),
    )
    turns.put(row, [wanted])
    journal.write("appeal", evaluated, by=by, at=at, area_code=evaluated.community_id)
    return row


def _who_took_part(evaluated: Evaluated) -> set[int | None]:
    filled = evaluated.sheets.filter(state=SheetState.DONE)
    return {evaluated.round.published_by_id, *filled.values_list("filled_by_id", flat=True)}


def _locked(appeal_: Appeal, verb: str) -> Appeal:
    found = hold(appeal_, "evaluated")
    if found.status not in APPEAL_MOVES[verb]:
        raise Refused(
            _("This appeal has been dealt with: it is now “%(status)s”.")
            % {"status": found.get_status_display()}
        )
    return found


def _decide(appeal_: Appeal, verb: str, decision: str, by: Person, at: datetime) -> Appeal:
    row = _locked(appeal_, verb)
    if not rules.may_decide(by, row, local_day(at)):
        raise Refused(_("Somebody of the area above, who took no part before, decides this."))
    if not decision.strip():
        raise Refused(_("Say why you decide so; the evaluated read it."), "decision")
    row.status = APPEAL_MOVES[verb][row.status]
    row.decision, row.decided_by, row.decided_at = decision, by, at
    row.save(update_fields=["status", "decision", "decided_by", "decided_at"])
    turns.clear(row)
    journal.write(verb, row.evaluated, by=by, at=at, area_code=row.evaluated.community_id)
    tell_evaluated(
        [row.evaluated],
        row.evaluated.round,
        gettext_lazy("Your appeal has been decided, with a reason."),
        cause=f"appeal.{row.pk}",
        at=at,
    )
    return row


@acting()
def reject(appeal_: Appeal, *, decision: str, by: Person, at: datetime) -> Appeal:
    """Let a result stand, with a reason."""
    return _decide(appeal_, "reject", decision, by, at)


@acting()
def uphold(
    appeal_: Appeal, *, decision: str, changes: Sequence[Change], by: Person, at: datetime
) -> Result:
    """Correct a result, with a reason: a further version, which says how it differs.

    The sheets stay as they were filled in. Refuses a decision that changes nothing.
    """
    row = _decide(appeal_, "uphold", decision, by, at)
    made, told = _corrections(row, changes)
    if not made:
        raise Refused(
            _("Nothing would change. Choose what is to be corrected, or let the result stand."),
            "changes",
        )
    before = row.against
    # Only a further version has been corrected before.
    earlier = corrections_of(row.evaluated) if before.version > 1 else []
    Correction.objects.bulk_create(made)
    tenths, sums_ = sum_again(row.evaluated, [*earlier, *made])
    return Result.objects.create(
        evaluated=row.evaluated,
        version=before.version + 1,
        tenths=tenths,
        sums=sums_,
        differs="\n".join([*told, _from_to(before.tenths, tenths)]),
        appeal=row,
        made_at=at,
    )


def hundredths(tenths: int | None) -> str:
    """Return a result as it is read: 87.5; a dash where there is none."""
    return "—" if tenths is None else f"{tenths // 10}.{tenths % 10}"


def _from_to(before: int | None, after: int | None) -> str:
    with override(settings.LANGUAGE_CODE):
        return _("The result was %(before)s and is %(after)s now.") % {
            "before": hundredths(before),
            "after": hundredths(after),
        }


def _corrections(row: Appeal, changes: Sequence[Change]) -> tuple[list[Correction], list[str]]:
    """Return the corrections that change something, and a sentence for each."""
    papers = papers_of(row.evaluated).papers
    made: list[Correction] = []
    told: list[str] = []
    for change in changes:
        paper = papers.get(change.sheet)
        if paper is None:
            raise Refused(_("This answer belongs to another sheet. Open the page again, please."))
        if change.set_aside:
            made.append(Correction(appeal=row, sheet_id=paper.pk))
            told.append(_set_aside(paper))
            continue
        asked = {question.pk: question for question in paper.chosen}
        for key, step in change.steps.items():
            question = asked.get(key)
            if question is None or (step is not None and not 0 <= step < len(question.steps)):
                raise Refused(
                    _("This answer belongs to another sheet. Open the page again, please.")
                )
            if paper.chosen[question] != step:
                made.append(Correction(appeal=row, sheet_id=paper.pk, question=question, step=step))
                told.append(_changed(paper, question, step))
    return made, told


def _set_aside(paper: Paper) -> str:
    with override(settings.LANGUAGE_CODE):
        return _("%(viewpoint)s: the sheet is set aside.") % {
            "viewpoint": Viewpoint(paper.viewpoint).label
        }


def step_words(steps: Sequence[str], step: int | None) -> str:
    """Return the words of a step, or that somebody could not say."""
    return _("cannot say") if step is None else steps[step]


def _changed(paper: Paper, question: Question, step: int | None) -> str:
    with override(settings.LANGUAGE_CODE):
        steps = question.steps
        return _("%(viewpoint)s, “%(question)s”: “%(before)s” becomes “%(after)s”.") % {
            "viewpoint": Viewpoint(paper.viewpoint).label,
            "question": question.text,
            "before": step_words(steps, paper.chosen[question]),
            "after": step_words(steps, step),
        }


@acting()
def withdraw_appeal(appeal_: Appeal, *, by: Person, at: datetime) -> Appeal:
    """Take one's appeal back."""
    row = _locked(appeal_, "withdraw_appeal")
    if not rules.is_evaluated(by, row.evaluated, local_day(at)):
        raise Refused(_("The evaluated themselves take an appeal back."))
    row.status = APPEAL_MOVES["withdraw_appeal"][row.status]
    row.save(update_fields=["status"])
    turns.clear(row)
    journal.write(
        "withdraw_appeal", row.evaluated, by=by, at=at, area_code=row.evaluated.community_id
    )
    return row
