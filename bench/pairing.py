"""Planning a city's pairs: 1,227 units for 2,500 communities and compounds, beside the bare solver.

The figure is everything that the task does: reading, distances, arcs, solving, the proof, and
writing the proposal down. The limit is one call of the solver over the arcs that the proof needed,
prepared beforehand.
"""

from __future__ import annotations

import random
import resource
import time
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import cases
from bench.results import Result
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.organizations.models import Organization, Plan, UnitEnrolment
from youwo.organizations.planning import distances, loads, optimum, working
from youwo.organizations.planning.reading import read

TARGET = 10.0
_SIZES = {"small": (1_227, 2_500), "full": (1_227, 2_500)}
# About where the city lies, in WGS-84.
_CORNER, _SPAN = (110.25, 34.6), (1.8, 1.2)


def run(size: str) -> list[Result]:
    """Plan the whole city, with points known, and with none."""
    units, places = _SIZES[size]
    cases.places()
    at = datetime.now(UTC)
    _fill(units, places, at)
    found = [_measured("a city without points", at)]
    _locate()
    found.append(_measured("a city with points", at))
    return found


def _fill(units: int, places: int, at: datetime) -> None:
    """Write compounds until there are enough places, and units enrolled all over the city."""
    draw, on = random.Random(7), local_day(at)
    communities = Area.objects.communities().filter(statistical=False).valid(on).order_by("code")
    missing = places - len(communities)
    Area.objects.bulk_create(
        Area(
            code=f"{parent.code}-{number:04d}",
            kind=Area.Kind.COMPOUND,
            name=f"小区{number}",
            official_name=f"小区{number}",
            parent=parent,
        )
        for number, parent in enumerate(draw.choices(communities, k=max(missing, 0)), start=1)
    )
    for extra in communities[places:]:
        Area.objects.filter(pk=extra.pk).update(valid_to=on)
    homes = draw.choices(communities[:places], k=units)
    made = Organization.objects.bulk_create(
        Organization(
            name=f"第{number}单位",
            kind=Organization.Kind.GOVERNMENT,
            area_id=home.code[:6],
            starts_on=on,
            recorded_at=at,
        )
        for number, home in enumerate(homes)
    )
    references: set[str] = set()
    while len(references) < units:
        references.add(new_reference("E"))
    UnitEnrolment.objects.bulk_create(
        UnitEnrolment(
            reference=reference, organization=unit, community=home, starts_on=on, recorded_at=at
        )
        for reference, unit, home in zip(sorted(references), made, homes, strict=True)
    )


def _locate() -> None:
    draw = random.Random(8)
    areas = list(Area.objects.filter(kind__in=(Area.Kind.COMMUNITY, Area.Kind.COMPOUND)))
    for area in areas:
        area.longitude = Decimal(f"{_CORNER[0] + draw.random() * _SPAN[0]:.6f}")
        area.latitude = Decimal(f"{_CORNER[1] + draw.random() * _SPAN[1]:.6f}")
    Area.objects.bulk_update(areas, ["longitude", "latitude"], batch_size=200)


def _measured(work: str, at: datetime) -> Result:
    city = Area.objects.get(kind=Area.Kind.CITY)
    plan = Plan.objects.create(area=city, villages=True, slack=1, made_at=at, started_at=at)
    with CaptureQueriesContext(connection) as statements:
        began = time.perf_counter()
        working.work_out(plan, at=at)
        seconds = time.perf_counter() - began
    plan.refresh_from_db()
    if plan.state != Plan.State.READY:
        raise ArithmeticError(plan.trouble)
    bare, arcs = _bare(plan, at)
    proof = "optimum proven" if plan.is_proven else f"gap {(plan.gap or 0) * 100:.3f} %"
    return Result(
        work=f"{work}: {plan.units.count():,} units, {plan.rows.count():,} places",
        figure=seconds,
        unit="s",
        limit=bare,
        ratio=seconds / bare,
        statements=len(statements),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        target=TARGET,
        met=seconds <= TARGET,
        note=f"{proof}, {plan.cost:,} of at least {plan.bound:,}; the limit is the solver alone"
        f" over {arcs:,} arcs",
    )


def _bare(plan: Plan, at: datetime) -> tuple[float, int]:
    """Return how long the solver alone takes over the arcs that the proof needed, all prepared."""
    start = read(plan, local_day(at))
    far = distances.matrix([unit.spots for unit in start.units], start.places)
    bounds = loads.fair(
        len(start.places), [1] * len(start.units), slack=1, kept=[0] * len(start.units)
    )
    answer = optimum.assign(far, bounds)
    return answer.solving, answer.arcs
