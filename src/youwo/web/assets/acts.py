"""What is done with one asset: received, inspected, repaired, split, moved, dated, retired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import attempt
from youwo.core.refused import Refused
from youwo.organizations.models import Organization
from youwo.organizations.queries import partners
from youwo.service.actions import assets
from youwo.service.models import Asset
from youwo.service.upkeep import amount
from youwo.web.access import signed_in, signed_in_person
from youwo.web.acts import one_act
from youwo.web.assets.forms import (
    DatesForm,
    InspectForm,
    NoteForm,
    PlaceForm,
    RetireForm,
    SplitForm,
    where_now,
)
from youwo.web.assets.reach import any_asset, today, verbs
from youwo.web.nonces import nonce_of


def titles() -> dict[str, str]:
    """Return the title of each act, as its button says it."""
    return {
        "receive": _("I have it"),
        "inspect": _("Inspect"),
        "repair": _("It is repaired"),
        "split": _("Set some apart"),
        "move": _("Another place or keeper"),
        "schedule": _("Change the dates"),
        "retire": _("Take out of use"),
    }


def places_around(asset: Asset) -> tuple[list[Area], list[Organization]]:
    """Return the community of an asset with its compounds, and the units that may keep it.

    Two statements. The unit that keeps it now stands among them, wherever it belongs.
    """
    code = asset.community_code
    compounds = Area.objects.filter(parent=code, kind=Area.Kind.COMPOUND).valid(today())
    around = list((compounds | Area.objects.filter(pk=code)).order_by("code"))
    community = next(place for place in around if place.pk == code)
    units = partners(community, today()).everybody()
    if asset.keeper_organization and asset.keeper_organization not in units:
        units.append(asset.keeper_organization)
    return [community, *(place for place in around if place != community)], units


def _form(verb: str, asset: Asset, data: Any) -> forms.Form:
    day = {"on": today().isoformat()}
    if verb in ("split", "move"):
        places, units = places_around(asset)
        given: dict[str, Any] = {"places": places, "units": units, "initial": where_now(asset)}
        return SplitForm(data, **given) if verb == "split" else PlaceForm(data, **given)
    if verb == "schedule":
        dates = {
            "inspect_every_months": asset.inspect_every_months,
            "expires_on": asset.expires_on.isoformat() if asset.expires_on else "",
        }
        return DatesForm(data, initial=dates)
    kinds: dict[str, type[forms.Form]] = {
        "receive": forms.Form,
        "inspect": InspectForm,
        "repair": NoteForm,
        "retire": RetireForm,
    }
    return kinds[verb](data, initial=day)


def _receive(asset: Asset, form: Any, who: dict[str, Any], nonce: UUID) -> str:
    assets.receive([asset], how=Asset.Received.CONFIRMED, on=today(), **who)
    return _("Thank you. It is in your keeping from now on.")


def _inspect(asset: Asset, form: Any, who: dict[str, Any], nonce: UUID) -> str:
    given = form.cleaned_data
    sound = given["sound"] == "yes"
    assets.inspect(asset, on=given["on"], sound=sound, note=given["note"], nonce=nonce, **who)
    if sound:
        return _("The inspection is recorded.")
    return _("It is noted as broken. Have it repaired, take it out of use, or report it.")


def _repair(asset: Asset, form: Any, who: dict[str, Any], nonce: UUID) -> str:
    assets.repair(asset, note=form.cleaned_data["note"], **who)
    return _("It is in order again.")


def _split(asset: Asset, form: Any, who: dict[str, Any], nonce: UUID) -> str:
    quantity = form.cleaned_data["quantity"]
    assets.split(asset, quantity=quantity, **form.where(), nonce=nonce, **who)
    return _("They are set apart and have a label of their own.")


def _move(asset: Asset, form: Any, who: dict[str, Any], nonce: UUID) -> str:
    assets.move(asset, **form.where(), **who)
    return _("Place and keeper are changed; the history keeps the earlier ones.")


def _schedule(asset: Asset, form: Any, who: dict[str, Any], nonce: UUID) -> str:
    assets.schedule(asset, **form.cleaned_data, **who)
    return _("The dates are changed.")


def _retire(asset: Asset, form: Any, who: dict[str, Any], nonce: UUID) -> str:
    assets.retire(asset, reason=form.cleaned_data["note"], **who)
    return _("It is out of use and stays on record.")


# Each does what a verb says with what the form holds, and returns what is said afterwards.
_ACTS: dict[str, Callable[[Asset, Any, dict[str, Any], UUID], str]] = {
    "receive": _receive,
    "inspect": _inspect,
    "repair": _repair,
    "split": _split,
    "move": _move,
    "schedule": _schedule,
    "retire": _retire,
}


@signed_in
@one_act
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Do one thing with an asset; what somebody may not do does not exist for them."""
    asset = any_asset(reference)
    if verb not in verbs(request, asset):
        raise Http404
    form = _form(verb, asset, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            who = {"by": signed_in_person(request), "at": timezone.now()}
            with attempt():
                words = _ACTS[verb](asset, form, who, nonce_of(request))
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused))
        else:
            messages.success(request, words)
            return redirect("assets:asset", asset.reference)
    context = {
        "asset": asset,
        "form": form,
        "verb": verb,
        "title": titles()[verb],
        "amount": amount(asset.quantity),
        "nonce": nonce_of(request),
    }
    return render(request, "assets/act.html", context, status=422 if form.errors else 200)
