"""Whose turn it is with an asset, what is due, and where an asset comes from."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast

from youwo.almanac.queries import deadline
from youwo.areas.queries import lying_in
from youwo.core.clock import local_day, start_of
from youwo.organizations.rules import KEEPERS, READERS, mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers
from youwo.service.models import Asset, AssetQuerySet, Delivery, DeliveryGoods
from youwo.turns import actions as turns
from youwo.turns.models import Turn

# How long before its day an inspection comes to the keeper's queue, and an expiry.
INSPECT_AHEAD = timedelta(days=7)
REPLACE_AHEAD = timedelta(days=30)
RECEIVE_HOURS = 24
REPAIR_HOURS = 40
_BATCH = 500


def months_after(day: date, months: int) -> date:
    """Return the same day some months later; the month's last day where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def may_manage(by: Person, area_code: str, on: date) -> bool:
    """Say whether somebody enters, moves, splits and retires the assets of a place."""
    return powers(by, on).cover(area_code, *KEEPERS)


def may_keep(by: Person, asset: Asset, on: date) -> bool:
    """Say whether somebody looks after an asset: its keeper, or the staff of its place."""
    return (
        asset.keeper_person_id == by.pk
        or asset.keeper_organization_id in mandates(by, on)
        or may_manage(by, asset.area_id, on)
    )


def may_hand_over(by: Person, delivery: Delivery, on: date) -> bool:
    """Say whether somebody makes assets of a delivery's goods: the staff, or who delivered."""
    delivered = delivery.organization_id in mandates(by, on)
    return delivered or may_manage(by, delivery.item.community_id, on)


def seen_by(person: Person, on: date) -> AssetQuerySet:
    """Return the assets that somebody works with: of their areas, their units, their own."""
    condition = Q(keeper_person=person) | Q(keeper_organization__in=mandates(person, on))
    for code in powers(person, on).codes(*READERS):
        condition |= lying_in(code, "area_id")
    return Asset.objects.filter(condition)


def turns_of(asset: Asset, at: datetime) -> list[turns.Wanted]:
    """Return whose turn it is with an asset at a moment: the keeper's, if anything is to be done.

    The way from the asset's row alone; where the community keeps it, a worker's.
    """
    found: list[tuple[str, datetime, datetime]] = []
    today, community = local_day(at), asset.community_code

    def within_hours(hours: int, since: datetime) -> datetime:
        return deadline(since, hours=hours, area_code=community).at

    def after(day: date) -> datetime:
        return start_of(day + timedelta(days=1))

    if asset.is_kept and not asset.is_received:
        begun = start_of(asset.handed_over_on)
        found.append(("asset.receive", begun, within_hours(RECEIVE_HOURS, begun)))
    elif asset.is_broken:
        found.append(("asset.repair", asset.since, within_hours(REPAIR_HOURS, asset.since)))
    elif asset.is_kept and (due := asset.next_inspection_on) and due <= today + INSPECT_AHEAD:
        found.append(("asset.inspect", start_of(due - INSPECT_AHEAD), after(due)))
    if asset.is_kept and (ends := asset.expires_on) and ends <= today + REPLACE_AHEAD:
        found.append(("asset.replace", start_of(ends - REPLACE_AHEAD), start_of(ends)))
    nobody = asset.keeper_organization_id is None and asset.keeper_person_id is None
    return [
        turns.Wanted(
            kind=kind,
            reference=asset.reference,
            title=asset.name,
            detail=f"{amount(asset.quantity)} {asset.unit} · {asset.place or asset.area.name}",
            area=community,
            role=Role.WORKER if nobody else "",
            organization=asset.keeper_organization_id,
            person=asset.keeper_person_id,
            since=since,
            due_at=due_at,
        )
        for kind, since, due_at in found
    ]


def amount(quantity: Decimal) -> str:
    """Return a quantity as people write it: 40, or 2.5."""
    return f"{quantity:.2f}".rstrip("0").rstrip(".")


def remind(at: datetime) -> int:
    """Fill keepers' queues with what has come due, in batches, and return how many assets."""
    count = 0
    while done := _remind(at):
        count += done
    return count


def _lacking(rows: QuerySet[Asset], kind: str) -> QuerySet[Asset]:
    """Keep the assets that no turn of a kind stands for yet."""
    there = Turn.objects.filter(
        subject_label=Asset._meta.label_lower,
        subject_key=Cast(OuterRef("pk"), CharField(max_length=40)),
        kind=kind,
    )
    return rows.filter(~Exists(there))


@transaction.atomic
def _remind(at: datetime) -> int:
    today = local_day(at)
    received = Asset.objects.filter(received_on__isnull=False)
    due = _lacking(received.due(today + INSPECT_AHEAD), "asset.inspect")
    ending = _lacking(Asset.objects.expired(today + REPLACE_AHEAD), "asset.replace")
    keys = {
        *due.values_list("pk", flat=True)[:_BATCH],
        *ending.values_list("pk", flat=True)[:_BATCH],
    }
    # Locked, so that nobody retires one of them meanwhile and finds it in the queue afterwards.
    locked = Asset.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    assets = list(locked.select_related("area"))
    turns.put_many([(asset, turns_of(asset, at)) for asset in assets])
    return len(assets)


def handed_on(goods: Iterable[DeliveryGoods]) -> dict[int, Decimal]:
    """Return how much of each row of goods has become assets, in one statement."""
    keys = [row.pk for row in goods]
    sums = Asset.objects.filter(delivery_goods__in=keys).order_by().values("delivery_goods")
    return {row["delivery_goods"]: row["sum"] for row in sums.annotate(sum=Sum("quantity"))}


@dataclass(frozen=True)
class Origin:
    """Where an asset comes from, one after the other; None where a link is not recorded here."""

    asset: Asset
    goods: DeliveryGoods | None
    delivery: Delivery | None
    siblings: tuple[Asset, ...]


def origin(asset: Asset) -> Origin:
    """Return an asset's goods, delivery and item, and the other assets of the same goods."""
    if asset.delivery_goods_id is None:
        parts: Sequence[Asset] = []
        if asset.split_from_id or asset.parts.exists():
            first = asset.split_from_id or asset.pk
            parts = list(
                Asset.objects.filter(Q(pk=first) | Q(split_from=first))
                .exclude(pk=asset.pk)
                .select_related("area")
                .order_by("pk")[:50]
            )
        return Origin(asset, None, None, tuple(parts))
    goods = DeliveryGoods.objects.select_related(
        "delivery__item__community", "delivery__organization"
    ).get(pk=asset.delivery_goods_id)
    siblings = goods.assets.exclude(pk=asset.pk).select_related("area").order_by("pk")[:50]
    return Origin(asset, goods, goods.delivery, tuple(siblings))


def assets_of(deliveries: Iterable[Delivery]) -> QuerySet[Asset]:
    """Return the assets that came of some deliveries, for a lineage: one statement."""
    return (
        Asset.objects.filter(delivery_goods__delivery__in=[row.pk for row in deliveries])
        .annotate(delivery_id=F("delivery_goods__delivery"))
        .select_related("area", "keeper_organization")
        .order_by("pk")
    )
