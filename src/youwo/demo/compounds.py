"""What every compound has and lacks, and what was handed over in Jinshui and how it has fared.

Three of Jinshui's compounds have neither managing body, property company nor anybody at the gate:
between them they received 40 bins and 20 sets of extinguishers, through the same actions that
people use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from youwo.areas import actions as areas
from youwo.areas.actions import Told
from youwo.areas.models import Area, CompoundFact
from youwo.core.clock import local_day
from youwo.demo.draws import dice, nonce
from youwo.demo.pairings import OWNERS_UNIT, PROPERTY_UNIT
from youwo.demo.places import JINSHUI
from youwo.demo.signins import UNIT
from youwo.demo.size import BEGIN
from youwo.demo.units import TAX_OFFICE
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service import actions as service
from youwo.service import upkeep
from youwo.service.actions import assets
from youwo.service.actions.assets import Share
from youwo.service.models import Asset, Delivery, DeliveryGoods

Kind = CompoundFact.Kind
_BARE = ("棉麻公司家属院", "机械厂 5 号院", "向阳院")
_BINS, _SETS = (16, 12, 12), (8, 6, 6)
_DELIVERED = timedelta(days=95)
# In a compound looked after by a company; in an older one.
_COMPANY = {
    Kind.MANAGING_BODY: 0.5,
    Kind.PROPERTY_COMPANY: 1.0,
    Kind.OWNERS_COMMITTEE: 0.5,
    Kind.GUARD: 0.9,
    Kind.FENCE: 0.95,
    Kind.CAMERAS: 0.9,
    Kind.FIRE_EQUIPMENT: 0.95,
}
_OLD = {
    Kind.MANAGING_BODY: 0.55,
    Kind.PROPERTY_COMPANY: 0.0,
    Kind.OWNERS_COMMITTEE: 0.3,
    Kind.GUARD: 0.3,
    Kind.FENCE: 0.6,
    Kind.CAMERAS: 0.45,
    Kind.FIRE_EQUIPMENT: 0.4,
}
_WORDS = {
    Kind.MANAGING_BODY: ("原单位房管科", "街道房管所"),
    Kind.OWNERS_COMMITTEE: ("五人", "七人"),
    Kind.GUARD: ("一人值守", "两班轮值"),
    Kind.FENCE: ("砖墙", "铁艺围栏"),
    Kind.CAMERAS: ("大门两处", "大门和车棚"),
    Kind.FIRE_EQUIPMENT: ("每单元两具灭火器", "院内消火栓两处"),
}
_THREE_NO = (
    Kind.MANAGING_BODY,
    Kind.PROPERTY_COMPANY,
    Kind.OWNERS_COMMITTEE,
    Kind.GUARD,
    Kind.FENCE,
    Kind.CAMERAS,
    Kind.FIRE_EQUIPMENT,
)


@dataclass
class _Story:
    """Who takes part, and where."""

    now: datetime
    draw: Random
    worker: Person
    colleague: Person
    doer: Person
    community: Area
    compounds: list[Area]

    def ago(self, days: float, hour: int = 10) -> datetime:
        """Return a moment in office hours some days ago."""
        day = local_day(self.now) - timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time(hour, 20)))


def build(seed: int, *, now: datetime) -> None:
    """Describe all compounds, and hand goods over to three of Jinshui's that have nothing."""
    draw = dice(seed, "compounds' facts")
    community = Area.objects.get(pk=JINSHUI)
    compounds = list(
        Area.objects.filter(kind=Area.Kind.COMPOUND, valid_to__isnull=True).order_by("code")
    )
    people = {
        person.username: person
        for person in Person.objects.filter(
            username__in=["admin", "worker", "worker2", UNIT.username]
        )
    }
    story = _Story(
        now,
        draw,
        people["worker"],
        people["worker2"],
        people[UNIT.username],
        community,
        [one for one in compounds if one.community_code == JINSHUI],
    )
    bare = [one for one in story.compounds if one.name in _BARE]
    told = [told for one in compounds for told in _described(one, draw, bare=one in bare)]
    at = timezone.make_aware(datetime.combine(BEGIN + timedelta(days=70), time(9, 30)))
    areas.record_facts(told, by=people["admin"], at=at)
    _corrected(story)
    if len(bare) == len(_BINS):
        _handed_over(story, bare)


def _described(compound: Area, draw: Random, *, bare: bool) -> Iterator[Told]:
    """Say what a compound has and lacks; of one in eight facts nothing is known yet."""
    since = date(draw.randint(2012, 2023), draw.randint(1, 12), 1)
    if bare:
        yield from (Told(compound, kind, False, since) for kind in _THREE_NO)
        return
    chances = _COMPANY if draw.random() < 0.55 else _OLD
    for kind, chance in chances.items():
        unknown = compound.community_code != JINSHUI and draw.random() < 0.12
        if unknown:
            continue
        present = draw.random() < chance
        words = draw.choice(_WORDS[kind]) if present and kind in _WORDS else ""
        if present and kind == Kind.PROPERTY_COMPANY and compound.community_code == JINSHUI:
            words = PROPERTY_UNIT
        yield Told(compound, kind, present, since, words)


def _corrected(story: _Story) -> None:
    """Let one entry be wrong and taken back, and a fence go up."""
    first = story.compounds[0]
    wrong = areas.record_facts(
        [Told(first, Kind.CAMERAS, False, local_day(story.ago(40)))],
        by=story.worker,
        at=story.ago(40),
    )
    for fact in wrong:
        areas.withdraw_fact(
            fact, reason="把隔壁小区的情况记到这里了", by=story.worker, at=story.ago(39)
        )
    on = local_day(story.ago(60))
    areas.record_facts(
        [Told(first, Kind.FENCE, True, on, "新装围栏 120 米")],
        by=story.worker,
        at=story.ago(59),
    )


def _handed_over(story: _Story, bare: list[Area]) -> None:
    """The tax office brings bins and extinguishers; they are handed over, signed for, looked at."""
    delivery = _delivered(story)
    bins, sets = delivery.goods.order_by("pk")
    owners = Organization.objects.filter(name=OWNERS_UNIT).first()
    shares = []
    for place, compound in enumerate(bare):
        # In the first one the owners' committee keeps the sets; all else the community keeps.
        keeper = owners if place == 0 else None
        shares.append(_share(story, bins, _BINS[place], compound, None))
        shares.append(_share(story, sets, _SETS[place], compound, keeper))
    day = local_day(story.ago(94))
    made = assets.hand_over(delivery, shares=shares, on=day, by=story.worker, at=story.ago(94))
    for asset in made[:-1]:
        assets.receive(
            [asset],
            how=Asset.Received.SIGNATURE,
            receiver="樊玉琴" if asset.keeper_organization_id else "刘长顺",
            on=day,
            by=story.worker,
            at=story.ago(93),
        )
    equipment = [
        Told(compound, Kind.FIRE_EQUIPMENT, True, day, "灭火器套装，移交登记") for compound in bare
    ]
    areas.record_facts(equipment, by=story.worker, at=story.ago(93))
    kept = {asset.area_id: asset for asset in made if asset.name == sets.item}
    # Looked at lately; due these days; the third compound has not even signed yet.
    _looked_at(story, kept[bare[0].pk], story.ago(6), sound=True, note="压力正常，铅封完好")
    _looked_at(story, made[0], story.ago(2), sound=False, note="两只桶的盖子裂了")
    assets.schedule(
        made[2], inspect_every_months=1, expires_on=None, by=story.worker, at=story.ago(34)
    )
    _looked_at(story, made[2], story.ago(30), sound=True, note="")
    _old_ones(story)
    upkeep.remind(story.now)


def _share(
    story: _Story, goods: DeliveryGoods, quantity: int, compound: Area, keeper: Organization | None
) -> Share:
    """Bins at the gate; extinguishers at each stair, looked at every three months."""
    inspected = goods.item == "灭火器"
    return Share(
        goods=goods,
        quantity=Decimal(quantity),
        area=compound,
        place="各单元一层" if inspected else "东门内侧",
        organization=keeper,
        inspect_every_months=3 if inspected else None,
        expires_on=local_day(story.ago(-5 * 365)) if inspected else None,
        nonce=nonce(story.draw),
    )


def _delivered(story: _Story) -> Delivery:
    """Agree, bring and accept what three compounds lack: one service item, one deed."""
    tax_office = Organization.objects.get(name=TAX_OFFICE)
    item = service.agree(
        "给三个三无小区配垃圾桶和灭火器",
        community=story.community,
        field="safety",
        due_on=local_day(story.ago(85)),
        organization=tax_office,
        by=story.worker,
        at=story.ago(105),
        nonce=nonce(story.draw),
    )
    item = service.start(item, by=story.doer, at=story.ago(100))
    delivery = service.deliver(
        item,
        organization=tax_office,
        occurred_on=local_day(story.ago(_DELIVERED.days)),
        minutes=150,
        people=8,
        what="送去垃圾桶 40 个、灭火器 20 套，摆放到位并讲了使用方法",
        goods=[("垃圾桶", Decimal(40), "个"), ("灭火器", Decimal(20), "套")],
        by=story.doer,
        at=story.ago(_DELIVERED.days, 16),
        nonce=nonce(story.draw),
    )
    item.refresh_from_db()
    service.close(
        item,
        accepted_by="刘长顺",
        served=210,
        by=story.colleague,
        at=story.ago(94, 9),
    )
    return Delivery.objects.select_related("item__community").get(pk=delivery.pk)


def _looked_at(story: _Story, asset: Asset, at: datetime, *, sound: bool, note: str) -> None:
    assets.inspect(
        asset,
        on=local_day(at),
        sound=sound,
        note=note,
        nonce=nonce(story.draw),
        by=story.worker,
        at=at,
    )


def _old_ones(story: _Story) -> None:
    """Enter extinguishers of former years: some that expired, some retired."""
    expired, worn = (
        assets.enter(
            "灭火器",
            quantity=Decimal(quantity),
            unit="具",
            area=story.community,
            place=place,
            source=source,
            on=local_day(story.ago(5 * 365)),
            expires_on=local_day(story.ago(days)),
            inspect_every_months=6,
            nonce=nonce(story.draw),
            by=story.worker,
            at=story.ago(80),
        )
        for quantity, place, source, days in (
            (6, "居委会一层走廊", "街道办 2021 年配发", 12),
            (2, "旧车棚", "原单位留下", 400),
        )
    )
    assets.receive(
        [expired, worn],
        how=Asset.Received.CONFIRMED,
        on=local_day(story.ago(80)),
        by=story.worker,
        at=story.ago(80),
    )
    _looked_at(story, expired, story.ago(50), sound=True, note="")
    assets.retire(worn, reason="车棚拆除，灭火器报废", by=story.worker, at=story.ago(45))
