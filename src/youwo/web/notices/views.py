"""Reading messages, choosing their ways, and sending again what was given up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.insight import digests
from youwo.notices import actions, queries, tasks
from youwo.notices.models import Delivery
from youwo.people import masking
from youwo.people.models import Person, Role
from youwo.web.access import signed_in, signed_in_person, staff
from youwo.web.notices.forms import HabitsForm, PreferencesForm
from youwo.web.people import reach

_NEWEST = ("-created_at", "-id")


@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Show everything that the visitor was told, the newest first."""
    person = signed_in_person(request)
    rows = queries.inbox(person)
    new_only = request.GET.get("new") == "1"
    if new_only:
        rows = rows.filter(read_at__isnull=True)
    context = {
        "page": page(rows, by=_NEWEST, cursor=request.GET.get("cursor"), size=30),
        "new_only": new_only,
        "unread": queries.unread_count(person),
        "most": queries.MOST_UNREAD,
    }
    return render(request, "notices/inbox.html", context)


@signed_in
def message(request: HttpRequest, key: int) -> HttpResponse:
    """Open one message, which thereby counts as read."""
    found = get_object_or_404(queries.inbox(signed_in_person(request)), pk=key)
    actions.read(found, at=timezone.now())
    return render(request, "notices/message.html", {"message": found})


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Count all messages as read."""
    actions.read_all(by=signed_in_person(request), at=timezone.now())
    return redirect("notices:inbox")


@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Let the visitor choose which messages come by which way, when, and when none do."""
    person = signed_in_person(request)
    data = request.POST or None
    form = PreferencesForm(data, wanted=queries.wanted(person))
    habits = HabitsForm(data, initial=_habits(person))
    if request.method == "POST" and form.is_valid() and habits.is_valid():
        try:
            actions.choose(
                by=person, wanted=form.chosen(), at=timezone.now(), **habits.cleaned_data
            )
        except Refused as refused:
            habits.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Kept. It holds from the next message on."))
            return redirect("notices:preferences")
    context = {"form": form, "habits": habits, "email": masking.email(person.email)}
    status = 422 if habits.errors else 200
    return render(request, "notices/preferences.html", context, status=status)


def _habits(person: Person) -> dict[str, Any]:
    kept = queries.habits(person)
    digest_on = digests.weekday(person, kept, on=local_day(timezone.now()))
    return {
        "quiet": kept.quiet,
        "quiet_from": kept.quiet_from,
        "quiet_until": kept.quiet_until,
        "digest_on": digest_on or "",
    }


@signed_in
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Show the visitor what their week at a glance would say today."""
    person = signed_in_person(request)
    said = digests.preview(person, at=timezone.now())
    return render(request, "notices/week.html", {"digest": said})


def _given_up(request: HttpRequest) -> QuerySet[Delivery]:
    """What could not be sent to the people whom the administrator sees."""
    people = reach.tied_to(reach.codes_of(request))
    rows = queries.given_up()
    return rows.filter(message__recipient__in=people) if people.query.where else rows


@staff(Role.ADMINISTRATOR)
def given_up(request: HttpRequest) -> HttpResponse:
    """Show administrators what could not be sent to the people of their areas."""
    rows = _given_up(request).select_related("message__recipient")
    found = page(rows, by=("-next_at", "-id"), cursor=request.GET.get("cursor"), size=50)
    for row in found.rows:
        row.why = why(row)  # type: ignore[attr-defined]
    return render(request, "notices/given_up.html", {"page": found})


def why(delivery: Delivery) -> str:
    """Say why a delivery was given up."""
    if delivery.error == tasks.UNKNOWN:
        return _("It may have left or not: the system stopped while sending.")
    if delivery.error == tasks.NO_ADDRESS:
        return _("There is no address any more.")
    return _("The mail server did not take it: %(error)s") % {"error": delivery.error}


@staff(Role.ADMINISTRATOR)
@require_POST
def send_again(request: HttpRequest, key: int) -> HttpResponse:
    """Put a delivery that was given up on its way once more."""
    delivery = get_object_or_404(_given_up(request), pk=key)
    actions.send_again(delivery, by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("On its way once more."))
    return redirect("notices:given-up")
