"""Invented people, the units they belong to, and their enrolments where they live."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from youwo.core.sealing import blind
from youwo.demo.draws import References, dice, moment
from youwo.demo.places import COUNTY, JINSHUI, Places
from youwo.demo.rhythm import months
from youwo.demo.size import BEGIN, CUT_OFF, Size
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import person_name, phone, read
from youwo.ledger.models import Field
from youwo.organizations.models import (
    MOVED,
    RETIRED,
    Branch,
    Mandate,
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)
from youwo.people.models import Person, Skill

NO_PASSWORD = "!"  # noqa: S105 -- the mark of an account that cannot sign in
_ENDED_BEFORE, _ENDED_A_MONTH, _BEGUN_A_MONTH = 0.07, 0.0024, 0.0055
_CHANGED_HOME = 0.03
_SERVICE = [
    Field.VISITS, Field.VISITS, Field.CLEAN_UPS, Field.CLEAN_UPS, Field.LECTURES, Field.HEALTH,
    Field.LEARNING, Field.TROUBLES, Field.CULTURE, Field.SAFETY, Field.MEDIATION,
]  # fmt: skip
END_REASONS = ["工作调动，转出本市", "辞去公职", MOVED]
HOME_CHANGED = "搬家，转到新住址所在社区报到"


@dataclass
class Life:
    """One member on paper: from when until when enrolled, why it ended, when they moved house."""

    starts_on: date
    ends_on: date | None = None
    reason: str = ""
    moved_on: date | None = None


@dataclass
class Home:
    """Where the members of a county live: mostly in its communities, some in its villages."""

    codes: list[str]
    sums: list[float] = field(default_factory=list)

    def draw(self, draw: Random) -> str:
        return self.codes[bisect_right(self.sums, draw.random() * self.sums[-1])]


def _homes(places: Places) -> dict[str, Home]:
    homes = {}
    for county, communities in places.by_county.items():
        weights = [
            (60.0 if area.code == JINSHUI else 24.0) if not area.rural else 1.0
            for area in communities
        ]
        homes[county] = Home([area.code for area in communities], list(accumulate(weights)))
    return homes


def _lives(seed: int, size: Size, units: list[tuple[int, date]], today: date) -> list[Life]:
    """Draw enrolments so that exactly the wanted number is in force on the cut-off day.

    `units` are the key of each member's unit and the day from which it is enrolled.
    """
    draw = dice(seed, "lives")
    ended = round(size.members * _ENDED_BEFORE)
    lives = []
    for number in range(size.members + ended):
        begun = units[number][1]
        last = CUT_OFF - timedelta(days=120) if number >= size.members else CUT_OFF
        span = max((last - begun).days, 1)
        start = min(begun + timedelta(days=min(int(draw.expovariate(1 / 28)), span)), CUT_OFF)
        life = Life(start)
        if number >= size.members:
            days = (CUT_OFF - start).days
            life.ends_on = start + timedelta(days=draw.randint(min(30, days), days))
            life.reason = RETIRED if draw.random() < 0.55 else draw.choice(END_REASONS[:2])
        elif draw.random() < _CHANGED_HOME and (CUT_OFF - start).days > 90:
            life.moved_on = start + timedelta(days=draw.randint(60, (CUT_OFF - start).days))
        lives.append(life)
    # The first members of the first unit sign in to the demo: they stay.
    standing = list(range(min(20, size.members // 2), size.members))
    for month in months(today):
        if month <= CUT_OFF:
            continue
        draw = dice(seed, "lives", month)
        for _ in range(round(size.members * _ENDED_A_MONTH)):
            place = standing.pop(draw.randrange(len(standing)))
            day = month + timedelta(days=draw.randrange(28))
            if day < today:
                lives[place].ends_on = day
                lives[place].reason = (
                    RETIRED if draw.random() < 0.55 else draw.choice(END_REASONS[:2])
                )
        for _ in range(round(size.members * _BEGUN_A_MONTH)):
            day = month + timedelta(days=draw.randrange(28))
            if day < today:
                lives.append(Life(day))
    return lives


def _choose_units(
    seed: int,
    size: Size,
    weights: dict[int, float],
    enrolments: list[UnitEnrolment],
    first: int,
) -> Iterator[tuple[int, date]]:
    """Draw a unit for each member in turn; the first ones belong to the tax office."""
    begun: dict[int, date] = {}
    for enrolment in enrolments:
        key, day = enrolment.organization_id, enrolment.starts_on
        begun[key] = min(begun.get(key, day), day)
    early = [key for key in weights if begun[key] <= CUT_OFF - timedelta(days=3)]
    sums = list(accumulate(weights[key] for key in early))
    draw = dice(seed, "members of units")
    number = 0
    while True:
        inside = number < min(20, size.members // 2)
        key = first if inside else early[bisect_right(sums, draw.random() * sums[-1])]
        yield key, begun[key]
        number += 1


def build(
    seed: int,
    places: Places,
    size: Size,
    *,
    units: list[Organization],
    enrolments: list[UnitEnrolment],
    weights: dict[int, float],
    references: References,
    today: date,
    now: datetime,
) -> list[Person]:
    """Build people, memberships, mandates and enrolments; return the people of the tax office."""
    by_key = {unit.pk: unit for unit in units}
    tax_office = next(unit for unit in units if unit.name == TAX_OFFICE)
    chooser = _choose_units(seed, size, weights, enrolments, tax_office.pk)
    most = round(size.members * (1 + _ENDED_BEFORE))
    chosen = [next(chooser) for _ in range(most)]
    lives = _lives(seed, size, chosen, today)
    chosen += [next(chooser) for _ in range(len(lives) - most)]

    draw = dice(seed, "people")
    people: list[Person] = []
    recorded: list[datetime] = []
    for number, life in enumerate(lives):
        at = moment(life.starts_on + timedelta(days=int(draw.expovariate(1.2))), draw)
        recorded.append(min(at, now))
        people.append(_person(number, draw, recorded[-1]))
    Person.objects.bulk_create(people)

    branches: dict[int, list[int]] = {}
    for branch, owner in Branch.objects.order_by("pk").values_list("pk", "organization_id"):
        branches.setdefault(owner, []).append(branch)
    memberships: list[Membership] = []
    member_enrolments: list[MemberEnrolment] = []
    mandates: dict[int, Mandate] = {}
    homes = _homes(places)
    skills = list(Skill.objects.order_by("place").values_list("code", flat=True))
    for number, (person, life) in enumerate(zip(people, lives, strict=True)):
        unit = by_key[chosen[number][0]]
        if unit.pk not in mandates and life.ends_on is None:
            mandates[unit.pk] = Mandate(
                person=person,
                organization=unit,
                starts_on=life.starts_on,
                given_at=recorded[number],
            )
        memberships += _memberships(person, unit, life, draw.choice(branches[unit.pk]))
        county = unit.area_id[:6] if len(unit.area_id) >= 6 else COUNTY
        home = JINSHUI if number < 2 else homes[county].draw(draw)
        later = homes[county].draw(draw) if life.moved_on else ""
        template = MemberEnrolment(
            person=person,
            organization=unit,
            occupation=draw.choice(read("units")["occupations"][unit.kind]),
            skills=draw.sample(skills, draw.choice([0, 1, 1, 2])) if skills else [],
            service_wishes=list(dict.fromkeys(draw.choices(_SERVICE, k=draw.choice([1, 1, 2])))),
            recorded_at=recorded[number],
        )
        member_enrolments += _enrolments(
            template, life, home, later, places=places, references=references, draw=draw
        )
    Membership.objects.bulk_create(memberships)
    Mandate.objects.bulk_create(mandates.values())
    for enrolment in member_enrolments:
        mandate = mandates.get(enrolment.organization_id)
        enrolment.recorded_by_id = mandate.person_id if mandate else None
    MemberEnrolment.objects.bulk_create(member_enrolments)
    return people[:20]


def _person(number: int, draw: Random, at: datetime) -> Person:
    number_of_phone = phone(number)
    return Person(
        name=person_name(draw),
        password=NO_PASSWORD,
        phone=number_of_phone,
        phone_index=blind("phone", number_of_phone),
        birth_year=draw.randint(1966, 2001),
        joined_at=at,
    )


def _memberships(
    person: Person, unit: Organization, life: Life, branch: int
) -> Iterator[Membership]:
    yield Membership(
        person=person,
        organization=unit,
        branch_id=branch,
        starts_on=min(life.starts_on, BEGIN),
        ends_on=life.ends_on,
    )
    if life.reason == RETIRED:
        yield Membership(
            person=person,
            organization=unit,
            branch_id=branch,
            standing=Membership.Standing.RETIRED,
            starts_on=life.ends_on or life.starts_on,
        )


def _enrolments(
    template: MemberEnrolment,
    life: Life,
    home: str,
    later: str,
    *,
    places: Places,
    references: References,
    draw: Random,
) -> Iterator[MemberEnrolment]:
    """Enrol somebody at home, and again in another community after they moved house."""
    steps: list[tuple[str, date, date | None, str]]
    if life.moved_on and later and later != home:
        steps = [
            (home, life.starts_on, life.moved_on, HOME_CHANGED),
            (later, life.moved_on, life.ends_on, life.reason),
        ]
    else:
        steps = [(home, life.starts_on, life.ends_on, life.reason)]
    for number, (code, starts_on, ends_on, reason) in enumerate(steps):
        compounds = places.compounds.get(code)
        yield MemberEnrolment(
            reference=references.next(),
            person=template.person,
            organization=template.organization,
            community_id=code,
            compound=draw.choice(compounds) if compounds else None,
            occupation=template.occupation,
            skills=template.skills,
            service_wishes=template.service_wishes,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_at=template.recorded_at if number == 0 else moment(starts_on, draw),
            ended_at=moment(ends_on, draw) if ends_on else None,
            end_reason=reason if ends_on else "",
        )
