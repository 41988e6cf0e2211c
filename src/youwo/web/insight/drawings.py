"""Drawings made of the tables beside them, as plain SVG: they need no script and print well."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.formats import date_format

from youwo.areas import queries as areas
from youwo.web.insight.shown import Row

_HEIGHT = 150
_TOP, _FOOT = 26, 30
_SHADES = 5
_MAP_WIDTH = 640


@dataclass(frozen=True)
class Bar:
    """A month: the bar of now, and a thinner one of the year before, in drawing units."""

    label: str
    words: str
    middle: int
    x: int
    y: int
    height: int
    past_x: int
    past_y: int
    past_height: int


@dataclass(frozen=True)
class Chart:
    """Bars side by side."""

    bars: list[Bar]
    width: int
    height: int
    wide: int
    past_wide: int
    base: int
    label_y: int


def _short(label: str, before: str) -> str:
    """Return a month by its name, with the year where it changes; years as they are."""
    year, _, month = label.partition("-")
    if not month:
        return year
    first = date(int(year), int(month), 1)
    return date_format(first, "M" if before[:4] == year else "Y-n")


def chart(rows: Sequence[Row]) -> Chart | None:
    """Return the bars of a table by month, or None where there is nothing to draw."""
    values = [cell.value or 0 for row in rows for cell in (*row.cells, *(row.past or []))]
    most = max(values, default=0)
    if most <= 0:
        return None
    slot = 76 if len(rows) <= 6 else 56 if len(rows) <= 8 else 41
    width_now, width_past = slot // 2 - 4, slot // 4 - 3
    bars = []
    for n, row in enumerate(rows):
        left = n * slot + (slot - width_now - width_past - 2) // 2
        now = row.cells[0].value or 0
        past = (row.past[0].value or 0) if row.past else 0
        height, past_height = (round(max(v, 0) / most * _HEIGHT) for v in (now, past))
        before = rows[n - 1].label if n else row.label[:4]
        bars.append(
            Bar(
                label=_short(row.label, before),
                words=row.cells[0].words,
                middle=left + width_past + 2 + width_now // 2,
                x=left + width_past + 2,
                y=_TOP + _HEIGHT - height,
                height=height,
                past_x=left,
                past_y=_TOP + _HEIGHT - past_height,
                past_height=past_height,
            )
        )
    return Chart(
        bars=bars,
        width=len(rows) * slot,
        height=_TOP + _HEIGHT + _FOOT,
        wide=width_now,
        past_wide=width_past,
        base=_TOP + _HEIGHT,
        label_y=_TOP + _HEIGHT + 21,
    )


@dataclass(frozen=True)
class Shape:
    """The outline of a county, with the place for its name."""

    code: str
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Shaded:
    """A county on the map: darker where the figure is larger, and no more than that."""

    shape: Shape
    row: Row
    words: str
    shade: int


@dataclass(frozen=True)
class Map:
    """The counties of a city."""

    counties: list[Shaded]
    width: int
    height: int


def _rings(geometry: dict[str, object]) -> list[list[list[float]]]:
    coordinates: list[list[list[list[float]]]] = geometry["coordinates"]  # type: ignore[assignment]
    polygons = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    return [ring for polygon in polygons for ring in polygon]  # type: ignore[misc]


def _middle(ring: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the centre of gravity of an outline."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return (round(x / (3 * area)), round(y / (3 * area))) if area else ring[0]


@cache
def outlines(city: str) -> tuple[list[Shape], int]:
    """Return the outlines of a city's counties in drawing units, and the drawing's height."""
    features = areas.outlines(city)["features"]
    rings = {f["properties"]["adcode"]: _rings(f["geometry"]) for f in features}
    points = [point for of_county in rings.values() for ring in of_county for point in ring]
    if not points:
        return [], 0
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # A degree of longitude is shorter than one of latitude, by the cosine of the latitude.
    narrow = math.cos(math.radians((south + north) / 2))
    scale = _MAP_WIDTH / ((east - west) * narrow)
    shapes = []
    for code, of_county in rings.items():
        drawn = [
            [(round((x - west) * narrow * scale), round((north - y) * scale)) for x, y in ring]
            for ring in of_county
        ]
        path = "".join(
            "M" + "L".join(f"{x} {y}" for x, y in _without_repeats(ring)) + "Z" for ring in drawn
        )
        shapes.append(Shape(str(code), path, *_middle(max(drawn, key=len))))
    return shapes, round((north - south) * scale)


def _without_repeats(ring: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for point in ring:
        if not found or found[-1] != point:
            found.append(point)
    return found


def county_map(city: str, rows: Iterable[Row], name: str) -> Map | None:
    """Return the map of a city for one figure, or None where there are no outlines."""
    shapes, height = outlines(city)
    by_code = {row.area.code: row for row in rows if row.area}
    most = max((row.cell(name).value or 0 for row in by_code.values()), default=0)
    counties = []
    for shape in shapes:
        if row := by_code.get(shape.code):
            cell = row.cell(name)
            shade = math.ceil(max(cell.value or 0, 0) / most * _SHADES) if most > 0 else 0
            counties.append(Shaded(shape, row, cell.words, shade))
    return Map(counties, _MAP_WIDTH, height) if counties else None
