"""The lock that makes counting safe: the pool's row on PostgreSQL, the transaction on SQLite."""

from __future__ import annotations

from collections.abc import Iterable

from youwo.capacity.models import Pool


def locked(keys: Iterable[int]) -> dict[int, Pool]:
    """Lock pools until the transaction ends, and return them by key as they are now.

    Always in the order of their keys, so that two callers never wait for each other. Who also
    locks a person does so before. Counting must be a statement of its own after this one: in READ
    COMMITTED a statement sees what was committed before it began, and this one may have waited.
    On SQLite every transaction begins as the only writer (`transaction_mode=IMMEDIATE`).
    """
    pools = Pool.objects.filter(pk__in=sorted(set(keys))).order_by("pk")
    return {pool.pk: pool for pool in pools.select_for_update()}
