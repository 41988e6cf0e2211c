"""Units: the list, one unit, new ones, who acts for them, and the tables that leave."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.areas.models import within
from youwo.areas.rules import kind_of
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.core.search import matching
from youwo.organizations import actions, queries, rules, sheets, uploads
from youwo.organizations.models import Mandate, MemberEnrolment, Organization, UnitEnrolment
from youwo.people.models import Person
from youwo.web.access import powers_of, signed_in_person, with_units
from youwo.web.files import table_answer
from youwo.web.organizations.forms import (
    ChangeUnitForm,
    MandateForm,
    UnitForm,
    day_initial,
)
from youwo.web.organizations.reach import may_enrol_somewhere, today, unit_of

_BY_NAME = ("name", "id")


def _chosen(request: HttpRequest) -> dict[str, str]:
    given = request.GET
    kind, area, state = given.get("kind", ""), given.get("area", ""), given.get("state", "")
    return {
        "words": given.get("q", "").replace("\0", "")[:40],
        "kind": kind if kind in Organization.Kind.values else "",
        "area": area if kind_of(area) else "",
        "state": state if state in ("enrolled", "free", "ended") else "",
    }


def _filtered(request: HttpRequest, chosen: dict[str, str]) -> Any:
    on = today()
    rows = queries.units_seen_by(signed_in_person(request), on)
    ended = chosen["state"] == "ended"
    rows = rows.filter(ends_on__lte=on) if ended else rows.in_force(on)
    enrolled = UnitEnrolment.objects.holding(on).values("organization")
    if chosen["state"] == "enrolled":
        rows = rows.filter(pk__in=enrolled)
    elif chosen["state"] == "free":
        rows = rows.exclude(pk__in=enrolled)
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["area"]:
        rows = rows.filter(within(chosen["area"], "area_id"))
    return matching(rows, chosen["words"])


@with_units
def index(request: HttpRequest) -> HttpResponse:
    """List the units that the visitor works with, by name."""
    chosen = _chosen(request)
    rows = _filtered(request, chosen).select_related("area")
    found = page(rows, by=_BY_NAME, cursor=request.GET.get("cursor"), size=30)
    _add_enrolments(found.rows)
    context = {
        "page": found,
        **chosen,
        "kinds": Organization.Kind.choices,
        "states": [
            ("enrolled", _("enrolled")),
            ("free", _("not enrolled yet")),
            ("ended", _("no longer existing")),
        ],
        "filtered": any(chosen.values()),
        "may_found": powers_of(request).holds(*rules.KEEPERS),
        "may_import": bool(uploads.areas_for(signed_in_person(request), today())),
    }
    return render(request, "organizations/index.html", context)


def _add_enrolments(units: list[Any]) -> None:
    """Tell each unit of a page its communities and how many members it has enrolled."""
    on, keys = today(), [unit.pk for unit in units]
    names: dict[int, list[str]] = defaultdict(list)
    holding = UnitEnrolment.objects.holding(on).filter(organization__in=keys).order_by("pk")
    for key, name in holding.values_list("organization", "community__name"):
        names[key].append(name)
    members = MemberEnrolment.objects.holding(on).filter(organization__in=keys)
    counts = dict(
        members.order_by()
        .values_list("organization")
        .annotate(people=Count("person", distinct=True))
    )
    for unit in units:
        unit.communities, unit.members = names[unit.pk], counts.get(unit.pk, 0)


@with_units
def export(request: HttpRequest) -> FileResponse:
    """Send the units of the list as an Excel file that the import reads."""
    units, on = _filtered(request, _chosen(request)), today()
    return table_answer(_("Units"), lambda file: sheets.write_units(units, on, file))


@with_units
def export_members(request: HttpRequest) -> FileResponse:
    """Send the members of the list's units as an Excel file, their phone numbers masked."""
    on = today()
    units = _filtered(request, _chosen(request)).order_by().values("pk")
    rows = queries.memberships_seen_by(signed_in_person(request), on).filter(organization__in=units)
    return table_answer(_("Members"), lambda file: sheets.write_members(rows, on, file))


@with_units
def new(request: HttpRequest) -> HttpResponse:
    """Enter a unit."""
    if not powers_of(request).holds(*rules.KEEPERS):
        raise Http404
    form = UnitForm(request.POST or None, initial={"starts_on": day_initial(today())})
    if request.method == "POST" and form.is_valid():
        try:
            unit = actions.found(
                **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The unit is entered. Now enrol it with its community."))
            return redirect("organizations:unit", unit.pk)
    return render(
        request, "organizations/new.html", {"form": form}, status=422 if form.errors else 200
    )


@with_units
def unit(request: HttpRequest, key: int) -> HttpResponse:
    """Show one unit: what it is, with whom it is enrolled, who belongs to it, who acts for it."""
    form = MandateForm(initial={"starts_on": day_initial(today())})
    return _unit(request, unit_of(request, key), form)


def _unit(
    request: HttpRequest, found: Organization, mandate_form: MandateForm, status: int = 200
) -> HttpResponse:
    person, on = signed_in_person(request), today()
    words = request.GET.get("q", "").replace("\0", "").strip()[:40]
    rows = queries.memberships_seen_by(person, on).filter(organization=found)
    if words:
        rows = rows.filter(person__name__contains=words)
    members = page(
        rows.select_related("person", "branch"),
        by=("id",),
        cursor=request.GET.get("cursor"),
        size=20,
    )
    _add_communities(members.rows)
    enrolments = list(
        found.enrolments.select_related("community", "branch").order_by("-starts_on", "-pk")[:60]
    )
    context = {
        "unit": found,
        "opens_parent": found.parent_id is not None
        and queries.units_seen_by(person, on).filter(pk=found.parent_id).exists(),
        "page": members,
        "words": words,
        "on": on,
        "branches": list(found.branches.all()),
        "now": [row for row in enrolments if row.is_in_force(on)],
        "past": [row for row in enrolments if not row.is_in_force(on)],
        "pairings": list(
            queries.pairings_seen_by(person, on)
            .holding(on)
            .filter(organization=found)
            .select_related("area__parent")
            .order_by("starts_on", "pk")[:30]
        ),
        "may_pair": powers_of(request).holds(*rules.KEEPERS),
        "households": found.household_pairings.in_force(on).count(),
        "mandates": found.mandates.in_force(on).select_related("person"),
        "may_change": rules.may_change_unit(person, found, on),
        "may_manage": rules.may_manage(person, found, on),
        "may_appoint": rules.may_appoint(person, found, on),
        "may_enrol": may_enrol_somewhere(request, found),
        "mandate_form": mandate_form,
    }
    return render(request, "organizations/unit.html", context, status=status)


@with_units
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Change what a unit is called and what sort of unit it is."""
    found, person = unit_of(request, key), signed_in_person(request)
    if not rules.may_change_unit(person, found, today()):
        raise Http404
    names = ("name", "short_name", "kind")
    form = ChangeUnitForm(
        request.POST or None, initial={name: getattr(found, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_unit(found, **form.cleaned_data, by=person, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Changed. It is still found by its former name."))
            return redirect("organizations:unit", key)
    context = {"form": form, "unit": found}
    return render(request, "organizations/change.html", context, status=422 if form.errors else 200)


def _add_communities(members: list[Any]) -> None:
    """Tell each member of a page with which community they are enrolled."""
    holding = MemberEnrolment.objects.holding(today()).filter(
        person__in=[row.person_id for row in members]
    )
    found = {
        (row.person_id, row.organization_id): row
        for row in holding.select_related("community").order_by("starts_on")
    }
    for row in members:
        row.enrolment = found.get((row.person_id, row.organization_id))


@with_units
@require_POST
def give_mandate(request: HttpRequest, key: int) -> HttpResponse:
    """Let somebody, found by their phone number, act for the unit."""
    found = unit_of(request, key)
    form = MandateForm(request.POST)
    if form.is_valid():
        try:
            person = Person.objects.with_phone(form.cleaned_data["phone"]).first()
            if person is None:
                raise Refused(
                    _("Nobody is known under this number. Please enter them as a member first."),
                    "phone",
                )
            actions.give_mandate(
                person,
                organization=found,
                starts_on=form.cleaned_data["starts_on"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("They act for the unit from now on and have been told."))
            return redirect("organizations:unit", key)
    return _unit(request, found, form, status=422)


@with_units
@require_POST
def end_mandate(request: HttpRequest, key: int) -> HttpResponse:
    """End that somebody acts for a unit, from today on."""
    mandate = get_object_or_404(Mandate.objects.select_related("organization"), pk=key)
    unit_of(request, mandate.organization_id)
    actions.end_mandate(mandate, on=today(), by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("They no longer act for the unit."))
    return redirect("organizations:unit", mandate.organization_id)
