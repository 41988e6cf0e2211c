"""The nearest pairing within fair bounds: a minimum-cost flow, and the proof that it is one.

Every place gets one unit, every unit a number of places within its bounds. Most of the millions of
possible pairs are hopeless, so the flow (OR-tools) is solved over a few near pairs of each place.
Its dual prices then tell which of the left-out pairs could make it better: those join, and it is
solved again. When none is left, the optimum of the few is the optimum of all.

OR-tools and NumPy are imported when they are needed: only the background task plans.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from youwo.organizations.planning.loads import Bounds

if TYPE_CHECKING:
    import numpy as np

_NEAR = 12
_JOINING = 12
_LOTS = 1 << 10


@dataclass(frozen=True)
class Answer:
    """A pairing: the unit of each place, by its row; what it costs, and what none can beat."""

    units: list[int]
    cost: int
    bound: int
    arcs: int
    rounds: int
    seconds: float
    # Of which the solver's last call, over the arcs that the proof needed.
    solving: float = 0.0
    # Places that no allowed unit has room for; their unit is -1, and there is no whole pairing.
    unreached: list[int] = field(default_factory=list)

    @property
    def is_proven(self) -> bool:
        """Say whether no pairing within the bounds can be better."""
        return not self.unreached and self.cost == self.bound


def assign(
    costs: np.ndarray[Any, Any],
    bounds: Sequence[Bounds],
    *,
    farthest: int | None = None,
    most_rounds: int = 40,
) -> Answer:
    """Pair every place (a column of `costs`) with a unit (a row), at the least sum of costs.

    Pairs that cost more than `farthest` are not allowed. Where that or the bounds leave no
    pairing, the answer says which places remain.
    """
    import numpy as np

    began = time.perf_counter()
    if not costs.size:
        return Answer([], 0, 0, 0, 0, 0.0, unreached=list(range(costs.shape[1])))
    work = _Work(costs, bounds, farthest)
    chosen = _near_ones(work.priced)
    rounds, joining = 0, chosen
    while rounds < most_rounds and joining.any():
        chosen, rounds = chosen | joining, rounds + 1
        tails, heads = np.nonzero(chosen)
        flow = _solve(work, tails, heads)
        left_out = np.where(chosen, 0, _reduced_costs(work, tails, heads, flow))
        joining = _joining(left_out)
    taken = flow.pairs > 0
    units = np.full(work.places, -1)
    units[heads[taken]] = tails[taken]
    unreached = [int(place) for place in np.flatnonzero(units < 0)]
    paired = [int(unit) for unit in units]
    cost = bound = 0
    if not unreached:
        cost = int(costs[units, np.arange(work.places)].sum(dtype=np.int64))
        # A place takes one unit, so by its best left-out pair each can save that much and no more.
        bound = cost + int(left_out.min(axis=0, initial=0).sum())
    seconds = time.perf_counter() - began
    return Answer(paired, cost, bound, len(tails), rounds, seconds, flow.seconds, unreached)


class _Work:
    """The numbers of one task, and where in the network each node stands.

    Nodes: units, then places, then the pool of what is not promised to any unit, then the bridge:
    whatever cannot be paired crosses it, at a price beyond every pairing.
    """

    def __init__(
        self, costs: np.ndarray[Any, Any], bounds: Sequence[Bounds], farthest: int | None
    ) -> None:
        import numpy as np

        self.costs = costs
        self.units, self.places = costs.shape
        self.least = np.array([bound.least for bound in bounds], dtype=np.int64)
        self.most = np.array([bound.most for bound in bounds], dtype=np.int64)
        self.price = (int(costs.max(initial=0)) + 1) * (self.places + 1)
        allowed = np.ones(costs.shape, bool) if farthest is None else costs <= farthest
        # A pair that is not allowed is never worth joining.
        self.priced = np.where(allowed, costs.astype(np.int64), 4 * self.price)
        self.pool, self.bridge = self.units + self.places, self.units + self.places + 1


@dataclass(frozen=True)
class _Flow:
    """How much runs along each arc: the pairs, from the pool, to and from the bridge."""

    pairs: Any
    drawn: Any
    given_up: Any
    bridged: Any
    seconds: float


def _near_ones(priced: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Choose the nearest units of each place and the nearest places of each unit."""
    import numpy as np

    units, places = priced.shape
    # Many lie equally far: drawn by lot, not all places choose the same few of them.
    lots = np.random.default_rng(0).integers(0, _LOTS, priced.shape, dtype=np.int64)
    priced = priced * _LOTS + lots
    chosen = np.zeros(priced.shape, bool)
    few = min(_NEAR, units)
    by_place = np.argpartition(priced, few - 1, axis=0)[:few]
    chosen[by_place, np.arange(places)] = True
    few = min(_NEAR, places)
    by_unit = np.argpartition(priced, few - 1, axis=1)[:, :few]
    chosen[np.arange(units)[:, None], by_unit] = True
    return chosen


def _arcs(work: _Work, tails: Any, heads: Any) -> tuple[Any, Any, Any, Any]:
    """Return all arcs as tails, heads, capacities and costs: pairs, pool, bridge in, bridge out."""
    import numpy as np

    units, places = np.arange(work.units), work.units + np.arange(work.places)
    to_bridge = np.append(units, work.pool)
    return (
        np.concatenate(
            [tails, np.full(work.units, work.pool), to_bridge, np.full(work.places, work.bridge)]
        ),
        np.concatenate([heads + work.units, units, np.full(work.units + 1, work.bridge), places]),
        np.concatenate(
            [
                np.ones(len(tails), np.int64),
                work.most - work.least,
                np.append(work.least, work.places),
                np.ones(work.places, np.int64),
            ]
        ),
        np.concatenate(
            [
                work.priced[tails, heads],
                np.zeros(work.units, np.int64),
                np.full(work.units + 1 + work.places, work.price),
            ]
        ),
    )


def _solve(work: _Work, tails: Any, heads: Any) -> _Flow:
    import numpy as np
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    begins, ends, room, costs = _arcs(work, tails, heads)
    solver.add_arcs_with_capacity_and_unit_cost(
        begins.astype(np.int32), ends.astype(np.int32), room, costs
    )
    supplies = np.concatenate(
        [
            work.least,
            np.full(work.places, -1, np.int64),
            [work.places - work.least.sum(), 0],
        ]
    )
    solver.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
    began = time.perf_counter()
    status = solver.solve()
    seconds = time.perf_counter() - began
    if status != solver.OPTIMAL:
        # The bridge carries whatever else cannot be carried, so this is a bug.
        raise ArithmeticError(status)
    flows = solver.flows(np.arange(len(begins), dtype=np.int32))
    cuts = np.cumsum([len(tails), work.units, work.units + 1])
    pairs, drawn, given_up, bridged = np.split(flows, cuts)
    return _Flow(pairs, drawn, given_up, bridged, seconds)


def _reduced_costs(work: _Work, tails: Any, heads: Any, flow: _Flow) -> np.ndarray[Any, Any]:
    """Price every pair, of the chosen ones and all others, by the duals of the flow.

    The duals are the shortest ways in the residual network (Bellman and Ford): in an optimal flow
    there is no cycle that costs less than nothing, so they exist.
    """
    import numpy as np

    begins, ends, room, costs = _arcs(work, tails, heads)
    flows = np.concatenate([flow.pairs, flow.drawn, flow.given_up, flow.bridged])
    forth, back = flows < room, flows > 0
    begin = np.concatenate([begins[forth], ends[back]])
    end = np.concatenate([ends[forth], begins[back]])
    cost = np.concatenate([costs[forth], -costs[back]])
    order = np.argsort(end, kind="stable")
    begin, end, cost = begin[order], end[order], cost[order]
    firsts = np.flatnonzero(np.append(True, end[1:] != end[:-1]))
    reached = end[firsts]
    ways = np.zeros(work.bridge + 1, np.int64)
    while True:
        found = np.minimum.reduceat(ways[begin] + cost, firsts)
        better = found < ways[reached]
        if not better.any():
            break
        ways[reached[better]] = found[better]
    return work.priced + ways[: work.units, None] - ways[None, work.units : work.pool]


def _joining(reduced: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Choose for each place the few left-out pairs that promise most."""
    import numpy as np

    few = min(_JOINING, reduced.shape[0])
    best = np.argpartition(reduced, few - 1, axis=0)[:few]
    columns = np.arange(reduced.shape[1])
    joining = np.zeros(reduced.shape, bool)
    joining[best, columns] = reduced[best, columns] < 0
    return joining
