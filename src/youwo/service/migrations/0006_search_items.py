"""Index the words of service items again: on SQLite the new column made a new table of theirs."""

from typing import Any

from django.db import migrations

from youwo.core.search import index_terms

_INDEX = "service_serviceitem_search_terms"


def renew(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    indexing = index_terms("service_serviceitem")
    assert indexing.reverse_code is not None  # noqa: S101 (it takes away what it adds)
    indexing.reverse_code(apps, schema_editor)
    indexing.code(apps, schema_editor)
    schema_editor.execute(f"INSERT INTO {_INDEX}({_INDEX}) VALUES ('rebuild')")  # noqa: S608 (our own name)


class Migration(migrations.Migration):
    dependencies = [("service", "0005_joined")]

    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
