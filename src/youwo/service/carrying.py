"""What came with a delivery that was taken back, and stands where it was put.

Bins that stand in a yard are not handed over a second time because a fence was missing: once the
unit says again that it is done, they belong to what it says then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from youwo.service.models import Asset, AssetStatus, Delivery, DeliveryGoods, ServiceItem
from youwo.service.upkeep import handed_on

# Whoever has not said again within this time that it is done will not do so any more.
RECENT = timedelta(days=30)
_ITEM = "delivery_goods__delivery__item"


def carry_over(*, at: datetime) -> int:
    """Let assets of deliveries that were taken back belong to the same goods of those that stand.

    Returns how many did. Ten statements at most, however many there are; one where there are none.
    Nothing is locked where nothing fits.
    """
    items = set(_left_behind(at - RECENT).values_list(_ITEM, flat=True))
    if not items or not _fitting(items, DeliveryGoods.objects.all()):
        return 0
    with transaction.atomic():
        # Whoever takes a delivery back, or enters one, holds the item meanwhile.
        held = ServiceItem.objects.select_for_update().filter(pk__in=items).order_by("pk")
        keys = set(held.values_list("pk", flat=True))
        # Nor may anybody hand over the rest of the same goods now.
        moved = _fitting(keys, DeliveryGoods.objects.select_for_update(of=("self",)))
        Asset.objects.bulk_update(moved, ["delivery_goods"])
        return len(moved)


def spoken_for(delivery: Delivery, goods: Sequence[DeliveryGoods]) -> dict[int, Decimal]:
    """Return how much of each of a delivery's goods is an asset, or will be by `carry_over`.

    One statement.
    """
    for row in goods:
        row.delivery = delivery
    waiting = _left_behind().filter(**{_ITEM: delivery.item_id})
    own = Q(delivery_goods__in=[row.pk for row in goods])
    rows = Asset.objects.filter(own | Q(pk__in=waiting.values("pk")))
    found = list(rows.select_related("delivery_goods__delivery").order_by("pk"))
    gone: dict[int, Decimal] = {row.pk: Decimal() for row in goods}
    for asset in found:
        if asset.delivery_goods_id in gone:
            gone[asset.delivery_goods_id] += asset.quantity
    others = [asset for asset in found if asset.delivery_goods_id not in gone]
    for asset in _put_into(goods, gone, others):
        gone[asset.delivery_goods_id or 0] += asset.quantity
    return gone


def _left_behind(since: datetime | None = None) -> QuerySet[Asset]:
    """Return the assets whose goods were taken back and are handed over by a standing delivery.

    With `since`, by one that was written down after it.
    """
    same = DeliveryGoods.objects.filter(
        delivery__item=OuterRef("delivery_goods__delivery__item"),
        delivery__revoked_at__isnull=True,
        item=OuterRef("delivery_goods__item"),
        unit=OuterRef("delivery_goods__unit"),
    )
    if since is not None:
        same = same.filter(delivery__recorded_at__gt=since)
    rows = Asset.objects.filter(Exists(same), delivery_goods__delivery__revoked_at__isnull=False)
    return rows.exclude(status=AssetStatus.RETIRED)


def _fitting(items: set[int], goods: QuerySet[DeliveryGoods]) -> list[Asset]:
    """Return the assets of some items that fit into goods of a standing delivery, put there."""
    standing = goods.filter(delivery__item__in=items, delivery__revoked_at__isnull=True)
    rows = list(standing.select_related("delivery").order_by("delivery__recorded_at", "pk"))
    waiting = _left_behind().filter(**{f"{_ITEM}__in": items})
    assets = list(waiting.select_related("delivery_goods__delivery").order_by("pk"))
    return _put_into(rows, handed_on(rows), assets)


def _put_into(
    goods: Sequence[DeliveryGoods], gone: Mapping[int, Decimal], assets: Iterable[Asset]
) -> list[Asset]:
    """Put assets that stand into the same goods of a later delivery, while something is left.

    `gone` is how much of each of the goods has become assets already. Returns those that fit, each
    with its new goods; unsaved.
    """
    left = {row.pk: row.quantity - gone.get(row.pk, Decimal()) for row in goods}
    put = []
    for asset in assets:
        before = asset.delivery_goods
        assert before is not None  # noqa: S101 (the query has asked)
        for row in goods:
            same = (row.delivery.item_id, row.item, row.unit) == (
                before.delivery.item_id, before.item, before.unit
            )  # fmt: skip
            if same and asset.quantity <= left[row.pk]:
                left[row.pk] -= asset.quantity
                asset.delivery_goods = row
                put.append(asset)
                break
    return put
