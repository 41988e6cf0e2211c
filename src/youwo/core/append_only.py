"""Tables whose rows are written once: the database refuses to change or remove them.

On SQLite triggers refuse. On PostgreSQL the role that serves does not own the tables and holds no
UPDATE or DELETE right on them (see the `privileges` command), because triggers do not travel well
between distributed nodes.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import migrations, models

_Row = TypeVar("_Row", bound=models.Model)


class WrittenOnce(TypeError):  # noqa: N818 (named for what the row is, as code reads it)
    """Code tried to change or remove a row of an append-only table."""


class AppendOnlyQuerySet(models.QuerySet[_Row]):
    """A queryset that reads and adds."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise WrittenOnce(self.model._meta.label)

    def delete(self) -> NoReturn:
        raise WrittenOnce(self.model._meta.label)


class AppendOnly(models.Model):
    """A row that is inserted once and then stands."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise WrittenOnce(self._meta.label)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WrittenOnce(self._meta.label)


def refusal_triggers(table: str) -> dict[str, str]:
    """Return the SQLite triggers, by name, that keep a table append-only."""
    return {
        f"{table}_refuses_{verb}": (
            f"CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        for verb in ("update", "delete")
    }


def refuse_changes(table: str) -> migrations.RunPython:
    """Make the migration step that lets SQLite refuse changes to a table."""

    def add(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for statement in refusal_triggers(table).values():
                schema_editor.execute(statement)

    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for name in refusal_triggers(table):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")

    return migrations.RunPython(add, remove)
