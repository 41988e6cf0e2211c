"""Find a word of two or more characters in many texts, by an index, on both databases.

Chinese has no spaces, so a text is kept as its overlapping pairs of characters (bigrams); a word is
found where all of its pairs stand. SQLite looks them up with FTS5, PostgreSQL with a GIN index over
the same pairs. A model that can be searched has a text column, filled from `terms`, and
`index_terms(table, column)` in a migration.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, TypeVar

from django.db import connection, migrations, models
from django.db.models.expressions import RawSQL

_Row = TypeVar("_Row", bound=models.Model)
_RUN = re.compile(r"[0-9a-z]+|[^\W\d_a-z]+")
_CJK = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


# Longer runs of letters are no words; PostgreSQL keeps no piece longer than 2046 bytes.
_LONGEST = 40
_MOST_PIECES = 20


def _runs(text: str) -> list[str]:
    """Return the unbroken runs of characters, full-width letters read as plain ones."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())


def _pieces(run: str) -> list[str]:
    if len(run) == 1 or not _CJK.search(run):
        return [run[:_LONGEST]]
    return [run[place : place + 2] for place in range(len(run) - 1)]


def terms(*texts: str) -> str:
    """Return the searchable pieces of some texts, each once, separated by spaces."""
    pieces: dict[str, None] = {}
    for run in (run for text in texts for run in _runs(text)):
        pieces.update(dict.fromkeys(_pieces(run)))
        if _CJK.search(run):
            # Every other character begins a pair; with the last one, each can be found alone.
            pieces[run[-1]] = None
    return " ".join(pieces)


def _begins(piece: str) -> bool:
    """Tell whether a piece is one Chinese character, to be found where it begins a pair."""
    return len(piece) == 1 and _CJK.match(piece) is not None


def matching(
    rows: models.QuerySet[_Row], words: str, column: str = "search_terms"
) -> models.QuerySet[_Row]:
    """Keep the rows whose texts hold all the words that somebody typed. No word keeps every row."""
    pieces = list(dict.fromkeys(piece for run in _runs(words) for piece in _pieces(run)))
    pieces = pieces[:_MOST_PIECES]
    if not pieces:
        return rows
    table = rows.model._meta.db_table
    if connection.vendor == "postgresql":
        vector = f'array_to_tsvector(string_to_array("{table}"."{column}", \' \'))'
        query = " & ".join(f"'{piece}'{':*' * _begins(piece)}" for piece in pieces)
        condition = RawSQL(
            f"({vector} @@ %s::tsquery)", [query], output_field=models.BooleanField()
        )
        return rows.filter(condition)
    query = " ".join(f'"{piece}"{" *" * _begins(piece)}' for piece in pieces)
    condition = RawSQL(
        f'("{table}"."id" IN (SELECT rowid FROM {table}_{column} WHERE {table}_{column} MATCH %s))',
        [query],
        output_field=models.BooleanField(),
    )
    return rows.filter(condition)


def index_terms(table: str, column: str = "search_terms") -> migrations.RunPython:
    """Make the migration step that indexes a table's `search_terms`."""
    index = f"{table}_{column}"
    values = {"new": f"new.id, new.{column}", "old": f"'delete', old.id, old.{column}"}

    def add(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            # Without the list of entries yet to be sorted in: every search would read through it,
            # for as long as no vacuum has come by.
            schema_editor.execute(
                f"CREATE INDEX {index} ON {table} USING gin"
                f" (array_to_tsvector(string_to_array({column}, ' '))) WITH (fastupdate = off)"
            )
            return
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5"
            f"({column}, content='{table}', content_rowid='id', detail=none)"
        )
        insert = f"INSERT INTO {index}(rowid, {column}) VALUES ({values['new']});"
        remove = f"INSERT INTO {index}({index}, rowid, {column}) VALUES ({values['old']});"
        for name, moment, body in (
            ("added", f"INSERT ON {table}", insert),
            ("removed", f"DELETE ON {table}", remove),
            ("changed", f"UPDATE OF {column} ON {table}", remove + " " + insert),
        ):
            schema_editor.execute(f"CREATE TRIGGER {index}_{name} AFTER {moment} BEGIN {body} END")

    def take_away(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {index}")
            return
        for name in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {index}_{name}")
        schema_editor.execute(f"DROP TABLE IF EXISTS {index}")

    return migrations.RunPython(add, take_away)


def index_terms_again(table: str, column: str = "search_terms") -> migrations.RunPython:
    """Make the step after one in which SQLite made a new table: its triggers went with the old one.

    PostgreSQL adds columns in place, so there it does nothing.
    """
    indexing = index_terms(table, column)
    index = f"{table}_{column}"

    def renew(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor != "sqlite":
            return
        assert indexing.reverse_code is not None  # noqa: S101 (it takes away what it adds)
        indexing.reverse_code(apps, schema_editor)
        indexing.code(apps, schema_editor)
        schema_editor.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")

    return migrations.RunPython(renew, migrations.RunPython.noop)
