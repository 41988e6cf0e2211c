"""Choosing units for a whistle that is blown: to call, to take over, to help."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import attempt
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import actions
from youwo.dispatch.actions.moving import LIVE
from youwo.dispatch.models import Whistle
from youwo.organizations.models import Organization
from youwo.web.access import signed_in_person, with_units
from youwo.web.acts import one_act
from youwo.web.dispatch.forms import WordsForm
from youwo.web.dispatch.picker import chosen, picker
from youwo.web.dispatch.reach import case_of, readable


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "call": (_("Call another unit"), _("Blow the whistle")),
        "hand_on": (_("Ask another unit to take over"), _("Ask them")),
        "ask_help": (_("Ask for help"), _("Ask them")),
    }


@with_units
@one_act
def ask(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Choose units and say why: to be called, to take over, or to help."""
    titles = _titles()
    if verb not in titles:
        raise Http404
    whistle = readable(request, reference)
    case = case_of(request, whistle)
    if verb not in case.may:
        if not (case.deals or case.own):
            raise PermissionDenied
        return redirect("dispatch:whistle", whistle.reference)
    form = WordsForm(request.POST or None)
    status = 200
    searching = "search" in request.POST
    if request.method == "POST" and not searching:
        status = 422
        units = chosen(request, local_day(case.at))
        if form.is_valid():
            if _asked(form, verb, whistle, units, request):
                messages.success(request, _("They are told, and it stands in their queue."))
                return redirect("dispatch:whistle", whistle.reference)
            whistle = readable(request, reference)
            case = case_of(request, whistle)
    elif searching:
        form = WordsForm(initial={"words": request.POST.get("words", "")})
    kind = whistle.problem.kind if whistle.problem else None
    without = frozenset(call.organization_id for call in case.calls if call.status in LIVE)
    if verb == "hand_on":
        without = frozenset(call.organization_id for call in case.calls if call.responsible)
    context = {
        "whistle": whistle,
        "form": form,
        "title": titles[verb][0],
        "button": titles[verb][1],
        "picker": picker(
            request,
            whistle.community,
            local_day(case.at),
            kind=kind,
            without=without,
            several=verb != "hand_on",
            helping=verb == "ask_help",
        ),
    }
    return render(request, "dispatch/ask.html", context, status=status)


def _asked(
    form: WordsForm,
    verb: str,
    whistle: Whistle,
    units: list[Organization],
    request: HttpRequest,
) -> bool:
    words = form.cleaned_data["words"]
    who: dict[str, Any] = {"by": signed_in_person(request), "at": timezone.now()}
    if not units:
        form.add_error(None, _("Please choose at least one unit."))
        return False
    try:
        with attempt():
            if verb == "call":
                actions.call(whistle, organizations=units, words=words, **who)
            elif verb == "ask_help":
                actions.ask_help(whistle, organizations=units, words=words, **who)
            else:
                actions.hand_on(whistle, organization=units[0], reason=words, **who)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True
