"""The page of one whistle: its clock, who was called, its way, and what can be done now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from youwo.core.clock import local_day
from youwo.dispatch import queries
from youwo.dispatch.models import Call, Status
from youwo.evaluation import whistles as looking_back
from youwo.web.access import signed_in_person, with_units
from youwo.web.dispatch import telling
from youwo.web.dispatch.forms import (
    HelpForm,
    HoursForm,
    PauseForm,
    ReasonForm,
    TakeOverForm,
    UnitReasonForm,
    in_two_days,
)
from youwo.web.dispatch.reach import Case, case_of, open_matter, readable


def units_for(case: Case, verb: str) -> list[tuple[int, str]]:
    """Return the units for which the visitor may say something, as choices.

    Where it is too late for all of them: every unit of theirs, so that the action says why.
    """
    statuses = {
        "answer": (Call.Status.CALLED, Call.Status.OBJECTED),
        "help": (Call.Status.CALLED, Call.Status.RELIEVED),
    }
    calls = case.spoken_for(*statuses.get(verb, (Call.Status.CALLED,)))
    if verb == "take_over":
        calls = [call for call in calls if call.role == Call.Role.SUCCESSOR]
    if not calls:
        calls = [call for call in case.calls if case.deals or call.organization_id in case.own]
    return list({call.organization_id: str(call.organization) for call in calls}.items())


_Made = Callable[..., forms.Form]

# The form behind each act, with what is known already.
_FORMS: dict[str, _Made] = {
    "object": lambda units, data: UnitReasonForm(data, units=units, prefix="object"),
    "say_no": lambda units, data: UnitReasonForm(data, units=units, prefix="say_no"),
    "help": lambda units, data: HelpForm(data, units=units, prefix="help"),
    "take_over": lambda units, data: TakeOverForm(data, units=units, prefix="take_over"),
    "pause": lambda units, data: PauseForm(data, initial={"last": in_two_days()}, prefix="pause"),
    "extend": lambda units, data: HoursForm(data, initial={"hours": "7.5"}, prefix="extend"),
    "set_time": lambda units, data: HoursForm(data, initial={"hours": "7.5"}, prefix="set_time"),
    "withdraw": lambda units, data: ReasonForm(data, prefix="withdraw"),
}


def form_of(verb: str, case: Case, data: Any = None) -> forms.Form | None:
    """Return the form behind an act, filled with what was sent; None where it needs no words."""
    make = _FORMS.get(verb)
    return make(units_for(case, verb), data) if make else None


def drawn(
    request: HttpRequest,
    case: Case,
    *,
    status: int = 200,
    verb: str = "",
    form: forms.Form | None = None,
) -> HttpResponse:
    """Draw the page of a whistle, with the form that was refused, if one was."""
    whistle = case.whistle
    reading = queries.reading(whistle, case.spans, case.at)
    shown = {name: form_of(name, case) for name in _FORMS if name in case.may}
    refused = ""
    if form is not None and verb in case.may:
        shown[verb] = form
    elif form is not None:
        # A form that can no longer be sent is not shown again.
        refused = " ".join(map(str, form.non_field_errors())) or _(
            "This cannot be done any more. Below is how it stands now."
        )
    context = {
        "whistle": whistle,
        "case": case,
        "may": case.may,
        "forms": shown,
        "open_form": verb,
        "refused": refused,
        "asked": asked_of(case),
        "clock": telling.clock_words(whistle, reading),
        "reading": reading,
        "pauses": telling.pauses(case.spans),
        "way": telling.way(whistle, case.calls),
        "to_decide": open_matter(case, request),
        "looks_back": _looks_back(request, case),
    }
    return render(request, "dispatch/whistle.html", context, status=status)


def asked_of(case: Case) -> list[Call]:
    """Return the requests to help or to take over that wait for a unit the visitor acts for."""
    waiting = case.spoken_for(Call.Status.CALLED)
    return [
        call
        for call in waiting
        if call.role != Call.Role.RECEIVER
        and call.organization_id in case.own
        and case.may & {"help", "take_over"}
    ]


def _looks_back(request: HttpRequest, case: Case) -> bool:
    """Say whether both sides are asked about it, and the visitor's side is one of them."""
    if case.whistle.status != Status.CLOSED:
        return False
    seen = looking_back.seen_by(signed_in_person(request), local_day(case.at))
    return seen.filter(whistle=case.whistle).exists()


@with_units
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a whistle, and the steps that can be taken now."""
    return drawn(request, case_of(request, readable(request, reference)))


@with_units
@require_safe
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a slip to print, with a QR code that leads back to the whistle."""
    whistle = readable(request, reference)
    link = f"{settings.PUBLIC_URL}{reverse('dispatch:whistle', args=[whistle.reference])}"
    context = {
        "whistle": whistle,
        "calls": queries.concerned(whistle),
        "reply": queries.reply_deadline(whistle.began, whistle.community_id, whistle.whistled_at),
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2),
    }
    return render(request, "dispatch/slip.html", context)
