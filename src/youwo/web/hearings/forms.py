"""What people type about a hearing, and whether it is well formed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from youwo.needs.models import Attendee, Voice
from youwo.needs.pasting import MOST_CHARACTERS
from youwo.organizations.models import Organization
from youwo.people.models import Person


class AboutForm(forms.Form):
    """Where, when, with whom, and that those who speak agree."""

    topic = forms.CharField(
        label=_("What it is about"),
        max_length=60,
        help_text=_("As it stands in the minutes, for example: the tax office listens to Jinshui."),
    )
    held_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    place = forms.CharField(label=_("Where it is held"), max_length=40)
    organization = forms.CharField(
        label=_("Unit it is held with"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )
    consent_given_by = forms.ChoiceField(
        label=_("Agreement of those who speak"),
        choices=[
            (Voice.Consent.SPOKEN, _("Asked at the beginning; they agreed in words")),
            (Voice.Consent.SELF, _("They signed the sheet of names")),
        ],
        widget=forms.RadioSelect,
        initial=Voice.Consent.SPOKEN,
    )

    def __init__(self, *args: Any, today: date, units: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.units = today, units

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if abs((day - self.today).days) > 366:
            raise forms.ValidationError(_("Please check the day: it is more than a year away."))
        return day

    def clean_organization(self) -> Organization | None:
        return named_unit(self.cleaned_data["organization"], self.units)


class BeginForm(AboutForm):
    """The same, and in which community."""

    community = forms.CharField(
        label=_("Community"),
        max_length=12,
        error_messages={"required": _("Please choose the community.")},
    )


def named_unit(name: str, units: list[Organization]) -> Organization | None:
    """Return the unit of a name; of units of the same name, the one that is enrolled here."""
    name = name.strip()
    if not name:
        return None
    for unit in units:
        if name in (unit.name, unit.short_name):
            return unit
    found = list(Organization.objects.filter(name=name, ends_on__isnull=True)[:2])
    if len(found) == 1:
        return found[0]
    raise forms.ValidationError(
        _("No unit of this name is known. Please choose one from the list, or leave it empty.")
    )


class AttendeeForm(forms.Form):
    """Who is there."""

    names = forms.CharField(
        label=_("Names"),
        required=False,
        max_length=600,
        help_text=_("Several at once, with a comma between them."),
    )
    organization = forms.CharField(
        label=_("Unit"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )
    person = forms.TypedChoiceField(
        label=_("Somebody with an account"), coerce=int, required=False, empty_value=None
    )
    role = forms.ChoiceField(label=_("As what"), choices=Attendee.Role.choices)

    def __init__(
        self, *args: Any, units: list[Organization], people: list[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units, self.people = units, {person.pk: person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 (it is declared above)
        field.choices = [("", _("nobody")), *((person.pk, person.name) for person in people)]

    def clean_names(self) -> list[str]:
        names = re.split(r"[、,，;；\n\s]+", self.cleaned_data["names"])
        return [name[:40] for name in names if name]

    def clean_organization(self) -> Organization | None:
        return named_unit(self.cleaned_data["organization"], self.units)

    def clean_person(self) -> Person | None:
        return self.people.get(self.cleaned_data["person"])


class PasteForm(forms.Form):
    """A table, a chat or a list."""

    text = forms.CharField(
        label=_("What you copied"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": _("Please paste something first."),
            "max_length": _("This is too much at once. Please paste it in two parts."),
        },
    )
