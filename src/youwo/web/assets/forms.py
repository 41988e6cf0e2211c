"""Forms about assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service.actions.assets import Share
from youwo.service.models import Asset, DeliveryGoods
from youwo.service.upkeep import amount
from youwo.web.keeping.forms import DayField
from youwo.web.people.forms import PhoneField

_COMMUNITY, _SOMEBODY = "", "person"


def _quantity(**kwargs: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        **{
            "label": gettext_lazy("How many"),
            "max_digits": 10,
            "decimal_places": 2,
            "min_value": Decimal(0),
            "widget": widget,
            **kwargs,
        }
    )


def _months() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Inspected every so many months"),
        min_value=1,
        max_value=120,
        required=False,
        help_text=gettext_lazy("Leave it empty where nothing is to be inspected."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class KeeperForm(forms.Form):
    """Who keeps things: the community, one of its units, or a person by telephone number."""

    def __init__(self, *args: Any, units: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = {str(unit.pk): unit for unit in units}
        self.fields["keeper"] = forms.ChoiceField(
            label=gettext_lazy("Who keeps it"),
            required=False,
            choices=[
                (_COMMUNITY, gettext_lazy("the community")),
                *((key, unit.name) for key, unit in self._units.items()),
                (_SOMEBODY, gettext_lazy("a person, by telephone number")),
            ],
        )
        self.fields["phone"] = PhoneField(
            label=gettext_lazy("The person's telephone number"), required=False
        )

    def keeper(self) -> dict[str, Any]:
        """Return the unit or the person, as the actions take them."""
        chosen: str = self.cleaned_data["keeper"]
        return {
            "organization": self._units.get(chosen),
            "person": self.cleaned_data.get("person") if chosen == _SOMEBODY else None,
        }

    def clean(self) -> dict[str, Any]:
        """Find the person."""
        cleaned = super().clean() or {}
        if cleaned.get("keeper") == _SOMEBODY and not self.errors.get("phone"):
            phone = cleaned["phone"]
            found = Person.objects.with_phone(phone).first() if phone else None
            if found is None:
                self.add_error(
                    "phone",
                    _("Nobody is known under this number. Please choose the community instead."),
                )
            cleaned["person"] = found
        return cleaned


class PlaceForm(KeeperForm):
    """Where things stand, and who keeps them."""

    def __init__(self, *args: Any, places: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {area.pk: area for area in places}
        self.fields["area"] = forms.ChoiceField(
            label=gettext_lazy("Place"), choices=[(area.pk, area.name) for area in places]
        )
        self.fields["place"] = forms.CharField(
            label=gettext_lazy("Where exactly"),
            max_length=60,
            required=False,
            help_text=gettext_lazy("Such as 东门内侧 or 2号楼单元门口."),
        )
        self.order_fields(["area", "place", "keeper", "phone"])

    def where(self) -> dict[str, Any]:
        """Return place and keeper, as the actions take them."""
        return {
            "area": self._places[self.cleaned_data["area"]],
            "place": self.cleaned_data["place"],
            **self.keeper(),
        }


class SplitForm(PlaceForm):
    """How many are set apart, where to, and who keeps them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"] = _quantity()
        self.order_fields(["quantity", "area", "place", "keeper", "phone"])


class DatesForm(forms.Form):
    """How often something is inspected, and when it expires."""

    inspect_every_months = _months()
    expires_on = DayField(label=gettext_lazy("Expires on"), required=False)


class EnterForm(PlaceForm):
    """An asset that no delivery recorded here brought."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "name": forms.CharField(label=gettext_lazy("Name of the thing"), max_length=60),
            "quantity": _quantity(),
            "unit": forms.CharField(
                label=gettext_lazy("Counted in"),
                max_length=12,
                help_text=gettext_lazy("Such as 个, 具 or 套."),
            ),
            "source": forms.CharField(
                label=gettext_lazy("Where it comes from"),
                max_length=120,
                help_text=gettext_lazy("Who gave it, and when."),
            ),
            "on": DayField(label=gettext_lazy("Here since")),
            "inspect_every_months": _months(),
            "expires_on": DayField(label=gettext_lazy("Expires on"), required=False),
        }
        self.order_fields(["name", "quantity", "unit", "area", "place", "source", "on"])


class ReceiveForm(forms.Form):
    """Who signed, and when."""

    receiver = forms.CharField(label=gettext_lazy("Who signed"), max_length=40)
    on = DayField(label=gettext_lazy("Signed on"))


class InspectForm(forms.Form):
    """Whether something is in order."""

    sound = forms.ChoiceField(
        label=gettext_lazy("Is it in order?"),
        choices=[("yes", gettext_lazy("in order")), ("no", gettext_lazy("broken"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("If it is broken: what is wrong with it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    on = DayField(label=gettext_lazy("Looked at on"))


class NoteForm(forms.Form):
    """A few words."""

    note = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RetireForm(forms.Form):
    """Why something is taken out of use."""

    note = forms.CharField(
        label=gettext_lazy("Why it is taken out of use"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandOverForm(KeeperForm):
    """Which goods become assets, how many at which place; one line for each place."""

    on = DayField(label=gettext_lazy("Handed over on"))

    def __init__(
        self,
        *args: Any,
        goods: Sequence[DeliveryGoods],
        left: dict[int, Decimal],
        places: Sequence[Area],
        probably: Area | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.goods, self.left, self.places = goods, left, places
        for row in goods:
            for area in places:
                key = self._key(row, area)
                most = amount(left[row.pk]) if area == probably and left[row.pk] else ""
                self.fields[key] = _quantity(label=area.name, required=False, initial=most)
                self.fields[f"{key}_place"] = forms.CharField(
                    label=gettext_lazy("Where exactly"), max_length=60, required=False
                )
            self.fields[f"{row.pk}_months"] = _months()
            self.fields[f"{row.pk}_expires"] = DayField(
                label=gettext_lazy("Expires on"), required=False
            )

    def _key(self, row: DeliveryGoods, area: Area) -> str:
        return f"{row.pk}_{area.pk}"

    def rows(self) -> list[dict[str, Any]]:
        """Return each row of goods with its places, for the page."""
        return [
            {
                "goods": row,
                "left": self.left[row.pk],
                "months": self[f"{row.pk}_months"],
                "expires": self[f"{row.pk}_expires"],
                "places": [
                    (area, self[self._key(row, area)], self[f"{self._key(row, area)}_place"])
                    for area in self.places
                ],
            }
            for row in self.goods
        ]

    def shares(self, nonces: Mapping[str, UUID]) -> list[Share]:
        """Return what is handed over where. `nonces` makes the nonce of each line."""
        given, found = self.cleaned_data, []
        for row in self.goods:
            for area in self.places:
                quantity = given[self._key(row, area)]
                if quantity:
                    found.append(
                        Share(
                            goods=row,
                            quantity=quantity,
                            area=area,
                            place=given[f"{self._key(row, area)}_place"],
                            expires_on=given[f"{row.pk}_expires"],
                            inspect_every_months=given[f"{row.pk}_months"],
                            nonce=nonces[self._key(row, area)],
                            **self.keeper(),
                        )
                    )
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse more than there is, at the first place where it is too much."""
        cleaned = super().clean() or {}
        for row in self.goods:
            rest = self.left[row.pk]
            for area in self.places:
                rest -= cleaned.get(self._key(row, area)) or Decimal()
                if rest < 0:
                    self.add_error(
                        self._key(row, area),
                        ValidationError(
                            _("Only %(count)s of “%(thing)s” are left to hand over.")
                            % {"count": amount(self.left[row.pk]), "thing": row.item}
                        ),
                    )
                    break
        return cleaned


def where_now(asset: Asset) -> dict[str, Any]:
    """Return place and keeper of an asset, to stand in the form."""
    somebody = asset.keeper_person
    return {
        "area": asset.area_id,
        "place": asset.place,
        "keeper": str(asset.keeper_organization_id or "") or (_SOMEBODY if somebody else ""),
        "phone": somebody.phone if somebody else "",
    }
