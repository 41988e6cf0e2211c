"""A database that threads share for real."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Iterator

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
