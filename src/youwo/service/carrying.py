"""What came with a delivery that was taken back, and stands where it was put.

Bins that stand in a yard are not handed over a second time because a fence was missing: once the
unit says again that it is done, they belong to what it says then.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from youwo.service.models import Asset, AssetStatus, DeliveryGoods, ServiceItem
from youwo.service.upkeep import handed_on

_ITEM = "delivery_goods__delivery__item"


def carry_over(*, at: datetime) -> int:
    """Let assets of deliveries that were taken back belong to the same goods of those that stand.

    Returns how many did. Six statements at most, however many there are; one where there are none.
    """
    items = set(_left_behind().values_list(_ITEM, flat=True))
    return _carry(items) if items else 0


def _left_behind() -> QuerySet[Asset]:
    """Return the assets whose goods were taken back and are handed over by a standing delivery."""
    same = DeliveryGoods.objects.filter(
        delivery__item=OuterRef("delivery_goods__delivery__item"),
        delivery__revoked_at__isnull=True,
        item=OuterRef("delivery_goods__item"),
        unit=OuterRef("delivery_goods__unit"),
    )
    rows = Asset.objects.filter(Exists(same), delivery_goods__delivery__revoked_at__isnull=False)
    return rows.exclude(status=AssetStatus.RETIRED)


@transaction.atomic
def _carry(items: set[int]) -> int:
    # Whoever takes a delivery back, or enters one, holds the item meanwhile.
    held = ServiceItem.objects.select_for_update().filter(pk__in=items).order_by("pk")
    keys = list(held.values_list("pk", flat=True))
    # Nor may anybody hand over the rest of the same goods now.
    goods = DeliveryGoods.objects.select_for_update(of=("self",)).select_related("delivery")
    standing = goods.filter(delivery__item__in=keys, delivery__revoked_at__isnull=True)
    rows = list(standing.order_by("delivery__recorded_at", "pk"))
    known = handed_on(rows)
    left = {row.pk: row.quantity - known.get(row.pk, 0) for row in rows}
    offered: dict[tuple[int, str, str], list[DeliveryGoods]] = defaultdict(list)
    for row in rows:
        offered[row.delivery.item_id, row.item, row.unit].append(row)
    moved = []
    waiting = _left_behind().filter(**{f"{_ITEM}__in": keys})
    waiting = waiting.select_related("delivery_goods__delivery")
    for asset in waiting.order_by("pk"):
        before = asset.delivery_goods
        assert before is not None  # noqa: S101 (the query has asked)
        for row in offered[before.delivery.item_id, before.item, before.unit]:
            if asset.quantity <= left[row.pk]:
                left[row.pk] -= asset.quantity
                asset.delivery_goods = row
                moved.append(asset)
                break
    Asset.objects.bulk_update(moved, ["delivery_goods"])
    return len(moved)
