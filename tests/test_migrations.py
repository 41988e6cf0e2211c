"""The schema is what the models say, and travels between nodes."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

# Packages of others that a city's schema also holds, with the keys that they chose.
on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="reads PostgreSQL's catalogue"
)


def rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def our_tables() -> set[str]:
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("youwo.")
    }


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True)

    assert capsys.readouterr().out == "No changes detected\n"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps indexes by itself")
@pytest.mark.django_db
def test_every_search_index_follows_its_table():
    """A column that SQLite cannot add in place makes a new table, and its triggers are gone."""
    indexes = rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"
    )
    triggers = {name for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}

    followed = {f"{name}_{act}" for (name,) in indexes for act in ("added", "changed", "removed")}
    assert followed - triggers == set()


@on_postgresql
@pytest.mark.django_db
def test_no_table_has_a_trigger():
    assert (
        rows("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    )


@on_postgresql
@pytest.mark.django_db
def test_no_key_of_ours_is_a_small_integer():
    keys = rows(
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
        " WHERE c.contype IN ('p', 'f') AND a.atttypid IN ('int4'::regtype, 'int2'::regtype)"
    )

    assert [key for key in keys if key[0] in our_tables()] == []


@on_postgresql
@pytest.mark.django_db
def test_no_foreign_key_leaves_its_schema():
    crossing = rows(
        "SELECT c.conname FROM pg_constraint c JOIN pg_class near ON near.oid = c.conrelid"
        " JOIN pg_class far ON far.oid = c.confrelid"
        " WHERE c.contype = 'f' AND near.relnamespace <> far.relnamespace"
    )

    assert crossing == []


@on_postgresql
@pytest.mark.django_db
def test_only_what_every_postgresql_has_is_asked_for():
    assert rows("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'") == []
