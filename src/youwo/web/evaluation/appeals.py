"""Appeals: asking for another look, and deciding."""

from __future__ import annotations

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

from youwo.core.refused import Refused
from youwo.evaluation import actions, rules
from youwo.evaluation.actions.appeals import Change
from youwo.evaluation.actions.results import sheets_about
from youwo.evaluation.models import Appeal, AppealStatus, Evaluated, Sheet, SheetState, Viewpoint
from youwo.people.models import Role
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

    def __init__(self, *args: Any, sheets: list[Sheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = sheets
        for sheet in sheets:
            self.fields[f"aside{sheet.pk}"] = forms.BooleanField(
                label=gettext_lazy("Set this sheet aside"), required=False
            )
            for answer in sheet.answers.all():
                steps = [(str(n), words) for n, words in enumerate(answer.question.steps)]
                self.fields[f"s{sheet.pk}q{answer.question_id}"] = forms.ChoiceField(
                    label=answer.question.text,
                    choices=[*steps, (UNSAID, gettext_lazy("cannot say"))],
                    required=False,
                    initial=UNSAID if answer.step is None else str(answer.step),
                )

    @property
    def parts(self) -> list[tuple[Any, Sheet, Any, list[Any]]]:
        """Each sheet with its viewpoint, the field that sets it aside, and those of its answers."""
        return [
            (
                Viewpoint(sheet.viewpoint).label,
                sheet,
                self[f"aside{sheet.pk}"],
                [self[f"s{sheet.pk}q{answer.question_id}"] for answer in sheet.answers.all()],
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
                    answer.question_id: None if chosen == UNSAID else int(chosen)
                    for answer in sheet.answers.all()
                    if (chosen := given.get(f"s{sheet.pk}q{answer.question_id}"))
                },
                set_aside=given.get(f"aside{sheet.pk}", False),
            )
            for sheet in self.sheets
        ]


def _sheets(evaluated: Evaluated) -> list[Sheet]:
    """Return the sheets that an appeal can correct: residents' own words stay as they are."""
    found = sheets_about(Evaluated.objects.filter(pk=evaluated.pk))
    return [
        sheet
        for sheet in found
        if sheet.state == SheetState.DONE and sheet.viewpoint != Viewpoint.PUBLIC
    ]


@staff(Role.COORDINATOR)
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide an appeal with a reason."""
    evaluated = published_of(request, reference)
    row = evaluated.appeals.select_related("evaluated__round").order_by("-pk").first()
    if row is None or row.status != AppealStatus.OPEN:
        return redirect("evaluation:result", evaluated.reference)
    person, at = signed_in_person(request), timezone.now()
    if not rules.may_decide(person, row, today()):
        raise PermissionDenied
    form = DecisionForm(
        request.POST or None, sheets=_sheets(evaluated), initial={"outcome": "reject"}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["outcome"] == "uphold":
                actions.uphold(
                    row, decision=given["decision"], changes=form.changes(), by=person, at=at
                )
            else:
                actions.reject(row, decision=given["decision"], by=person, at=at)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Decided. The evaluated read it with your reason."))
            return redirect("evaluation:result", evaluated.reference)
    context = {**results.about(request, evaluated), "appeal": row, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/decide.html", context, status=status)
