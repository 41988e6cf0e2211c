"""What people type about problems, and whether it is well formed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from youwo.core.references import parse_reference
from youwo.needs.models import Channel, OutsideMatter, ProblemKind, Report
from youwo.needs.triage import outside_matters, problem_kinds
from youwo.web.needs.forms import TOO_LONG, PhoneField, PlaceForm

_AREA = {"rows": 5}


def kind_choices(kinds: list[ProblemKind]) -> list[tuple[str, Any]]:
    """Return the catalogue as choices, class by class."""
    return [
        (group, [(kind.pk, kind.name) for kind in rows])
        for group, rows in groupby(kinds, key=lambda kind: kind.group)
    ]


class KindField(forms.ChoiceField):
    """A kind of the catalogue that holds now; cleaned to its row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("What kind of problem is it?"),
                "choices": lambda: [("", _("Please choose")), *kind_choices(problem_kinds())],
                "error_messages": {"required": _("Please choose what it is most like.")},
                **kwargs,
            }
        )

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        return next((kind for kind in problem_kinds() if kind.pk == code), None)


class WhatForm(forms.Form):
    """The first question: what."""

    said = forms.CharField(
        label=_("What is wrong?"),
        min_length=4,
        max_length=500,
        widget=forms.Textarea(attrs={**_AREA, "autocomplete": "off"}),
        error_messages={
            "required": _("Please say what is wrong."),
            "min_length": _("Please say a little more, so that people find it."),
            "max_length": TOO_LONG,
        },
    )


class WhereForm(PlaceForm):
    """The second question: where the problem is, and what kind it is."""

    kind = KindField()
    building = forms.CharField(
        label=_("Building or place"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Where the problem is, for example: by the gate of building 3."),
    )


class WayToReachForm(forms.Form):
    """How to reach somebody, if they like; with it, their agreement."""

    phone = PhoneField(
        required=False,
        help_text=_(
            "With its last four digits you read the answer anywhere. It is never published."
        ),
    )
    name = forms.CharField(
        label=_("How shall we address you?"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that the community uses this to see to the problem"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("phone") or cleaned.get("name")) and not cleaned.get("consent"):
            self.add_error(
                "consent", _("Please agree, or leave number and name empty: it works without.")
            )
        return cleaned


class ReachForm(WayToReachForm):
    """The third question: whether it is known already, and how to reach you."""

    same = forms.CharField(required=False, max_length=9)
    photo = forms.FileField(
        label=_("A picture"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )


class MeTooForm(WayToReachForm):
    """One more voice about a known problem."""

    said = forms.CharField(
        label=_("What it is like for you"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={**_AREA, "autocomplete": "off"}),
        error_messages={"max_length": TOO_LONG},
    )


class EnterForm(PlaceForm):
    """A problem that a worker takes down for somebody."""

    said = forms.CharField(
        label=_("What is wrong, in their words"),
        min_length=4,
        max_length=500,
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"min_length": _("Please write a little more.")},
    )
    channel = forms.ChoiceField(
        label=_("How it reached you"),
        choices=[choice for choice in Channel.choices if choice[0] not in (Channel.OWN,)],
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    community = forms.RegexField(
        label=_("Community"),
        regex=r"^\d{12}$",
        error_messages={
            "required": _("Please choose the community."),
            "invalid": _("Please choose the community."),
        },
    )
    building = forms.CharField(
        label=_("Building or place"),
        required=False,
        max_length=40,
        help_text=_("Where the problem is, for example: by the gate of building 3."),
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=20)
    phone = PhoneField(
        required=False, help_text=_("May stay empty; then nobody can be told the answer.")
    )
    address = forms.CharField(label=_("Building and door"), required=False, max_length=60)
    same = forms.CharField(required=False, max_length=9)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (it is declared above)
        field.choices = [("", _("guess from the words")), *kind_choices(problem_kinds())]


class PublicForm(forms.Form):
    """What everybody reads."""

    public_title = forms.CharField(label=_("Title"), min_length=4, max_length=40)
    public_text = forms.CharField(
        label=_("Text"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 4})
    )


class AcceptForm(PublicForm):
    """What everybody will read, and of which kind it is."""

    kind = KindField(label=_("Kind"))


class HandOverForm(forms.Form):
    """Where the matter belongs; cleaned to its row."""

    matter = forms.ChoiceField(
        label=_("Where it belongs"),
        choices=lambda: [
            (matter.pk, f"{matter.name}：{matter.where_to_go}") for matter in outside_matters()
        ],
        widget=forms.RadioSelect,
    )

    def clean_matter(self) -> OutsideMatter:
        code = self.cleaned_data["matter"]
        return next(matter for matter in outside_matters() if matter.pk == code)


class OfferedField(forms.MultipleChoiceField):
    """What was offered, or anything else that may be named: it is looked up when it is used."""

    def valid_value(self, value: Any) -> bool:
        return True


class MergeForm(forms.Form):
    """Which other problems are the same as this one."""

    others = OfferedField(required=False, widget=forms.CheckboxSelectMultiple)
    reference = forms.CharField(
        label=_("Or by its reference"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(
        self, *args: Any, others: Callable[[], list[tuple[str, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # Asked for only where they are shown.
        field = self.fields["others"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (it is declared above)
        field.label, field.choices = _("The same as this one"), others

    def clean_reference(self) -> str:
        typed = self.cleaned_data["reference"]
        reference = parse_reference(typed) if typed else ""
        if reference is None:
            raise forms.ValidationError(
                _("This reference has a slip in it. Please compare it with your note.")
            )
        return reference

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("others") and not cleaned.get("reference"):
            raise forms.ValidationError(_("Please choose what is the same, or type a reference."))
        return cleaned


class JoinForm(forms.Form):
    """With which other problem this one is joined."""

    into = forms.CharField(max_length=20, widget=forms.HiddenInput)


class SplitForm(forms.Form):
    """Which voices speak of something else, and what."""

    reports = forms.MultipleChoiceField(
        label=_("Who speaks of something else"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose the voices that speak of something else.")},
    )
    title = forms.CharField(label=_("What the other matter is called"), min_length=4, max_length=40)

    def __init__(self, *args: Any, reports: list[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reports"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (it is declared above)
        field.choices = [
            (report.reference, " ".join(report.said.split())[:60]) for report in reports
        ]


class CloseForm(forms.Form):
    """Whom the worker asked, where no resident has said so on their own page."""

    asked = forms.CharField(
        label=_("Whom you asked, and what they said"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Not needed where a resident has said that it is solved and none that not."),
    )


class JudgeForm(forms.Form):
    """Whether it is solved, as one voice sees it."""

    satisfied = forms.ChoiceField(
        label=_("As you see it"),
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, not yet"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say yes or no.")},
        help_text=_("If not yet, please also say below what is still wrong."),
    )
    words = forms.CharField(
        label=_("Anything else"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed only if it is not solved yet."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("satisfied") == "no" and not cleaned.get("words", "").strip():
            self.add_error("words", _("Please say what is still wrong."))
        return cleaned
