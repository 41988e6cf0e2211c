"""Recording facts about a compound, all on one page, and taking a wrong entry back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from youwo.areas import actions, definitions
from youwo.areas.actions import Told
from youwo.areas.models import Area, CompoundFact
from youwo.core.refused import Refused
from youwo.organizations.rules import KEEPERS
from youwo.web.access import signed_in_person, staff
from youwo.web.compounds.reach import compound_to_keep, today
from youwo.web.keeping.forms import DayField

_YES_NO = [("yes", pgettext_lazy("compound", "yes")), ("no", pgettext_lazy("compound", "no"))]
_UNKNOWN = ("", gettext_lazy("not known"))


class FactsForm(forms.Form):
    """Every fact as yes, no or not known; the words; the day, where it is not the common one."""

    on = DayField(
        label=gettext_lazy("What has changed holds since"),
        help_text=gettext_lazy("The day you looked, or the day it changed."),
    )

    def __init__(self, *args: Any, known: dict[str, CompoundFact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        for kind, label in CompoundFact.Kind.choices:
            fact = known.get(kind)
            self.fields[kind] = forms.ChoiceField(
                label=label,
                choices=_YES_NO if fact else [*_YES_NO, _UNKNOWN],
                widget=forms.RadioSelect,
                required=False,
                initial=("yes" if fact.present else "no") if fact else "",
            )
            self.fields[f"{kind}_detail"] = forms.CharField(
                label=gettext_lazy("In words"),
                max_length=80,
                required=False,
                initial=fact.detail if fact else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.fields[f"{kind}_since"] = DayField(
                label=gettext_lazy("Since another day"), required=False
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return the fields of each fact side by side, with what is known of it."""
        return [
            {
                "answer": self[kind],
                "detail": self[f"{kind}_detail"],
                "since": self[f"{kind}_since"],
                "known": self.known.get(kind),
            }
            for kind in CompoundFact.Kind.values
        ]

    def told(self, compound: Area) -> list[Told]:
        """Return what is new: another answer, other words, or an earlier day."""
        given, found = self.cleaned_data, []
        for kind in CompoundFact.Kind.values:
            answer, since = given[kind], given[f"{kind}_since"]
            if not answer:
                continue
            present, detail = answer == "yes", " ".join(given[f"{kind}_detail"].split())
            fact = self.known.get(kind)
            same = fact and (fact.present, fact.detail) == (present, detail)
            if not (same and since is None):
                found.append(Told(compound, kind, present, since or given["on"], detail))
        return found


@staff(*KEEPERS)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Record what a compound has and lacks, in a few taps."""
    place, on = compound_to_keep(request, code), today()
    known = definitions.in_force(place.facts.standing(), on)
    form = FactsForm(request.POST or None, known=known, initial={"on": on.isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.record_facts(
                form.told(place), by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error("on" if refused.field == "on" else None, str(refused))
        else:
            words = ngettext(
                "%(count)s fact is recorded.", "%(count)s facts are recorded.", len(made)
            ) % {"count": len(made)}
            messages.success(request, words if made else _("Nothing has changed."))
            return redirect("compounds:compound", place.pk)
    context = {"form": form, "place": place}
    return render(request, "compounds/facts.html", context, status=422 if form.errors else 200)


class WithdrawForm(forms.Form):
    """What was wrong."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong?"),
        max_length=200,
        help_text=gettext_lazy("Everybody who works here can read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@staff(*KEEPERS)
def withdraw(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Take back a wrong entry."""
    place = compound_to_keep(request, code)
    fact = get_object_or_404(place.facts, pk=key)
    if fact.withdrawn_at is not None:
        raise PermissionDenied
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_fact(
                fact,
                reason=form.cleaned_data["reason"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The entry is taken back. What was known before holds."))
            return redirect("compounds:compound", place.pk)
    context = {"form": form, "place": place, "fact": fact}
    return render(request, "compounds/withdraw.html", context, status=422 if form.errors else 200)
