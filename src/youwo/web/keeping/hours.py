"""Office hours: which hold where, from when, and setting them for a place."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from youwo.almanac import actions, queries
from youwo.almanac.models import OfficeHours
from youwo.almanac.rules import USUAL_HOURS, Periods
from youwo.areas.models import Area, within
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.people.models import Role
from youwo.web.access import powers_of, signed_in_person
from youwo.web.keeping.forms import HoursForm
from youwo.web.keeping.reach import administers, administrators, get_area, require


@administrators
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the office hours entered for places of the own area."""
    codes = powers_of(request).codes(Role.ADMINISTRATOR)
    inside = Q(pk__in=[])
    for code in codes:
        inside |= within(code, "area_id")
    rows = OfficeHours.objects.filter(inside).select_related("area__parent")
    found = page(rows, by=("area_id", "-valid_from", "id"), cursor=request.GET.get("cursor"))
    today = local_day(timezone.now())
    context = {
        "rows": [(row, _state(row, today)) for row in found],
        "page": found,
        "tops": Area.objects.filter(pk__in=codes).order_by("code"),
        "usual": USUAL_HOURS,
    }
    return render(request, "keeping/hours.html", context)


def _state(row: OfficeHours, today: date) -> str:
    """Say whether hours are still to come, hold now, or have been followed by others."""
    if row.valid_from > today:
        return "coming"
    begun = [day for day, _hours in queries.office_hours().get(row.area_id, ()) if day <= today]
    return "now" if begun and row.valid_from == begun[0] else "over"


@administrators
def set_hours(request: HttpRequest, code: str) -> HttpResponse:
    """Set the office hours of a place and of everything below it, from a day on."""
    area = get_area(request, code)
    require(administers(request, area.pk))
    today = local_day(timezone.now())
    now = queries.hours_on(today, area_code=area.pk)
    form = HoursForm(
        request.POST if request.method == "POST" else None, initial=_initial(now, today)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_office_hours(
                area, **form.values(), by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The office hours have been set."))
            return redirect("keeping:hours")
    context = {"area": area, "form": form, "now": now}
    return render(request, "keeping/set_hours.html", context, status=422 if form.errors else 200)


def _initial(now: Periods, today: date) -> dict[str, Any]:
    (opens, closes), (opens_again, closes_again) = now[0], now[-1]
    return {
        "valid_from": today,
        "morning_opens": opens,
        "morning_closes": closes,
        "afternoon_opens": opens_again,
        "afternoon_closes": closes_again,
    }


@administrators
@require_POST
def clear(request: HttpRequest, key: int) -> HttpResponse:
    """Take an entry of office hours back."""
    row = get_object_or_404(OfficeHours, pk=key)
    if not administers(request, row.area_id):
        raise Http404
    actions.clear_office_hours(row, by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("The office hours have been taken back."))
    return redirect("keeping:hours")
