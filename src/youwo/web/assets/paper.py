"""Paper: the handover sheet that is signed, its signature noted, and labels with codes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from youwo.areas.models import Area
from youwo.areas.queries import lying_in
from youwo.core.refused import Refused
from youwo.service import upkeep
from youwo.service.actions import assets
from youwo.service.models import Asset, AssetQuerySet
from youwo.web.access import signed_in_person, with_units
from youwo.web.assets.forms import ReceiveForm
from youwo.web.assets.listing import chosen_area, keeper_words
from youwo.web.assets.reach import today

_MOST = 200


def _asked(request: HttpRequest) -> tuple[AssetQuerySet, dict[str, str]]:
    """Return the kept assets of a sheet: of one delivery, or of one place and keeper."""
    rows = upkeep.seen_by(signed_in_person(request), today()).kept()
    given = request.GET
    query = {
        "delivery": given.get("delivery", "") if given.get("delivery", "").isdecimal() else "",
        "area": chosen_area(request),
        "keeper": given.get("keeper", ""),
        "asset": given.get("asset", "").replace("\0", "")[:9],
    }
    if len(query["delivery"]) > 15:
        raise Http404
    if query["delivery"]:
        rows = rows.filter(delivery_goods__delivery=int(query["delivery"]))
    if query["area"]:
        rows = rows.filter(lying_in(query["area"], "area_id"))
    if query["asset"]:
        rows = rows.filter(reference=query["asset"])
    if query["keeper"] == "community":
        rows = rows.filter(keeper_organization__isnull=True, keeper_person__isnull=True)
    elif query["keeper"].isdecimal() and len(query["keeper"]) < 16:
        rows = rows.filter(keeper_organization=int(query["keeper"]))
    else:
        query["keeper"] = ""
    if not (query["delivery"] or query["area"] or query["asset"]):
        raise Http404
    return rows, {name: value for name, value in query.items() if value}


def _read(rows: AssetQuerySet) -> list[Asset]:
    return list(
        rows.select_related("area__parent", "keeper_organization", "keeper_person").order_by(
            "area_id", "keeper_organization_id", "keeper_person_id", "pk"
        )[:_MOST]
    )


@with_units
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Show the handover sheet of a delivery, or the yearly one of a place, to print and sign.

    One sheet for each place and keeper, each with the code that leads back to these records.
    """
    rows, query = _asked(request)
    found: dict[tuple[Any, ...], list[Asset]] = defaultdict(list)
    for asset in _read(rows):
        key = asset.area_id, asset.keeper_organization_id, asset.keeper_person_id
        found[key].append(asset)
    sheets = [_sheet(list(group), query) for group in found.values()]
    context = {
        "sheets": sheets,
        "of_delivery": "delivery" in query,
        "printed_at": timezone.now(),
        "query": urlencode(query),
        "waits": any(not asset.is_received for group in found.values() for asset in group),
    }
    return render(request, "assets/sheet.html", context)


def _sheet(group: list[Asset], query: dict[str, str]) -> dict[str, Any]:
    first = group[0]
    keeper = str(first.keeper_organization_id or "community")
    own = {"delivery": query["delivery"]} if "delivery" in query else {}
    own |= {"area": first.area_id}
    own |= {} if first.keeper_person_id else {"keeper": keeper}
    link = f"{settings.PUBLIC_URL}{reverse('assets:sign')}?{urlencode(own)}"
    return {
        "area": first.area,
        "keeper": keeper_words(first),
        "person": first.keeper_person,
        "assets": group,
        "link": link,
        "qr": segno.make(link, error="m").svg_data_uri(scale=3, border=2),
    }


@with_units
def sign(request: HttpRequest) -> HttpResponse:
    """Note who signed a sheet: all that stands on it and waits has then been received."""
    rows, query = _asked(request)
    waiting = _read(rows.filter(received_on__isnull=True))
    by = signed_in_person(request)
    if not all(upkeep.may_manage(by, asset.area_id, today()) for asset in waiting):
        raise Http404
    form = ReceiveForm(request.POST or None, initial={"on": today().isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            done = assets.receive(
                waiting,
                how=Asset.Received.SIGNATURE,
                receiver=form.cleaned_data["receiver"],
                on=form.cleaned_data["on"],
                by=by,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            words = ngettext(
                "The signature is noted for %(count)s entry.",
                "The signature is noted for %(count)s entries.",
                len(done),
            )
            messages.success(request, words % {"count": len(done)})
            return redirect("assets:index")
    context = {"form": form, "waiting": waiting, "query": urlencode(query)}
    return render(request, "assets/sign.html", context, status=422 if form.errors else 200)


@with_units
@require_safe
def labels(request: HttpRequest) -> HttpResponse:
    """Show a sheet of labels, each with the code that leads to the card of an asset."""
    rows, query = _asked(request)
    found = [
        {
            "asset": asset,
            "qr": segno.make(
                settings.PUBLIC_URL + reverse("assets:asset", args=[asset.reference]), error="m"
            ).svg_data_uri(scale=3, border=2),
        }
        for asset in _read(rows)
    ]
    place = Area.objects.filter(pk=query["area"]).first() if "area" in query else None
    return render(request, "assets/labels.html", {"labels": found, "place": place})
