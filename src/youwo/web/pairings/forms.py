"""Forms about pairings, households and plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas import queries as areas
from youwo.areas.models import Area
from youwo.organizations.models import HouseholdPairing, Organization, Plan
from youwo.web.organizations.forms import DayField, ReasonForm
from youwo.web.people.forms import PhoneField

_NAMED = 6


def unit_named(text: str) -> Organization:
    """Return the unit of exactly this name, or of its short name."""
    name = " ".join(text.split())
    rows = Organization.objects.filter(ends_on__isnull=True)
    called = rows.filter(Q(name=name) | Q(short_name=name)).annotate(exact=Q(name=name))
    both = list(called.order_by("-exact", "pk")[:3])
    found = [unit for unit in both if unit.name == name] or both
    if len(found) != 1:
        alike = list(rows.filter(name__contains=name).values_list("name", flat=True)[:_NAMED])
        raise ValidationError(
            _("There is no unit of exactly this name. Did you mean: %(names)s?")
            % {"names": "、".join(alike)}
            if alike
            else _("There is no unit of exactly this name."),
            code="unit",
        )
    return found[0]


class PlaceToPairField(forms.CharField):
    """A community or a compound, by its code, or by its name and what it lies in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 80, "strip": True, **kwargs})

    def clean(self, value: Any) -> Area | None:
        """Return the place; where several have the name, say how to tell them apart."""
        text = super().clean(value)
        if not text:
            return None
        kinds = (Area.Kind.COMMUNITY, Area.Kind.COMPOUND)
        exact = Area.objects.filter(pk=text, kind__in=kinds, valid_to__isnull=True).first()
        if exact is not None:
            return exact
        found = areas.find(text, kinds=kinds, limit=_NAMED)
        last = text.split()[-1]
        named = [area for area in found if area.name == last] or found
        if len(named) == 1:
            return named[0]
        if not named:
            raise ValidationError(_("There is no such community or compound."), code="place")
        names = "、".join(
            f"{area.parent.name if area.parent else ''} {area.name}".strip() for area in named
        )
        raise ValidationError(
            _("Several places are called that. Please enter one of: %(names)s.") % {"names": names},
            code="place",
        )


class PairForm(forms.Form):
    """Which unit, which place, since when, and why these two."""

    unit = forms.CharField(label=gettext_lazy("The unit's full name"), max_length=80)
    area = PlaceToPairField(
        label=gettext_lazy("Community or compound"),
        help_text=gettext_lazy("Its name, or the community's and the compound's: 金税 金税家园."),
    )
    starts_on = DayField(label=gettext_lazy("From"))
    reason = forms.CharField(
        label=gettext_lazy("Why these two"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: next door, or has the right people."),
    )

    def clean_unit(self) -> Organization:
        """Return the unit."""
        return unit_named(self.cleaned_data["unit"])


class HouseholdForm(forms.Form):
    """A household that has agreed, and the member who stays in touch."""

    member = forms.ChoiceField(label=gettext_lazy("Which member"))
    name = forms.CharField(
        label=gettext_lazy("Whom to ask for"),
        max_length=40,
        help_text=gettext_lazy("A form of address is enough."),
    )
    compound = forms.ModelChoiceField(
        label=gettext_lazy("Compound"), queryset=Area.objects.none(), required=False
    )
    door = forms.CharField(label=gettext_lazy("Building and door"), max_length=80)
    phone = PhoneField(
        label=gettext_lazy("Phone number"),
        required=False,
        help_text=gettext_lazy("Only if they wish to give one."),
    )
    consent_given = forms.ChoiceField(
        label=gettext_lazy("How the household agreed"),
        choices=HouseholdPairing.Given,
        widget=forms.RadioSelect,
    )
    consent_on = DayField(label=gettext_lazy("On which day it agreed"))
    starts_on = DayField(label=gettext_lazy("From"))

    def __init__(
        self, *args: Any, members: list[tuple[int, str]], compounds: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["member"].choices = members
        fields["compound"].queryset = compounds


class ContactForm(forms.Form):
    """On which day, and if they wish a few words."""

    on = DayField(label=gettext_lazy("When was that?"))
    words = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RevealForm(ReasonForm):
    """Why somebody needs to see whom it is about."""


class PlanForm(forms.Form):
    """For which area, and on what terms."""

    area = forms.ModelChoiceField(
        label=gettext_lazy("For which area"), queryset=Area.objects.none(), empty_label=None
    )
    places = forms.ChoiceField(
        label=gettext_lazy("Which places get a unit"),
        choices=Plan.Places,
        widget=forms.RadioSelect,
    )
    villages = forms.BooleanField(label=gettext_lazy("Villages too"), required=False)
    share = forms.ChoiceField(
        label=gettext_lazy("What is a fair share"), choices=Plan.Share, widget=forms.RadioSelect
    )
    slack = forms.IntegerField(
        label=gettext_lazy("How many places more or fewer than its share a unit may have"),
        min_value=0,
        max_value=20,
    )
    ceiling = forms.IntegerField(
        label=gettext_lazy("At most how many places for one unit"),
        min_value=1,
        max_value=200,
        required=False,
    )
    farthest_km = forms.IntegerField(
        label=gettext_lazy("At most how many kilometres away"),
        min_value=1,
        max_value=300,
        required=False,
    )
    keep = forms.BooleanField(
        label=gettext_lazy("Places that have a unit today keep it"), required=False
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = areas


class MoveForm(forms.Form):
    """Another unit for a place, by name; empty where it is to have none."""

    unit = forms.CharField(
        label=gettext_lazy("Another unit's full name"), max_length=80, required=False
    )

    def clean_unit(self) -> Organization | None:
        """Return the unit."""
        name = self.cleaned_data["unit"]
        return unit_named(name) if name.strip() else None


class AdoptForm(forms.Form):
    """In which part of the plan's area."""

    area = forms.ModelChoiceField(
        label=gettext_lazy("Where"), queryset=Area.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = areas
