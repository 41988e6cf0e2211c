"""Jinshui's own units, and whom the city's units and members are paired with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.demo.draws import References, dice, moment, nonce
from youwo.demo.places import COUNTY, JINSHUI, Places
from youwo.demo.signins import COMMITTEE_WORKER, MEMBER, OWNERS, PASSWORD, PROPERTY, SignIn
from youwo.demo.units import TAX_OFFICE
from youwo.organizations import actions
from youwo.organizations.actions import plans
from youwo.organizations.models import (
    HouseholdPairing,
    Organization,
    Pairing,
    UnitEnrolment,
)
from youwo.organizations.planning import working
from youwo.people import actions as people
from youwo.people.models import Person

COMMITTEE_UNIT = "金税社区居民委员会"
PROPERTY_UNIT = "运城市安和物业服务有限公司"
OWNERS_UNIT = "金税家园业主委员会"


def found_neighbours(*, at: datetime) -> None:
    """Enter Jinshui's residents' committee, property company and owners' committee.

    The committee is acted for by the community's worker, the others by people of their own.
    """
    by = Person.objects.get(username="admin")
    place = Area.objects.get(pk=JINSHUI)
    worker = Person.objects.get(username=COMMITTEE_WORKER)
    for name, short_name, kind, person in (
        (COMMITTEE_UNIT, "金税居委会", Organization.Kind.COMMITTEE, worker),
        (PROPERTY_UNIT, "安和物业", Organization.Kind.PROPERTY, _enter(PROPERTY, 1, at=at)),
        (OWNERS_UNIT, "金税业委会", Organization.Kind.OWNERS, _enter(OWNERS, 2, at=at)),
    ):
        unit = actions.found(
            name=name,
            short_name=short_name,
            kind=kind,
            area=place,
            starts_on=date(2019, 3, 1),
            by=by,
            at=at,
        )
        if person != worker:
            actions.join(person, organization=unit, starts_on=date(2023, 3, 1), by=by, at=at)
        actions.give_mandate(person, organization=unit, starts_on=date(2024, 1, 1), by=by, at=at)


def _enter(one: SignIn, number: int, *, at: datetime) -> Person:
    return people.create(
        name=one.name,
        phone=f"199003{number:05d}",
        username=one.username,
        password=PASSWORD,
        by=Person.objects.get(username="admin"),
        at=at,
    )


_PAIRED_COMMUNITY, _PAIRED_COMPOUND, _ENDED = 0.55, 0.7, 0.08
_END_REASON = "单位办公地点搬迁，就近重新结对"
_AGREED_ON = date(2025, 3, 5)
# Three invented households of Jinshui: whom to ask for, door, number, and when they were in touch.
_HOUSEHOLDS = (
    ("段奶奶", "2 号楼 1 单元 301", "19900400001", ((3, "门口的灯修好了，老人挺高兴"), (19, ""))),
    ("卫师傅", "5 号楼 3 单元 602", "19900400002", ((8, "帮着在手机上挂了号"),)),
    ("小姚一家", "1 号楼 2 单元 102", "", ()),
)


def build(
    seed: int,
    places: Places,
    units: Sequence[Organization],
    enrolments: Sequence[UnitEnrolment],
    *,
    now: datetime,
) -> None:
    """Pair units with communities and compounds, members with households, and plan a county."""
    draw, today = dice(seed, "pairings"), local_day(now)
    standing = [row for row in enrolments if row.is_in_force(today)]
    by_community: dict[str, list[UnitEnrolment]] = {}
    for enrolment in standing:
        by_community.setdefault(enrolment.community_id, []).append(enrolment)
    references = References("B", dice(seed, "pairing references"))
    tax_office = next(unit for unit in units if unit.name == TAX_OFFICE)
    rows: list[Pairing] = []
    for code in sorted(by_community):
        near = by_community[code]
        compounds = [area.code for area in places.compounds.get(code, [])]
        if code == JINSHUI:
            # The tax office has the community, and the first compound; three have nobody.
            near = [row for row in near if row.organization_id == tax_office.pk]
            chosen = [(code, near[0]), *((one, near[0]) for one in compounds[:1])] if near else []
        else:
            chosen = [(code, draw.choice(near))] if draw.random() < _PAIRED_COMMUNITY else []
            chosen += [
                (one, draw.choice(near)) for one in compounds if draw.random() < _PAIRED_COMPOUND
            ]
        rows += [
            _paired(area, enrolment, references.next(), draw, today) for area, enrolment in chosen
        ]
    Pairing.objects.bulk_create(rows, batch_size=1000)
    _visit(now)
    _plan(now)


def _paired(
    code: str, enrolment: UnitEnrolment, reference: str, draw: Random, today: date
) -> Pairing:
    starts_on = enrolment.starts_on + timedelta(days=draw.randint(5, 60))
    # Yesterday at the latest: what is recorded today could lie later than now.
    starts_on = min(starts_on, today - timedelta(days=1))
    since = (today - starts_on).days - 1
    ends_on = None
    if since > 200 and draw.random() < _ENDED:
        ends_on = starts_on + timedelta(days=draw.randint(90, since))
    return Pairing(
        reference=reference,
        organization_id=enrolment.organization_id,
        area_id=code,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=moment(starts_on, draw),
        ended_at=moment(ends_on, draw) if ends_on else None,
        end_reason=_END_REASON if ends_on else "",
    )


def _visit(now: datetime) -> None:
    """Let the member who signs in stay in touch with three households of Jinshui."""
    draw, worker = dice(0, "households"), Person.objects.get(username=COMMITTEE_WORKER)
    member = Person.objects.get(username=MEMBER.username)
    compounds = list(Area.objects.filter(parent=JINSHUI).order_by("code")[: len(_HOUSEHOLDS)])
    agreed_at = moment(_AGREED_ON, draw)
    if agreed_at > now:
        return
    for (name, door, phone, contacts), compound in zip(_HOUSEHOLDS, compounds, strict=True):
        pairing: HouseholdPairing = actions.pair_household(
            member,
            actions.Household(name, door, phone),
            community=Area.objects.get(pk=JINSHUI),
            compound=compound,
            consent_given=HouseholdPairing.Given.PAPER,
            consent_on=_AGREED_ON,
            starts_on=_AGREED_ON,
            nonce=nonce(draw),
            by=worker,
            at=agreed_at,
        )
        for days, words in contacts:
            on = local_day(now) - timedelta(days=days)
            actions.note_contact(pairing, on=on, words=words, by=member, at=moment(on, draw))
        if phone:
            # The household says so, too: a neighbour's word at the counter.
            on = local_day(now) - timedelta(days=contacts[0][0])
            actions.note_contact(pairing, on=on, by=worker, at=moment(on, draw))


def _plan(now: datetime) -> None:
    """Have one proposal ready to be edited: of the county town's district."""
    by = Person.objects.get(username="county")
    at = now - timedelta(hours=2)
    plan = plans.ask(
        Area.objects.get(pk=COUNTY), places="compounds", slack=1, keep=True, by=by, at=at
    )
    working.work_out(plan, at=at)
