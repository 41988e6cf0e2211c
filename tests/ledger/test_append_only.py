"""What is in the ledger and the journal stays as it was written, whoever tries."""

import io
import uuid
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.ledger.factories import deed
from youwo.config.management.commands.privileges import append_only_tables
from youwo.core.append_only import AppendOnly, WrittenOnce
from youwo.journal import actions as journal
from youwo.journal.models import Line
from youwo.ledger import actions
from youwo.ledger.models import Entry

pytestmark = pytest.mark.django_db

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="triggers of SQLite")
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="privileges of PostgreSQL",
)
TABLES = [
    "journal_line",
    "journal_seal",
    "ledger_entry",
    "ledger_goods",
    "ledger_participation",
]


@pytest.fixture
def entry(jinshui, resident, volunteer, at):
    return deed(jinshui, resident, at=at, hands=[(volunteer, 60)], goods=[("米", Decimal(1), "袋")])


@pytest.fixture
def served():
    """The name of a role that may serve, and nothing more; gone with the test's transaction."""
    name = f"server_{uuid.uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name}")
    call_command("privileges", role=name, stdout=io.StringIO())
    return name


def execute(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_tables_are_those_that_the_models_name():
    assert append_only_tables() == TABLES
    assert all(
        issubclass(model, AppendOnly)
        for model in apps.get_models()
        if model._meta.db_table in TABLES
    )


def test_a_row_is_not_saved_twice(entry):
    entry.title = "别的"

    with pytest.raises(WrittenOnce):
        entry.save()
    with pytest.raises(WrittenOnce):
        entry.delete()
    with pytest.raises(WrittenOnce):
        Entry.objects.update(title="别的")
    with pytest.raises(WrittenOnce):
        Entry.objects.all().delete()


@on_sqlite
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_participation", "ledger_goods"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_sqlite_refuses_changes_by_trigger(entry, table, statement):
    with pytest.raises(DatabaseError, match="append-only"):
        execute(statement.format(table))


@on_sqlite
def test_sqlite_needs_no_privileges():
    with pytest.raises(CommandError, match="triggers"):
        call_command("privileges", role="server")


@on_postgresql
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_postgresql_refuses_changes_to_the_role_that_serves(served, entry, table, statement):
    execute(f"SET LOCAL ROLE {served}")

    with pytest.raises(DatabaseError, match="permission denied"):
        execute(statement.format(table))


@on_postgresql
def test_the_role_that_serves_records_and_takes_back(served, entry, jinshui, volunteer, at):
    execute(f"SET LOCAL ROLE {served}")

    deed(jinshui, volunteer, at=at, hands=[(volunteer, 60)], goods=[("米", Decimal(1), "袋")])
    actions.reverse(entry, by=None, at=at, reason="counted twice")
    journal.write("look", entry, by=None, at=at)

    assert (Entry.objects.count(), Line.objects.count()) == (3, 2)


@on_postgresql
def test_the_role_that_serves_changes_what_may_change(served, resident):
    execute(f"SET LOCAL ROLE {served}")

    resident.name = "张敬"
    resident.save()
    resident.delete()


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
        "DROP TABLE ledger_goods",
        "ALTER TABLE ledger_goods DISABLE TRIGGER ALL",
    ],
)
def test_the_role_that_serves_cannot_help_itself(served, statement):
    execute(f"SET LOCAL ROLE {served}")

    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        execute(statement)


@on_postgresql
def test_running_it_again_changes_nothing(served):
    said = io.StringIO()

    call_command("privileges", role=served, stdout=said)

    assert said.getvalue() == f"{served} may serve; 5 tables are append-only for it.\n"


@on_postgresql
def test_the_statements_can_be_read_beforehand():
    said = io.StringIO()

    call_command("privileges", role="nobody yet", print=True, stdout=said)

    assert 'REVOKE UPDATE, DELETE, TRUNCATE ON "public"."journal_line"' in said.getvalue()
    assert '"nobody yet"' in said.getvalue()


@on_postgresql
def test_a_role_must_be_there():
    with pytest.raises(CommandError, match="no role"):
        call_command("privileges", role="nobody")


@on_postgresql
def test_from_an_owner_nothing_can_be_withheld():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()

    with pytest.raises(CommandError, match="of its own"):
        call_command("privileges", role=owner)
