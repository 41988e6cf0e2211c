"""Two hearings in Jinshui: the tax office's, with what became of it, and one that goes on today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.demo.draws import dice, nonce
from youwo.demo.places import JINSHUI
from youwo.demo.signins import COMMITTEE_WORKER, UNIT
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import person_name, read
from youwo.needs import actions
from youwo.needs.actions import hearings, problems
from youwo.needs.actions.hearings import About, Typed
from youwo.needs.models import Hearing, HearingLine, Voice
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.people.queries import text_in_force

_TOPIC = "税务局走进金税社区心愿征集座谈会"
_TODAY = "3 号楼议事会"
# Said today, and not yet handed on.
_SAID_TODAY = ["楼顶漏水，一下雨墙皮就掉", "想请人把旧沙发抬下楼，家里都是老人"]
_AGO = timedelta(days=6)


def build(seed: int, *, now: datetime) -> Hearing:
    """Hold both hearings, where they have not been held; end what was open on an earlier day."""
    worker = Person.objects.get(username=COMMITTEE_WORKER)
    stale = Hearing.objects.filter(topic=_TODAY, status="open", held_on__lt=local_day(now))
    for hearing in stale:
        hearings.close(hearing, by=worker, at=now)
    held = Hearing.objects.filter(topic=_TOPIC).first() or _hold(seed, worker, now=now)
    if not Hearing.objects.filter(topic=_TODAY, held_on=local_day(now)).exists():
        _begin_today(seed, worker, now=now)
    return held


def _opened(
    topic: str,
    place: str,
    seed: int,
    worker: Person,
    *,
    at: datetime,
    unit: Organization | None = None,
) -> Hearing:
    day = local_day(at)
    return hearings.begin(
        About(day, place, topic, Voice.Consent.SPOKEN, unit),
        community=Area.objects.get(pk=JINSHUI),
        consent=text_in_force("wish", day),
        nonce=nonce(dice(seed, "hearing", topic, day)),
        by=worker,
        at=at,
    )


def _hold(seed: int, worker: Person, *, now: datetime) -> Hearing:
    """Hold the tax office's hearing six days ago, and let what was said go its way."""
    draw = dice(seed, "hearing")
    at = (now - _AGO).replace(hour=2, minute=0, second=0, microsecond=0)
    unit = Organization.objects.get(name=TAX_OFFICE)
    hearing = _opened(_TOPIC, "金税社区二楼会议室", seed, worker, at=at, unit=unit)
    for names, role in ((["金税社区居委会"], "committee"), ([person_name(draw)], "property")):
        hearings.note_attendees(hearing, names, role=role, organization=None, by=worker, at=at)
    residents = [person_name(draw) for _ in range(9)]
    hearings.note_attendees(
        hearing, residents, role="resident", organization=None, by=worker, at=at
    )
    lines: list[dict[str, Any]] = read("hearing")["line"]
    for number, line in enumerate(lines):
        typed = Typed(
            nonce(draw),
            line["said"],
            what=line.get("what", "problem"),
            kind=line.get("kind", ""),
            name=residents[number % len(residents)],
            phone=f"199003{draw.randrange(100_000):05d}",
            building=line.get("building", ""),
        )
        hearings.write(hearing, [typed], by=worker, at=at + timedelta(minutes=3 * number))
    same = {number: line["same"] for number, line in enumerate(lines, start=1) if "same" in line}
    hearing = hearings.close(hearing, same=same, by=worker, at=at + timedelta(minutes=55))
    _see_to(hearing, lines, worker, at=at + timedelta(hours=3))
    return hearing


def _see_to(hearing: Hearing, lines: list[dict[str, Any]], worker: Person, *, at: datetime) -> None:
    """Review what was said; the tax office takes on some wishes."""
    helper = Person.objects.get(username=UNIT.username)
    unit = Organization.objects.get(name=TAX_OFFICE)
    draw = dice(0, "hearing", "claims")
    said = hearing.lines.select_related("wish__community", "report__problem__kind")
    for line, words in zip(said.order_by("number"), lines, strict=True):
        if "title" not in words:
            continue
        if line.what == HearingLine.What.PROBLEM and line.report is not None:
            problems.accept(
                line.report.problem,
                public_title=words["title"],
                public_text=words["text"],
                kind=line.report.problem.kind,
                by=worker,
                at=at,
            )
        elif line.wish is not None:
            actions.publish(
                line.wish,
                public_title=words["title"],
                public_text=words["text"],
                public_person=words["person"],
                kind=line.kind,
                by=worker,
                at=at,
            )
            if words["state"] == "claimed":
                actions.claim(
                    line.wish,
                    by=helper,
                    organization=unit,
                    nonce=nonce(draw),
                    at=at + timedelta(days=3),
                    appointment="周六上午",
                )


def _begin_today(seed: int, worker: Person, *, now: datetime) -> None:
    at = now - timedelta(minutes=25)
    hearing = _opened(_TODAY, "3 号楼前小广场", seed, worker, at=at)
    draw = dice(seed, "hearing", local_day(now))
    typed = [Typed(nonce(draw), said, name=person_name(draw)) for said in _SAID_TODAY]
    hearings.write(hearing, typed, by=worker, at=at + timedelta(minutes=10))
