"""What every compound has and lacks, and assets of Jinshui in every state.

The story of Jinshui (`demo.jinshui`) tells of its three old compounds and of what they received;
here stand all the others, and what was there before.
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
from youwo.demo.jinshui import THREE_NO
from youwo.demo.pairings import PROPERTY_UNIT
from youwo.demo.places import JINSHUI
from youwo.demo.size import BEGIN
from youwo.demo.touched import Touched
from youwo.demo.words import read
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service import upkeep
from youwo.service.actions import assets
from youwo.service.models import Asset, AssetStatus

Kind = CompoundFact.Kind
_FEWEST = 3
# So long people leave a thing before they see to it.
_A_WHILE = timedelta(days=2)
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


@dataclass
class _Story:
    """Who takes part, and where."""

    now: datetime
    draw: Random
    worker: Person
    community: Area
    compounds: list[Area]

    def ago(self, days: float, hour: int = 10) -> datetime:
        """Return a moment in office hours some days ago."""
        day = local_day(self.now) - timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time(hour, 20)))


def build(seed: int, *, now: datetime) -> None:
    """Describe the compounds, and enter what Jinshui kept before its story begins."""
    draw = dice(seed, "compounds' facts")
    community = Area.objects.get(pk=JINSHUI)
    compounds = list(
        Area.objects.filter(kind=Area.Kind.COMPOUND, valid_to__isnull=True).order_by("code")
    )
    people = {
        person.username: person
        for person in Person.objects.filter(username__in=["admin", "worker"])
    }
    story = _Story(
        now,
        draw,
        people["worker"],
        community,
        [one for one in compounds if one.community_code == JINSHUI],
    )
    # The story of Jinshui tells of its three old compounds.
    described = [one for one in compounds if not (one in story.compounds and one.name in THREE_NO)]
    told = [told for one in described for told in _described(one, draw)]
    at = timezone.make_aware(datetime.combine(BEGIN + timedelta(days=70), time(9, 30)))
    areas.record_facts(told, by=people["admin"], at=at)
    _corrected(story)
    if len(story.compounds) > _FEWEST:
        _keep(story)


def _described(compound: Area, draw: Random) -> Iterator[Told]:
    """Say what a compound has and lacks; of one in eight facts nothing is known yet."""
    since = date(draw.randint(2012, 2023), draw.randint(1, 12), 1)
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
    """Let one entry be wrong and taken back."""
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


def _entered(
    story: _Story,
    thing: tuple[str, int, str],
    compound: Area,
    place: str,
    *,
    months: int,
    looked_at: int,
    keeper: Organization | None = None,
    years: int = 2,
    expires: date | None = None,
) -> Asset:
    """Enter what was there before, received and looked at some days ago."""
    name, quantity, unit = thing
    at, on = story.ago(200), local_day(story.ago(years * 365))
    asset = assets.enter(
        name,
        quantity=Decimal(quantity),
        unit=unit,
        area=compound,
        place=place,
        source=f"{on.year} 年添置，入账前已在用",
        organization=keeper,
        on=on,
        expires_on=expires,
        inspect_every_months=months,
        nonce=nonce(story.draw),
        by=story.worker,
        at=at,
    )
    assets.receive(
        [asset],
        how=Asset.Received.SIGNATURE,
        receiver="董海生" if keeper else "李桂兰",
        on=local_day(at),
        by=story.worker,
        at=at,
    )
    _looked_at(story, asset, story.ago(looked_at), sound=True, note="")
    return asset


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


def _keep(story: _Story) -> None:
    """Show assets in every state: fresh, due, late, expired, broken, retired, not yet received."""
    company = Organization.objects.filter(name=PROPERTY_UNIT).first()
    first, second, third = story.compounds[:3]
    _entered(
        story, ("干粉灭火器", 24, "具"), first, "各单元一层", months=3, looked_at=5, keeper=company
    )
    _entered(story, ("干粉灭火器", 12, "具"), second, "各单元一层", months=3, looked_at=88)
    _entered(story, ("消防水带", 4, "盘"), second, "院内消火栓", months=1, looked_at=45)
    _entered(
        story,
        ("推车式灭火器", 6, "具"),
        story.community,
        "居委会一层走廊",
        months=6,
        looked_at=60,
        years=5,
        expires=local_day(story.ago(12)),
    )
    benches = _entered(story, ("休闲长椅", 8, "把"), first, "中心花园", months=6, looked_at=90)
    _looked_at(story, benches, story.ago(1), sound=False, note="两把椅面木条松脱")
    shed = _entered(story, ("车棚照明灯", 6, "盏"), third, "旧车棚", months=6, looked_at=100)
    assets.retire(shed, reason="旧车棚拆除", by=story.worker, at=story.ago(45))
    assets.enter(
        "充电桩灭火箱",
        quantity=Decimal(2),
        unit="套",
        area=first,
        place="电动车充电区",
        source="街道统一配发",
        organization=company,
        on=local_day(story.ago(1)),
        inspect_every_months=1,
        nonce=nonce(story.draw),
        by=story.worker,
        at=story.ago(1, 16),
    )
    upkeep.remind(story.now)


def retell(seed: int, touched: Touched, *, now: datetime) -> None:
    """Look after Jinshui's assets on a later day as people do: some of it a few days late."""
    draw = dice(seed, "assets", local_day(now))
    worker = Person.objects.get(username="worker")
    compounds = Area.objects.filter(parent=JINSHUI, kind=Area.Kind.COMPOUND).order_by("code")
    community = Area.objects.get(pk=JINSHUI)
    story = _Story(now, draw, worker, community, list(compounds))
    kept = Asset.objects.within(JINSHUI).exclude(status=AssetStatus.RETIRED)
    for asset in kept.select_related("area").order_by("pk"):
        if asset not in touched:
            _see_to(story, asset)
    if kept.exists():
        _go_on(story, touched)
    upkeep.remind(now)


def _see_to(story: _Story, asset: Asset) -> None:
    """Do what has waited for some days: sign, replace, repair, look at it."""
    words, today, at = read("ends"), local_day(story.now), story.now
    if not asset.is_received and asset.handed_over_on < today - _A_WHILE:
        signed = Asset.Received.SIGNATURE
        by = words["signed_by"][0 if asset.keeper_organization_id else 1]
        assets.receive([asset], how=signed, receiver=by, on=today, by=story.worker, at=at)
    elif asset.expires_on and asset.expires_on < today - 4 * _A_WHILE:
        _replace(story, asset, words["retired"])
    elif asset.is_broken and local_day(asset.since) < today - _A_WHILE:
        assets.repair(asset, note=words["repaired"], by=story.worker, at=at)
    elif asset.next_inspection_on and asset.next_inspection_on < today - 2 * _A_WHILE:
        _looked_at(story, asset, at, sound=True, note="")


def _replace(story: _Story, asset: Asset, reason: str) -> None:
    """Take what has expired out of use, and enter the new one in its place."""
    assets.retire(asset, reason=reason, by=story.worker, at=story.now)
    years = timedelta(days=365)
    thing = asset.name, int(asset.quantity), asset.unit
    _enter_new(story, thing, asset.area, asset.place, months=6, expires=story.now + 5 * years)


def _enter_new(
    story: _Story,
    thing: tuple[str, int, str],
    area: Area,
    place: str,
    *,
    months: int,
    expires: datetime | None = None,
) -> None:
    name, quantity, unit = thing
    assets.enter(
        name,
        quantity=Decimal(quantity),
        unit=unit,
        area=area,
        place=place,
        source="街道统一配发",
        on=local_day(story.now),
        expires_on=local_day(expires) if expires else None,
        inspect_every_months=months,
        nonce=nonce(story.draw),
        by=story.worker,
        at=story.now,
    )


def _go_on(story: _Story, touched: Touched) -> None:
    """Hand something over, find something broken or not looked at, where nothing such waits."""
    kept = Asset.objects.within(JINSHUI).exclude(status=AssetStatus.RETIRED)
    if not kept.filter(received_on=None).exists():
        words = story.draw.choice(read("ends")["handed"])
        area = story.draw.choice(story.compounds)
        _enter_new(story, tuple(words["thing"]), area, words["place"], months=words["months"])
    if not kept.filter(
        next_inspection_on__lte=local_day(story.now) + upkeep.INSPECT_AHEAD
    ).exists():
        words = story.draw.choice(read("ends")["handed"])
        area = story.draw.choice(story.compounds)
        # Every month, and the last time was a little longer ago.
        looked_at = story.draw.choice([29, 33])
        _entered(story, tuple(words["thing"]), area, words["place"], months=1, looked_at=looked_at)
    if not kept.filter(status=AssetStatus.REPAIR).exists():
        rows = kept.filter(received_on__isnull=False).select_related("area").order_by("pk")
        sound = [asset for asset in rows if asset not in touched]
        if sound:
            broken = story.draw.choice(sound)
            _looked_at(story, broken, story.now, sound=False, note="有一处松动，先停用")
