"""Opening a hearing, correcting what is known of it, and who is there."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.needs.actions import hearings
from youwo.needs.hearings import people_near, units_of
from youwo.needs.models import Attendee, Hearing
from youwo.needs.rules import DEALING
from youwo.people.queries import text_in_force
from youwo.web.access import signed_in_person, staff
from youwo.web.hearings.access import dealt_with
from youwo.web.hearings.forms import AboutForm, AttendeeForm, BeginForm
from youwo.web.needs.asking import (
    asks_to_find,
    choice_of_community,
    community_to_enter_for,
)
from youwo.web.nonces import nonce_of


@staff(*DEALING)
def new(request: HttpRequest) -> HttpResponse:
    """Open a hearing."""
    today = local_day(timezone.now())
    if request.method != "POST" or asks_to_find(request):
        given = request.POST.dict() if request.method == "POST" else {"held_on": today}
        return _ask(request, BeginForm(initial=given, today=today, units=[]))
    code = request.POST.get("community", "")
    form = BeginForm(request.POST, today=today, units=list(units_of(code)))
    if form.is_valid():
        try:
            hearing = _begun(request, form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return redirect("hearings:lines", hearing.reference)
    return _ask(request, form, status=422)


def _ask(request: HttpRequest, form: BeginForm, *, status: int = 200) -> HttpResponse:
    choice = choice_of_community(request, DEALING, str(form["community"].value() or ""))
    code = choice.own[0].pk if choice.own else choice.known.pk if choice.known else ""
    context = {
        "form": form,
        "choice": choice,
        "units": units_of(code),
        "consent": text_in_force("wish", local_day(timezone.now())),
        "nonce": request.POST.get("nonce") or uuid.uuid4(),
    }
    return render(request, "hearings/new.html", context, status=status)


def _begun(request: HttpRequest, given: dict[str, Any]) -> Hearing:
    at = timezone.now()
    return hearings.begin(
        _about(given),
        community=community_to_enter_for(given["community"]),
        consent=text_in_force("wish", local_day(at)),
        nonce=nonce_of(request),
        by=signed_in_person(request),
        at=at,
    )


def _about(given: dict[str, Any]) -> hearings.About:
    return hearings.About(
        given["held_on"],
        given["place"],
        given["topic"],
        given["consent_given_by"],
        given["organization"],
    )


@staff(*DEALING)
def about(request: HttpRequest, reference: str) -> HttpResponse:
    """Correct what is known of a hearing."""
    hearing = dealt_with(request, reference)
    units = list(units_of(hearing.community_id))
    unit = hearing.organization
    form = AboutForm(
        request.POST or None,
        initial={
            "topic": hearing.topic,
            "held_on": hearing.held_on,
            "place": hearing.place,
            "organization": unit.name if unit else "",
            "consent_given_by": hearing.consent_given_by,
        },
        today=local_day(timezone.now()),
        units=[*units, unit] if unit else units,
    )
    if request.method == "POST" and form.is_valid():
        try:
            hearings.change(
                hearing,
                _about(form.cleaned_data),
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("hearings:lines", hearing.reference)
    context = {"form": form, "hearing": hearing, "units": units}
    status = 422 if request.method == "POST" else 200
    return render(request, "hearings/about.html", context, status=status)


@staff(*DEALING)
def attendees(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who is there, add somebody, or take somebody off the list."""
    hearing = dealt_with(request, reference)
    if "drop" in request.POST:
        return _dropped(request, hearing)
    units = list(units_of(hearing.community_id))
    form = AttendeeForm(request.POST or None, units=units, people=list(people_near(hearing)))
    if request.method == "POST" and form.is_valid() and _noted(request, hearing, form):
        return redirect("hearings:attendees", hearing.reference)
    context = {
        "form": form,
        "hearing": hearing,
        "units": units,
        "attendees": hearing.attendees.select_related("person", "organization").order_by("pk"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "hearings/attendees.html", context, status=status)


def _noted(request: HttpRequest, hearing: Hearing, form: forms.Form) -> bool:
    try:
        hearings.note_attendees(
            hearing, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    return True


def _dropped(request: HttpRequest, hearing: Hearing) -> HttpResponse:
    key = request.POST["drop"]
    attendee = get_object_or_404(
        Attendee.objects.select_related("hearing"),
        hearing=hearing,
        pk=int(key) if key.isascii() and key.isdigit() else 0,
    )
    hearings.drop_attendee(attendee, by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("Taken off the list."))
    return redirect("hearings:attendees", hearing.reference)
