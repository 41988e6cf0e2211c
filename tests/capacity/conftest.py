"""A database that threads share for real."""

from __future__ import annotations

import copy
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

# Half of what the server allows others besides us.
CONNECTIONS = 30


@pytest.fixture
def shared_database(transactional_db, tmp_path) -> Iterator[None]:
    """Let every thread have a connection of its own to one database, as in service.

    On SQLite that is a copy of the test database in a file, because the usual one lives in the
    memory of one connection.
    """
    settings = connections.databases["default"]
    before = copy.deepcopy(settings)
    ours = connections["default"]
    if connection.vendor == "sqlite":
        path = tmp_path / "youwo.sqlite3"
        with sqlite3.connect(path) as file:
            ours.ensure_connection()
            ours.connection.backup(file)
        file.close()
        settings["NAME"] = str(path)
        # Not in memory, so that nothing treats it as shared between threads.
        del connections["default"]
        yield
        connections["default"].close()
        connections["default"] = ours
    else:
        ours.close()
        ours.close_pool()
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": CONNECTIONS, "timeout": 60}
        yield
        connections["default"].close()
        connections["default"].close_pool()
    settings.clear()
    settings.update(before)
    connections["default"].settings_dict = settings


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run a function for each of many values, all starting at the same moment.

    Returns what each returned, or the exception it raised.
    """

    def run(act: Callable[[Any], Any], values: list[Any]) -> list[Any]:
        start = threading.Barrier(len(values))

        def one(value: Any) -> Any:
            start.wait(timeout=30)
            try:
                return act(value)
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(values)) as threads:
            return list(threads.map(one, values))

    return run
