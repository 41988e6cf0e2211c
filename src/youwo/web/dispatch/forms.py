"""What people type about whistles, and whether it is well formed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from youwo.almanac.queries import deadline
from youwo.core.clock import local_day
from youwo.dispatch.models import Colour, Level, Office
from youwo.ledger.models import Field


class MomentField(forms.DateTimeField):
    """A day and a time, as phones offer them."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{"widget": widget, "input_formats": ["%Y-%m-%dT%H:%M"], **kwargs})


class BlowForm(forms.Form):
    """A whistle: the level, and the words that the units read."""

    level = forms.ChoiceField(label=_("Level"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("What it is about"), min_length=2, max_length=60)
    matter = forms.CharField(
        label=_("What the units should know"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field = forms.ChoiceField(label=_("Field of service"), choices=Field.choices)

    def __init__(self, *args: Any, levels: list[tuple[Level, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(level.pk), words) for level, words in levels]
        self.fields["level"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Who comes, and when."""

    who = forms.CharField(label=_("Who comes"), max_length=60)
    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            ("soon", _("within an hour")),
            ("later", _("within half a working day")),
            ("exact", _("at another time")),
        ],
        initial="soon",
        widget=forms.RadioSelect,
    )
    exact = MomentField(label=_("At what time"), required=False)
    reply = forms.CharField(label=_("In a sentence"), max_length=300, required=False)
    organization = forms.TypedChoiceField(label=_("Unit"), coerce=int)

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].choices = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["organization"].widget = forms.HiddenInput()
            self.fields["organization"].initial = units[0][0]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("when") == "exact" and not given.get("exact") and "exact" not in self.errors:
            self.add_error("exact", _("Please say when you come."))
        return given

    def arrives_at(self, at: datetime, area_code: str) -> datetime:
        """Return the moment that was chosen."""
        given = self.cleaned_data
        if given["when"] == "exact":
            found: datetime = given["exact"]
            return found
        if given["when"] == "later":
            return deadline(at, hours=4, area_code=area_code).at
        return at + timedelta(hours=1)


class TakeOverForm(AnswerForm):
    """Who comes, and when, of the unit that takes over."""

    reply = None  # type: ignore[assignment]


class _UnitForm(forms.Form):
    """A form in which one of the units for which somebody speaks says something."""

    organization = forms.TypedChoiceField(label=_("Unit"), coerce=int)

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].choices = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["organization"].widget = forms.HiddenInput()
            self.fields["organization"].initial = units[0][0]


class UnitReasonForm(_UnitForm):
    """A unit says why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class HelpForm(_UnitForm):
    """A unit joins."""

    who = forms.CharField(label=_("Who comes"), max_length=60, required=False)


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class PauseForm(ReasonForm):
    """A reason that the resident reads, and until when."""

    last = MomentField(label=_("Until when at the latest"))


def in_two_days() -> datetime:
    """Return the morning of the day after tomorrow, offered as the end of a pause."""
    on = local_day(timezone.now()) + timedelta(days=2)
    return timezone.make_aware(datetime.combine(on, time(9)))


class HoursForm(ReasonForm):
    """More working hours, with a reason."""

    hours = forms.DecimalField(
        label=_("Working hours"),
        min_value=Decimal("0.5"),
        max_value=Decimal(300),
        decimal_places=1,
        help_text=_("A working day has 7.5."),
    )
    field_order = ("hours", "reason")


class WordsForm(forms.Form):
    """What is said to the units."""

    words = forms.CharField(
        label=_("What you tell them"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecideForm(forms.Form):
    """A decision and its reason."""

    granted = forms.TypedChoiceField(
        label=_("Your decision"), coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason, which both sides read"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["granted"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]


class LadderForm(forms.Form):
    """From when on new levels hold, and by which decision."""

    valid_from = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    basis = forms.CharField(label=_("By which decision"), max_length=120)


class RungForm(forms.Form):
    """One level."""

    name = forms.CharField(label=_("Name of the level"), max_length=12, required=False)
    colour = forms.ChoiceField(label=_("Colour"), choices=Colour.choices)
    answers = forms.ChoiceField(label=_("Who must see that it is answered"), choices=Office.choices)
    reply_hours = forms.DecimalField(
        label=_("Hours to answer"), min_value=Decimal("0.5"), max_value=999, decimal_places=1
    )
    solve_hours = forms.DecimalField(
        label=_("Hours to solve it"), min_value=Decimal("0.5"), max_value=999, decimal_places=1
    )
    extend_hours = forms.DecimalField(
        label=_("Hours a unit may take more by itself"),
        min_value=0,
        max_value=999,
        decimal_places=1,
    )


RungFormSet = forms.formset_factory(RungForm, extra=0, max_num=6, absolute_max=6)
