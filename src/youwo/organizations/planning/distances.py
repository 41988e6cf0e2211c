"""How far a unit is from a place, in hundreds of metres, by points or else by codes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_EARTH = 63_710.088
# Where no point is known: within one compound, community, town, county; beyond it.
_BY_CODE = ((12, 5), (9, 30), (6, 200))
_FAR = 600
_BLOCK = 128


@dataclass(frozen=True)
class Spot:
    """A place by its code and, where it is known, its point."""

    code: str
    longitude: float | None = None
    latitude: float | None = None

    @property
    def has_point(self) -> bool:
        """Say whether the point is known."""
        return self.longitude is not None and self.latitude is not None


def between(one: Spot, other: Spot) -> int:
    """Return the distance of two spots: as the crow flies, or by the codes they share."""
    if one.has_point and other.has_point:
        return _flown(one, other)
    if one.code == other.code and len(one.code) >= 12:
        return 0
    for length, distance in _BY_CODE:
        if len(one.code) >= length and one.code[:length] == other.code[:length]:
            return distance
    return _FAR


def _flown(one: Spot, other: Spot) -> int:
    places = (one.latitude, one.longitude, other.latitude, other.longitude)
    south, west, north, east = (math.radians(float(place or 0)) for place in places)
    half = (
        math.sin((north - south) / 2) ** 2
        + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    )
    return round(2 * _EARTH * math.asin(math.sqrt(min(half, 1.0))))


def nearest(spots: Sequence[Spot], place: Spot) -> int:
    """Return the distance from the nearest of a unit's spots to a place."""
    return min(between(spot, place) for spot in spots)


def matrix(units: Sequence[Sequence[Spot]], places: Sequence[Spot]) -> np.ndarray[Any, Any]:
    """Return `nearest` for every unit (rows) and place (columns) at once."""
    import numpy as np

    spots = [spot for unit in units for spot in unit]
    starts = np.cumsum([0, *(len(unit) for unit in units)])
    there = _columns(places)
    found = np.empty((len(units), len(places)), dtype=np.int32)
    for first in range(0, len(units), _BLOCK):
        last = min(first + _BLOCK, len(units))
        here = _columns(spots[starts[first] : starts[last]])
        apart = _apart(here, there)
        found[first:last] = np.minimum.reduceat(apart, starts[first:last] - starts[first], axis=0)
    return found


def _columns(spots: Sequence[Spot]) -> dict[str, Any]:
    import numpy as np

    def cut(length: int) -> Any:
        # A code too short for this level shares it with nobody.
        return np.array([int(s.code[:length]) if len(s.code) >= length else -1 for s in spots])

    return {
        "known": np.array([spot.has_point for spot in spots], dtype=bool),
        "longitude": np.radians([float(spot.longitude or 0) for spot in spots]),
        "latitude": np.radians([float(spot.latitude or 0) for spot in spots]),
        "levels": [(cut(length), distance) for length, distance in reversed(_BY_CODE)],
        "codes": np.array([spot.code if len(spot.code) >= 12 else "" for spot in spots]),
    }


def _apart(here: dict[str, Any], there: dict[str, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    apart = np.full((len(here["known"]), len(there["known"])), _FAR, dtype=np.int32)
    for (ours, distance), (theirs, _same) in zip(here["levels"], there["levels"], strict=True):
        apart[(ours[:, None] == theirs[None, :]) & (ours >= 0)[:, None]] = distance
    apart[(here["codes"][:, None] == there["codes"][None, :]) & (here["codes"] != "")[:, None]] = 0
    known = here["known"][:, None] & there["known"][None, :]
    if known.any():
        south, north = here["latitude"][:, None], there["latitude"][None, :]
        half = np.sin((north - south) / 2) ** 2
        half += (
            np.cos(south)
            * np.cos(north)
            * np.sin((there["longitude"][None, :] - here["longitude"][:, None]) / 2) ** 2
        )
        flown = np.rint(2 * _EARTH * np.arcsin(np.sqrt(np.minimum(half, 1.0))))
        apart = np.where(known, flown.astype(np.int32), apart)
    return apart
