"""A hearing that goes on today in Jinshui: opened, two lines typed, not yet closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.demo.draws import dice, nonce
from youwo.demo.places import JINSHUI
from youwo.demo.signins import COMMITTEE_WORKER
from youwo.demo.touched import Touched
from youwo.demo.words import person_name
from youwo.needs.actions import hearings
from youwo.needs.actions.hearings import About, Typed
from youwo.needs.models import Hearing, Voice
from youwo.people.models import Person
from youwo.people.queries import text_in_force

_TOPIC = "3 号楼议事会"
_SAID = ["楼顶漏水，一下雨墙皮就掉", "想请人把旧沙发抬下楼，家里都是老人"]


def build(seed: int, *, now: datetime, touched: Touched | None = None) -> None:
    """Open today's hearing, where it is not open yet; close what was open on an earlier day."""
    worker = Person.objects.get(username=COMMITTEE_WORKER)
    day = local_day(now)
    before = Hearing.objects.filter(topic=_TOPIC, status="open", held_on__lt=day)
    for hearing in before.order_by("pk"):
        if touched is None or hearing not in touched:
            hearings.close(hearing, by=worker, at=now)
    if Hearing.objects.filter(topic=_TOPIC, held_on=day).exists():
        return
    draw, at = dice(seed, "hearing", day), now - timedelta(minutes=25)
    hearing = hearings.begin(
        About(day, "3 号楼前小广场", _TOPIC, Voice.Consent.SPOKEN),
        community=Area.objects.get(pk=JINSHUI),
        consent=text_in_force("wish", day),
        nonce=nonce(draw),
        by=worker,
        at=at,
    )
    typed = [Typed(nonce(draw), said, name=person_name(draw)) for said in _SAID]
    hearings.write(hearing, typed, by=worker, at=at + timedelta(minutes=10))
