"""Filling in sheets: one's own stack, one after the other; residents by QR code."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.core.paging import page
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.evaluation import actions, queries, rules
from youwo.evaluation.models import (
    LEFT,
    Evaluated,
    Question,
    Round,
    Sheet,
    Status,
    Viewpoint,
)
from youwo.evaluation.versions import questions_of
from youwo.people.models import Role
from youwo.web.access import person_of, public, signed_in, signed_in_person, staff
from youwo.web.evaluation import shown
from youwo.web.evaluation.forms import EnterSheetForm, SheetForm, as_chosen
from youwo.web.evaluation.reach import evaluated_of, sheet_of, today
from youwo.web.limits import guard_public_write
from youwo.web.nonces import nonce_of


@signed_in
def index(request: HttpRequest, reference: str) -> HttpResponse:
    """List the sheets of a round that lie before the visitor."""
    person, on = signed_in_person(request), today()
    round_ = get_object_or_404(
        Round.objects.select_related("template"), reference=parse_reference(reference)
    )
    rows = queries.sheets_before(person, round_, on)
    found = page(rows, by=("id",), cursor=request.GET.get("cursor"), size=50)
    if not found.rows:
        raise Http404
    context = {
        "round": round_,
        "page": found,
        "last_day": shown.last_day(round_),
        "is_open": round_.status == Status.OPEN,
        "stacks": [
            (key, Viewpoint(viewpoint).label, left)
            for key, viewpoint, left in queries.stacks_left(person, round_, on)
        ],
    }
    return render(request, "evaluation/sheets.html", context)


def _questions(sheet: Sheet) -> list[Question]:
    return questions_of(sheet.evaluated.round.template_id, sheet.viewpoint)


def _kept(sheet: Sheet) -> dict[str, Any]:
    answers = queries.kept_answers([sheet.pk]).get(sheet.pk, {})
    return {**as_chosen(answers), "words": sheet.words}


@signed_in
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a sheet with the facts that are known, and take it in."""
    found = sheet_of(request, pk)
    person = signed_in_person(request)
    own = rules.may_judge(person, found, today())
    make = SheetForm if own else EnterSheetForm
    initial = {}
    if request.method != "POST":
        initial = {**_kept(found), "entered_from": found.entered_from}
    form = make(request.POST or None, questions=_questions(found), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.fill_in(
                found,
                said=form.said(),
                entered_from=form.cleaned_data.get("entered_from", ""),
                by=person,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return _next(request, found, own=own)
    context = {
        "sheet": found,
        "evaluated": found.evaluated,
        "round": found.evaluated.round,
        "last_day": shown.last_day(found.evaluated.round),
        "who": shown.who(found.evaluated),
        "viewpoint": Viewpoint(found.viewpoint).label,
        "facts": shown.facts_of(found.evaluated),
        "form": form,
        "own": own,
        "is_open": found.evaluated.round.status == Status.OPEN,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/sheet.html", context, status=status)


def _next(request: HttpRequest, found: Sheet, *, own: bool) -> HttpResponse:
    """Go on to the next sheet that waits in this round, or back to the list."""
    round_ = found.evaluated.round
    if not own:
        messages.success(request, _("Entered for them."))
        return redirect("evaluation:round", round_.reference)
    waiting = queries.sheets_before(signed_in_person(request), round_, today())
    following = waiting.filter(state__in=LEFT).order_by("id").first()
    if following is None:
        messages.success(request, _("That was the last one. Thank you."))
        return redirect("evaluation:sheets", round_.reference)
    if request.GET.get("many") and found.stack_id is not None:
        messages.success(request, _("Kept."))
        return redirect("evaluation:stack", found.stack_id)
    messages.success(request, _("Kept. Here is the next one."))
    return redirect("evaluation:sheet", following.pk)


@signed_in
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what has been chosen so far, and say when."""
    found = sheet_of(request, pk)
    form = SheetForm(request.POST, questions=_questions(found))
    form.is_valid()
    at = timezone.now()
    actions.fill_in(found, said=form.said(), by=signed_in_person(request), at=at, done=False)
    words = _("Kept at %(time)s. It counts when you send it.") % {"time": shown.moment_words(at)}
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def _asked(reference: str) -> Evaluated:
    """Return whom residents are asked about by this code; nobody else exists here."""
    rows = Evaluated.objects.select_related("round__template", "organization", "community")
    found = get_object_or_404(rows, reference=parse_reference(reference))
    if not found.round.template.asks_public:
        raise Http404
    return found


@public
def say(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask residents, without an account, about a unit that helped them."""
    evaluated = _asked(reference)
    questions = questions_of(evaluated.round.template_id, Viewpoint.PUBLIC)
    form = SheetForm(request.POST or None, questions=questions)
    if request.method == "POST" and form.is_valid():
        try:
            guard_public_write(request)
            actions.say(
                evaluated,
                said=form.said(),
                nonce=nonce_of(request),
                by=person_of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "evaluation/said.html", {"evaluated": evaluated})
    context = {
        "evaluated": evaluated,
        "round": evaluated.round,
        "last_day": shown.last_day(evaluated.round),
        "is_open": evaluated.round.status == Status.OPEN,
        "form": form,
        "nonce": request.POST.get("nonce") or uuid.uuid4(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/say.html", context, status=status)


@staff(Role.WORKER, Role.COORDINATOR)
def code(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the code that residents scan, to print and put up."""
    evaluated = evaluated_of(request, reference)
    if not evaluated.round.template.asks_public:
        raise Http404
    link = settings.PUBLIC_URL + reverse("evaluation:say", args=[evaluated.reference])
    context = {
        "evaluated": evaluated,
        "round": evaluated.round,
        "who": evaluated.organization.name,
        "qr": segno.make(link, error="m").svg_data_uri(scale=6, border=2),
        "link": link,
    }
    return render(request, "evaluation/code.html", context)
