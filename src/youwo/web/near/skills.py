"""What a member can do, and what they would like to do."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.clock import local_day
from youwo.ledger.models import Field
from youwo.organizations import actions
from youwo.organizations.models import MemberEnrolment
from youwo.people.models import Skill
from youwo.web.access import signed_in, signed_in_person


class SkillsForm(forms.Form):
    """Two lists to tick."""

    skills = forms.MultipleChoiceField(
        label=gettext_lazy("What I can do"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    service_wishes = forms.MultipleChoiceField(
        label=gettext_lazy("What I would like to do"),
        choices=Field.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@signed_in
def edit(request: HttpRequest) -> HttpResponse:
    """Let a member change their skills and wishes of service, kept with their enrolment."""
    person, at = signed_in_person(request), timezone.now()
    enrolment = (
        MemberEnrolment.objects.holding(local_day(at))
        .filter(person=person)
        .select_related("community")
        .order_by("-starts_on")
        .first()
    )
    if enrolment is None:
        return render(request, "near/skills.html", {"enrolment": None})
    known = {"skills": enrolment.skills, "service_wishes": enrolment.service_wishes}
    form = SkillsForm(request.POST if request.method == "POST" else None, initial=known)
    form.fields["skills"].choices = list(Skill.objects.values_list("code", "name"))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        actions.choose_service(enrolment, **form.cleaned_data, by=person, at=at)
        messages.success(request, _("Kept. What fits stands in “Near me”."))
        return redirect("near:index")
    status = 422 if request.method == "POST" else 200
    return render(
        request, "near/skills.html", {"enrolment": enrolment, "form": form}, status=status
    )
