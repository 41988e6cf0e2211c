"""Judging many in one go: the sheets of a stack as rows of one form, saved together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.evaluation import actions, queries, rules
from youwo.evaluation.actions import Said
from youwo.evaluation.models import LEFT, Question, Sheet, SheetState, Stack, Status, Viewpoint
from youwo.web.access import signed_in, signed_in_person
from youwo.web.evaluation import shown
from youwo.web.evaluation.forms import CHOOSE, UNSAID, as_chosen, as_steps, steps_of
from youwo.web.evaluation.reach import today

# No key is longer. A row's answer is named by the keys of the sheet and of the question.
_KEY = re.compile(r"\d{1,18}")
_NAME = re.compile(r"s(\d{1,18})-q(\d{1,18})")
_STEP = re.compile(rf"\d|{UNSAID}")
# No page shows more rows.
_MOST = 40

# What was chosen in each row: by sheet, then by question.
Chosen = dict[int, dict[int, str]]


@dataclass(frozen=True)
class Asked:
    """A question in a row: its name in the form, its steps, the chosen one, and what is wrong."""

    name: str
    text: str
    steps: list[tuple[str, Any]]
    chosen: str
    error: Any


@dataclass(frozen=True)
class Row:
    """One sheet: who, what is recorded of them, and the questions."""

    sheet: Sheet
    who: str
    facts: list[shown.Fact]
    asked: list[Asked]

    @property
    def wrong(self) -> Asked | None:
        """The first question that still wants an answer."""
        return next((asked for asked in self.asked if asked.error), None)


def _chosen(request: HttpRequest) -> Chosen:
    found: Chosen = {}
    for name, step in request.POST.items():
        if (names := _NAME.fullmatch(name)) and isinstance(step, str) and _STEP.fullmatch(step):
            sheet, question = (int(key) for key in names.groups())
            found.setdefault(sheet, {})[question] = step
    return dict(list(found.items())[:_MOST])


def _row(
    sheet: Sheet, questions: Sequence[Question], kept: Mapping[int, int | None], chosen: Chosen
) -> Row:
    """Put a row together: what was sent stands before what was kept."""
    before = {key: as_chosen(kept).get(f"q{key}", "") for key in (one.pk for one in questions)}
    sent = chosen.get(sheet.pk, {})
    now = {key: sent.get(key, "") for key in before} if sent else before
    # A row left in the middle lacks an answer; one as it was kept is not looked at.
    halved = bool(sent) and now != before
    return Row(
        sheet,
        shown.who(sheet.evaluated),
        shown.facts_of(sheet.evaluated),
        [
            Asked(
                f"s{sheet.pk}-q{question.pk}",
                question.text,
                steps_of(question),
                now[question.pk],
                CHOOSE if halved and not now[question.pk] else "",
            )
            for question in questions
        ],
    )


@signed_in
def stack(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the sheets of a stack that still wait, some at a time, and take in the filled rows."""
    if request.method != "POST":
        return _page(request, reference, {})
    chosen = _chosen(request)
    said = {sheet: Said(as_steps(steps)) for sheet, steps in chosen.items()}
    try:
        filled = actions.fill_in_many(said, by=signed_in_person(request), at=timezone.now())
    except Refused as refused:
        return _page(request, reference, chosen, refused)
    if filled:
        words = ngettext("Kept: %(count)s sheet.", "Kept: %(count)s sheets.", len(filled))
        messages.success(request, words % {"count": len(filled)})
    if left := len(said) - len(filled):
        words = ngettext(
            "Left as it was: %(count)s sheet, judged in the meantime or only begun.",
            "Left as they were: %(count)s sheets, judged in the meantime or only begun.",
            left,
        )
        messages.info(request, words % {"count": left})
    return redirect(request.get_full_path())


def _shown(request: HttpRequest, chosen: Chosen) -> set[int]:
    """Return the sheets that stood on the page that was sent."""
    keys = {int(key) for key in request.POST.getlist("shown") if _KEY.fullmatch(key)}
    return set(sorted(keys - chosen.keys())[:_MOST]) | chosen.keys()


def _page(
    request: HttpRequest, reference: str, chosen: Chosen, refused: Refused | None = None
) -> HttpResponse:
    person, on = signed_in_person(request), today()
    stacks = Stack.objects.select_related("round__template", "area").annotate(
        all=Count("sheets"), done=Count("sheets", filter=Q(sheets__state=SheetState.DONE))
    )
    found: Any = get_object_or_404(stacks, pk=reference if _KEY.fullmatch(reference) else 0)
    if not rules.holds(person, found, on):
        raise Http404
    round_ = found.round
    sheets = queries.sheets_before(person, round_, on)
    waiting = sheets.filter(stack=found, state__in=LEFT)
    if refused:
        # Whatever was typed stands here again, also where others have judged some rows meanwhile.
        shown_before = _shown(request, chosen)
        listed = page(waiting.filter(pk__in=shown_before), by=("id",), size=2 * _MOST)
    else:
        listed = page(waiting, by=("id",), cursor=request.GET.get("cursor"))
    asked = Question.objects.filter(template=round_.template_id, viewpoint=found.viewpoint)
    questions = list(asked.order_by("number"))
    kept = queries.kept_answers(sheet.pk for sheet in listed)
    # The sheet about the visitor is a colleague's: it is not counted among theirs.
    left = queries.left_for(person, [found.pk], on).get(found.pk)
    about_self = found.all - found.done - left[1] if left else 0
    rows = [_row(sheet, questions, kept.get(sheet.pk, {}), chosen) for sheet in listed]
    context = {
        "stack": found,
        "all": found.all - about_self,
        "about_self": about_self,
        "round": round_,
        "viewpoint": Viewpoint(found.viewpoint).label,
        "last_day": shown.last_day(round_),
        "is_open": round_.status == Status.OPEN,
        "page": listed,
        "rows": rows,
        "wrong": [row for row in rows if row.wrong],
        "refused": refused,
    }
    return render(request, "evaluation/stack.html", context, status=422 if refused else 200)
