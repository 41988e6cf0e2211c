"""Forms for days, office hours, places, what lies outside, and consent texts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.needs.models import OutsideMatter, Responsible


class DayField(forms.DateField):
    """A day, picked from the browser's calendar, in the years that one has to do with."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, **kwargs})

    def validate(self, value: date | None) -> None:
        """Refuse years that a slip of the keyboard makes."""
        super().validate(value)
        if value is not None and not 1949 <= value.year <= 2100:
            raise forms.ValidationError(_("Please check the year."))


class TimeField(forms.TimeField):
    """A time of day."""

    def __init__(self, label: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(label=label, widget=widget)


class DaysForm(forms.Form):
    """One day or a span of days, whether they are worked, and why."""

    first = DayField(label=gettext_lazy("First day"))
    last = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave it empty for a single day."),
    )
    working = forms.ChoiceField(
        label=gettext_lazy("These days are"),
        choices=[("0", gettext_lazy("free")), ("1", gettext_lazy("worked"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=60,
        help_text=gettext_lazy("As the notice calls it, such as 春节 or 春节调休."),
    )

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        days = self.cleaned_data
        return {
            "first": days["first"],
            "last": days["last"] or days["first"],
            "working": days["working"] == "1",
            "name": days["name"],
        }


class SpanForm(forms.Form):
    """The span of days whose entries are taken back."""

    first = forms.DateField()
    last = forms.DateField()


class HoursForm(forms.Form):
    """Office hours from a day on."""

    valid_from = DayField(label=gettext_lazy("Holds from"))
    morning_opens = TimeField(gettext_lazy("Morning, from"))
    morning_closes = TimeField(gettext_lazy("Morning, until"))
    afternoon_opens = TimeField(gettext_lazy("Afternoon, from"))
    afternoon_closes = TimeField(gettext_lazy("Afternoon, until"))

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        entered = self.cleaned_data
        return {
            "valid_from": entered["valid_from"],
            "morning": (entered["morning_opens"], entered["morning_closes"]),
            "afternoon": (entered["afternoon_opens"], entered["afternoon_closes"]),
        }


class NameForm(forms.Form):
    """The name of a compound."""

    name = forms.CharField(
        label=gettext_lazy("Name of the compound"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class EndForm(forms.Form):
    """From when on a code no longer holds, and which one follows it."""

    on = DayField(label=gettext_lazy("First day without the code"))
    successor = forms.CharField(
        label=gettext_lazy("Code that follows it"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num"}),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I have checked it: an ended code does not come back"),
        error_messages={"required": gettext_lazy("Please tick this before going on.")},
    )


class MatterForm(forms.Form):
    """A matter that lies outside: its words, and where people go with it."""

    name = forms.CharField(label=gettext_lazy("What it is"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=OutsideMatter.Kind.choices)
    words = forms.CharField(
        label=gettext_lazy("Words that point to it"),
        max_length=600,
        help_text=gettext_lazy("With spaces between them, such as 着火 起火 冒烟."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    where_to_go = forms.CharField(
        label=gettext_lazy("What people are told"),
        max_length=200,
        help_text=gettext_lazy("One or two sentences that say where to go."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    telephone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    area = forms.ChoiceField(label=gettext_lazy("Where it holds"), required=False)
    place = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        min_value=0,
        max_value=999,
        help_text=gettext_lazy("Where words of several fit, the smallest number wins."),
    )

    def __init__(self, *args: Any, places: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = places  # type: ignore[attr-defined]


class KindForm(forms.Form):
    """A kind of problem: the six columns of the catalogue, the words for it, and where it is."""

    group = forms.CharField(label=gettext_lazy("Class"), max_length=20)
    name = forms.CharField(label=gettext_lazy("Sub-class"), max_length=40)
    record = forms.CharField(
        label=gettext_lazy("What to record"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    opens = forms.CharField(
        label=gettext_lazy("When it opens"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Time limit in working hours"),
        min_value=1,
        max_value=2000,
        help_text=gettext_lazy("A working day has 7.5 hours."),
    )
    closes = forms.CharField(
        label=gettext_lazy("When it is closed"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    responsible = forms.CharField(label=gettext_lazy("Who is responsible"), max_length=60)
    responsible_kind = forms.ChoiceField(
        label=gettext_lazy("What kind of body that is"), choices=Responsible.choices
    )
    words = forms.CharField(
        label=gettext_lazy("Words that point to it"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("With spaces between them, such as 路灯 灯不亮."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    duty = forms.BooleanField(
        label=gettext_lazy("Lies within the community's duties"), required=False
    )
    urban = forms.BooleanField(label=gettext_lazy("Found in compounds"), required=False)
    rural = forms.BooleanField(label=gettext_lazy("Found in villages"), required=False)
    place = forms.IntegerField(
        label=gettext_lazy("Place in the order"), min_value=0, max_value=9999
    )


class SentenceForm(forms.Form):
    """A sentence to try the list with, and where somebody would say it."""

    sentence = forms.CharField(
        label=gettext_lazy("Try a sentence"),
        max_length=300,
        help_text=gettext_lazy("As a resident would say it. It is not kept."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    area = forms.ChoiceField(label=gettext_lazy("Said in"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = places  # type: ignore[attr-defined]
        if len(places) < 2:
            self.fields["area"].widget = forms.HiddenInput()


class TextForm(forms.Form):
    """New words for a consent, and the day from which they hold."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=10_000,
        help_text=gettext_lazy("Line by line, as people will read it."),
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    valid_from = DayField(label=gettext_lazy("Holds from"))
    after = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, newest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.newest = today, newest

    def clean_text(self) -> str:
        """Return the words with plain line ends, as they are kept."""
        return "\n".join(str(self.cleaned_data["text"]).splitlines())

    def clean_valid_from(self) -> date:
        """Refuse a day that has passed: nobody could have read the words then."""
        day: date = self.cleaned_data["valid_from"]
        if day < self.today:
            raise forms.ValidationError(_("New words hold from today at the earliest."))
        return day

    def clean_after(self) -> int:
        """Refuse words written before somebody else's were published."""
        after: int = self.cleaned_data["after"]
        if after != self.newest:
            sent: Any = dict(self.data.items())
            self.data = {**sent, "after": str(self.newest)}
            self.add_error(
                "text",
                _("Version %(version)s has just been published. Please read it before going on.")
                % {"version": self.newest},
            )
        return after
