"""What somebody may ask of the figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from youwo.core.refused import Refused
from youwo.insight.asking import asked
from youwo.insight.queries import Cut

_NO_DAY = _("There is no such day in the calendar. Write it like 2025-04-30.")
_NO_MOMENT = _("There is no such moment. Write it like 2025-05-06 12:00.")


class CutForm(forms.Form):
    """The cut-off day, the first day and the moment as known at. All may be left empty."""

    as_of = forms.DateField(
        label=_("Until (included)"),
        required=False,
        error_messages={"invalid": _NO_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        error_messages={"invalid": _NO_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    known_at = forms.DateTimeField(
        label=_("As known at"),
        required=False,
        error_messages={"invalid": _NO_MOMENT},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    cut: Cut

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if not self.errors:
            try:
                self.cut = asked(
                    as_of=given.get("as_of"),
                    since=given.get("since"),
                    known_at=given.get("known_at"),
                    now=timezone.now(),
                )
            except Refused as refused:
                self.add_error(refused.field, str(refused.reason))
        return given

    @property
    def query(self) -> str:
        """The query that asks for the same days on another page, with its question mark."""
        given = {name: str(self.data[name]) for name in self.fields if self.data.get(name)}
        return f"?{urlencode(given)}" if given else ""


def cut_form(request: HttpRequest) -> CutForm:
    """Return the form with what the address asks for."""
    return CutForm(request.GET)
