"""The ledger's past: activities and deeds by facts, with hands, corrections and real cases."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.db.models import F

from youwo.demo import cases
from youwo.demo.draws import References, dice, moment
from youwo.demo.places import JINSHUI, Chooser, Places
from youwo.demo.rhythm import Slot, festival_near, months, slots
from youwo.demo.size import SINCE, Size
from youwo.demo.words import read
from youwo.journal.actions import line
from youwo.journal.models import Line
from youwo.ledger.models import Counted, Entry, Field, Goods, Kind, Participation
from youwo.needs.models import Wish
from youwo.organizations.models import Mandate, Membership, Organization, UnitEnrolment
from youwo.people.models import Grant, Person, Role

SOURCE = "demo.history"
# How many of a month's facts were entered wrongly and taken back, on top of those that stand.
_TAKEN_BACK = 0.006
# Which part of the facts has hands written down, and which part of the deeds a whole case.
_HANDS = {"activity": 0.24, "deed": 0.35}
_CASES = 0.07
_RECENT = timedelta(days=35)


@dataclass
class Cast:
    """Who could have done it: units by community and day, their people, who keeps the records."""

    units: dict[str, list[tuple[date, date | None, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    members: dict[int, tuple[list[date], list[int]]] = field(default_factory=dict)
    short: dict[int, str] = field(default_factory=dict)
    recorders: dict[int, int] = field(default_factory=dict)
    # Workers by community and coordinators by county, by the code of the area.
    staff: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def units_on(self, code: str, on: date) -> list[int]:
        return [
            key
            for starts_on, ends_on, key in self.units.get(code, [])
            if starts_on <= on and (ends_on is None or on < ends_on)
        ]

    def hands(self, unit: int, on: date, count: int, draw: Random) -> list[int]:
        """Draw people who belonged to a unit on a day; fewer where it has fewer."""
        days, people = self.members.get(unit, ([], []))
        known = bisect_right(days, on)
        return [people[place] for place in draw.sample(range(known), min(count, known))]

    def who_records(self, code: str, unit: int | None, draw: Random) -> int | None:
        """Return who wrote it down: for a unit its coordinator, else somebody of the place."""
        if unit is not None and unit in self.recorders:
            return self.recorders[unit]
        return self.clerk(code, draw)

    def anybody(self, draw: Random) -> int:
        """Draw a member of any unit, for a deed that no unit stands behind."""
        units = sorted(self.members)
        return draw.choice(self.members[draw.choice(units)][1])

    def clerk(self, code: str, draw: Random, but: int | None = None) -> int | None:
        """Return a worker of a community, or who coordinates its county, but not one person."""
        for place in (code[:12], code[:6]):
            found = [key for key in self.staff.get(place, []) if key != but]
            if found:
                return draw.choice(found)
        return None


def read_cast() -> Cast:
    """Read who is there, in five queries."""
    cast = Cast()
    for code, starts_on, ends_on, key in UnitEnrolment.objects.order_by("pk").values_list(
        "community_id", "starts_on", "ends_on", "organization_id"
    ):
        cast.units[code].append((starts_on, ends_on, key))
    # Only those who are still there: who left may have ended before the day that is asked for.
    rows = (
        Membership.objects.filter(ends_on__isnull=True, standing="serving")
        .annotate(enrolled_on=F("person__enrolments__starts_on"))
        .filter(enrolled_on__isnull=False)
        .order_by("enrolled_on", "person_id", "organization_id")
    )
    seen: set[tuple[int, int]] = set()
    for unit, person, day in rows.values_list("organization_id", "person_id", "enrolled_on"):
        if (unit, person) not in seen:
            seen.add((unit, person))
            days, people = cast.members.setdefault(unit, ([], []))
            days.append(day)
            people.append(person)
    cast.short = {
        key: short or name
        for key, name, short in Organization.objects.values_list("pk", "name", "short_name")
    }
    cast.recorders = dict(
        Mandate.objects.filter(ends_on__isnull=True)
        .order_by("pk")
        .values_list("organization_id", "person_id")
    )
    for code, key in (
        Grant.objects.filter(ends_on__isnull=True, role__in=[Role.WORKER, Role.COORDINATOR])
        .order_by("pk")
        .values_list("area_id", "person_id")
    ):
        cast.staff[code].append(key)
    return cast


@dataclass
class Fact:
    """An entry on its way, with its hands, and its case where there is one."""

    entry: Entry
    hands: list[tuple[int, int, str]] = field(default_factory=list)
    case: cases.Case | None = None


@dataclass
class Writer:
    """Makes facts out of slots, always the same for a seed, and writes them in sets."""

    seed: int
    size: Size
    places: Places
    cast: Cast
    after: datetime | None
    now: datetime

    def __post_init__(self) -> None:
        self.chooser = Chooser(
            self.places, {code: len(units) for code, units in self.cast.units.items()}
        )
        self.references = References(
            "W",
            dice(self.seed, "wishes", self.after),
            set(Wish.objects.values_list("reference", flat=True)),
        )

    def write(self) -> Iterator[tuple[date, int]]:
        """Write what was recorded in (after, now], month by month; yield each month's rows."""
        for month in months(self.now.date()):
            if self.after and (month + timedelta(days=62)).replace(day=1) < self.after.date():
                continue
            facts = [
                fact
                for kind in ("activity", "deed")
                for slot in slots(self.seed, kind, month, self.size)
                if slot.on <= self.now.date()
                if self._is_new((fact := self._fact(slot)).entry.recorded_at)
            ]
            facts.sort(key=lambda fact: fact.entry.recorded_at)
            yield month, self._save(facts) + self._reverse(month)

    def _is_new(self, at: datetime) -> bool:
        return at <= self.now and (self.after is None or at > self.after)

    def _fact(self, slot: Slot, *, by_mistake: bool = False) -> Fact:
        draw = dice(self.seed, slot.key)
        activity = slot.kind == "activity"
        started = moment(slot.on, draw, 8.0, 19.0 if activity else 18.0)
        minutes = draw.choice(
            [60, 90, 90, 120, 120, 150, 180] if activity else [20, 30, 40, 60, 90]
        )
        confirmed = started + timedelta(minutes=minutes + draw.randint(5, 600))
        if not activity:
            confirmed = moment(slot.on + timedelta(days=draw.randint(1, 3)), draw, 8.5, 20.5)
        # A deed is recorded when its recipient accepts it, an activity when somebody gets to it.
        recorded = confirmed + timedelta(minutes=draw.randint(1, 2000)) if activity else confirmed
        code = self.chooser.draw(draw)
        units = self.cast.units_on(code, slot.on)
        unit = draw.choice(units) if units and draw.random() < 0.85 else None
        compounds = self.places.compounds.get(code)
        area = draw.choice(compounds).code if compounds and draw.random() < 0.6 else code
        entry = Entry(
            kind=slot.kind,
            occurred_on=slot.on,
            started_at=started,
            minutes=minutes,
            area_id=area,
            organization_id=unit,
            served=slot.served,
            counted_how=_counted(slot, draw),
            source_label=SOURCE,
            source_key=slot.key,
            source_channel="own" if activity else draw.choice(["own", "visit", "telephone"]),
            recorded_by_id=self.cast.who_records(code, unit, draw),
            recorded_at=recorded,
            confirmed_by="" if activity else "recipient",
            confirmed_at=confirmed if not activity else None,
        )
        self._describe(entry, slot, draw)
        fact = Fact(entry)
        if by_mistake:
            return fact
        if not activity and self._has_case(code, slot, draw):
            doers = self.cast.hands(unit, slot.on, 1, draw) if unit else []
            fact.case = cases.draw_case(entry, doers[0] if doers else None, draw, now=self.now)
            fact.hands = [(fact.case.doer, entry.minutes, "doer")] if fact.case.doer else []
        elif unit and draw.random() < _HANDS[slot.kind]:
            count = draw.randint(3, 12) if activity else draw.choice([1, 1, 2])
            fact.hands = [
                (key, minutes, "leader" if activity and number == 0 else "doer")
                for number, key in enumerate(self.cast.hands(unit, slot.on, count, draw))
            ]
        return fact

    def _has_case(self, code: str, slot: Slot, draw: Random) -> bool:
        """Jinshui's deeds, the recent ones and a part of all others open down to their wish."""
        lucky = draw.random() < _CASES
        if slot.on < SINCE:
            return False
        return lucky or code == JINSHUI or slot.on >= self.now.date() - _RECENT

    def _describe(self, entry: Entry, slot: Slot, draw: Random) -> None:
        """Give the entry its field, its chapter and its title."""
        words = read("activities")
        festival = festival_near(slot.on)
        if slot.kind == "activity" and festival and draw.random() < 0.5:
            entry.field = Field.OTHER if festival == "lei_feng" else Field.CULTURE
            entry.programme = 5 if festival == "lei_feng" else 3
            titles = words["activities"]["festival"][festival]
        else:
            chances: dict[str, int] = read("rhythm")["fields"][slot.kind]
            entry.field = draw.choices(list(chances), list(chances.values()))[0]
            if slot.kind == "deed":
                entry.programme = 1 if entry.organization_id else 5
                titles = words["deeds"][entry.field]
            else:
                by_unit = entry.organization_id is not None and draw.random() < 0.5
                entry.programme = 1 if by_unit else draw.choice([2, 2, 2, 5])
                titles = words["activities"][entry.field]
        unit = self.cast.short.get(entry.organization_id or 0, "")
        fitting = [title for title in titles if unit or "{unit}" not in title]
        entry.title = draw.choice(fitting).format(unit=unit, **self._names(entry.area_id))

    def _names(self, code: str) -> dict[str, str]:
        community = self.places.communities[code.partition("-")[0]]
        compound = next(
            (
                area.name
                for area in self.places.compounds.get(community.code, ())
                if area.code == code
            ),
            community.name,
        )
        return {"place": community.name, "compound": compound}

    def _save(self, facts: list[Fact]) -> int:
        with_case = [(fact.entry, fact.case) for fact in facts if fact.case]
        rows = cases.save(with_case, self.cast, self.references) if with_case else 0
        Entry.objects.bulk_create([fact.entry for fact in facts])
        hands = [
            Participation(entry=fact.entry, person_id=key, minutes=minutes, part=part)
            for fact in facts
            for key, minutes, part in fact.hands
        ]
        Participation.objects.bulk_create(hands)
        goods = [
            Goods(entry=entry, item=item, quantity=quantity, unit=unit)
            for entry, case in with_case
            for item, quantity, unit in case.goods
        ]
        Goods.objects.bulk_create(goods)
        if with_case:
            cases.close(with_case)
        return rows + len(facts) + len(hands) + len(goods)

    def _reverse(self, month: date) -> int:
        """Add facts that were entered wrongly, each with the entry that takes it back."""
        wrong: list[tuple[Entry, Entry]] = []
        reasons = read("activities")["reversal"]["reasons"]
        for kind in ("activity", "deed"):
            draw = dice(self.seed, "wrong", kind, month)
            of_month = slots(self.seed, kind, month, self.size)
            for number in range(int(len(of_month) * _TAKEN_BACK + draw.random())):
                slot = draw.choice(of_month)
                twin = Slot(kind, 90_000 + number, slot.on, slot.served)
                found_on = twin.on + timedelta(days=draw.randint(5, 25))
                entry = self._fact(twin, by_mistake=True).entry
                at = max(moment(found_on, draw), entry.recorded_at)
                reason = draw.choice(reasons)
                if self._is_new(at):
                    wrong.append((entry, _opposite(entry, reason, at)))
        Entry.objects.bulk_create([entry for entry, _ in wrong])
        for entry, opposite in wrong:
            opposite.reverses = entry
        Entry.objects.bulk_create([opposite for _, opposite in wrong])
        Line.objects.bulk_create(
            line(
                "reverse",
                entry,
                by=Person(pk=opposite.recorded_by_id),
                at=opposite.recorded_at,
                area_code=entry.area_id,
                reason=opposite.reason,
            )
            for entry, opposite in wrong
        )
        return 3 * len(wrong)


def _counted(slot: Slot, draw: Random) -> str:
    if slot.kind == Kind.DEED:
        return Counted.NAMED
    return draw.choice([Counted.COUNTED, Counted.COUNTED, Counted.ESTIMATED])


_REPEATED = [
    "kind", "occurred_on", "started_at", "minutes", "area_id", "programme", "field",
    "organization_id", "served", "counted_how", "title", "source_label", "source_key",
    "source_channel", "recorded_by_id", "confirmed_by", "confirmed_at",
]  # fmt: skip


def _opposite(entry: Entry, reason: str, at: datetime) -> Entry:
    same = {name: getattr(entry, name) for name in _REPEATED}
    return Entry(sign=-1, recorded_at=at, reason=reason, **same)
