"""The calendar: which days are worked, how that is known, and the city's own entries."""

from __future__ import annotations

import calendar as weeks
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from youwo.almanac import actions, queries
from youwo.almanac.queries import GUESS, RULE, Day
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.web.access import signed_in_person
from youwo.web.keeping.forms import DaysForm, SpanForm
from youwo.web.keeping.reach import administrators, keeps_city, require

_FIRST_YEAR, _LAST_YEAR = 2004, 2099


@dataclass(frozen=True)
class Span:
    """Days in a row that are free or worked out of turn for the same reason."""

    first: date
    last: date
    working: bool
    reason: str
    source: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def entered(self) -> bool:
        return self.source == RULE


def _month(request: HttpRequest) -> date:
    """Return the first day of the month asked for; of this month if none can be read."""
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = local_day(timezone.now()).replace(day=1)
    return month if _FIRST_YEAR <= month.year <= _LAST_YEAR else month.replace(year=_LAST_YEAR)


def _neighbour(month: date, days: int) -> date | None:
    found = (month + timedelta(days=days)).replace(day=1)
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _year(year: int) -> list[Day]:
    first = date(year, 1, 1)
    return [
        queries.day(first + timedelta(days=number)) for number in range(365 + weeks.isleap(year))
    ]


def _out_of_turn(days: Iterable[Day]) -> list[Span]:
    """Return holidays, make-up working days and own entries, those in a row as one."""
    found: list[Span] = []
    for day in days:
        if not day.name:
            continue
        span = Span(day.on, day.on, day.working, day.reason, day.source)
        last = found[-1] if found else None
        if (
            last is not None
            and last.last + timedelta(days=1) == day.on
            and (last.working, last.reason, last.source) == (span.working, span.reason, span.source)
        ):
            found[-1] = Span(last.first, day.on, last.working, last.reason, last.source)
        else:
            found.append(span)
    return found


def _just_set(request: HttpRequest) -> dict[str, Any] | None:
    """Return the span just entered, to take it back with one button."""
    form = SpanForm(request.GET)
    if not ("first" in request.GET and form.is_valid()):
        return None
    rules = queries.day_rules()
    if form.cleaned_data["first"] not in rules or form.cleaned_data["last"] not in rules:
        return None
    return form.cleaned_data


@administrators
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a month, and all days of its year that are out of turn, each with its source."""
    month = _month(request)
    year = _year(month.year)
    context = {
        "month": month,
        "weeks": [
            [queries.day(on) if on.month == month.month else None for on in week]
            for week in weeks.Calendar().monthdatescalendar(month.year, month.month)
        ],
        "before": _neighbour(month, -1),
        "after": _neighbour(month, 31),
        "spans": _out_of_turn(year),
        "working": sum(day.working for day in year),
        "free": sum(not day.working for day in year),
        "guessed": any(day.source == GUESS for day in year),
        "today": local_day(timezone.now()),
        "changes": keeps_city(request),
        "just_set": _just_set(request) if keeps_city(request) else None,
    }
    return render(request, "keeping/calendar.html", context)


def _to_month(day: date, **more: date) -> HttpResponse:
    query = {"month": f"{day:%Y-%m}", **{name: value.isoformat() for name, value in more.items()}}
    return redirect(f"{reverse('keeping:calendar')}?{urlencode(query)}")


@administrators
def set_days(request: HttpRequest) -> HttpResponse:
    """Enter that one or several days are worked or free."""
    require(keeps_city(request))
    rules = queries.day_rules()
    if request.method == "POST":
        form = DaysForm(request.POST)
        if form.is_valid():
            try:
                entered = actions.set_days(
                    **form.values(), by=signed_in_person(request), at=timezone.now()
                )
            except Refused as refused:
                form.add_error(refused.field, str(refused))
            else:
                first, last = entered[0].on, entered[-1].on
                if any(rule.on in rules for rule in entered):
                    # Taking this back would not bring back what stood there before.
                    messages.success(request, _("The entry has been changed."))
                    return _to_month(first)
                return _to_month(first, first=first, last=last)
    else:
        form = DaysForm(initial=_initial(request, rules))
    return render(
        request, "keeping/set_days.html", {"form": form}, status=422 if form.errors else 200
    )


def _initial(request: HttpRequest, rules: dict[date, tuple[bool, str]]) -> dict[str, Any]:
    """Return what is known of the day that was clicked."""
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return {}
    working, name = rules.get(on, (not queries.day(on).working, ""))
    return {"first": on, "working": "1" if working else "0", "name": name}


@administrators
@require_POST
def clear_days(request: HttpRequest) -> HttpResponse:
    """Take the entries of a span of days back."""
    require(keeps_city(request))
    form = SpanForm(request.POST)
    if not form.is_valid():
        return redirect("keeping:calendar")
    days = form.cleaned_data
    count = actions.clear_days(**days, by=signed_in_person(request), at=timezone.now())
    if count:
        words = ngettext(
            "The entry for %(count)s day has been taken back.",
            "The entries for %(count)s days have been taken back.",
            count,
        )
        messages.success(request, words % {"count": count})
    return _to_month(days["first"])
