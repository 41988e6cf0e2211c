"""What the tables have in common: rows, problems and counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.organizations import rules
from youwo.organizations.actions import check_day
from youwo.organizations.imports import cells
from youwo.organizations.imports.columns import COLUMNS, heading
from youwo.organizations.imports.places import Places
from youwo.people.models import Person
from youwo.people.rules import powers

_Value = TypeVar("_Value")

# As many bad cells are kept with their sentences; all of them are counted.
MOST_PROBLEMS = 2000


@dataclass(frozen=True)
class Problem:
    """A bad cell: the row as Excel numbers it, the column's heading, and what is wrong."""

    row: int
    column: str
    sentence: str


@dataclass
class Report:
    """What a file does, or would do."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Cells:
    """The cells of one row by column, and what has been found wrong with them."""

    line: int
    values: dict[str, object]
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def text(self, key: str) -> str:
        """Return a cell as tidy text; empty where the table has no such column."""
        return cells.text(self.values.get(key))

    def read(self, read: Callable[[], _Value]) -> _Value | None:
        """Read a cell, and note the refusal if it cannot be read."""
        try:
            return read()
        except Refused as refused:
            self.refuse(str(refused), refused.field or "")
            return None

    def refuse(self, sentence: str, key: str) -> None:
        """Note what is wrong with a cell."""
        self.wrong.append((key, sentence))


class Table(ABC):
    """A table on its way in. `by` is None where it is imported at the server itself."""

    subject: str

    def __init__(self, area: Area, *, by: Person | None, at: datetime, note: int | None) -> None:
        self.area = area
        self.by = by
        self.at = at
        self.note = note
        self.today = local_day(at)
        self.places = Places(area)
        self.report = Report()
        self.mandates = rules.mandates(by, self.today)
        self._powers = powers(by, self.today)
        self._covered: dict[str, bool] = {}

    @abstractmethod
    def take(self, rows: Sequence[Cells], *, write: bool) -> None:
        """Check some rows, and write the good ones."""

    def finish(self, *, write: bool) -> None:
        """Do what can only be done once all rows are known."""
        return

    def covers(self, code: str) -> bool:
        """Say whether who imports keeps enrolments in a place."""
        if self.by is None:
            return True
        if code not in self._covered:
            self._covered[code] = self._powers.cover(code, *rules.KEEPERS)
        return self._covered[code]

    def may_enrol(self, organization: int | None, community: str) -> bool:
        """Say whether who imports may enrol a unit or its member with a community."""
        return organization in self.mandates or self.covers(community)

    def starts_on(self, row: Cells) -> date:
        """Return the day in a row, if it is near enough to be meant."""
        day = cells.day(row.values.get("starts_on"))
        check_day(day, at=self.at)
        return day

    def needed(self, row: Cells, key: str, most: int) -> str:
        """Return a text that must not be empty."""
        value = row.text(key)
        if not value:
            raise Refused(_("This cell is empty."), key)
        return cells.short(value, most, key)

    def settle(self, row: Cells) -> bool:
        """Count a row's problems and say whether it is good."""
        if not row.wrong:
            return True
        self.report.bad_rows += 1
        room = MOST_PROBLEMS - len(self.report.problems)
        self.report.problems.extend(
            Problem(row.line, heading(self.subject, key), sentence)
            for key, sentence in row.wrong[: max(room, 0)]
        )
        return False

    def column_choices(self, key: str) -> tuple[tuple[str, object], ...]:
        """Return the choices of a column."""
        return next(column.choices for column in COLUMNS[self.subject] if column.key == key)
