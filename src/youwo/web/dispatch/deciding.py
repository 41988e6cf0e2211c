"""Deciding on objections and on more time, for coordinators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import attempt
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import actions, queries
from youwo.dispatch.actions.moving import LIVE
from youwo.dispatch.models import Extension, Objection
from youwo.people.models import Role
from youwo.web.access import signed_in_person, staff
from youwo.web.acts import one_act
from youwo.web.dispatch import telling
from youwo.web.dispatch.forms import DecideForm
from youwo.web.dispatch.picker import chosen, picker
from youwo.web.dispatch.reach import case_of, open_matter, readable


def _form(matter: Objection | Extension, data: Any, initial: Any = None) -> DecideForm:
    if isinstance(matter, Objection):
        yes, no = _("Upheld: the unit is excused"), _("Not upheld: the unit reports")
    else:
        yes, no = _("Granted"), _("Not granted")
    return DecideForm(data, yes=yes, no=no, initial=initial)


@staff(Role.COORDINATOR)
@one_act
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide, with a reason, on what a unit asks; call another unit where one is excused."""
    whistle = readable(request, reference)
    case = case_of(request, whistle)
    matter = open_matter(case, request)
    if matter is None:
        return redirect("dispatch:whistle", whistle.reference)
    form = _form(matter, request.POST or None)
    status = 200
    if "search" in request.POST:
        form = _form(matter, None, request.POST.dict())
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            if _decided(form, matter, request):
                messages.success(request, _("Decided. Both sides read your reason."))
                return redirect("dispatch:whistle", whistle.reference)
            # As it stands, and not as it would stand if this had not been refused.
            whistle = readable(request, reference)
            case = case_of(request, whistle)
            matter = open_matter(case, request)
            if matter is None:
                return redirect("dispatch:whistle", whistle.reference)
    on = local_day(case.at)
    objects = isinstance(matter, Objection)
    context = {
        "whistle": whistle,
        "case": case,
        "matter": matter,
        "objects": objects,
        "form": form,
        "clock": telling.clock_words(whistle, queries.reading(whistle, case.spans, case.at)),
        "picker": picker(
            request,
            whistle.community,
            on,
            kind=whistle.problem.kind if whistle.problem else None,
            without=frozenset(call.organization_id for call in case.calls if call.status in LIVE),
        )
        if objects
        else None,
    }
    return render(request, "dispatch/decide.html", context, status=status)


def _decided(form: DecideForm, matter: Objection | Extension, request: HttpRequest) -> bool:
    at, given = timezone.now(), form.cleaned_data
    who: dict[str, Any] = {"reason": given["reason"], "by": signed_in_person(request), "at": at}
    try:
        with attempt():
            if isinstance(matter, Objection):
                instead = chosen(request, local_day(at)) if given["granted"] else []
                actions.decide(matter, upheld=given["granted"], instead=instead, **who)
            else:
                actions.decide_extension(matter, granted=given["granted"], **who)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True
