"""Paging by key: the last page of a long list costs what the first one costs."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

_Row = TypeVar("_Row", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[_Row]):
    """Some rows of a list, with the cursors that lead to the rows after and before them."""

    rows: list[_Row]
    after: str | None
    before: str | None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Any:
        return iter(self.rows)


def _encode(direction: str, values: Sequence[Any]) -> str:
    # `str` keeps the microseconds of a moment: cut off, they would lose rows between two pages.
    text = json.dumps([direction, *values], default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _field(key: str, rows: models.QuerySet[Any]) -> Any:
    annotation = rows.query.annotations.get(key.lstrip("-"))
    if annotation is not None:
        return annotation.output_field
    return rows.model._meta.get_field(key.lstrip("-"))


def _value(text: Any, field: Any) -> Any:
    """Read one value of a cursor. Raises ValueError for what no row can hold."""
    value = field.to_python(text)
    if value is None or isinstance(text, (list, dict)):
        raise ValueError(text)
    if isinstance(value, str) and b"\0" in value.encode():
        raise ValueError(text)
    if isinstance(value, datetime) and timezone.is_naive(value):
        raise ValueError(text)
    # At the ends of the calendar a moment has no equal in another time zone.
    if isinstance(value, date) and not MINYEAR < value.year < MAXYEAR:
        raise ValueError(text)
    return value


def _decode(
    cursor: str, keys: Sequence[str], rows: models.QuerySet[Any]
) -> tuple[str, list[Any]] | None:
    fields = [_field(key, rows) for key in keys]
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, *texts = json.loads(base64.urlsafe_b64decode(padded))
        if direction not in ("after", "before"):
            return None
        return direction, [_value(text, field) for text, field in zip(texts, fields, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None


def _beyond(keys: Sequence[str], values: Sequence[Any], *, backwards: bool) -> Q:
    """Rows that stand beyond the given key values, in a form that an index can start at."""
    found = Q(pk__in=[])
    equal = Q()
    for key, value in zip(keys, values, strict=True):
        name = key.lstrip("-")
        descending = key.startswith("-") != backwards
        found |= equal & Q(**{f"{name}__{'lt' if descending else 'gt'}": value})
        equal &= Q(**{name: value})
    first = keys[0].lstrip("-")
    bound = "lte" if keys[0].startswith("-") != backwards else "gte"
    return Q(**{f"{first}__{bound}": values[0]}) & found


def page(
    rows: models.QuerySet[_Row], *, by: Sequence[str], cursor: str | None = None, size: int = 20
) -> Page[_Row]:
    """Return one page of rows in the order `by`, whose last key must be unique and none null.

    Keys are columns or annotations. A cursor that cannot be read gives the first page, for people
    do edit addresses; so does one beyond which nothing stands any more, and the way back to a
    first page that is not full.
    """
    return merged([rows], by=by, cursor=cursor, size=size)


def merged(
    lists: Sequence[models.QuerySet[_Row]],
    *,
    by: Sequence[str],
    cursor: str | None = None,
    size: int = 20,
) -> Page[_Row]:
    """Return one page of several lists without a row in common, as `page` does of one.

    Each list is read once, from an index of its own. All keys run in the same direction.
    """
    place = _decode(cursor, by, lists[0]) if cursor else None
    backwards = place is not None and place[0] == "before"
    order = [key[1:] if key.startswith("-") else f"-{key}" for key in by] if backwards else list(by)
    found: list[_Row] = []
    for rows in lists:
        beyond = rows.filter(_beyond(by, place[1], backwards=backwards)) if place else rows
        found.extend(beyond.order_by(*order)[: size + 1])

    def keys(row: _Row) -> list[Any]:
        return [getattr(row, key.lstrip("-")) for key in by]

    if len(lists) > 1:
        found.sort(key=keys, reverse=order[0].startswith("-"))
    more = len(found) > size
    if place is not None and len(found) < (size if backwards else 1):
        return merged(lists, by=by, size=size)
    found = found[:size]
    if backwards:
        found.reverse()
    has_after = more or backwards
    has_before = more if backwards else place is not None
    return Page(
        rows=found,
        after=_encode("after", keys(found[-1])) if found and has_after else None,
        before=_encode("before", keys(found[0])) if found and has_before else None,
    )
