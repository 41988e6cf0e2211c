"""Invented units with their two parentages, their branches, and their enrolments over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random

from django.conf import settings

from youwo.core.search import terms
from youwo.demo.draws import References, dice, moment
from youwo.demo.places import COUNTY, JINSHUI, Places
from youwo.demo.rhythm import months
from youwo.demo.size import BEGIN, CUT_OFF, Size
from youwo.demo.words import read
from youwo.organizations.models import Branch, Organization, UnitEnrolment

TAX_OFFICE = "国家税务总局运城市税务局"
_CITY = "运城市"
_ALIKE = {
    "卫生健康局": "卫生健康委员会",
    "发展和改革局": "发展和改革委员会",
    "工业和信息化局": "工业和信息化局",
    "生态环境分局": "生态环境局",
}
# Units that begin later, or whose enrolment ends, for every unit in force on the cut-off day.
_ENDED_BEFORE, _ENDED_A_MONTH, _BEGUN_A_MONTH = 0.03, 0.001, 0.0025
_CHANGED_COMMUNITY, _TWO_COMMUNITIES = 0.02, 0.05
END_REASON = "结对社区调整，原报到结束"


@dataclass
class Plan:
    """A unit that may be built: its names, where it stands in its system, and how large it is."""

    name: str
    short_name: str
    kind: str
    area: str
    parent: str
    weight: float
    # Where it may enrol: the code of a county, a town or a community.
    serves: str
    depth: int = 1
    enrols: bool = True


def _city_units() -> Iterator[Plan]:
    city = settings.CITY
    yield Plan(
        "国家税务总局山西省税务局", "省税务局", "government", city, "", 0, "", 0, enrols=False
    )
    yield Plan(f"{_CITY}人民政府", "市政府", "government", city, "", 0, "", 0, enrols=False)
    yield Plan(TAX_OFFICE, "市税务局", "government", city, "国家税务总局山西省税务局", 9, JINSHUI)
    for group in read("units")["city"]:
        parent = {
            "school": f"{_CITY}教育局",
            "hospital": f"{_CITY}卫生健康委员会",
            "social": "",
        }.get(group["kind"], f"{_CITY}人民政府")
        depth = 2 if group["kind"] in ("school", "hospital") else 1 if parent else 0
        for name in group["names"]:
            full, short = f"{_CITY}{name}", f"市{name}"
            yield Plan(full, short, group["kind"], city, parent, group["weight"], COUNTY, depth)


def _county_units(code: str, name: str) -> Iterator[Plan]:
    government = f"{name}人民政府"
    yield Plan(government, "", "government", code, f"{_CITY}人民政府", 3, code)
    tax = f"国家税务总局{name}税务局"
    yield Plan(tax, f"{name}税务局", "government", code, TAX_OFFICE, 4, code, 2)
    yield Plan(f"{tax}第一税务分局", f"{name}第一税务分局", "government", code, tax, 1.5, code, 3)
    cities = {name for group in read("units")["city"] for name in group["names"]}
    for group in read("units")["county"]:
        kind = group["kind"]
        for unit in group["names"]:
            alike = _ALIKE.get(unit, unit)
            if kind == "government":
                parent = f"{_CITY}{alike}" if alike in cities else government
                depth = 2
            else:
                parent, depth = {
                    "school": (f"{name}教育局", 3),
                    "hospital": (f"{name}卫生健康局", 3),
                    "public": (government, 2),
                }.get(kind, ("", 0))
            yield Plan(f"{name}{unit}", "", kind, code, parent, group["weight"], code, depth)


def _town_units(code: str, name: str, county: str) -> Iterator[Plan]:
    is_street = name.endswith("街道")
    government = f"{name}办事处" if is_street else f"{name}人民政府"
    for group in read("units")["town"]:
        unit = group["names"][0]
        if unit == "人民政府":
            full, parent, depth = government, f"{county}人民政府", 2
        elif unit == "卫生院":
            full = f"{name}{'社区卫生服务中心' if is_street else unit}"
            parent, depth = f"{county}卫生健康局", 3
        elif unit == "中心学校":
            full, parent, depth = f"{name}{unit}", f"{county}教育局", 3
        elif is_street:
            continue
        else:
            full, parent, depth = f"{name}{unit}", "", 0
        yield Plan(full, "", group["kind"], code, parent, group["weight"], code, depth)


def _plans(places: Places, draw: Random, enrolled: int) -> list[Plan]:
    """Choose as many units as enrol, with everything above them: the city's first, towns' last."""
    city = list(_city_units())
    counties = [
        plan for code, area in places.counties.items() for plan in _county_units(code, area.name)
    ]
    towns = [
        plan
        for code, area in places.towns.items()
        if not area.statistical and places.by_town[code]
        for plan in _town_units(code, area.name, places.counties[code[:6]].name)
    ]
    draw.shuffle(counties)
    draw.shuffle(towns)
    candidates = [plan for plan in [*city, *counties, *towns] if plan.enrols]
    if len(candidates) < enrolled:
        raise ValueError(enrolled)
    chosen = {plan.name: plan for plan in candidates[:enrolled]}
    known = {plan.name: plan for plan in [*city, *counties, *towns]}
    for plan in list(chosen.values()):
        above = known.get(plan.parent)
        while above is not None and above.name not in chosen:
            chosen[above.name] = above
            above.enrols = False
            above = known.get(above.parent)
    return sorted(chosen.values(), key=lambda plan: plan.depth)


def _start(draw: Random, last: date) -> date:
    """Most units enrolled in the first months; the others followed month by month."""
    if draw.random() < 0.66:
        return BEGIN + timedelta(days=1 + int(110 * draw.random() ** 1.3))
    return BEGIN + timedelta(days=draw.randint(111, (last - BEGIN).days))


@dataclass(frozen=True)
class Period:
    """From when until when a unit is enrolled."""

    starts_on: date
    ends_on: date | None = None


def _periods(seed: int, size: Size, today: date) -> list[Period]:
    """Draw enrolments so that exactly the wanted number is in force on the cut-off day."""
    draw = dice(seed, "unit periods")
    ended = round(size.units * _ENDED_BEFORE)
    periods = [Period(_start(draw, CUT_OFF)) for _ in range(size.units)]
    # The tax office was the first of all.
    periods[0] = Period(BEGIN + timedelta(days=1))
    for _ in range(ended):
        start = _start(draw, CUT_OFF - timedelta(days=90))
        last = (CUT_OFF - start).days
        periods.append(Period(start, start + timedelta(days=draw.randint(60, last))))
    standing = list(range(1, size.units))
    for month in months(today):
        if month <= CUT_OFF:
            continue
        draw = dice(seed, "unit periods", month)
        for _ in range(round(size.units * _ENDED_A_MONTH + draw.random())):
            place = standing.pop(draw.randrange(len(standing))) if len(standing) > 2 else None
            day = month + timedelta(days=draw.randrange(28))
            if place is not None and day < today:
                periods[place] = Period(periods[place].starts_on, day)
        for _ in range(round(size.units * _BEGUN_A_MONTH)):
            day = month + timedelta(days=draw.randrange(28))
            if day < today:
                periods.append(Period(day))
    return periods


def build(
    seed: int, places: Places, size: Size, references: References, *, today: date
) -> tuple[list[Organization], list[UnitEnrolment], dict[int, float]]:
    """Build units, branches and enrolments; return units, enrolments and the units' sizes."""
    draw = dice(seed, "units")
    periods = _periods(seed, size, today)
    plans = _plans(places, draw, len(periods))
    made = _organizations(plans, places)
    enrolling = [plan for plan in plans if plan.enrols]
    # The tax office comes first and has the first period; the others in any order.
    enrolling.sort(key=lambda plan: plan.name != TAX_OFFICE)
    branches = _branches([(made[plan.name], plan) for plan in enrolling])
    enrolments: list[UnitEnrolment] = []
    for plan, period in zip(enrolling, periods, strict=True):
        unit = made[plan.name]
        enrolments += _enrol(
            unit, branches[unit.pk], plan, period, places=places, references=references, draw=draw
        )
    UnitEnrolment.objects.bulk_create(enrolments)
    weights = {made[plan.name].pk: plan.weight * draw.uniform(0.5, 1.8) for plan in enrolling}
    return [made[plan.name] for plan in enrolling], enrolments, weights


def _organizations(plans: list[Plan], places: Places) -> dict[str, Organization]:
    made: dict[str, Organization] = {}
    for _depth, group in groupby(plans, key=lambda plan: plan.depth):
        layer = [
            Organization(
                name=plan.name,
                short_name=plan.short_name,
                kind=plan.kind,
                area_id=plan.area,
                parent=made.get(plan.parent),
                starts_on=date(2019, 3, 1),
                search_terms=terms(plan.name, plan.short_name),
                recorded_at=moment(BEGIN, dice(0, plan.name)),
            )
            for plan in group
        ]
        made.update((unit.name, unit) for unit in Organization.objects.bulk_create(layer))
    return made


def _branches(units: Iterable[tuple[Organization, Plan]]) -> dict[int, Branch]:
    """Give each unit its party organisation, and the large ones branches below it."""
    upper: list[Branch] = []
    lower: list[Branch] = []
    for unit, plan in units:
        large = plan.weight >= 4
        top = Branch(
            organization=unit,
            name=f"中共{unit.name}{'委员会' if large else '支部委员会'}",
            level="committee" if large else "branch",
        )
        upper.append(top)
        if large:
            lower += [
                Branch(organization=unit, name=f"{name}党支部", parent=top)
                for name in ("机关第一", "机关第二", "青年", "离退休干部")
            ]
    Branch.objects.bulk_create(upper)
    for branch in lower:
        branch.parent = branch.parent
    Branch.objects.bulk_create(lower)
    return {branch.organization_id: branch for branch in upper}


def _enrol(
    unit: Organization,
    branch: Branch,
    plan: Plan,
    period: Period,
    *,
    places: Places,
    references: References,
    draw: Random,
) -> list[UnitEnrolment]:
    """Enrol a unit with one community; a few with two, and a few with another one later."""
    if plan.serves in places.communities:
        choice = [places.communities[plan.serves]]
    else:
        choice = places.by_town.get(plan.serves) or places.urban(plan.serves)
    picked = draw.sample(choice, min(2, len(choice)))
    steps = [(picked[0].code, period)]
    if len(picked) == 2 and period.ends_on is None:
        luck, days = draw.random(), (CUT_OFF - period.starts_on).days
        if luck < _TWO_COMMUNITIES:
            steps.append((picked[1].code, period))
        elif luck < _TWO_COMMUNITIES + _CHANGED_COMMUNITY and days > 120:
            change = period.starts_on + timedelta(days=draw.randint(60, days))
            steps = [
                (picked[0].code, Period(period.starts_on, change)),
                (picked[1].code, Period(change)),
            ]
    return [
        UnitEnrolment(
            reference=references.next(),
            organization=unit,
            branch=branch,
            community_id=code,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            recorded_at=moment(one.starts_on, draw),
            ended_at=moment(one.ends_on, draw) if one.ends_on else None,
            end_reason=END_REASON if one.ends_on else "",
        )
        for code, one in steps
    ]
