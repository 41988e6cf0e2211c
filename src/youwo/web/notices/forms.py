"""The form of somebody's channels."""

from __future__ import annotations

from typing import Any

from django import forms

from youwo.notices.models import Channel, Kind


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
