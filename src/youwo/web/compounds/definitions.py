"""What the statuses of compounds mean, and which version the city goes by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas import actions, queries
from youwo.areas.definitions import STATUSES
from youwo.people.models import Role
from youwo.web.access import lacks_second_factor, powers_of, public, signed_in_person
from youwo.web.compounds.reach import today
from youwo.web.keeping.forms import DayField


class ChoiceForm(forms.Form):
    """Which version of which status, from when on."""

    definition = forms.ChoiceField(
        label=gettext_lazy("Version"),
        choices=[
            (one.label, f"{one.label} · {one.text}")
            for versions in STATUSES.values()
            for one in versions
            if len(versions) > 1
        ],
    )
    starts_on = DayField(label=gettext_lazy("Holds from"))


def _chooses(request: HttpRequest) -> bool:
    allowed = powers_of(request).cover(settings.CITY, Role.ADMINISTRATOR)
    return allowed and not lacks_second_factor(request)


@public
def index(request: HttpRequest) -> HttpResponse:
    """Show every version of every status; let the city's administrators choose one."""
    on = today()
    form = ChoiceForm(request.POST or None, initial={"starts_on": on.isoformat()})
    if request.method == "POST":
        if not _chooses(request):
            raise PermissionDenied
        if form.is_valid():
            _choose(request, form.cleaned_data)
            return redirect("compounds:definitions")
    context: dict[str, Any] = {
        "statuses": [
            (queries.definition_in_force(name, on), versions) for name, versions in STATUSES.items()
        ],
        "choices": [
            (name, version, starts_on)
            for name, version, starts_on in queries.choices()
            if starts_on > on
        ],
        "chooses": _chooses(request),
        "form": form,
    }
    return render(
        request, "compounds/definitions.html", context, status=422 if form.errors else 200
    )


def _choose(request: HttpRequest, given: dict[str, Any]) -> None:
    labelled = {one.label: one for versions in STATUSES.values() for one in versions}
    actions.choose_definition(
        labelled[given["definition"]],
        starts_on=given["starts_on"],
        by=signed_in_person(request),
        at=timezone.now(),
    )
    messages.success(request, _("From that day on the city goes by this version."))
