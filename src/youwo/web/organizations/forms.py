"""Forms about units, members, enrolments and tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.areas.queries import current
from youwo.core.refused import Refused
from youwo.organizations import queries
from youwo.organizations.imports.places import places_of_city
from youwo.organizations.models import Import, Organization
from youwo.people.queries import skills
from youwo.web.people.forms import PhoneField


class PlaceField(forms.CharField):
    """A place by name or code. What is not known is answered with what was probably meant."""

    def __init__(self, *, communities: bool = False, **kwargs: Any) -> None:
        self._communities = communities
        super().__init__(**{"max_length": 80, "strip": True, **kwargs})

    def clean(self, value: Any) -> Area | None:
        """Return the place."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return self._find(" ".join(text.split()))
        except Refused:
            # It may have been entered within the last minute.
            places_of_city.forget()
        try:
            return self._find(" ".join(text.split()))
        except Refused as refused:
            raise ValidationError(str(refused), code="place") from refused

    def _find(self, name: str) -> Area:
        place = current(places_of_city().find(name, "", community=self._communities))
        if place is None:
            raise Refused(_("This place has just ended. Please choose the one that follows it."))
        return place


class DayField(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, **kwargs})


class UnitForm(forms.Form):
    """A new unit."""

    name = forms.CharField(label=gettext_lazy("The unit's full name"), max_length=80)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=30, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What sort of unit"), choices=Organization.Kind)
    credit_code = forms.CharField(
        label=gettext_lazy("Unified social credit code"), max_length=30, required=False
    )
    area = PlaceField(
        label=gettext_lazy("Where it lies"),
        help_text=gettext_lazy("The name of the place, or its official code."),
    )
    parent = forms.CharField(
        label=gettext_lazy("The unit above it in its own system"), max_length=80, required=False
    )
    starts_on = DayField(label=gettext_lazy("Since"))

    def clean_parent(self) -> Organization | None:
        """Return the unit of exactly this name."""
        name = " ".join(self.cleaned_data["parent"].split())
        if not name:
            return None
        found = list(Organization.objects.filter(name=name, ends_on__isnull=True)[:2])
        if len(found) != 1:
            raise ValidationError(_("There is no unit of exactly this name."), code="unit")
        return found[0]


class ChangeUnitForm(forms.Form):
    """What a unit is called, and what it is."""

    name = forms.CharField(label=gettext_lazy("The unit's full name"), max_length=80)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=30, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What sort of unit"), choices=Organization.Kind)


class EnrolUnitForm(forms.Form):
    """With which community, from when."""

    community = PlaceField(
        communities=True,
        label=gettext_lazy("Community"),
        help_text=gettext_lazy("Its name, or its official code."),
    )
    branch = forms.CharField(
        label=gettext_lazy("Which party organisation of the unit"), max_length=100, required=False
    )
    starts_on = DayField(label=gettext_lazy("From"))


class EnrolMemberForm(forms.Form):
    """Where a member lives and what they can do."""

    community = PlaceField(
        communities=True,
        label=gettext_lazy("The community they live in"),
        help_text=gettext_lazy("Its name, or its official code."),
    )
    compound = forms.CharField(label=gettext_lazy("Compound"), max_length=60, required=False)
    occupation = forms.CharField(label=gettext_lazy("Occupation"), max_length=40, required=False)
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Good at"), required=False, widget=forms.CheckboxSelectMultiple
    )
    service_wishes = forms.MultipleChoiceField(
        label=gettext_lazy("Wishes to serve in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = DayField(label=gettext_lazy("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["skills"].choices = list(skills().items())
        fields["service_wishes"].choices = queries.service_fields()

    def clean(self) -> dict[str, Any]:
        """Find the compound in the community."""
        cleaned = super().clean() or {}
        name, community = cleaned.get("compound", ""), cleaned.get("community")
        cleaned["compound"] = None
        if name and community is not None:
            name = " ".join(name.split())
            compounds = Area.objects.filter(parent=community, kind=Area.Kind.COMPOUND)
            code = places_of_city().compounds(community.pk).get(name)
            cleaned["compound"] = current(code) if code else compounds.filter(name=name).first()
            if cleaned["compound"] is None:
                names = "、".join(compounds.order_by("code").values_list("name", flat=True)[:8])
                self.add_error(
                    "compound",
                    _("There is no such compound here. Known are: %(names)s.") % {"names": names}
                    if names
                    else _("No compound is known in this community yet. Please leave it empty."),
                )
        return cleaned


class NewMemberForm(EnrolMemberForm):
    """Somebody new to the unit: who they are, too."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    phone = PhoneField()

    field_order = ("name", "phone")


class ReasonForm(forms.Form):
    """A reason, in a few words."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EndForm(ReasonForm):
    """From which day on, and why."""

    on = DayField(label=gettext_lazy("The first day on which it no longer holds"))

    field_order = ("on", "reason")


class DayForm(forms.Form):
    """From which day on."""

    on = DayField(label=gettext_lazy("From which day on"))


class TransferForm(DayForm):
    """Where to, and from which day on."""

    to = forms.CharField(label=gettext_lazy("The new unit's full name"), max_length=80)

    field_order = ("to", "on")

    def clean_to(self) -> Organization:
        """Return the unit of exactly this name."""
        name = " ".join(self.cleaned_data["to"].split())
        found = list(Organization.objects.filter(name=name, ends_on__isnull=True)[:2])
        if len(found) != 1:
            raise ValidationError(_("There is no unit of exactly this name."), code="unit")
        return found[0]


class MandateForm(forms.Form):
    """Who acts for the unit, and since when."""

    phone = PhoneField(label=gettext_lazy("Their phone number"))
    starts_on = DayField(label=gettext_lazy("From"))


class UploadForm(forms.Form):
    """A table, and what it is about."""

    subject = forms.ChoiceField(
        label=gettext_lazy("What is in the table"),
        choices=Import.Subject,
        widget=forms.RadioSelect,
        initial=Import.Subject.MEMBERS,
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("For which place"), queryset=Area.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("Excel file"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,application/vnd.ms-excel"}),
    )

    def __init__(
        self, *args: Any, codes: list[str], subjects: list[tuple[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["subject"].choices = subjects
        fields["area"].queryset = Area.objects.filter(pk__in=codes)
        if len(codes) == 1:
            fields["area"].required = False
            fields["area"].widget = forms.HiddenInput()


def day_initial(day: date) -> str:
    """Return a day as a date input shows it."""
    return day.isoformat()
