"""Find up to which key of a growing table every row is visible for good.

Keys are drawn before their rows are committed, so a slower writer may still fill a gap below the
greatest key that can be seen. On PostgreSQL a key becomes safe in three steps, over two calls or
more:

1. The greatest visible key is noted as the candidate.
2. `SETTLING` later the next transaction number is noted. A writer draws its key an instant before
   its transaction has a number; by now whoever drew a key up to the candidate has a number below
   the noted one, however long it goes on writing.
3. When all transactions below the noted number have ended, no row at or below the candidate can
   appear any more.

SQLite has one writer at a time, so there the greatest visible key is safe at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models import Max

from youwo.core.models import Horizon

SETTLING = timedelta(seconds=2)
# Stands in for the number of step 2 until it is noted; real ones are greater.
_NOT_SETTLED = 0


# Every transaction that writes holds a lock on its own number until its rows can be seen, and the
# lock tells whose it is. (A snapshot would not do: it knows no number above the last one that has
# ended.) A server numbers the transactions of all its databases; those of other databases write no
# row here, so nobody waits for them, nor for the server's own cleaning, nor for our own, which sees
# what it wrote. The locks show 32 bits of a number; `moment` has them all.
_RUNNING = """
    WITH now AS (
        SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS moment
    ), running AS (
        SELECT moment + (transactionid::text::bigint - moment % (1::bigint << 32)
                         + (3::bigint << 31)) % (1::bigint << 32) - (1::bigint << 31) AS number,
               pid IS DISTINCT FROM pg_backend_pid()
               AND coalesce(datname, current_database()) = current_database()
               AND coalesce(backend_type, '') <> 'autovacuum worker' AS counts
        FROM now CROSS JOIN pg_locks LEFT JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted
    ), numbers AS (
        SELECT greatest(moment, (SELECT max(number) + 1 FROM running)) AS following FROM now
    )
    SELECT coalesce((SELECT min(number) FROM running WHERE counts), following), following
    FROM numbers
"""


def _transactions_under_way() -> tuple[int, int]:
    """Return (oldest of the others still running, next to be given out) transaction numbers."""
    with connection.cursor() as cursor:
        # The percent sign stands for itself.
        cursor.execute(_RUNNING, None)
        oldest, following = cursor.fetchone()
    return oldest, following


@transaction.atomic
def safe_key(
    name: str, rows: models.QuerySet[models.Model], *, at: datetime
) -> tuple[Horizon, int]:
    """Return the locked horizon and the greatest key up to which all rows are there for good.

    The caller reads all rows in (horizon.read_to, key], then saves `read_to` in the same
    transaction. Call it again, some seconds later, to move past rows that were just written.
    """
    Horizon.objects.get_or_create(name=name)
    horizon = Horizon.objects.select_for_update().get(name=name)
    greatest = rows.aggregate(greatest=Max("pk"))["greatest"] or 0
    if connection.vendor != "postgresql":
        return horizon, max(greatest, horizon.read_to)

    safe = horizon.read_to
    oldest, following = _transactions_under_way()
    if horizon.candidate_at is not None and at - horizon.candidate_at >= SETTLING:
        if horizon.candidate_transaction == _NOT_SETTLED:
            horizon.candidate_transaction = following
        if oldest >= horizon.candidate_transaction:
            safe = max(safe, horizon.candidate)
    if horizon.candidate_at is None or safe >= horizon.candidate:
        horizon.candidate, horizon.candidate_at = greatest, at
        horizon.candidate_transaction = _NOT_SETTLED
    horizon.save(update_fields=["candidate", "candidate_transaction", "candidate_at"])
    return horizon, safe
