"""What became of goods: the stretch that assets add to the lineage of a service item."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from youwo.service import upkeep
from youwo.service.models import Delivery
from youwo.web.service.lineage import Node


def asset_nodes(deliveries: Sequence[Delivery]) -> list[Node]:
    """Return a link for each asset that came of some deliveries. One statement; none without."""
    if not deliveries:
        return []
    return [
        Node(
            "asset",
            "package",
            _("Asset: %(thing)s %(quantity)s %(unit)s")
            % {
                "thing": asset.name,
                "quantity": upkeep.amount(asset.quantity),
                "unit": asset.unit,
            },
            asset.recorded_at,
            f"{asset.area.name} · {asset.place}" if asset.place else asset.area.name,
            reverse("assets:asset", args=[asset.reference]),
        )
        for asset in upkeep.assets_of(deliveries)
    ]
