"""Find up to which key of a growing table every row is visible for good.

A candidate key is noted together with the transactions then under way. Once all of these have
ended, no row at or below the candidate can still appear. SQLite has one writer at a time, so there
the greatest visible key is safe at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models import Max

from youwo.core.models import Horizon

# A row's key is drawn an instant before its transaction has a number; this covers the instant.
SETTLING = timedelta(seconds=2)


def _transactions_under_way() -> tuple[int, int]:
    """Return (oldest still running, next to be given out) transaction numbers."""
    if connection.vendor != "postgresql":
        return 1, 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
            " pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
        oldest, following = cursor.fetchone()
    return oldest, following


@transaction.atomic
def safe_key(
    name: str, rows: models.QuerySet[models.Model], *, at: datetime
) -> tuple[Horizon, int]:
    """Return the locked horizon and the greatest key up to which all rows are there for good.

    The caller reads the rows in (horizon.read_to, key], then saves `read_to` in the same
    transaction. Call it twice, some seconds apart, to move past rows that were just written.
    """
    Horizon.objects.get_or_create(name=name)
    horizon = Horizon.objects.select_for_update().get(name=name)
    greatest = rows.aggregate(greatest=Max("pk"))["greatest"] or 0
    if connection.vendor != "postgresql":
        return horizon, greatest

    oldest, following = _transactions_under_way()
    settled = horizon.candidate_at is not None and at - horizon.candidate_at >= SETTLING
    safe = horizon.read_to
    if settled and oldest >= horizon.candidate_transaction:
        safe = max(safe, horizon.candidate)
    if horizon.candidate_at is None or safe >= horizon.candidate:
        horizon.candidate, horizon.candidate_transaction = greatest, following
        horizon.candidate_at = at
        horizon.save(update_fields=["candidate", "candidate_transaction", "candidate_at"])
    return horizon, safe
