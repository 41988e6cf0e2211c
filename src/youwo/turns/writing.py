"""Writing the turns of many cases in one statement, on either database.

A case keeps its rows. Each of its turns has a slot (0, 1, 2 …): what an act wants is put into the
first slots, over what stood there or as new rows, and what stands in the slots beyond becomes
spare: nobody's, and without a word. One INSERT with ON CONFLICT does all of that, where a DELETE
and an INSERT were two statements. Where no case of the act is anybody's turn, one DELETE is enough.

Rows and cases go in as one parameter each, in JSON, so that there may be any number of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

from youwo.turns.models import Turn

# Of which table a row is, and its key.
Case = tuple[str, str]

_FIELDS = [field for field in Turn._meta.concrete_fields if not field.primary_key]
_PLACE = ("subject_label", "subject_key", "slot")
# What a spare row keeps, because no row can be without; all else of it is emptied.
_KEPT = (*_PLACE, "area_id", "since", "due_at")
_CASES = {"label": "varchar", "key": "varchar", "turns": "integer"}

# In one order, so that two acts that write the same rows wait for each other and for nothing else.
# By naming it, ON CONFLICT cannot be taken for a part of the join on SQLite.
_WRITE = """
INSERT INTO turns_turn ({columns})
SELECT {columns} FROM {wanted}
UNION ALL
SELECT {spare} FROM {cases} CROSS JOIN turns_turn AS had
WHERE had.subject_label = cases.label AND had.subject_key = cases.key AND had.slot >= cases.turns
    AND (had.role <> '' OR had.organization_id IS NOT NULL OR had.person_id IS NOT NULL)
ORDER BY subject_label, subject_key, slot
ON CONFLICT (subject_label, subject_key, slot) DO UPDATE SET {renewed}
"""
_DELETE = """
DELETE FROM turns_turn WHERE (subject_label, subject_key) IN (SELECT label, key FROM {cases})
"""


def write(turns: Mapping[Case, Sequence[Turn]]) -> None:
    """Make these the turns of their cases, in place of those they had. Each has its slot."""
    columns = {field.attname: field.db_type(connection) or "" for field in _FIELDS}
    statement = _WRITE.format(
        columns=", ".join(columns),
        wanted=_table("wanted", columns),
        spare=", ".join(map(_spare, _FIELDS)),
        cases=_table("cases", _CASES),
        renewed=", ".join(f"{name} = excluded.{name}" for name in columns if name not in _PLACE),
    )
    wanted = [_row(turn) for ones in turns.values() for turn in ones]
    cases = _rows_of_cases({case: len(ones) for case, ones in turns.items()})
    with connection.cursor() as cursor:
        cursor.execute(statement, [_json(wanted), _json(cases)])


def delete(cases: Iterable[Case]) -> None:
    """Delete all rows of some cases."""
    statement = _DELETE.format(cases=_table("cases", _CASES))
    with connection.cursor() as cursor:
        cursor.execute(statement, [_json(_rows_of_cases(dict.fromkeys(cases, 0)))])


def _spare(field: models.Field[Any, Any]) -> str:
    if field.attname in _KEPT:
        return f"had.{field.attname}"
    return "NULL" if field.null else "''"


def _row(turn: Turn) -> dict[str, Any]:
    return {
        field.attname: field.get_db_prep_save(getattr(turn, field.attname), connection)
        for field in _FIELDS
    }


def _rows_of_cases(numbers: Mapping[Case, int]) -> list[dict[str, Any]]:
    return [
        {"label": label, "key": key, "turns": number} for (label, key), number in numbers.items()
    ]


def _json(rows: list[dict[str, Any]]) -> str:
    # Moments are their own text on both databases.
    return json.dumps(rows, ensure_ascii=False, default=str)


def _table(name: str, columns: Mapping[str, str]) -> str:
    """Return the rows of a parameter in JSON as a table with these columns and types."""
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        return f"json_to_recordset(%s::json) AS {name}({typed})"
    read = ", ".join(f"json_extract(value, '$.{column}') AS {column}" for column in columns)
    return f"(SELECT {read} FROM json_each(%s)) AS {name}"  # noqa: S608 (our own names)
