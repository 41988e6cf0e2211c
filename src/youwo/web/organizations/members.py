"""Members of a unit: entered, enrolled, transferred, retired."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.core.acts import acting, as_held
from youwo.core.refused import Refused
from youwo.journal.actions import write
from youwo.organizations import actions, queries, rules, sheets
from youwo.organizations.models import MemberEnrolment, Membership
from youwo.people import actions as people
from youwo.people.models import Person
from youwo.people.queries import skills as known_skills
from youwo.web.access import signed_in_person, with_units
from youwo.web.files import table_answer
from youwo.web.organizations.enrolments import own_community
from youwo.web.organizations.forms import (
    DayForm,
    EnrolMemberForm,
    NewMemberForm,
    ReasonForm,
    TransferForm,
    day_initial,
)
from youwo.web.organizations.reach import (
    may_enrol_somewhere,
    membership_of,
    today,
    unit_of,
    unit_to_enrol,
)


def _initial(request: HttpRequest) -> dict[str, Any]:
    return {"starts_on": day_initial(today()), "community": own_community(request)}


@with_units
def new(request: HttpRequest, key: int) -> HttpResponse:
    """Enter a member of a unit and enrol them."""
    unit = unit_to_enrol(request, key)
    form = NewMemberForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            enrolment = _enter(unit, form.cleaned_data, by=signed_in_person(request))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The member is enrolled. Their slip can be printed here."))
            return redirect("organizations:enrolment", enrolment.reference)
    context = {"form": form, "unit": unit}
    return render(
        request, "organizations/enrol_member.html", context, status=422 if form.errors else 200
    )


@acting()
def _enter(unit: Any, given: dict[str, Any], *, by: Person) -> MemberEnrolment:
    """Enrol somebody who may be known already, by the phone number."""
    at, name = timezone.now(), " ".join(given.pop("name").split())
    phone = given.pop("phone")
    person = Person.objects.with_phone(phone).select_for_update().first()
    if person is None:
        person = people.create(name=name, phone=phone, by=by, at=at)
    elif person.name != name:
        raise Refused(
            _("Somebody of another name is known under this number. Please check both."), "name"
        )
    return actions.enrol_member(as_held(person), organization=unit, **given, by=by, at=at)


@with_units
def member(request: HttpRequest, key: int) -> HttpResponse:
    """Show a member of a unit with all their enrolments."""
    return _show(request, membership_of(request, key))


def _show(
    request: HttpRequest, membership: Membership, status: int = 200, **forms: Any
) -> HttpResponse:
    on, by = today(), signed_in_person(request)
    rows = MemberEnrolment.objects.filter(person=membership.person_id)
    enrolments = list(
        queries.enrolments_seen_by(MemberEnrolment, by, on)
        .filter(pk__in=rows.values("pk"))
        .select_related("community", "compound", "organization")
        .order_by("-starts_on", "-pk")[:30]
    )
    now = [row for row in enrolments if row.is_in_force(on)]
    wishes = dict(queries.service_fields())
    codes = {code for row in now for code in row.skills}
    skills = known_skills() if codes else {}
    context = {
        "membership": membership,
        "serves": membership.standing == Membership.Standing.SERVING,
        "now": now,
        "past": [row for row in enrolments if not row.is_in_force(on)],
        "skills": [skills.get(code, code) for row in now for code in row.skills],
        "wishes": [wishes.get(code, code) for row in now for code in row.service_wishes],
        "on": on,
        "may_manage": rules.may_manage(by, membership.organization, on),
        "may_enrol": may_enrol_somewhere(request, membership.organization),
        "transfer_form": TransferForm(initial={"on": day_initial(on)}, prefix="transfer"),
        "retire_form": DayForm(initial={"on": day_initial(on)}, prefix="retire"),
        **forms,
    }
    return render(request, "organizations/member.html", context, status=status)


@with_units
def enrol(request: HttpRequest, key: int) -> HttpResponse:
    """Enrol a member whom the system knows: nothing is asked twice."""
    membership = membership_of(request, key)
    if not may_enrol_somewhere(request, membership.organization):
        raise Http404
    if request.method == "POST":
        form = EnrolMemberForm(request.POST)
    else:
        form = EnrolMemberForm(initial={**_initial(request), **_said_last(membership.person)})
    if request.method == "POST" and form.is_valid():
        try:
            enrolment = actions.enrol_member(
                membership.person,
                organization=membership.organization,
                **form.cleaned_data,
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The member is enrolled. Their slip can be printed here."))
            return redirect("organizations:enrolment", enrolment.reference)
    context = {"form": form, "unit": membership.organization, "membership": membership}
    return render(
        request, "organizations/enrol_member.html", context, status=422 if form.errors else 200
    )


def _said_last(person: Person) -> dict[str, Any]:
    """Return what a member said of themselves when they were enrolled before."""
    names = ("occupation", "skills", "service_wishes")
    return person.enrolments.order_by("-starts_on").values(*names).first() or {}


@with_units
@require_POST
def transfer(request: HttpRequest, key: int) -> HttpResponse:
    """Move a member to another unit, with everything that belongs to them."""
    membership, form = membership_of(request, key), TransferForm(request.POST, prefix="transfer")
    if form.is_valid():
        try:
            actions.transfer(
                membership.person,
                to_organization=form.cleaned_data["to"],
                on=form.cleaned_data["on"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error("to" if refused.field == "organization" else refused.field, str(refused))
        else:
            messages.success(request, _("Transferred. Their enrolments go on with the new unit."))
            return redirect("organizations:unit", membership.organization_id)
    return _show(request, membership, 422, transfer_form=form)


@with_units
@require_POST
def retire(request: HttpRequest, key: int) -> HttpResponse:
    """Note that a member retires."""
    membership, form = membership_of(request, key), DayForm(request.POST, prefix="retire")
    if form.is_valid():
        try:
            actions.retire(
                membership.person,
                on=form.cleaned_data["on"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Noted. Everything they did stays with them."))
            return redirect("organizations:unit", membership.organization_id)
    return _show(request, membership, 422, retire_form=form)


@with_units
def phones(request: HttpRequest, key: int) -> HttpResponse | FileResponse:
    """Send a unit's members with their phone numbers, for a reason that is written down."""
    unit, by, on = unit_of(request, key), signed_in_person(request), today()
    if not rules.may_manage(by, unit, on):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rows = queries.memberships_seen_by(by, on).filter(organization=unit)
        write(
            "export_phones",
            unit,
            by=by,
            at=timezone.now(),
            area_code=unit.area_id,
            reason=form.cleaned_data["reason"],
        )
        return table_answer(
            _("Members"), lambda file: sheets.write_members(rows, on, file, with_phones=True)
        )
    return render(
        request,
        "organizations/phones.html",
        {"form": form, "unit": unit},
        status=422 if form.errors else 200,
    )
