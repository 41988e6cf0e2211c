"""Looking back on a closed whistle, from both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.evaluation import whistles
from youwo.evaluation.models import LookBack, Side
from youwo.evaluation.whistles import QUESTIONS
from youwo.web.access import signed_in, signed_in_person
from youwo.web.evaluation.reach import today


class LookBackForm(forms.Form):
    """The three questions of one side."""

    words = forms.CharField(
        label=gettext_lazy("Something to add"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, side: Side, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, (text, steps) in enumerate(QUESTIONS[side]):
            choices = [(str(step), words) for step, words in enumerate(steps)]
            self.fields[f"q{number}"] = forms.ChoiceField(
                label=text, choices=choices[::-1], widget=forms.RadioSelect
            )
        self.order_fields([f"q{number}" for number in range(len(QUESTIONS[side]))])

    def steps(self) -> list[int]:
        """Return the steps chosen, in the order of the questions."""
        return [int(self.cleaned_data[f"q{number}"]) for number in range(len(self.fields) - 1)]


@dataclass(frozen=True)
class Told:
    """What one side said, or that it has not yet."""

    side: str
    answers: list[tuple[Any, Any]]
    words: str


def _told(row: LookBack) -> Told:
    answers = [
        (text, steps[step])
        for (text, steps), step in zip(QUESTIONS[Side(row.side)], row.steps, strict=False)
    ]
    return Told(row.get_side_display(), answers, row.words)


@signed_in
def look_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the visitor's side three questions; show both sides once both are done."""
    person, on = signed_in_person(request), today()
    rows = list(
        whistles.seen_by(person, on)
        .filter(whistle__reference=parse_reference(reference))
        .select_related("whistle__community", "call__organization")
        .order_by("pk")
    )
    if not rows:
        raise Http404
    waiting = [row for row in rows if row.at is None and row.lapsed_at is None]
    mine = next((row for row in waiting if whistles.may_answer(person, row, on)), None)
    form = None
    if mine is not None:
        form = LookBackForm(request.POST or None, side=Side(mine.side))
        if request.method == "POST" and form.is_valid():
            try:
                whistles.look_back(
                    mine,
                    steps=form.steps(),
                    words=form.cleaned_data["words"],
                    by=person,
                    at=timezone.now(),
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(
                    request, _("Thank you. Both sides read it when both have answered.")
                )
                return redirect("evaluation:whistle", reference)
    context = {
        "whistle": rows[0].whistle,
        "unit": rows[0].call.organization,
        "form": form,
        "side": mine.get_side_display() if mine else "",
        "told": [] if waiting else [_told(row) for row in rows],
        "waits": bool(waiting) and mine is None,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "evaluation/whistle.html", context, status=status)
