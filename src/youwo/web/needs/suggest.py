"""Complaints and suggestions: from every page to the answer that the sender reads."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from youwo.areas.models import Area
from youwo.core.paging import page
from youwo.core.references import parse_reference, spaced
from youwo.core.refused import Refused
from youwo.needs import actions, queries
from youwo.people.models import Role
from youwo.web.access import person_of, powers_of, public, signed_in_person, staff
from youwo.web.home.choices import place_code
from youwo.web.limits import guard_public_write
from youwo.web.needs.following import follow, followed_suggestion
from youwo.web.needs.forms import ReasonForm, SuggestForm
from youwo.web.nonces import nonce_of

_READERS = (Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR)


@public
def suggest(request: HttpRequest) -> HttpResponse:
    """Take down a complaint or suggestion."""
    page_from = request.GET.get("page", request.POST.get("page", ""))[:200].replace("\0", "")
    form = SuggestForm(request.POST or None)
    context = {
        "form": form,
        "page_from": page_from,
        "nonce": request.POST.get("nonce") or uuid.uuid4(),
    }
    if request.method != "POST":
        return render(request, "needs/suggest.html", context)
    if form.is_valid():
        try:
            guard_public_write(request)
            made = actions.suggest(
                form.cleaned_data["words"],
                page=page_from.partition("?")[0],
                phone=form.cleaned_data["phone"],
                community=Area.objects.filter(pk=place_code(request)).first(),
                nonce=nonce_of(request),
                by=person_of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("Thank you. It is written down as %(reference)s and will be read by people.")
                % {"reference": spaced(made.reference)},
            )
            response = redirect("needs:suggestion", made.reference)
            follow(request, response, made.reference)
            return response
    return render(request, "needs/suggest.html", context, status=422)


@public
@cache_control(private=True, no_store=True)
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the sender what they wrote, and the answer to it."""
    try:
        suggestion = followed_suggestion(request, reference)
    except Http404:
        return redirect(f"/follow/?reference={parse_reference(reference) or ''}")
    return render(request, "needs/sent.html", {"suggestion": suggestion})


@staff(*_READERS)
def inbox(request: HttpRequest) -> HttpResponse:
    """List what was suggested in the visitor's areas, newest first."""
    codes = powers_of(request).codes(*_READERS)
    found = page(queries.suggestions(codes), by=("-at", "-id"), cursor=request.GET.get("cursor"))
    return render(request, "needs/staff/suggestions.html", {"page": found})


@staff(*_READERS)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one suggestion."""
    codes = powers_of(request).codes(*_READERS)
    suggestion = get_object_or_404(queries.suggestions(codes), pk=pk)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.answer_suggestion(
                    suggestion,
                    answer=form.cleaned_data["reason"],
                    by=signed_in_person(request),
                    at=timezone.now(),
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Answered."))
                return redirect("needs:suggestions")
    return render(
        request,
        "needs/staff/suggestion.html",
        {"suggestion": suggestion, "form": form},
        status=status,
    )


@staff(*_READERS)
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the number that was left to staff who give a reason, which is journalled."""
    codes = powers_of(request).codes(*_READERS)
    suggestion = get_object_or_404(queries.suggestions(codes), pk=pk)
    if not suggestion.phone:
        raise Http404
    form = ReasonForm(request.POST or None)
    context = {"suggestion": suggestion, "form": form}
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "needs/staff/suggestion_phone.html", context, status=status)
    context["phone"] = actions.reveal_suggestion_phone(
        suggestion,
        reason=form.cleaned_data["reason"],
        by=signed_in_person(request),
        at=timezone.now(),
    )
    response = render(request, "needs/staff/suggestion_phone.html", context)
    response["Cache-Control"] = "no-store"
    return response
