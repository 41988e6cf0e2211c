"""Count tries exactly, across all processes, where guessing must be limited."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F

from youwo.core.models import Tries


def _window(at: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=UTC)


def count_try(purpose: str, who: str, *, at: datetime, window: timedelta) -> int:
    """Count one more try and return how many there were in this window, this one included.

    `who` (an address, a reference) is kept only as a fingerprint.
    """
    table = Tries._meta.db_table
    key = hashlib.sha256(f"{purpose}\0{who}".encode()).hexdigest()
    # One statement, so that tries that arrive together are all counted.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, window_starts_at, count) VALUES (%s, %s, 1)"
            f" ON CONFLICT (key, window_starts_at) DO UPDATE SET count = {table}.count + 1"
            " RETURNING count",
            [key, connection.ops.adapt_datetimefield_value(_window(at, window))],
        )
        return int(cursor.fetchone()[0])


def forget_tries(*, before: datetime) -> int:
    """Delete the counts of windows that began before a moment, and return how many there were."""
    deleted, _ = Tries.objects.filter(window_starts_at__lt=before).delete()
    return deleted


def take_back_try(purpose: str, who: str, *, at: datetime, window: timedelta) -> None:
    """Uncount a try that turned out to be right. Takes what `count_try` was given."""
    key = hashlib.sha256(f"{purpose}\0{who}".encode()).hexdigest()
    Tries.objects.filter(key=key, window_starts_at=_window(at, window), count__gt=0).update(
        count=F("count") - 1
    )
