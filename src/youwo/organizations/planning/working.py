"""Working a plan out, in the background, and writing down what is proposed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from youwo.core.clock import local_day
from youwo.organizations.models import Plan, PlannedUnit, Proposed
from youwo.organizations.planning import distances, loads, optimum
from youwo.organizations.planning.loads import Bounds
from youwo.organizations.planning.reading import Start, read

# A tie that exists counts as a kilometre nearer where ties are not kept anyway.
_TIE = 10
_NAMED = 5
_BATCH = 1_000


class Impossible(Exception):  # noqa: N818 -- what the data is, not what went wrong
    """No pairing keeps the terms; `trouble` says why, in numbers."""

    def __init__(self, **trouble: Any) -> None:
        super().__init__(trouble["kind"])
        self.trouble = trouble


@dataclass(frozen=True)
class Worked:
    """What came out: the unit (a row of the start) of each place, and how far apart they are."""

    units: list[int]
    distances: list[int]
    today_distances: list[int | None]
    bounds: list[Bounds]
    cost: int
    bound: int
    seconds: float


def work_out(plan: Plan, *, at: datetime) -> None:
    """Read, pair and write down. What is not possible is written down as well, with the reason."""
    if not Plan.objects.filter(pk=plan.pk, state=Plan.State.WAITING).update(
        state=Plan.State.WORKING, progress=5
    ):
        return
    try:
        start = read(plan, local_day(at))
        Plan.objects.filter(pk=plan.pk).update(progress=25)
        worked = pair(plan, start)
        Plan.objects.filter(pk=plan.pk).update(progress=70)
    except Impossible as impossible:
        Plan.objects.filter(pk=plan.pk).update(
            state=Plan.State.IMPOSSIBLE, trouble=impossible.trouble
        )
        return
    except Exception:
        # Whoever waits for it is told at once; what went wrong stands in the log.
        Plan.objects.filter(pk=plan.pk).update(
            state=Plan.State.IMPOSSIBLE, trouble={"kind": "failed"}
        )
        raise
    _write_down(plan, start, worked)


def pair(plan: Plan, start: Start) -> Worked:
    """Find the nearest pairing on the plan's terms. Raises Impossible where there is none."""
    import numpy as np

    if not start.places:
        raise Impossible(kind="no_places")
    if not start.units:
        raise Impossible(kind="no_units")
    row_of = {unit.key: row for row, unit in enumerate(start.units)}
    today = [row_of[keys[0]] if keys else -1 for keys in start.today.values()]
    kept = [unit if plan.keep else -1 for unit in today]
    has = Counter(unit for unit in kept if unit >= 0)
    free = [place for place, unit in enumerate(kept) if unit < 0]
    bounds = loads.fair(
        len(start.places),
        start.members if plan.share == Plan.Share.MEMBERS else [1] * len(start.units),
        slack=plan.slack,
        kept=[has[row] for row in range(len(start.units))],
        ceiling=plan.ceiling,
    )
    _refuse_unfair(len(free), len(start.places), bounds)
    far = distances.matrix([unit.spots for unit in start.units], start.places)
    costs = far[:, free]
    if not plan.keep:
        for place, keys in enumerate(start.today.values()):
            rows = [row_of[key] for key in keys]
            costs[rows, place] = np.maximum(costs[rows, place] - _TIE, 0)
    answer = optimum.assign(
        costs, bounds, farthest=plan.farthest_km * 10 if plan.farthest_km else None
    )
    if answer.unreached:
        named = [start.places[free[place]].code for place in answer.unreached[:_NAMED]]
        raise Impossible(kind="too_far", places=len(answer.unreached), named=named)
    units = list(kept)
    for place, row in zip(free, answer.units, strict=True):
        units[place] = row
    return Worked(
        units,
        [int(far[row, place]) for place, row in enumerate(units)],
        [int(far[row, place]) if row >= 0 else None for place, row in enumerate(today)],
        [Bounds(b.least + has[row], b.most + has[row]) for row, b in enumerate(bounds)],
        answer.cost,
        answer.bound,
        answer.seconds,
    )


def _refuse_unfair(free: int, places: int, bounds: list[Bounds]) -> None:
    room, asked = sum(bound.most for bound in bounds), sum(bound.least for bound in bounds)
    if room < free:
        needed = loads.ceiling_needed(places, len(bounds))
        raise Impossible(kind="too_little_room", places=free, room=room, needed=needed)
    if asked > free:
        raise Impossible(kind="too_few_places", places=free, asked=asked)


@transaction.atomic
def _write_down(plan: Plan, start: Start, worked: Worked) -> None:
    # Locked, because it may have been put away in the meantime.
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.state != Plan.State.WORKING:
        return
    keys = [unit.key for unit in start.units]
    today = [now[0] if now else None for now in start.today.values()]
    PlannedUnit.objects.bulk_create(
        [
            PlannedUnit(
                plan=plan,
                organization_id=key,
                members=members,
                least=bound.least,
                most=bound.most,
            )
            for key, members, bound in zip(keys, start.members, worked.bounds, strict=True)
        ],
        batch_size=_BATCH,
    )
    Proposed.objects.bulk_create(
        [
            Proposed(
                plan=plan,
                area_id=place.code,
                organization_id=keys[row],
                planned_id=keys[row],
                distance=distance,
                today_id=now,
                today_distance=then,
            )
            for place, row, distance, now, then in zip(
                start.places,
                worked.units,
                worked.distances,
                today,
                worked.today_distances,
                strict=True,
            )
        ],
        batch_size=_BATCH,
    )
    plan.state, plan.progress = Plan.State.READY, 100
    plan.cost, plan.bound, plan.seconds = worked.cost, worked.bound, round(worked.seconds, 2)
    plan.save(update_fields=["state", "progress", "cost", "bound", "seconds"])
