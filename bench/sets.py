"""Many rows written in one statement, to fill tables by the hundred thousand.

Rows are given as columns: a list where each row has its own value, a plain value where all share
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, models

_Columns = Mapping[str, Any]


def _prepared(
    model: type[models.Model], columns: _Columns
) -> list[tuple[models.Field[Any, Any], Any]]:
    """Return each column's field with its values as the database takes them."""
    found = []
    for name, given in columns.items():
        field: Any = model._meta.get_field(name)
        if isinstance(given, list):
            # Most columns hold few values, many times each.
            known: dict[Any, Any] = {
                one: field.get_db_prep_save(one, connection) for one in set(given)
            }
            value: Any = [known[one] for one in given]
        else:
            value = field.get_db_prep_save(given, connection)
        found.append((field, value))
    return found


def _quoted(name: str | None) -> str:
    return str(connection.ops.quote_name(name or ""))


def _type(field: models.Field[Any, Any]) -> str:
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    return str(kind.db_type(connection)).split(" GENERATED")[0]


def _columned(prepared: list[tuple[models.Field[Any, Any], Any]]) -> tuple[str, str, list[Any]]:
    """Return what to select, the lists to select it from, and the parameters in their order."""
    shared = [value for _field, value in prepared if not isinstance(value, list)]
    listed = [(field, value) for field, value in prepared if isinstance(value, list)]
    selected = ", ".join(
        f"given.{_quoted(field.column)}" if isinstance(value, list) else f"%s::{_type(field)}"
        for field, value in prepared
    )
    arrays = ", ".join(f"%s::{_type(field)}[]" for field, _value in listed)
    names = ", ".join(_quoted(field.column) for field, _value in listed)
    source = f"unnest({arrays}) AS given({names})"
    return selected, source, [*shared, *(value for _field, value in listed)]


def _rows(prepared: list[tuple[models.Field[Any, Any], Any]], count: int) -> list[tuple[Any, ...]]:
    return [
        tuple(value[row] if isinstance(value, list) else value for _field, value in prepared)
        for row in range(count)
    ]


def insert(model: type[models.Model], count: int, columns: _Columns) -> None:
    """Insert rows in one statement. Columns left out take the database's default."""
    if not count:
        return
    prepared = _prepared(model, columns)
    table = _quoted(model._meta.db_table)
    names = ", ".join(_quoted(field.column) for field, _value in prepared)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            selected, source, parameters = _columned(prepared)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {selected} FROM {source}",
                parameters,
            )
            return
        places = ", ".join(["%s"] * len(prepared))
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",
            _rows(prepared, count),
        )
