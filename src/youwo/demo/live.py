"""Work that is always under way: wishes in every state, as seen from today.

Everything here goes through the same actions that people use, at moments in the recent past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.timezone import localtime

from youwo.almanac.queries import deadline
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.demo.draws import dice, nonce
from youwo.demo.places import JINSHUI, near
from youwo.demo.signins import MEMBER, RESIDENT, STAFF, UNIT, first_workers
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import door, person_name, read
from youwo.journal.queries import history
from youwo.needs import actions
from youwo.needs.actions import Contact
from youwo.needs.models import Channel, Delivery, Mover, OutsideMatter, Status, Voice, Wish
from youwo.needs.rules import is_open
from youwo.needs.terms import HOURS
from youwo.notices.actions import tell
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations.models import Mandate, Organization
from youwo.people.models import ConsentText, Grant, Person, Role

_STEPS = ["received", "published", "claimed", "delivered", "confirmed", "closed"]
_DONE_OTHERWISE = "邻居先帮上了忙，这件心愿已经了却"


@dataclass(frozen=True)
class Scene:
    """One wish to stand in a state: since when, where, who promised, and how it was told."""

    state: str
    # fresh, soon (due next), late (overdue), over (overdue and fallen to the community), resting
    timing: str = "fresh"
    helper: str = "neighbour"
    place: int = 0
    channel: str = "own"
    own: bool = False


def _jinshui() -> Iterator[Scene]:
    yield Scene("received", "fresh", channel="own")
    yield Scene("received", "fresh", channel="telephone")
    yield Scene("received", "resting", channel="visit")
    yield Scene("received", "soon", channel="own")
    yield Scene("received", "soon", channel="box")
    yield Scene("received", "late", channel="paper")
    yield Scene("returned", "fresh")
    yield Scene("returned", "over", channel="visit")
    yield Scene("published", "fresh", own=True)
    yield from [Scene("published", "fresh")] * 5
    yield from [Scene("published", "resting", channel="telephone")] * 4
    yield Scene("published", "over")
    yield Scene("claimed", "fresh", "member")
    yield Scene("claimed", "soon", "member")
    yield Scene("claimed", "fresh", "tax")
    yield Scene("claimed", "soon", "tax")
    yield Scene("claimed", "late", "tax")
    yield Scene("claimed", "fresh")
    yield Scene("delivered", "fresh", "member", own=True)
    yield Scene("delivered", "fresh", "tax", channel="visit")
    yield Scene("delivered", "over")
    yield Scene("confirmed", "fresh", "member")
    yield Scene("confirmed", "soon", "worker", channel="telephone")
    yield Scene("confirmed", "late", "tax")
    yield Scene("closed", "fresh", "member", own=True)
    yield from [Scene("closed", "resting", "tax")] * 2
    yield Scene("declined", "resting")
    yield Scene("withdrawn", "resting")
    yield Scene("outlived", "resting", channel="visit")
    yield Scene("handed_over", "resting")


def _elsewhere() -> Iterator[Scene]:
    for place in range(1, 9):
        yield Scene("received", "fresh" if place % 2 else "soon", place=place)
        yield from [Scene("published", "fresh", place=place)] * 2
        yield Scene("published", "resting", place=place, channel="telephone")
        yield Scene("claimed", "soon" if place % 3 == 0 else "fresh", place=place)
        if place % 2:
            yield Scene("delivered", "fresh", place=place)
        else:
            yield Scene("confirmed", "soon" if place % 4 else "late", place=place)
    yield Scene("received", "late", place=1)
    yield Scene("claimed", "late", place=2)
    yield Scene("published", "over", place=3)


SCENES = [*_jinshui(), *_elsewhere()]


@dataclass
class Cast:
    """The people who play in the scenes."""

    signed_in: dict[str, Person]
    tax_office: Organization
    consent: ConsentText | None
    communities: list[Area]
    workers: dict[str, Person]
    neighbours: list[Person]
    matter: OutsideMatter | None
    compounds: dict[str, list[Area]]


def _cast() -> Cast:
    named = [one.username for one in (*STAFF, RESIDENT, UNIT, MEMBER)]
    workers = first_workers()
    communities = Area.objects.in_bulk(workers)
    others = [communities[code] for code in workers if code != JINSHUI]
    compounds: dict[str, list[Area]] = {}
    for area in Area.objects.filter(kind=Area.Kind.COMPOUND).order_by("code"):
        compounds.setdefault(area.community_code, []).append(area)
    mandates = Mandate.objects.exclude(person__username__in=named).order_by("pk")
    return Cast(
        signed_in={
            person.username or "": person for person in Person.objects.filter(username__in=named)
        },
        tax_office=Organization.objects.get(name=TAX_OFFICE),
        consent=ConsentText.objects.filter(purpose="wish").order_by("-version").first(),
        communities=[communities[JINSHUI], *others[:12]],
        workers=workers,
        neighbours=[mandate.person for mandate in mandates.select_related("person")[:40]],
        matter=OutsideMatter.objects.filter(pk="wages").first(),
        compounds=compounds,
    )


class Stage:
    """Plays scenes at one moment."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.now = now
        self.draw = dice(seed, "live", local_day(now))
        self.cast = _cast()
        wishes: list[dict[str, Any]] = read("wishes")["wish"]
        self.words = self.draw.sample(wishes, len(wishes))
        self.taken = 0

    def play(self, scene: Scene) -> Wish:
        """Make one wish and bring it into the state of its scene."""
        words = read("wishes")["aside"].get(scene.state)
        if words is None or scene.timing == "over":
            words = self.words[self.taken % len(self.words)]
            self.taken += 1
        steps = _STEPS[: _STEPS.index(scene.state) + 1] if scene.state in _STEPS else ["received"]
        area = self.cast.communities[scene.place % len(self.cast.communities)]
        moments = self._moments(scene, steps, area.code)
        wish = self._receive(scene, words, area, moments[0])
        worker = self.cast.workers[area.code]
        for step, at in zip(steps[1:], moments[1:], strict=True):
            self._advance(wish, step, scene, words, at=at)
            wish.refresh_from_db()
        self._turn_aside(wish, scene, words, worker, at=moments[-1])
        return wish

    def _moments(self, scene: Scene, steps: list[str], code: str) -> list[datetime]:
        """Draw when each step happened, backwards from the last one."""
        draw, now = self.draw, self.now
        hours = HOURS.get(Status(scene.state), 15.0)
        if scene.timing == "soon":
            left = draw.choice([0.5, 1.5, 3.0, 5.0])
            last = _begun(hours - left, code, now) + timedelta(minutes=draw.randint(0, 25))
        elif scene.timing in ("late", "over"):
            last = _begun(hours + draw.choice([1.0, 2.5, 5.0]), code, now)
        elif scene.timing == "fresh":
            last = self._awake(now - timedelta(minutes=draw.randint(12, 260)))
        else:
            rested = draw.uniform(5, 7) if scene.state == "received" else draw.uniform(120, 190)
            last = self._awake(now - timedelta(hours=rested))
        moments = [last]
        for _ in steps[1:]:
            before = moments[0] - timedelta(hours=draw.uniform(19, 30))
            moments.insert(0, self._awake(before))
        return moments

    def _awake(self, at: datetime) -> datetime:
        """Move a moment of the night to the evening before it."""
        local = localtime(at)
        if 8 <= local.hour < 22:
            return at
        evening = local - timedelta(hours=10)
        return evening.replace(hour=self.draw.choice([19, 20]), minute=self.draw.randint(0, 59))

    def _receive(self, scene: Scene, words: dict[str, Any], area: Area, at: datetime) -> Wish:
        draw, own = self.draw, scene.channel == Channel.OWN
        compounds = self.cast.compounds.get(area.code, [])
        compound = draw.choice(compounds) if compounds else None
        resident = self.cast.signed_in[RESIDENT.username]
        contact = Contact(
            phone=resident.phone if scene.own else f"199001{draw.randrange(100_000):05d}",
            name=resident.name if scene.own else person_name(draw),
            address=door(draw),
        )
        return actions.receive(
            words["said"],
            kind=words["kind"],
            community=area,
            compound=compound,
            point=near(compound, draw),
            contact=contact,
            consent=self.cast.consent,
            consent_given_by=Voice.Consent.SELF if own else Voice.Consent.SPOKEN,
            nonce=nonce(draw),
            by=resident if scene.own else None if own else self.cast.workers[area.code],
            at=at,
            channel=scene.channel,
        )

    def _helper(self, scene: Scene, worker: Person) -> tuple[Person, Organization | None]:
        signed_in = self.cast.signed_in
        if scene.helper == "tax":
            return signed_in[UNIT.username], self.cast.tax_office
        if scene.helper == "member":
            return signed_in[MEMBER.username], None
        if scene.helper == "worker":
            return worker, None
        return self.draw.choice(self.cast.neighbours), None

    def _advance(
        self, wish: Wish, step: str, scene: Scene, words: dict[str, Any], *, at: datetime
    ) -> None:
        worker = self.cast.workers[wish.community_id]
        if step == "published":
            actions.publish(
                wish,
                public_title=words["title"],
                public_text=words["text"],
                public_person=words["person"],
                kind=words["kind"],
                by=worker,
                at=at,
            )
        elif step == "claimed":
            helper, unit = self._helper(scene, worker)
            when = self.draw.choice(["周六上午", "明天下午 3 点", "这两天晚饭后", "约好再定"])
            actions.claim(
                wish, by=helper, organization=unit, at=at, nonce=nonce(self.draw), appointment=when
            )
        elif step == "delivered":
            goods = [(item, Decimal(count), one) for item, count, one in words.get("goods", [])]
            actions.deliver(
                wish,
                occurred_on=local_day(at),
                minutes=words["minutes"],
                what=words["what"],
                field=words["field"],
                by=wish.claimed_by or worker,
                at=at,
                goods=goods,
            )
        elif step == "confirmed":
            resident = self.cast.signed_in[RESIDENT.username] if scene.own else None
            actions.confirm(wish, how=Delivery.Confirmed.LINK, by=resident, at=at)
        else:
            actions.call_back(
                wish, came=True, on_time=True, again="yes", words=words["words"], by=worker, at=at
            )

    def _turn_aside(
        self, wish: Wish, scene: Scene, words: dict[str, Any], worker: Person, *, at: datetime
    ) -> None:
        """Bring a wish into the states beside the straight way."""
        later = min(at + timedelta(minutes=25), self.now)
        if scene.state == "returned":
            actions.ask(
                wish,
                question=words.get("question", "您一般几点在家，好约人上门"),
                by=worker,
                at=later,
            )
        elif scene.state == "declined":
            actions.decline(wish, reason=words["reason"], by=worker, at=later)
        elif scene.state == "withdrawn":
            actions.withdraw(wish, by=None, at=later, reason=words["reason"])
        elif scene.state == "outlived":
            actions.outlive(wish, reason=words["reason"], by=worker, at=later)
        elif scene.state == "handed_over" and self.cast.matter is not None:
            actions.hand_over(wish, matter=self.cast.matter, by=worker, at=later)
        if scene.timing == "over":
            wish.refresh_from_db()
            actions.take_over([wish], at=self.now - timedelta(minutes=self.draw.randint(5, 200)))


@cache
def _begun(hours: float, code: str, now: datetime) -> datetime:
    """Return the earliest beginning, to the half hour, from which so many hours have not passed."""
    step = timedelta(minutes=30)
    # Deadlines come in the order of their beginnings, so that halving finds the place.
    first, beyond = 0, 90 * 48
    while beyond - first > 1:
        middle = (first + beyond) // 2
        if deadline(now - middle * step, hours=hours, area_code=code).at > now:
            first = middle
        else:
            beyond = middle
    return now - first * step


def build(seed: int, *, now: datetime, kept: dict[str, int]) -> dict[str, int]:
    """Play the scenes that are not standing any more; return the wishes by number of the scene."""
    stage = Stage(seed, now)
    standing = dict(kept)
    for number, scene in sorted(enumerate(SCENES), key=lambda pair: pair[1].state == "received"):
        if str(number) not in kept:
            standing[str(number)] = stage.play(scene).pk
    _write_to_staff(stage)
    return standing


def _write_to_staff(stage: Stage) -> None:
    """Leave a word in the inboxes of those whom no wish has written to."""
    day = local_day(stage.now)
    subjects = {
        "county": "盐湖区本周新登记实事已更新，可点开逐条查看",
        "city": "上月数字已截止，各县（市、区）可按口径核对",
        "auditor": "日志已封存一批，可随时核验",
        "admin": "两名社区工作者的角色本月到期，请确认是否续期",
        "worker": "今天有心愿等您审核，先看快到时限的",
        "worker2": "有一件心愿要由您回访：办理人是您的同事",
        "unit": "本单位认领的心愿有一件快到时限",
        "member": "您认领的心愿快到时限，办不了就退回，不要紧",
        "resident": "有人帮您办好了一件心愿，请您看看",
    }
    for username, subject in subjects.items():
        tell(
            [stage.cast.signed_in[username]],
            kind=NoticeKind.CASE,
            subject=subject,
            cause=f"demo.{day}.{username}",
            at=stage.now - timedelta(minutes=40),
        )


def finish(standing: dict[str, int], *, before: datetime, now: datetime) -> dict[str, int]:
    """End the scenes of an earlier day that nobody has touched; return those that still hold."""
    wishes = Wish.objects.in_bulk(list(standing.values()))
    workers = first_workers()
    kept = {}
    for number, key in standing.items():
        wish = wishes.get(key)
        if wish is None or not is_open(wish) or (wish.since > before and _is_touched(wish)):
            continue
        if wish.mover == Mover.ANYONE and wish.due_at and wish.due_at > now + timedelta(days=1):
            kept[number] = key
            continue
        end(wish, workers[wish.community_id], now)
    return kept


def _is_touched(wish: Wish) -> bool:
    """Say whether somebody, and not only time, has moved a wish last."""
    last = history(wish).last()
    return last is not None and bool(last.actor_key)


def end(wish: Wish, worker: Person, now: datetime) -> None:
    """End a wish as its state allows: confirmed and called back, or no longer needed."""
    if wish.status == Status.DELIVERED:
        actions.confirm(wish, how=Delivery.Confirmed.LINK, by=None, at=now)
        wish.refresh_from_db()
    if wish.status == Status.CONFIRMED:
        delivery = actions.standing_delivery(wish)
        others = Grant.objects.filter(role=Role.WORKER, area_id=wish.community_id)
        other = others.exclude(person_id=delivery.doer_id).select_related("person").first()
        if other is not None:
            actions.call_back(
                wish, came=True, on_time=True, again="yes", words="", by=other.person, at=now
            )
        return
    actions.outlive(wish, reason=_DONE_OTHERWISE, by=worker, at=now)
