"""Assets, brought to every state by the actions themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from tests import factories
from tests.service.factories import agreed, deliver, unit
from youwo.areas.models import Area
from youwo.people.models import Person
from youwo.service.actions import assets
from youwo.service.models import Asset, Delivery

BEFORE = timedelta(days=3)


def compound(community: Area, number: int = 1, name: str = "税苑小区") -> Area:
    return factories.area(f"{community.pk}-{number:04d}", name)


def brought(worker: Person, community: Area, at: datetime, goods=None) -> Delivery:
    """A delivery of 40 bins, two hours before, by a unit whose coordinator recorded it."""
    owner = unit(name=f"市税务局{uuid4().hex[:6]}")
    doer = factories.mandated(owner)
    item = agreed(worker, community, at - BEFORE, organization=owner, title="配垃圾桶和灭火器")
    goods = goods or [("垃圾桶", Decimal(40), "个")]
    made = deliver(item, doer, owner, at - BEFORE + timedelta(hours=2), goods=goods)
    return Delivery.objects.select_related("item").get(pk=made.pk)


def share(delivery: Delivery, area: Area, quantity: int = 40, **kwargs) -> assets.Share:
    goods = delivery.goods.order_by("pk").first()
    given = {"place": "东门内侧", **kwargs}
    return assets.Share(goods=goods, quantity=Decimal(quantity), area=area, **given)


def handed_over(worker: Person, community: Area, at: datetime, **kwargs) -> Asset:
    """Bins at a compound that the community keeps, to be inspected every three months."""
    delivery = brought(worker, community, at)
    given = {"inspect_every_months": 3, **kwargs}
    shares = [share(delivery, compound(community), **given)]
    on = (at - BEFORE).date()
    return assets.hand_over(delivery, shares=shares, on=on, by=worker, at=at)[0]


def received(worker: Person, community: Area, at: datetime, **kwargs) -> Asset:
    """The same, with the keeper's signature."""
    asset = handed_over(worker, community, at, **kwargs)
    on = (at - BEFORE).date()
    return assets.receive([asset], how="signature", receiver="张敬之", on=on, by=worker, at=at)[0]


def entered(worker: Person, area: Area, at: datetime, **kwargs) -> Asset:
    """An asset that no delivery recorded here brought."""
    given = {
        "quantity": Decimal(2),
        "unit": "具",
        "source": "街道 2023 年配发",
        "on": at.date() - timedelta(days=30),
        "nonce": uuid4(),
        **kwargs,
    }
    name = given.pop("name", "灭火器")
    return assets.enter(name, area=area, by=worker, at=at, **given)


def inspected(asset: Asset, by: Person, at: datetime, *, sound: bool = True, note: str = ""):
    return assets.inspect(asset, on=at.date(), sound=sound, note=note, nonce=uuid4(), by=by, at=at)


def months_ago(at: datetime, months: int) -> date:
    return (at - timedelta(days=30 * months)).date()
