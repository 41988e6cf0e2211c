"""What people type about meetings and service items, and whether it is well formed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from youwo.ledger.models import Counted, Field
from youwo.organizations.models import Organization
from youwo.service.models import Invitation
from youwo.web.service.shared import choices_of

Choices = Sequence[tuple[Any, str]]


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **kwargs,
    )


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )


class WhenForm(forms.Form):
    """When and where a meeting is."""

    on = _day(_("Day"))
    begins = _time(_("Time"))
    place = forms.CharField(label=_("Meeting place"), max_length=60)

    def starts_at(self) -> datetime:
        """Return the moment that was typed."""
        given = self.cleaned_data
        return timezone.make_aware(datetime.combine(given["on"], given["begins"]))


class CallForm(WhenForm):
    """A meeting that is called for a reason."""

    reason = forms.CharField(label=_("Why it is called"), min_length=2, max_length=100)
    organizations = forms.TypedMultipleChoiceField(
        label=_("Who is invited"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("reason", "on", "begins", "place", "organizations")

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self, "organizations", units)


def _set_choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (it is declared so)
    field.choices = list(choices)


class RhythmForm(forms.Form):
    """On which day of every month a community meets."""

    day_of_month = forms.IntegerField(label=_("Day of the month"), min_value=1, max_value=31)
    begins = _time(_("Time"))
    place = forms.CharField(label=_("Meeting place"), max_length=60)


class GuestsForm(forms.Form):
    """More units to be invited."""

    organizations = forms.TypedMultipleChoiceField(
        label=_("Who is invited as well"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self, "organizations", units)


class GuestForm(forms.Form):
    """Somebody who comes in nobody's name."""

    name = forms.CharField(label=_("Name and part"), min_length=2, max_length=40)


class MatterForm(forms.Form):
    """A matter that nobody has reported."""

    title = forms.CharField(label=_("What else is to be talked about"), min_length=2, max_length=60)


class ReasonForm(forms.Form):
    """A reason that other people read."""

    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """The answer to an invitation."""

    answer = forms.ChoiceField(
        label=_("Will you come?"),
        choices=[choice for choice in Invitation.Answer.choices if choice[0] != "none"],
        widget=forms.RadioSelect,
    )
    who = forms.CharField(
        label=_("Who comes instead"),
        required=False,
        max_length=40,
        help_text=_("Only if you send somebody else."),
    )
    words = forms.CharField(
        label=_("A word to the community"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ItemForm(forms.Form):
    """What is agreed: who does what until when, and who helps."""

    title = forms.CharField(label=_("What is to be done"), min_length=2, max_length=60)
    organization = forms.TypedChoiceField(
        label=_("Owner"), coerce=int, required=False, empty_value=None
    )
    helpers = forms.TypedMultipleChoiceField(
        label=_("Helpers"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    due_on = _day(_("To be done by"))
    field = forms.ChoiceField(label=_("Field of service"), choices=Field.choices)

    def __init__(self, *args: Any, units: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = choices_of(units)
        _set_choices(self, "organization", [("", _("nobody yet")), *choices])
        _set_choices(self, "helpers", choices)
        self._units = {unit.pk: unit for unit in units}

    def agreed(self) -> dict[str, Any]:
        """Return what the action takes."""
        given = self.cleaned_data
        return {
            "title": given["title"],
            "organization": self._units.get(given["organization"]),
            "helpers": [self._units[key] for key in given["helpers"]],
            "due_on": given["due_on"],
            "field": given["field"],
        }


class ThingForm(forms.Form):
    """A thing with quantity and unit; an empty row is none."""

    thing = forms.CharField(label=_("Thing"), required=False, max_length=60)
    quantity = forms.DecimalField(
        label=_("Quantity"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.CharField(label=_("Unit of measure"), required=False, max_length=12)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("thing") and cleaned.get("quantity") is None and not self.errors:
            self.add_error("quantity", _("Please say how many."))
        if not cleaned.get("thing") and cleaned.get("quantity") is not None:
            self.add_error("thing", _("Please say which thing."))
        return cleaned


Things = formset_factory(ThingForm, extra=3, max_num=12, absolute_max=12)


def filled(things: Any, otherwise: str) -> list[tuple[str, Decimal, str]]:
    """Return the rows of checked `Things`; `otherwise` is the unit where none is given."""
    return [
        (given["thing"], given["quantity"], given["unit"] or otherwise)
        for given in (form.cleaned_data for form in things.forms)
        if given.get("thing")
    ]


class UnitForm(forms.Form):
    """One more unit, or another owner."""

    organization = forms.TypedChoiceField(
        label=_("Unit"), coerce=int, error_messages={"required": _("Please choose a unit.")}
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self, "organization", [("", _("Please choose")), *units])


class HandOnForm(UnitForm, ReasonForm):
    """Another owner, and why."""

    field_order = ("organization", "reason")


class DeliverForm(forms.Form):
    """What was done. Whoever joined may have been there for less than the whole."""

    organization = forms.TypedChoiceField(
        label=_("Who did it"), coerce=int, required=False, empty_value=None
    )
    what = forms.CharField(
        label=_("What was done"),
        min_length=2,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    occurred_on = _day(_("Day"))
    minutes = forms.IntegerField(label=_("How many minutes it took"), min_value=1, max_value=20_000)
    people = forms.IntegerField(label=_("How many people took part"), min_value=1, max_value=5000)
    hands = forms.TypedMultipleChoiceField(
        label=_("Members of the unit who took part"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("These people belong to another unit. Tick those of this one.")
        },
    )
    source = forms.CharField(
        label=_("Who told you"),
        required=False,
        max_length=60,
        help_text=_("A name and how you heard it, because you enter this for the unit."),
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        units: Choices,
        members: Choices,
        joined: Choices,
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.joined = [f"minutes_{key}" for key, _name in joined]
        for key, name in joined:
            self.fields[f"minutes_{key}"] = forms.IntegerField(
                label=name, min_value=1, max_value=20_000, required=False
            )
        _set_choices(self, "organization", units)
        _set_choices(self, "hands", members)
        self.fields["occurred_on"].widget.attrs["max"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in self.joined:
            if (given.get(name) or 0) > given.get("minutes", 20_000):
                self.add_error(name, _("Nobody was there for longer than it took."))
        return given

    @property
    def parts(self) -> list[forms.BoundField]:
        """The minutes of each who joined, where they are not those of the whole."""
        return [self[name] for name in self.joined]

    @property
    def has_parts(self) -> bool:
        """Whether some minutes were typed."""
        return any(bound.value() for bound in self.parts)

    def minutes_of(self, key: int) -> int:
        """Return how long somebody was there: as typed, or the whole."""
        minutes: int = self.cleaned_data.get(f"minutes_{key}") or self.cleaned_data["minutes"]
        return minutes


class CloseForm(forms.Form):
    """By whom it was accepted, and whom it served."""

    accepted_by = forms.CharField(label=_("Who accepted it"), required=False, max_length=60)
    asked = forms.CharField(
        label=_("Whom you asked, and what they said"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    served = forms.IntegerField(
        label=_("How many people it served"), min_value=1, max_value=1_000_000
    )
    counted_how = forms.ChoiceField(
        label=_("How this number was found"), choices=Counted.choices, widget=forms.RadioSelect
    )
