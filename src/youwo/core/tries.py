"""Count tries exactly, across all processes, where guessing must be limited."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F

from youwo.core.models import Tries


def _window(at: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=UTC)


def _key(purpose: str, who: str) -> str:
    return hashlib.sha256(f"{purpose}\0{who}".encode()).hexdigest()


def count_try(purpose: str, who: str, *, at: datetime, window: timedelta) -> int:
    """Count one more try and return how many there were in this window, this one included.

    `who` (an address, a reference) is kept only as a fingerprint.
    """
    return count_tries({purpose: window}, who, at=at)[purpose]


def count_tries(windows: Mapping[str, timedelta], who: str, *, at: datetime) -> dict[str, int]:
    """Do what `count_try` does for several purposes, each with its window, at once."""
    table = Tries._meta.db_table
    purposes = {_key(purpose, who): purpose for purpose in windows}
    # In the order of the keys, so that two who try the same never wait for each other.
    keys = sorted(purposes)
    values: list[str | datetime | None] = []
    for key in keys:
        begun = _window(at, windows[purposes[key]])
        values += [key, connection.ops.adapt_datetimefield_value(begun)]
    # One statement, so that tries that arrive together are all counted.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, window_starts_at, count)"
            f" VALUES {', '.join(['(%s, %s, 1)'] * len(keys))}"
            f" ON CONFLICT (key, window_starts_at) DO UPDATE SET count = {table}.count + 1"
            " RETURNING key, count",
            values,
        )
        return {purposes[key]: int(count) for key, count in cursor.fetchall()}


def forget_tries(*, before: datetime) -> int:
    """Delete the counts of windows that began before a moment, and return how many there were."""
    deleted, _ = Tries.objects.filter(window_starts_at__lt=before).delete()
    return deleted


def take_back_try(purpose: str, who: str, *, at: datetime, window: timedelta) -> None:
    """Uncount a try that turned out to be right. Takes what `count_try` was given."""
    Tries.objects.filter(
        key=_key(purpose, who), window_starts_at=_window(at, window), count__gt=0
    ).update(count=F("count") - 1)
