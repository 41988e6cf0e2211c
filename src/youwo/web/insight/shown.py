"""How numbers are shown: in words where they are too small to be published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.insight import rules
from youwo.insight.definitions import DEFINITIONS, Definition
from youwo.insight.queries import Child, Figure, InField, Month
from youwo.ledger.models import Field


@dataclass(frozen=True)
class Cell:
    """A number as this visitor may read it. Without `value` only the words are known."""

    name: str
    words: str
    value: int | None
    withheld: bool = False


@dataclass(frozen=True)
class Card:
    """A figure with its own past."""

    definition: Definition
    now: Cell
    past: Cell


@dataclass(frozen=True)
class Row:
    """One line of a table: a place (or none), a month or a field, with its cells."""

    label: str
    cells: list[Cell]
    area: Area | None = None
    past: list[Cell] | None = None

    def cell(self, name: str) -> Cell:
        return next(cell for cell in self.cells if cell.name == name)


def number(name: str, value: int, area_code: str, *, entitled: bool) -> Cell:
    """Return a value of a place as it may be shown."""
    if name == "enrolled_units" and "-" in area_code:
        return Cell(name, "—", None)
    if not entitled and rules.is_too_small(value, area_code):
        return Cell(name, _("fewer than %(n)s") % {"n": rules.SMALLEST_PUBLISHED}, None, True)
    return Cell(name, f"{value:,}", value)


def any_withheld(cards: Iterable[Card], rows: Iterable[Row]) -> bool:
    """Say whether a number was too small to be shown."""
    cells = [cell for card in cards for cell in (card.now, card.past)]
    return any(cell.withheld for cell in [*cells, *(cell for row in rows for cell in row.cells)])


def cards(figures: Iterable[Figure], *, entitled: bool) -> list[Card]:
    """Return the figures of a place with those of the year before."""
    return [
        Card(
            one.definition,
            number(one.definition.name, one.value, one.area_code, entitled=entitled),
            number(one.definition.name, one.past or 0, one.area_code, entitled=entitled),
        )
        for one in figures
    ]


def _in_company(cells: list[Cell]) -> list[Cell]:
    """Withhold the smallest other number where one alone is: their sum would give it away."""
    if sum(cell.withheld for cell in cells) != 1:
        return cells
    told = [n for n, cell in enumerate(cells) if cell.value]
    if not told:
        return cells
    smallest = min(told, key=lambda n: cells[n].value or 0)
    hidden = replace(cells[smallest], words=_("not told"), value=None, withheld=True)
    return [hidden if n == smallest else cell for n, cell in enumerate(cells)]


def children(rows: Iterable[Child], area_code: str, *, entitled: bool) -> list[Row]:
    """Return the table of the places below; what lies in none of them comes last."""
    rows = list(rows)
    columns = [
        _in_company(
            [
                number(
                    name,
                    row.values[name],
                    row.area.code if row.area else area_code,
                    entitled=entitled,
                )
                for row in rows
            ]
        )
        for name in DEFINITIONS
    ]
    return [
        Row(
            label=row.area.name if row.area else _("Recorded at this level"),
            area=row.area,
            cells=[column[place] for column in columns],
        )
        for place, row in enumerate(rows)
    ]


def months(rows: Sequence[Month], area_code: str, name: str, *, entitled: bool) -> list[Row]:
    """Return one figure by month, beside the year before."""
    now = [number(name, row.values[name], area_code, entitled=entitled) for row in rows]
    past = [number(name, row.past[name], area_code, entitled=entitled) for row in rows]
    return [
        Row(label=row.label, cells=[cell], past=[before])
        for row, cell, before in zip(rows, _in_company(now), _in_company(past), strict=True)
    ]


def fields(rows: Sequence[InField], area_code: str, name: str, *, entitled: bool) -> list[Row]:
    """Return one figure by field of service, the largest first: fields are no places."""
    rows = [row for row in rows if row.values[name]]
    cells = [number(name, row.values[name], area_code, entitled=entitled) for row in rows]
    found = [
        Row(label=str(Field(row.field).label), cells=[cell])
        for row, cell in zip(rows, _in_company(cells), strict=True)
    ]
    return sorted(found, key=lambda row: -(row.cells[0].value or 0))
