"""Adding claims with one statement that leaves out, without an error, those that already exist."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from youwo.capacity.models import Claim

_FIELDS = [field for field in Claim._meta.concrete_fields if not field.primary_key]
_COLUMNS = ", ".join(f'"{field.column}"' for field in _FIELDS)
_ROW = f"({', '.join(['%s'] * len(_FIELDS))})"
# SQLite takes 32,766 values in one statement.
_AT_ONCE = 32_766 // len(_FIELDS)


def add_new(claims: Sequence[Claim]) -> None:
    """Insert claims and set their keys. What the constraints leave out stays unsaved.

    Those are a second claim with the same nonce, and a second claim of one holder in one pool.
    """
    for start in range(0, len(claims), _AT_ONCE):
        _add(claims[start : start + _AT_ONCE])


def _add(claims: Sequence[Claim]) -> None:
    values = [
        field.get_db_prep_save(getattr(claim, field.attname), connection)
        for claim in claims
        for field in _FIELDS
    ]
    rows = ", ".join([_ROW] * len(claims))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{Claim._meta.db_table}" ({_COLUMNS}) VALUES {rows}'  # noqa: S608
            " ON CONFLICT DO NOTHING RETURNING nonce, id",
            values,
        )
        keys = {uuid.UUID(str(nonce)): key for nonce, key in cursor.fetchall()}
    for claim in claims:
        claim.pk = keys.get(claim.nonce)
        claim._state.adding = claim.nonce not in keys
        claim._state.db = connection.alias
