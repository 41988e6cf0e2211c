"""Taking one step with a whistle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import attempt
from youwo.core.refused import Refused
from youwo.dispatch import actions, queries
from youwo.organizations.models import Organization
from youwo.web.access import signed_in_person, with_units
from youwo.web.acts import one_act
from youwo.web.dispatch import telling
from youwo.web.dispatch.forms import AnswerForm, TakeOverForm
from youwo.web.dispatch.reach import Case, case_of, readable
from youwo.web.dispatch.whistle import drawn, form_of, units_for

_Given = dict[str, Any]


@with_units
@one_act
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Report to a whistle: who comes and when, both filled in already."""
    whistle = readable(request, reference)
    case = case_of(request, whistle)
    if not case.may_answer:
        return redirect("dispatch:whistle", whistle.reference)
    units = units_for(case, "answer")
    # Whoever is asked for a unit of their own answers for it first.
    units.sort(key=lambda unit: unit[0] not in case.own)
    initial = {"who": _("colleagues of the unit"), "organization": units[0][0]}
    form = AnswerForm(request.POST or None, units=units, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if _answered(form, case, request):
                messages.success(
                    request, _("Reported. The community sees who comes and when; the clock runs.")
                )
                return redirect("dispatch:whistle", whistle.reference)
            whistle = readable(request, reference)
            case = case_of(request, whistle)
    context = {
        "whistle": whistle,
        "case": case,
        "form": form,
        "clock": telling.clock_words(whistle, queries.reading(whistle, case.spans, case.at)),
    }
    return render(request, "dispatch/answer.html", context, status=status)


def _answered(form: AnswerForm, case: Case, request: HttpRequest) -> bool:
    at, given, whistle = timezone.now(), form.cleaned_data, case.whistle
    called = {call.organization_id: call.organization for call in case.calls}
    try:
        with attempt():
            actions.answer(
                whistle,
                organization=called[given["organization"]],
                who=given["who"],
                arrives_at=form.arrives_at(at, whistle.community_id),
                reply=given["reply"],
                by=signed_in_person(request),
                at=at,
            )
    except Refused as refused:
        field = "exact" if refused.field == "arrives_at" else None
        form.add_error(field, str(refused))
        return False
    return True


@with_units
@one_act
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Take one step with a whistle, from its page."""
    if verb not in _ACTS:
        raise Http404
    whistle = readable(request, reference)
    if request.method != "POST":
        return redirect("dispatch:whistle", whistle.reference)
    case = case_of(request, whistle)
    if not (case.deals or case.own):
        raise PermissionDenied
    form = form_of(verb, case, request.POST)
    if form is not None and not form.is_valid():
        return drawn(request, case, status=422, verb=verb, form=form)
    who = {"by": signed_in_person(request), "at": timezone.now()}
    try:
        with attempt():
            said = _ACTS[verb](case, form, who)
    except Refused as refused:
        if form is None:
            raise
        form.add_error(_field(refused, form), str(refused))
        fresh = case_of(request, readable(request, reference))
        return drawn(request, fresh, status=422, verb=verb, form=form)
    messages.success(request, said)
    return redirect("dispatch:whistle", whistle.reference)


def _field(refused: Refused, form: forms.Form) -> str | None:
    name = {"arrives_at": "exact"}.get(refused.field or "", refused.field)
    return name if name in form.fields else None


def _unit(case: Case, form: forms.Form) -> Organization:
    """Return the unit that was chosen among those called."""
    chosen = form.cleaned_data["organization"]
    return next(call.organization for call in case.calls if call.organization_id == chosen)


def _object(case: Case, form: forms.Form, who: _Given) -> str:
    actions.object_to(
        case.whistle, organization=_unit(case, form), reason=form.cleaned_data["reason"], **who
    )
    return _("The level above decides; until then your unit need not report.")


def _say_no(case: Case, form: forms.Form, who: _Given) -> str:
    actions.say_no(
        case.whistle, organization=_unit(case, form), reason=form.cleaned_data["reason"], **who
    )
    return _("The unit that asked reads why.")


def _help(case: Case, form: forms.Form, who: _Given) -> str:
    actions.help_out(
        case.whistle, organization=_unit(case, form), who=form.cleaned_data["who"], **who
    )
    return _("Thank you. Your unit helps with this now.")


def _take_over(case: Case, form: forms.Form, who: _Given) -> str:
    assert isinstance(form, TakeOverForm)  # noqa: S101 (of this verb it is)
    actions.take_over(
        case.whistle,
        organization=_unit(case, form),
        who=form.cleaned_data["who"],
        arrives_at=form.arrives_at(who["at"], case.whistle.community_id),
        **who,
    )
    return _("Your unit is responsible from now on.")


def _pause(case: Case, form: forms.Form, who: _Given) -> str:
    actions.pause(case.whistle, **form.cleaned_data, **who)
    return _("The clock stands; the resident reads the reason. It goes on by itself.")


def _resume(case: Case, form: forms.Form | None, who: _Given) -> str:
    actions.resume(case.whistle, **who)
    return _("The clock goes on.")


def _extend(case: Case, form: forms.Form, who: _Given) -> str:
    extension = actions.extend(case.whistle, **form.cleaned_data, **who)
    if extension.granted:
        return _("There is more time now; the resident reads the reason.")
    return _("This is more than a unit may take by itself. The level above decides.")


def _set_time(case: Case, form: forms.Form, who: _Given) -> str:
    actions.set_time(case.whistle, **form.cleaned_data, **who)
    return _("The new time counts from now.")


def _withdraw(case: Case, form: forms.Form, who: _Given) -> str:
    actions.withdraw(case.whistle, **form.cleaned_data, **who)
    return _("The whistle is withdrawn; the units and the resident read why.")


_ACTS: dict[str, Callable[[Case, Any, _Given], str]] = {
    "object": _object,
    "say_no": _say_no,
    "help": _help,
    "take_over": _take_over,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "set_time": _set_time,
    "withdraw": _withdraw,
}
