"""Appeals: asking for another look, and deciding."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from youwo.core.acts import acting, as_held
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.evaluation import actions, queries, rules
from youwo.evaluation.actions.appeals import Change
from youwo.evaluation.models import Appeal, AppealStatus, Evaluated, Status, Viewpoint
from youwo.evaluation.papers import Paper, papers_of
from youwo.people.models import Person, Role
from youwo.web.access import signed_in, signed_in_person, staff
from youwo.web.evaluation import results
from youwo.web.evaluation.forms import UNSAID, AppealForm
from youwo.web.evaluation.reach import published_of, today


@signed_in
@require_POST
def appeal(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the area above to look at one's result again."""
    evaluated = published_of(request, reference)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            actions.appeal(
                evaluated,
                reason=form.cleaned_data["reason"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Sent. Somebody above, who took no part, decides it."))
            return redirect("evaluation:result", evaluated.reference)
    return results.case(request, evaluated, status=422, appeal_form=form)


@signed_in
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take one's appeal back."""
    evaluated = published_of(request, reference)
    row = get_object_or_404(Appeal, evaluated=evaluated, status=AppealStatus.OPEN)
    actions.withdraw_appeal(row, by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("Taken back."))
    return redirect("evaluation:result", evaluated.reference)


class DecisionForm(forms.Form):
    """A decision with its reason, and what it corrects, sheet by sheet."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("reject", gettext_lazy("The result stands")),
            ("uphold", gettext_lazy("It is corrected as chosen below")),
        ],
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, sheets: list[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = sheets
        for sheet in sheets:
            self.fields[f"aside{sheet.pk}"] = forms.BooleanField(
                label=gettext_lazy("Set this sheet aside"), required=False
            )
            for question, step in sheet.chosen.items():
                steps = [(str(n), words) for n, words in enumerate(question.steps)]
                self.fields[f"s{sheet.pk}q{question.pk}"] = forms.ChoiceField(
                    label=question.text,
                    choices=[*steps, (UNSAID, gettext_lazy("cannot say"))],
                    required=False,
                    initial=UNSAID if step is None else str(step),
                )

    @property
    def parts(self) -> list[tuple[Any, Paper, Any, list[Any]]]:
        """Each sheet with its viewpoint, the field that sets it aside, and those of its answers."""
        return [
            (
                Viewpoint(sheet.viewpoint).label,
                sheet,
                self[f"aside{sheet.pk}"],
                [self[f"s{sheet.pk}q{question.pk}"] for question in sheet.chosen],
            )
            for sheet in self.sheets
        ]

    def changes(self) -> list[Change]:
        """Return what is chosen to be corrected; what is unchanged is left out by the action."""
        given = self.cleaned_data
        return [
            Change(
                sheet.pk,
                {
                    question.pk: None if chosen == UNSAID else int(chosen)
                    for question in sheet.chosen
                    if (chosen := given.get(f"s{sheet.pk}q{question.pk}"))
                },
                set_aside=given.get(f"aside{sheet.pk}", False),
            )
            for sheet in self.sheets
        ]


def _sheets(evaluated: Evaluated) -> list[Paper]:
    """Return the sheets that an appeal can correct: residents' own words stay as they are."""
    papers = papers_of(evaluated).papers.values()
    return [paper for paper in papers if paper.is_done and paper.viewpoint != Viewpoint.PUBLIC]


def _open_appeal(request: HttpRequest, reference: str) -> Appeal | None:
    """Return the appeal that the visitor is to decide, if one waits; the act holds it."""
    person = signed_in_person(request)
    rows = Appeal.objects.filter(
        evaluated__in=queries.evaluated_seen_by(person, today()),
        evaluated__reference=parse_reference(reference),
        evaluated__round__status=Status.PUBLISHED,
        status=AppealStatus.OPEN,
    )
    rows = rows.select_related("against", "evaluated__round", "evaluated__organization")
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        return None
    if not rules.may_decide(person, row, today()):
        raise PermissionDenied
    return as_held(row)


def _decide(row: Appeal, form: DecisionForm, *, by: Person, at: datetime) -> None:
    decision = form.cleaned_data["decision"]
    if form.cleaned_data["outcome"] == "uphold":
        actions.uphold(row, decision=decision, changes=form.changes(), by=by, at=at)
    else:
        actions.reject(row, decision=decision, by=by, at=at)


@staff(Role.COORDINATOR)
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide an appeal with a reason."""
    person = signed_in_person(request)
    form: DecisionForm | None = None
    decided = False
    if request.method == "POST":
        try:
            with acting():
                row = _open_appeal(request, reference)
                if row is not None:
                    form = DecisionForm(request.POST, sheets=_sheets(row.evaluated))
                    if decided := form.is_valid():
                        _decide(row, form, by=person, at=timezone.now())
            if row is not None and decided:
                messages.success(request, _("Decided. The evaluated read it with your reason."))
                return redirect("evaluation:result", row.evaluated.reference)
        except Refused as refused:
            if form is None:
                raise
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    evaluated = published_of(request, reference)
    row = evaluated.appeals.select_related("evaluated__round").order_by("-pk").first()
    if row is None or row.status != AppealStatus.OPEN:
        return redirect("evaluation:result", evaluated.reference)
    if not rules.may_decide(person, row, today()):
        raise PermissionDenied
    form = form or DecisionForm(sheets=_sheets(evaluated), initial={"outcome": "reject"})
    context = {**results.about(request, evaluated), "appeal": row, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/decide.html", context, status=status)
