"""What people type about wishes, and whether it is well formed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from youwo.core.refused import Refused
from youwo.ledger.models import Field
from youwo.needs.models import CallBack, Channel, Wish
from youwo.people import phones

_AREA = {"rows": 5}
TOO_LONG = _("These are %(show_value)s characters. Please say it in %(limit_value)s at most.")


class PhoneField(forms.CharField):
    """A telephone number, in whatever way it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("Telephone number"),
                "max_length": 30,
                "widget": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
                **kwargs,
            }
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return phones.normalise(text)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused


class WhatForm(forms.Form):
    """The first question: what."""

    said = forms.CharField(
        label=_("What would you like?"),
        min_length=4,
        max_length=500,
        widget=forms.Textarea(attrs={**_AREA, "autocomplete": "off"}),
        error_messages={
            "required": _("Please say what you would like."),
            "min_length": _("Please say a little more, so that people know how to help."),
            "max_length": TOO_LONG,
        },
    )


class PlaceForm(forms.Form):
    """The community, and perhaps the compound and a point."""

    community = forms.RegexField(
        label=_("Community"),
        regex=r"^\d{12}$",
        error_messages={
            "required": _("Please choose your community."),
            "invalid": _("Please choose your community from the list."),
        },
    )
    compound = forms.CharField(required=False, max_length=24)
    longitude = forms.DecimalField(
        required=False, min_value=-180, max_value=180, decimal_places=6, max_digits=9
    )
    latitude = forms.DecimalField(
        required=False, min_value=-90, max_value=90, decimal_places=6, max_digits=9
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("longitude", "latitude"):
            # Nobody types the point, so nobody is asked to mend it: it is left out.
            if self.errors.pop(name, None):
                cleaned[name] = None
        return cleaned


class WhereForm(PlaceForm):
    """The second question: where, and what kind it is."""

    kind = forms.ChoiceField(
        label=_("What kind of wish is it?"), choices=Wish.Kind.choices, widget=forms.RadioSelect
    )
    address = forms.CharField(
        label=_("Building and door"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("Only the community and who comes to help will see it."),
    )


class ReachForm(forms.Form):
    """The third question: how to reach you."""

    phone = PhoneField(
        help_text=_("With its last four digits you follow your wish. It is never published."),
        error_messages={"required": _("Please leave a number, so that people can reach you.")},
    )
    name = forms.CharField(
        label=_("How shall we address you?"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    minor = forms.BooleanField(label=_("The wish is for a child under 18"), required=False)
    guardian = forms.BooleanField(label=_("I am the guardian and I agree"), required=False)
    consent = forms.BooleanField(
        label=_("I agree that the community uses this to see to my wish"),
        error_messages={"required": _("Without your agreement the community cannot help.")},
    )
    photo = forms.FileField(
        label=_("A picture"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("minor") and not cleaned.get("guardian"):
            self.add_error("guardian", _("For a child, please ask the guardian to agree."))
        return cleaned


class EnterForm(forms.Form):
    """A wish that a worker takes down for somebody."""

    said = forms.CharField(
        label=_("What they would like, in their words"),
        min_length=4,
        max_length=500,
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"min_length": _("Please write a little more.")},
    )
    channel = forms.ChoiceField(
        label=_("How it reached you"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.OWN],
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("guess from the words")), *Wish.Kind.choices],
        required=False,
    )
    community = forms.CharField(
        label=_("Community"),
        max_length=12,
        error_messages={"required": _("Please choose the community.")},
    )
    address = forms.CharField(label=_("Building and door"), required=False, max_length=60)
    name = forms.CharField(label=_("Name"), required=False, max_length=20)
    phone = PhoneField(
        required=False, help_text=_("May stay empty, if you will visit them yourself.")
    )
    minor = forms.BooleanField(label=_("The wish is for a child under 18"), required=False)
    consent = forms.ChoiceField(
        label=_("Agreement"),
        choices=[
            ("spoken", _("They agreed in words")),
            ("guardian", _("The guardian agreed")),
        ],
        widget=forms.RadioSelect,
        initial="spoken",
    )


class FollowForm(forms.Form):
    """The reference and the last four digits of the phone."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    digits = forms.RegexField(
        label=_("Last four digits of the phone"),
        regex=r"^\s*\d{4}\s*$",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Please enter four digits.")},
    )


class ReasonForm(forms.Form):
    """A reason that other people read."""

    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class WordsForm(forms.Form):
    """An answer to a question."""

    words = forms.CharField(
        label=_("Your answer"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class TheirWordsForm(forms.Form):
    """The resident's answer, told to a worker."""

    words = forms.CharField(
        label=_("Their answer"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class PublishForm(forms.Form):
    """What everybody will read."""

    public_title = forms.CharField(label=_("Title"), min_length=4, max_length=24)
    public_text = forms.CharField(
        label=_("Text"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 4})
    )
    public_person = forms.CharField(
        label=_("Whose wish it is, without a name"),
        required=False,
        max_length=24,
        help_text=_("For example: a person living alone, 78."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Wish.Kind.choices)


class QuestionForm(forms.Form):
    """A question to the resident."""

    question = forms.CharField(
        label=_("Question to the resident"),
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ClaimForm(forms.Form):
    """In whose name, and what was agreed."""

    organization = forms.TypedChoiceField(
        label=_("In whose name"), coerce=int, required=False, empty_value=None
    )
    appointment = forms.CharField(
        label=_("When will you come?"),
        required=False,
        max_length=50,
        help_text=_("The resident sees this, for example: Thursday afternoon at four."),
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 (it is declared above)
        field.choices = [("", _("my own")), *units]


class DeliverForm(forms.Form):
    """What was done."""

    what = forms.CharField(
        label=_("What was done"),
        min_length=2,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    occurred_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    minutes = forms.IntegerField(
        label=_("Minutes, without the way there"), min_value=1, max_value=1440
    )
    field = forms.ChoiceField(label=_("Field of service"), choices=Field.choices)
    more_hands = forms.IntegerField(
        label=_("Others who helped"), min_value=0, max_value=200, required=False
    )
    item = forms.CharField(label=_("Thing handed over"), required=False, max_length=40)
    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, min_value=0, max_digits=8, decimal_places=2
    )
    unit = forms.CharField(label=_("Unit of measure"), required=False, max_length=8)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occurred_on"].widget.attrs["max"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("item") and not cleaned.get("quantity"):
            self.add_error("quantity", _("Please say how many."))
        if cleaned.get("quantity") and not cleaned.get("item"):
            self.add_error("item", _("Please say what was handed over."))
        return cleaned


class CodeForm(forms.Form):
    """The code that the resident tells."""

    code = forms.RegexField(
        label=_("Confirmation code"),
        regex=r"^\s*\d{4}\s*$",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"invalid": _("Please enter four digits.")},
    )


class CallBackForm(forms.Form):
    """Three plain questions."""

    came = forms.ChoiceField(
        label=_("Did they come and do it?"),
        choices=[
            ("yes", pgettext_lazy("came and did it", "yes")),
            ("no", pgettext_lazy("came and did it", "no")),
        ],
        widget=forms.RadioSelect,
    )
    on_time = forms.ChoiceField(
        label=_("Were they on time?"),
        choices=[("yes", pgettext_lazy("on time", "yes")), ("no", pgettext_lazy("on time", "no"))],
        widget=forms.RadioSelect,
    )
    again = forms.ChoiceField(
        label=_("Would you ask them again?"),
        choices=CallBack.Again.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Anything else, in their words"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SuggestForm(forms.Form):
    """A complaint or a suggestion."""

    words = forms.CharField(
        label=_("What is not right, or could be better?"),
        min_length=4,
        max_length=500,
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"min_length": _("Please say a little more.")},
    )
    phone = PhoneField(required=False, help_text=_("Only if you would like to be called about it."))
