"""Blowing a whistle from a problem or a service item."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.references import parse_reference, spaced
from youwo.core.refused import Refused
from youwo.dispatch import actions, queries, rules
from youwo.dispatch.models import Level, Whistle
from youwo.needs import triage
from youwo.needs.models import Problem
from youwo.people.models import Role
from youwo.service.models import ServiceItem
from youwo.web.access import powers_of, signed_in_person, staff
from youwo.web.dispatch.forms import BlowForm
from youwo.web.dispatch.picker import chosen, picker
from youwo.web.nonces import nonce_of
from youwo.web.templatetags.youwo import moment


def _about(request: HttpRequest, reference: str) -> tuple[Problem | None, ServiceItem | None]:
    """Return the problem or the service item of a reference, in the areas of the visitor."""
    parsed = parse_reference(reference) or ""
    held = powers_of(request)
    items = ServiceItem.objects.select_related("community__parent", "compound", "problem__kind")
    problems = Problem.objects.select_related("community__parent", "compound", "kind")
    problem = problems.filter(reference=parsed).first() if parsed.startswith("P") else None
    item = items.filter(reference=parsed).first() if problem is None else None
    found = problem or item
    if found is None or not held.cover(found.community_id, *rules.BLOWING):
        raise Http404
    return problem, item


def _levels(community: Area, at: Any) -> list[tuple[Level, str]]:
    """Return the levels in force, each with until when units have to answer and why then."""
    found = []
    for level in queries.ladder(local_day(at)):
        due = queries.reply_deadline(level, community.pk, at)
        words = _("%(level)s · %(office)s sees to it · answer by %(moment)s (%(explained)s)") % {
            "level": level.name,
            "office": level.get_answers_display(),
            "moment": moment(due.at),
            "explained": due.explained,
        }
        found.append((level, words))
    return found


def _known(problem: Problem | None, item: ServiceItem | None) -> dict[str, Any]:
    """Return what the form is filled with: nothing that is known already is asked."""
    if problem is not None:
        title = problem.public_title or problem.title
        return {
            "title": title,
            "matter": problem.public_text or title,
            "field": triage.field_of_problem(title),
        }
    assert item is not None  # noqa: S101 (one of the two is there)
    return {"title": item.title[:60], "matter": item.title, "field": item.field}


@staff(Role.WORKER, Role.COORDINATOR)
def blow(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose the level and the units, and blow the whistle."""
    problem, item = _about(request, reference)
    about = problem or item
    assert about is not None  # noqa: S101 (it would have been 404)
    at = timezone.now()
    levels = _levels(about.community, at)
    kind = problem.kind if problem else item.problem.kind if item and item.problem else None
    first = {"level": str(levels[0][0].pk)} if levels else {}
    known = {**first, **_known(problem, item)}
    status = 200
    if request.method != "POST":
        form = BlowForm(levels=levels, initial=known)
    elif "search" in request.POST:
        form = BlowForm(levels=levels, initial={**known, **request.POST.dict()})
    else:
        form = BlowForm(request.POST, levels=levels)
        status = 422
        if form.is_valid():
            whistle = _blown(
                form, request, problem, item, {level.pk: level for level, _w in levels}
            )
            if whistle is not None:
                messages.success(
                    request,
                    _("Whistled: %(reference)s. The units are told.")
                    % {"reference": spaced(whistle.reference)},
                )
                return redirect("dispatch:whistle", whistle.reference)
    context = {
        "form": form,
        "problem": problem,
        "item": item,
        "about": about,
        "levels": levels,
        "nonce": request.POST.get("nonce") or uuid.uuid4(),
        "picker": picker(request, about.community, local_day(at), kind=kind),
    }
    return render(request, "dispatch/blow.html", context, status=status)


def _blown(
    form: BlowForm,
    request: HttpRequest,
    problem: Problem | None,
    item: ServiceItem | None,
    levels: dict[int, Level],
) -> Whistle | None:
    at, given = timezone.now(), form.cleaned_data
    about = problem or item
    assert about is not None  # noqa: S101 (it would have been 404)
    try:
        return actions.blow(
            given["title"],
            given["matter"],
            level=levels[int(given["level"])],
            community=about.community,
            organizations=chosen(request, local_day(at)),
            field=given["field"],
            nonce=nonce_of(request),
            problem=problem,
            item=item,
            by=signed_in_person(request),
            at=at,
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return None
