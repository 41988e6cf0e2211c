"""Reading and adding many claims with one statement each, whatever their number.

The rows travel as one JSON text, so that the statement is always the same and needs no thousand
placeholders. Ordinary reading and writing goes through the ORM.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from youwo.capacity.models import STANDING, Claim
from youwo.capacity.requests import Request

# Column, and its type on PostgreSQL: what a new claim is made of.
_COLUMNS = (
    ("pool_id", "bigint"),
    ("holder_label", "text"),
    ("holder_key", "text"),
    ("by_id", "bigint"),
    ("size", "int"),
    ("state", "text"),
    ("reserved", "boolean"),
    ("claimed_at", "timestamptz"),
    ("expires_at", "timestamptz"),
    ("nonce", "uuid"),
)
_TABLE = Claim._meta.db_table
_NAMES = ", ".join(name for name, _type in _COLUMNS)


def _rows_from_json(columns: Sequence[tuple[str, str]]) -> str:
    """Write the SQL that turns one JSON parameter, a list of lists, into rows named `given`."""
    if connection.vendor == "postgresql":
        taken = ", ".join(
            f"(v->>{n})::{type_} AS {name}" for n, (name, type_) in enumerate(columns)
        )
        return f"(SELECT {taken} FROM jsonb_array_elements(%s::jsonb) AS e(v)) AS given"  # noqa: S608
    taken = ", ".join(f"value->>{n} AS {name}" for n, (name, _type) in enumerate(columns))
    return f"(SELECT {taken} FROM json_each(%s)) AS given"  # noqa: S608


def add_new(claims: Sequence[Claim]) -> None:
    """Insert claims and set their keys. What the constraints leave out stays unsaved.

    Left out are a second claim with the same nonce, and a second claim of one holder in one pool.
    """
    if not claims:
        return
    moment = connection.ops.adapt_datetimefield_value
    unique = _nonce_in_database()
    rows = [
        (
            claim.pool_id,
            claim.holder_label,
            claim.holder_key,
            claim.by_id,
            claim.size,
            claim.state,
            claim.reserved,
            str(moment(claim.claimed_at)),
            None if claim.expires_at is None else str(moment(claim.expires_at)),
            unique(claim.nonce),
        )
        for claim in claims
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} ({_NAMES}, reason)"  # noqa: S608
            f" SELECT {_NAMES}, '' FROM {_rows_from_json(_COLUMNS)} WHERE true"
            " ON CONFLICT DO NOTHING RETURNING nonce, id",
            [json.dumps(rows)],
        )
        keys = {_nonce(found): key for found, key in cursor.fetchall()}
    for claim in claims:
        if claim.nonce in keys:
            claim.pk = keys[claim.nonce]
            claim._state.adding = False
            claim._state.db = connection.alias


def earlier(wanted: Sequence[Request]) -> list[Claim]:
    """Find claims of the same tries, and claims in force of the same holders in the same pools."""
    given = _rows_from_json(
        (
            ("pool_id", "bigint"),
            ("holder_label", "text"),
            ("holder_key", "text"),
            ("nonce", "uuid"),
        )
    )
    unique = _nonce_in_database()
    rows = json.dumps(
        [(one.pool_key, one.holder_label, one.holder_key, unique(one.nonce)) for one in wanted]
    )
    states = ", ".join(f"'{state}'" for state in STANDING)
    # Looked up row by row, so that an index serves each, whatever a planner with no statistics yet
    # would make of a join.
    found = Claim.objects.raw(
        f"SELECT * FROM {_TABLE} WHERE id IN ("  # noqa: S608
        f"SELECT (SELECT c.id FROM {_TABLE} c WHERE c.nonce = given.nonce) FROM {given}"
        f" UNION SELECT (SELECT c.id FROM {_TABLE} c WHERE c.pool_id = given.pool_id"
        " AND c.holder_label = given.holder_label AND c.holder_key = given.holder_key"
        f" AND c.state IN ({states})) FROM {given})",
        [rows, rows],
    )
    return list(found)


def _nonce_in_database() -> Any:
    """Return the function that writes a nonce as the database keeps it."""
    return str if connection.features.has_native_uuid_field else lambda nonce: nonce.hex


def _nonce(found: uuid.UUID | str) -> uuid.UUID:
    return found if isinstance(found, uuid.UUID) else uuid.UUID(found)
