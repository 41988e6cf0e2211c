"""Enrolments: of units, and ending or voiding any of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.organizations import actions, rules
from youwo.organizations.models import MemberEnrolment, UnitEnrolment
from youwo.web.access import powers_of, signed_in_person, with_units
from youwo.web.organizations.forms import EndForm, EnrolUnitForm, ReasonForm, day_initial
from youwo.web.organizations.reach import enrolment_of, today, unit_to_enrol


def own_community(request: HttpRequest) -> str:
    """Return the code of the one community the visitor works in, if it is one."""
    codes = powers_of(request).codes(*rules.KEEPERS)
    return codes[0] if len(codes) == 1 and len(codes[0]) == 12 else ""


@with_units
def enrol_unit(request: HttpRequest, key: int) -> HttpResponse:
    """Enrol a unit with a community."""
    form = EnrolUnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enrolment = _enrol_unit(request, key, form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The unit is enrolled. Its slip can be printed here."))
            return redirect("organizations:enrolment", enrolment.reference)
    unit = unit_to_enrol(request, key)
    branches = list(unit.branches.values_list("name", flat=True))
    form.initial = {
        "starts_on": day_initial(today()),
        "community": own_community(request),
        "branch": branches[0] if len(branches) == 1 else "",
    }
    context = {"form": form, "unit": unit, "branches": branches}
    return render(
        request, "organizations/enrol_unit.html", context, status=422 if form.errors else 200
    )


@acting()
def _enrol_unit(request: HttpRequest, key: int, given: dict[str, Any]) -> UnitEnrolment:
    unit = unit_to_enrol(request, key, locked=True)
    by, at = signed_in_person(request), timezone.now()
    name = " ".join(given["branch"].split())
    branch = unit.branches.filter(name=name).first() if name else None
    if name and branch is None:
        branch = actions.add_branch(unit, name=name, by=by, at=at)
    return actions.enrol_unit(
        unit,
        community=given["community"],
        branch=branch,
        starts_on=given["starts_on"],
        by=by,
        at=at,
    )


@with_units
def enrolment(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one enrolment."""
    return _show(request, reference)


def _show(request: HttpRequest, reference: str, status: int = 200, **forms: Any) -> HttpResponse:
    found, on = enrolment_of(request, reference), today()
    context = {
        "enrolment": found,
        "of_member": isinstance(found, MemberEnrolment),
        "holds": found.is_in_force(on),
        "on": on,
        "may_change": found.voided_at is None
        and rules.may_change(signed_in_person(request), found, on),
        "end_form": EndForm(initial={"on": day_initial(on)}),
        "void_form": ReasonForm(prefix="void"),
        **forms,
    }
    return render(request, "organizations/enrolment.html", context, status=status)


@with_units
@require_POST
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """End an enrolment on a day, for a reason."""
    found, form = enrolment_of(request, reference), EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_enrolment(
                found, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The enrolment has an end. What was done stays counted."))
            return redirect("organizations:enrolment", reference)
    return _show(request, reference, 422, end_form=form)


@with_units
@require_POST
def void(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back an enrolment that was entered by mistake."""
    found, form = enrolment_of(request, reference), ReasonForm(request.POST, prefix="void")
    if form.is_valid():
        try:
            actions.void(
                found, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The enrolment is void and counts no more."))
            return redirect("organizations:enrolment", reference)
    return _show(request, reference, 422, void_form=form)
