"""Who may open the pages of assets."""

from datetime import timedelta

from tests import factories
from tests.service.asset_factories import brought, received
from youwo.areas.models import Area

PAGES = {
    "assets:index": ("", "loooooooo"),
    "assets:export": ("", "loooooooo"),
    "assets:new": ("", "l--oooo-o"),
    # Without a place or a delivery in the address there is no such paper.
    "assets:labels": ("", "l--------"),
    "assets:sheet": ("", "l--------"),
    "assets:sign": ("", "l--------"),
    "assets:hand-over": ("goods", "l--oo---o"),
    "assets:asset": ("asset", "ooooooooo"),
    "assets:act": ("asset split", "l--oo---o"),
}


def arguments(city):
    jinshui = Area.objects.get(pk=city.arguments["community"][0])
    worker, at = city.people["worker"], factories.AT + timedelta(days=30)
    asset = received(worker, jinshui, at)
    return {
        "goods": [brought(worker, jinshui, at).pk],
        "asset": [asset.reference],
        "asset split": [asset.reference, "split"],
    }
