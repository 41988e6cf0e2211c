"""Forms of what somebody gets when and how, and of group robots."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from youwo.notices.models import QUIET_FROM, QUIET_UNTIL, Channel, GroupKind, Kind, Robot, Weekday
from youwo.organizations.robots import Wished


class PreferencesForm(forms.Form):
    """For each channel, the kinds of messages that come through it."""

    def __init__(self, *args: Any, wanted: dict[tuple[str, str], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for channel, label in Channel.choices:
            self.fields[channel] = forms.MultipleChoiceField(
                label=label,
                choices=Kind.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[kind for kind in Kind.values if wanted[kind, channel]],
            )
        # Says that the form was sent even where nothing is ticked.
        self.fields["sent"] = forms.CharField(widget=forms.HiddenInput, initial="1", required=False)

    def chosen(self) -> set[tuple[str, str]]:
        """Return what is wanted, as (kind, channel)."""
        return {
            (kind, channel)
            for channel in Channel.values
            for kind in self.cleaned_data.get(channel, [])
        }


class HabitsForm(forms.Form):
    """When somebody wants to be left alone, and on which day they hear about their week."""

    quiet = forms.BooleanField(
        label=gettext_lazy("Nothing by e-mail at night, unless it is urgent"), required=False
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        initial=QUIET_FROM,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("until"),
        initial=QUIET_UNTIL,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    digest_on = forms.TypedChoiceField(
        label=gettext_lazy("My week at a glance comes on"),
        choices=[("", gettext_lazy("no day, thank you")), *Weekday.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )


class RobotForm(forms.Form):
    """A robot of a chat group. What is secret is never shown again."""

    platform = forms.ChoiceField(
        label=gettext_lazy("Where the group is"),
        choices=Robot.Platform.choices,
        widget=forms.RadioSelect,
    )
    owner = forms.ChoiceField(label=gettext_lazy("What the group hears about"))
    name = forms.CharField(
        label=gettext_lazy("Name of the group"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Webhook address"),
        max_length=400,
        help_text=gettext_lazy(
            "The group's settings show it when you add a robot. It is like a password: it is kept"
            " sealed and not shown again."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret for the signature"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Only DingTalk and Feishu have one, and only if you chose so there."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    keyword = forms.CharField(
        label=gettext_lazy("Keyword"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("If the group takes only posts with a certain word in them."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("What is posted"),
        choices=GroupKind.choices,
        initial=GroupKind.values,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please tick at least one.")},
    )
    quiet = forms.BooleanField(
        label=gettext_lazy("Nothing between 21:00 and 8:00, unless it is urgent"),
        required=False,
        initial=True,
    )

    def __init__(
        self, *args: Any, owners: list[tuple[str, Any]], robot: Robot | None = None, **kwargs: Any
    ) -> None:
        if robot is not None:
            names = ("name", "keyword", "wanted", "quiet")
            kwargs["initial"] = {name: getattr(robot, name) for name in names}
        super().__init__(*args, **kwargs)
        if robot is None:
            self.fields["owner"].choices = owners  # type: ignore[attr-defined]
            return
        del self.fields["platform"], self.fields["owner"]
        for name in ("address", "secret"):
            self.fields[name].required = False
            self.fields[name].help_text = gettext_lazy("Leave it empty to keep the present one.")

    def wished(self) -> Wished:
        """Return what the action takes."""
        names = ("name", "wanted", "address", "secret", "keyword", "quiet")
        return Wished(**{name: self.cleaned_data[name] for name in names})
