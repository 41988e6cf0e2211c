"""What a fair share is: how many places a unit should have at least and at most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """How many places a unit may get, beside those that it keeps."""

    least: int
    most: int


def fair(
    places: int,
    weights: Sequence[int],
    *,
    slack: int,
    kept: Sequence[int],
    ceiling: int | None = None,
) -> list[Bounds]:
    """Share places by weight: a unit's share, rounded down or up, and `slack` to either side.

    `places` counts all of them, with those that are kept; what a unit keeps counts as part of its
    share. Nobody gets more than `ceiling`. Where no weight is known, all weigh the same.
    """
    total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    found = []
    for weight, have in zip(weights, kept, strict=True):
        # In whole numbers, so that a share of exactly two stays two.
        least = places * weight // total - slack
        most = -(-places * weight // total) + slack
        if ceiling is not None:
            least, most = min(least, ceiling), min(most, ceiling)
        found.append(Bounds(max(least - have, 0), max(most - have, 0)))
    return found


def ceiling_needed(places: int, units: int) -> int:
    """Return how many places each unit must be able to take, for all places to be taken."""
    return math.ceil(places / units)
