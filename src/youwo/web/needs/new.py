"""Making a wish: three questions, one on each page, and then it is sent."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.needs import actions, photos, triage
from youwo.needs.models import Channel, OutsideMatter, Voice, Wish
from youwo.people.queries import text_in_force
from youwo.web.access import person_of, public
from youwo.web.home.choices import place_code
from youwo.web.limits import guard_public_write
from youwo.web.needs.asking import asks_where_again, choices_of_place, community_of, place_of
from youwo.web.needs.following import follow
from youwo.web.needs.forms import ReachForm, WhatForm, WhereForm
from youwo.web.nonces import nonce_of

STEPS: dict[str, type[forms.Form]] = {"what": WhatForm, "where": WhereForm, "reach": ReachForm}
_ORDER = list(STEPS)


@public
def new(request: HttpRequest) -> HttpResponse:
    """Ask what, where and how to reach you, and take the wish down. Keeps nothing until then."""
    if request.method != "POST":
        return _ask(request, "what", WhatForm(), nonce=str(uuid.uuid4()))
    step = request.POST.get("step", "what")
    step = step if step in STEPS else "what"
    if "back" in request.POST:
        return _again(request, _ORDER[max(0, _ORDER.index(step) - 1)])
    if "find" in request.POST or (step == "where" and asks_where_again(request)):
        return _again(request, "where")
    return _answered(request, step)


def _answered(request: HttpRequest, step: str) -> HttpResponse:
    """Judge the answers so far: ask again, tell where to go, ask the next, or send."""
    place = _ORDER.index(step)
    filled = {name: STEPS[name](request.POST, request.FILES) for name in _ORDER[: place + 1]}
    for name, form in filled.items():
        if not form.is_valid():
            return _ask(request, name, form, status=422)
    place_known = str(request.POST.get("community") or place_code(request))
    matter = triage.outside(filled["what"].cleaned_data["said"], place_known)
    if matter is not None and request.POST.get("outside_seen") != matter.code:
        return _told_where_to_go(request, matter)
    if step == "reach":
        return _send(request, filled)
    return _again(request, _ORDER[place + 1])


def _send(request: HttpRequest, filled: dict[str, forms.Form]) -> HttpResponse:
    answers = {key: value for form in filled.values() for key, value in form.cleaned_data.items()}
    try:
        guard_public_write(request)
        wish = _taken_down(request, answers)
    except Refused as refused:
        place = "where" if refused.field == "community" else "reach"
        form = filled[place]
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _ask(request, place, form, status=422)
    response = redirect("needs:case", wish.reference)
    follow(request, response, wish.reference)
    return response


def _taken_down(request: HttpRequest, answers: dict[str, Any]) -> Wish:
    at = timezone.now()
    upload = answers["photo"]
    picture = photos.cleaned(upload) if upload else None
    community, compound = place_of(answers["community"], answers["compound"])
    longitude, latitude = answers["longitude"], answers["latitude"]
    wish = actions.receive(
        answers["said"],
        kind=answers["kind"],
        community=community,
        compound=compound,
        contact=actions.Contact(
            answers["phone"], answers["name"], answers["address"], answers["minor"]
        ),
        consent=text_in_force("wish", local_day(at)),
        consent_given_by=Voice.Consent.GUARDIAN if answers["minor"] else Voice.Consent.SELF,
        point=(longitude, latitude) if longitude is not None and latitude is not None else None,
        nonce=nonce_of(request),
        by=person_of(request),
        at=at,
    )
    if picture is not None and wish.received_at == at:
        photos.add(wish, picture, at=at)
    return wish


def _told_where_to_go(request: HttpRequest, matter: OutsideMatter) -> HttpResponse:
    """Answer with where to go, and keep only that somebody was told so."""
    # Where to go is said to everybody; only what is written down is guarded against floods.
    with suppress(Refused):
        guard_public_write(request)
        actions.record_hand_over(
            matter,
            community=community_of(request.POST.get("community") or place_code(request)),
            channel=Channel.OWN,
            nonce=uuid.uuid5(nonce_of(request), matter.code),
            by=person_of(request),
            at=timezone.now(),
        )
    return render(
        request,
        "needs/outside.html",
        {
            "matter": matter,
            "kept": _kept(request, without="outside_seen"),
            "action": reverse("needs:new"),
        },
    )


def _kept(request: HttpRequest, *, without: str = "") -> list[tuple[str, str]]:
    """What was typed so far, to be carried along in hidden fields."""
    known = {name for form in STEPS.values() for name in form.base_fields}
    return [
        (name, value)
        for name, value in request.POST.items()
        if isinstance(value, str)
        and name in known | {"nonce", "step", "outside_seen"}
        and name != without
    ]


def _again(request: HttpRequest, step: str) -> HttpResponse:
    """Ask a question with what was typed before, not yet judged."""
    given = {name: request.POST[name] for name in STEPS[step].base_fields if name in request.POST}
    if step == "where":
        given.setdefault("kind", triage.kind_of(request.POST.get("said", "")))
        given.setdefault("community", place_code(request))
    return _ask(request, step, STEPS[step](initial=given))


def _ask(
    request: HttpRequest, step: str, form: forms.Form, *, nonce: str = "", status: int = 200
) -> HttpResponse:
    own = set(form.fields) | {"step"}
    context: dict[str, Any] = {
        "step": step,
        "number": _ORDER.index(step) + 1,
        "form": form,
        "nonce": nonce,
        "kept": [(name, value) for name, value in _kept(request) if name not in own],
    }
    if step == "where":
        context |= choices_of_place(request, form)
    if step == "reach":
        context["consent_text"] = text_in_force("wish", local_day(timezone.now()))
        context["alike"] = triage.alike(
            request.POST.get("said", ""), request.POST.get("community", "")[:12] or "0"
        )
        # A browser does not let a file be put back.
        context["picture_again"] = status == 422 and bool(request.FILES)
    return render(request, "needs/new.html", context, status=status)
