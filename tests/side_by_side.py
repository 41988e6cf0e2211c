"""Several things at the same moment, each in a thread and on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction

from youwo.core.refused import Refused

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time."
)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do several things, all beginning at the same moment.

    Returns in their order what each returned, or the exception it raised.
    """
    start = threading.Barrier(len(acts), timeout=30)

    def one(act: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def each_at_once(act: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    """Do the same with each of several values, all beginning at the same moment."""
    return at_once(*[partial(act, value) for value in values])


def meeting_at(act: Callable[..., Any], number: int = 2) -> Callable[..., Any]:
    """Return the same act, which nobody begins before so many are there to begin it."""
    barrier = threading.Barrier(number, timeout=10)

    def met(*args: Any, **kwargs: Any) -> Any:
        barrier.wait()
        return act(*args, **kwargs)

    return met


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """Do the second thing up to where it waits for the first, then let the first be committed.

    Returns why the second was refused, if it was. For PostgreSQL.
    """
    refused: list[str] = []

    def behind() -> None:
        try:
            second()
        except Refused as refusal:
            refused.append(refusal.reason)
        finally:
            connections.close_all()

    thread = threading.Thread(target=behind)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not _somebody_waits_for_a_lock():
            thread.join(0.01)
    thread.join(10)
    return refused


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
