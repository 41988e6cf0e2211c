"""Which assets somebody may open, and who may do what with them."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest
from django.utils import timezone

from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.service import upkeep
from youwo.service.models import ASSET_MOVES, Asset
from youwo.web.access import lacks_second_factor, person_of

MANAGED = ("split", "move", "schedule", "retire")
KEPT = ("receive", "inspect", "repair")


def today() -> date:
    """Return the day in the city."""
    return local_day(timezone.now())


def any_asset(reference: str) -> Asset:
    """Return the asset of a reference: its card is open to everybody."""
    rows = Asset.objects.select_related("area__parent", "keeper_organization", "keeper_person")
    found = rows.filter(reference=parse_reference(reference) or "").first()
    if found is None:
        raise Http404
    return found


def verbs(request: HttpRequest, asset: Asset) -> list[str]:
    """Return what the visitor may do with an asset now."""
    person = person_of(request)
    if person is None or lacks_second_factor(request) or not asset.is_kept:
        return []
    on, found = today(), []
    if upkeep.may_keep(person, asset, on):
        found = ["inspect"]
        if not asset.is_received:
            found.insert(0, "receive")
        if "repair" in _open(asset):
            found.append("repair")
    if upkeep.may_manage(person, asset.area_id, on):
        found += MANAGED
    return found


def _open(asset: Asset) -> list[str]:
    return [verb for verb, moves in ASSET_MOVES.items() if asset.status in moves]


def works_with(request: HttpRequest, asset: Asset) -> bool:
    """Say whether the visitor reads everything about an asset: its keeper and the staff."""
    person = person_of(request)
    if person is None or lacks_second_factor(request):
        return False
    return (
        upkeep.may_keep(person, asset, today())
        or upkeep.seen_by(person, today()).filter(pk=asset.pk).exists()
    )
