"""Sealed journals, and the hand of somebody who tampers with them behind the product's back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.capacity.conftest import shared_database  # noqa: F401 (a fixture)
from youwo.core.append_only import refusal_triggers
from youwo.journal import actions
from youwo.journal.models import Line


@pytest.fixture
def write(db, at):
    """Write lines; the number of each is in its data."""

    def write(count):
        return Line.objects.bulk_create(
            Line(
                at=at + timedelta(microseconds=number),
                actor_label="people.person",
                actor_key=str(number % 7),
                verb="try",
                target_label="needs.wish",
                target_key=str(number % 3),
                area_code="140802005022",
                reason="试一试",
                data={"number": number, "深": [1.5, None, {"b": True, "a": "“"}]},
            )
            for number in range(count)
        )

    return write


@pytest.fixture
def seal(db, at):
    """Seal everything: PostgreSQL waits until what was just written has settled."""

    def seal():
        # The first call looks how far the lines reach, the second finds them settled.
        made = actions.seal(at=seal.at)
        seal.at += timedelta(seconds=10)
        made += actions.seal(at=seal.at)
        seal.at += timedelta(seconds=10)
        return made

    seal.at = at
    return seal


@pytest.fixture
def tamper(db):
    """Run SQL as somebody who owns the tables and has taken the refusing triggers away."""

    def tamper(statement, *values):
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                for table in ("journal_line", "journal_seal"):
                    for name in refusal_triggers(table):
                        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(statement, values)
            assert cursor.rowcount > 0, "nothing was tampered with"

    return tamper
