"""The levels of whistles, for the city's administrators."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import actions, queries
from youwo.dispatch.models import Colour, Ladder, Level, Office
from youwo.people.models import Role
from youwo.web.access import signed_in_person, staff
from youwo.web.dispatch.forms import LadderForm, RungForm, RungFormSet

_EMPTY = 2


@staff(Role.ADMINISTRATOR)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the levels that hold, those to come, and those before."""
    today = local_day(timezone.now())
    rows = Ladder.objects.order_by("-valid_from").prefetch_related("levels")[:20]
    now = next((ladder.pk for ladder in rows if ladder.valid_from <= today), None)
    context = {
        "ladders": [(ladder, _state(ladder, now, today)) for ladder in rows],
    }
    return render(request, "dispatch/levels.html", context)


def _state(ladder: Ladder, now: int | None, today: object) -> str:
    if ladder.pk == now:
        return "now"
    return "coming" if ladder.valid_from > today else "over"  # type: ignore[operator]


def _filled(level: Level) -> dict[str, object]:
    names = ("name", "colour", "answers", "reply_hours", "solve_hours", "extend_hours")
    return {name: getattr(level, name) for name in names}


@staff(Role.ADMINISTRATOR)
def new(request: HttpRequest) -> HttpResponse:
    """Set other levels from a day on, beginning with those that hold now."""
    today = local_day(timezone.now())
    known = [_filled(level) for level in queries.ladder(today)]
    blank = {
        "colour": Colour.NONE,
        "answers": Office.UNIT,
        "reply_hours": Decimal(4),
        "solve_hours": Decimal(30),
        "extend_hours": Decimal(0),
    }
    initial = [*known, *[blank] * min(_EMPTY, actions.MOST_LEVELS - len(known))]
    form = LadderForm(request.POST or None, initial={"valid_from": today + timedelta(days=1)})
    rungs = RungFormSet(request.POST or None, initial=initial, prefix="rung")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and rungs.is_valid() and _set(form, rungs, request):
            messages.success(request, _("The new levels are set. Earlier whistles keep theirs."))
            return redirect("dispatch:levels")
    context = {"form": form, "rungs": rungs}
    return render(request, "dispatch/new_levels.html", context, status=status)


def _set(form: LadderForm, rungs: object, request: HttpRequest) -> bool:
    given: list[RungForm] = list(rungs)  # type: ignore[call-overload]
    named = [rung.cleaned_data for rung in given if rung.cleaned_data.get("name", "").strip()]
    try:
        actions.set_ladder(
            [
                actions.Rung(code=f"level{number}", **rung)
                for number, rung in enumerate(named, start=1)
            ],
            **form.cleaned_data,
            by=signed_in_person(request),
            at=timezone.now(),
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    return True


@staff(Role.ADMINISTRATOR)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back levels that do not hold yet."""
    ladder = get_object_or_404(Ladder, pk=pk)
    actions.remove_ladder(ladder, by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("These levels are taken back."))
    return redirect("dispatch:levels")
