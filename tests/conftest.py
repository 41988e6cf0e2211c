"""What every test can ask for: moments, the people who always play the same parts, and places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from tests import factories
from tests.installation import (  # noqa: F401 (fixtures)
    installation,
    make_installation,
    migrated,
)
from youwo.core.append_only import refusal_triggers
from youwo.core.recent import forget_all

# A slow machine is no defect: speed is measured by `bench/` alone.
hypothesis_settings.register_profile("youwo", deadline=None)
hypothesis_settings.load_profile("youwo")

APPEND_ONLY = [
    "journal_line",
    "journal_seal",
    "ledger_entry",
    "ledger_participation",
    "ledger_goods",
]


@pytest.fixture(autouse=True, scope="session")
def _emptying_append_only_tables() -> Iterator[None]:
    """Let tests with real transactions empty the append-only tables afterwards, and only then."""
    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        triggers = {
            name: sql for table in APPEND_ONLY for name, sql in refusal_triggers(table).items()
        }
        if connection.vendor != "sqlite":
            original(self)
            return
        with connection.cursor() as cursor:
            for name in triggers:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        original(self)
        with connection.cursor() as cursor:
            for sql in triggers.values():
                cursor.execute(sql)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]


def _end_other_sessions() -> None:
    """End what stray threads of earlier tests still hold open: PostgreSQL drops no database while
    somebody is connected to it.
    """
    if connection.vendor != "postgresql":
        return
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )


@pytest.fixture(autouse=True, scope="session")
def _no_session_left_behind(
    migrated,  # noqa: F811
    django_db_setup,
    django_db_blocker,
) -> Iterator[None]:
    """Copy the test database before anybody uses it, and let it be dropped at the end."""
    yield
    with django_db_blocker.unblock():
        _end_other_sessions()


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Begin without the small tables that a process keeps for a minute."""
    forget_all()


@pytest.fixture
def at() -> datetime:
    """A Tuesday morning in office hours: 2025-06-03 09:12 in the city."""
    return datetime(2025, 6, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def jinshui(db):
    """Jinshui community, with the town, county and city above it."""
    return factories.community("140802005022", "金税社区")


@pytest.fixture
def elsewhere(db):
    """A community in another county."""
    return factories.community("140881001001", "永乐社区")


@pytest.fixture
def resident(db):
    return factories.PersonFactory(name="张敬之")


@pytest.fixture
def worker(jinshui):
    """A community worker in Jinshui."""
    return factories.granted("worker", jinshui, name="李桂兰")


@pytest.fixture
def coordinator(jinshui):
    """A coordinator of the county that Jinshui lies in."""
    return factories.granted("coordinator", jinshui.parent.parent, name="王振国")


@pytest.fixture
def volunteer(db):
    return factories.PersonFactory(name="赵明远")


@pytest.fixture
def stranger(elsewhere):
    """A worker of a community in another county."""
    return factories.granted("worker", elsewhere, name="孙秀英")
