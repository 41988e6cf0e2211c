import pytest
from django.db import DatabaseError, connection, models, transaction

from youwo.core.append_only import AppendOnly, WrittenOnce
from youwo.journal import actions
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(resident, at):
    return actions.write("try", resident, by=None, at=at)


def test_a_row_is_not_saved_again(line):
    line.verb = "other"
    with pytest.raises(WrittenOnce):
        line.save()


def test_a_row_is_not_deleted(line):
    with pytest.raises(WrittenOnce):
        line.delete()


def test_rows_are_neither_updated_nor_deleted_together(line):
    with pytest.raises(WrittenOnce):
        Line.objects.update(verb="other")
    with pytest.raises(WrittenOnce):
        Line.objects.all().delete()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="On PostgreSQL the right is missing.")
@pytest.mark.parametrize("table", ["journal_line", "ledger_entry"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_has_a_trigger_that_refuses(table, verb):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s",
            [f"{table}_refuses_{verb}"],
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="On PostgreSQL the right is missing.")
@pytest.mark.parametrize(
    "statement", ["UPDATE journal_line SET verb = 'other'", "DELETE FROM journal_line"]
)
def test_sqlite_refuses_what_goes_around_the_models(line, statement):
    with (
        pytest.raises(DatabaseError, match="journal_line is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Line.objects.get().verb == "try"


def test_rows_that_others_point_to_are_protected_as_well():
    written_once = [model for model in models_of_the_product() if issubclass(model, AppendOnly)]
    ways = [
        (field.related_model.__name__, field.remote_field.on_delete)
        for model in written_once
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]
    # A cascade or a null would change a row behind its table's back.
    assert {way for _, way in ways} <= {models.PROTECT, models.DO_NOTHING}


def models_of_the_product():
    from django.apps import apps

    return [
        model for model in apps.get_models() if model._meta.app_config.name.startswith("youwo.")
    ]
