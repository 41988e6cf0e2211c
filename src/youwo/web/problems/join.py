"""One more voice about a known problem ("me too"): one short page, for all else is known."""

from __future__ import annotations

import uuid
from contextlib import suppress

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.needs import triage
from youwo.needs.actions import Contact, problems, record_hand_over
from youwo.needs.models import Channel, OutsideMatter, Problem, Report, Voice
from youwo.people.queries import text_in_force
from youwo.web.access import person_of, public
from youwo.web.limits import guard_public_write
from youwo.web.needs.following import follow
from youwo.web.nonces import nonce_of
from youwo.web.problems.forms import MeTooForm


@public
def join(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a voice to a public problem: own words and a way to be reached, both if one likes."""
    problem = _public_problem(reference)
    if request.method == "POST":
        return _answered(request, problem)
    if not problem.is_joinable:
        messages.info(request, _("This problem is closed. If it is back, report it anew."))
        return redirect("problems:detail", problem.reference)
    return _ask(request, problem, MeTooForm())


def _answered(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Judge what was typed: ask again, tell where to go, or send."""
    if "back" in request.POST:
        return _ask(request, problem, MeTooForm(initial=request.POST.dict()))
    form = MeTooForm(request.POST)
    if not form.is_valid():
        return _ask(request, problem, form, status=422)
    matter = triage.outside(form.cleaned_data["said"], problem.community_id)
    if matter is not None and request.POST.get("outside_seen") != matter.code:
        return _told_where_to_go(request, problem, matter)
    return _send(request, problem, form)


def _public_problem(reference: str) -> Problem:
    """Return a problem that everybody may read, or the one with which it was joined."""
    known = Q(reference=parse_reference(reference) or "")
    found = Problem.objects.public().select_related("kind", "community", "compound")
    problem = found.filter(known | Q(pk__in=Problem.objects.filter(known).values("merged_into")))
    return get_object_or_404(problem)


def _send(request: HttpRequest, problem: Problem, form: MeTooForm) -> HttpResponse:
    try:
        guard_public_write(request)
        report = _taken_down(request, problem, form)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _ask(request, problem, form, status=422)
    response = redirect("needs:case", report.reference)
    follow(request, response, report.reference)
    return response


def _taken_down(request: HttpRequest, problem: Problem, form: MeTooForm) -> Report:
    at, given = timezone.now(), form.cleaned_data
    named = given["phone"] or given["name"]
    return problems.report(
        given["said"] or _("I have met the same."),
        kind=problem.kind,
        community=problem.community,
        compound=problem.compound,
        building=problem.building,
        # Where it has ended in this very moment, a new one begins under the same name.
        title=problem.public_title,
        contact=Contact(given["phone"], given["name"]) if named else None,
        consent=text_in_force("problem", local_day(at)),
        consent_given_by=Voice.Consent.SELF,
        problem=problem,
        nonce=nonce_of(request),
        by=person_of(request),
        at=at,
    )


def _told_where_to_go(
    request: HttpRequest, problem: Problem, matter: OutsideMatter
) -> HttpResponse:
    """Answer with where to go, and keep only that somebody was told so."""
    with suppress(Refused):
        guard_public_write(request)
        record_hand_over(
            matter,
            community=problem.community,
            channel=Channel.OWN,
            nonce=uuid.uuid5(nonce_of(request), matter.code),
            by=person_of(request),
            at=timezone.now(),
        )
    known = [*MeTooForm.base_fields, "nonce"]
    context = {
        "matter": matter,
        "kept": [(name, request.POST[name]) for name in known if name in request.POST],
        "action": reverse("problems:join", args=[problem.reference]),
    }
    return render(request, "needs/outside.html", context)


def _ask(
    request: HttpRequest, problem: Problem, form: MeTooForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "problem": problem,
        "form": form,
        "nonce": nonce_of(request),
        "outside_seen": request.POST.get("outside_seen", ""),
        "consent_text": text_in_force("problem", local_day(timezone.now())),
    }
    return render(request, "problems/join.html", context, status=status)
