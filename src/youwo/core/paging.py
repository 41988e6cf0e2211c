"""Paging by key: the last page of a long list costs what the first one costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

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
    text = json.dumps([direction, *values], cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(
    cursor: str, keys: Sequence[str], model: type[models.Model]
) -> tuple[str, list[Any]] | None:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, *values = json.loads(base64.urlsafe_b64decode(padded))
        if direction not in ("after", "before") or len(values) != len(keys):
            return None
        fields = [model._meta.get_field(key.lstrip("-")) for key in keys]
        return direction, [f.to_python(value) for f, value in zip(fields, values, strict=True)]  # type: ignore[union-attr]
    except (ValueError, TypeError, binascii.Error, ValidationError):
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

    A cursor that cannot be read gives the first page: people do edit addresses.
    """
    place = _decode(cursor, by, rows.model) if cursor else None
    backwards = place is not None and place[0] == "before"
    order = [key[1:] if key.startswith("-") else f"-{key}" for key in by] if backwards else list(by)
    if place is not None:
        rows = rows.filter(_beyond(by, place[1], backwards=backwards))
    found = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()

    def at(row: _Row, direction: str) -> str:
        return _encode(direction, [getattr(row, key.lstrip("-")) for key in by])

    has_after = more if not backwards else place is not None
    has_before = more if backwards else place is not None
    return Page(
        rows=found,
        after=at(found[-1], "after") if found and has_after else None,
        before=at(found[0], "before") if found and has_before else None,
    )
