"""The list of assets that somebody works with, and its table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from youwo.areas.models import Area
from youwo.areas.queries import lying_in
from youwo.areas.rules import kind_of
from youwo.core.paging import page
from youwo.core.references import spaced
from youwo.core.search import matching
from youwo.core.tables import write_rows
from youwo.organizations.rules import KEEPERS
from youwo.service import upkeep
from youwo.service.models import Asset, AssetQuerySet, AssetStatus
from youwo.web.access import lacks_second_factor, powers_of, signed_in, signed_in_person
from youwo.web.assets.reach import today
from youwo.web.files import table_answer

_SOON = timedelta(days=30)


def _views() -> list[tuple[str, str]]:
    return [
        ("", _("all that are kept")),
        ("due", _("to be inspected now")),
        ("soon", _("to be inspected within a month")),
        ("waiting", _("not received yet")),
        ("broken", _("broken")),
        ("expired", _("expired")),
        ("retired", _("out of use")),
    ]


def chosen_area(request: HttpRequest) -> str:
    """Return the place that the address asks for, if it is one."""
    code = request.GET.get("area", "").replace("\0", "")[:24]
    return code if kind_of(code.partition("-")[0]) else ""


def rows_asked(request: HttpRequest) -> tuple[AssetQuerySet, dict[str, Any]]:
    """Return the assets that the address asks for, of those that the visitor works with."""
    on, view = today(), request.GET.get("view", "")
    chosen = {
        "view": view if view in dict(_views()) else "",
        "words": request.GET.get("q", "").replace("\0", "").strip()[:40],
        "area": chosen_area(request),
    }
    rows = upkeep.seen_by(signed_in_person(request), on)
    if lacks_second_factor(request):
        rows = rows.none()
    if chosen["area"]:
        rows = rows.filter(lying_in(chosen["area"], "area_id"))
    views = {
        "": rows.kept(),
        "due": rows.due(on),
        "soon": rows.due(on + _SOON),
        "waiting": rows.kept().filter(received_on__isnull=True),
        "broken": rows.filter(status=AssetStatus.REPAIR),
        "expired": rows.expired(on),
        "retired": rows.filter(status=AssetStatus.RETIRED),
    }
    return matching(views[chosen["view"]], chosen["words"]), chosen  # type: ignore[return-value]


@signed_in
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the assets of the visitor's areas and units, and those in their own keeping."""
    rows, chosen = rows_asked(request)
    by = ("next_inspection_on", "id") if chosen["view"] in ("due", "soon") else ("-id",)
    found = page(
        rows.select_related("area__parent", "keeper_organization"),
        by=by,
        cursor=request.GET.get("cursor"),
        size=30,
    )
    on = today()
    for asset in found.rows:
        _judge(asset, on)
    context = {
        "page": found,
        "views": _views(),
        "on": on,
        "place": Area.objects.filter(pk=chosen["area"]).first() if chosen["area"] else None,
        "filtered": bool(chosen["words"] or chosen["view"] or chosen["area"]),
        "enters": powers_of(request).holds(*KEEPERS),
        **chosen,
    }
    return render(request, "assets/index.html", context)


def _judge(asset: Any, on: Any) -> None:
    """Tell a row what to say about its dates."""
    asset.expired, asset.due = asset.is_expired(on), asset.is_due(on)


@signed_in
@require_safe
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file: no names of people."""
    rows, _chosen = rows_asked(request)
    headings = [
        _("Reference"), _("Thing"), _("Quantity"), _("Unit of count"), _("Community"), _("Place"),
        _("Where exactly"), _("Keeper"), _("State"), _("Handed over on"), _("Received on"),
        _("How received"), _("Next inspection"), _("Expires on"), _("Source"),
    ]  # fmt: skip

    def lines() -> Iterator[list[Any]]:
        assets = rows.select_related(
            "area__parent", "keeper_organization", "delivery_goods__delivery__organization"
        )
        for asset in assets.order_by("area_id", "pk").iterator(chunk_size=2000):
            yield [
                spaced(asset.reference), asset.name, float(asset.quantity), asset.unit,
                _community(asset), asset.area.name, asset.place, keeper_words(asset),
                asset.get_status_display(), asset.handed_over_on, asset.received_on,
                asset.get_received_how_display(), asset.next_inspection_on, asset.expires_on,
                _source(asset),
            ]  # fmt: skip

    return table_answer(_("Assets"), lambda file: write_rows(headings, lines(), file))


def _community(asset: Asset) -> str:
    in_compound = asset.area.kind == Area.Kind.COMPOUND and asset.area.parent is not None
    return asset.area.parent.name if in_compound else asset.area.name  # type: ignore[union-attr]


def keeper_words(asset: Asset) -> str:
    """Return who keeps an asset, without naming a person."""
    if asset.keeper_organization is not None:
        return asset.keeper_organization.name
    return _("a person") if asset.keeper_person_id else _community(asset)


def _source(asset: Asset) -> str:
    goods = asset.delivery_goods
    if goods is None:
        return asset.source
    unit = goods.delivery.organization
    return unit.name if unit else _("the community itself")
