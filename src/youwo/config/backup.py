"""Writing everything to one file while people go on working, and reading it back.

The file is a tar: the database, the uploads, and last a manifest with the digest of every part.
A database is taken in one moment: on SQLite by its own online copy, on PostgreSQL within one
read-only snapshot. The keys that open sealed columns are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from youwo.core.refused import Refused
from youwo.ledger.models import Entry
from youwo.people.models import Person

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
MEDIA = "media"
_CHUNK = 1 << 20


@dataclass
class Part:
    """One file of a backup."""

    name: str
    size: int
    digest: str
    # For a table: its columns in the order in which they were written.
    columns: list[str] = field(default_factory=list)


@dataclass
class Manifest:
    """What a backup holds."""

    format: int
    vendor: str
    made_at: str
    migrations: list[str]
    parts: list[Part]

    @classmethod
    def read(cls, text: str) -> Manifest:
        """Read what `write` wrote; refuses what is no manifest of ours."""
        try:
            values = json.loads(text)
            parts = [Part(**part) for part in values.pop("parts")]
            manifest = cls(parts=parts, **values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Refused("This file is not a backup of Youwo.") from error
        if manifest.format != FORMAT:
            raise Refused("This backup was made by a later release. Install that release first.")
        return manifest

    def write(self) -> str:
        """Return the manifest as text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def back_up(target: Path, *, at: datetime) -> Manifest:
    """Write a backup to a file that does not exist yet, whole or not at all."""
    if target.exists():
        raise Refused(f"{target} exists already. Choose another name.")
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with (
                tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar,
                tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch,
            ):
                manifest = _fill(tar, Path(scratch), at)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def restore(source: Path, *, replace: bool = False) -> Manifest:
    """Read a backup into the database and the uploads of this installation.

    Refuses a damaged file before anything is touched, a database that already holds people
    unless `replace`, and a file made on the other kind of database or by another release.
    """
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".restore-") as scratch:
        folder = Path(scratch)
        manifest = _unpack(source, folder)
        if manifest.vendor != connection.vendor:
            raise Refused(
                f"This backup was made on {manifest.vendor}, and here is {connection.vendor}."
            )
        if connection.vendor == "sqlite":
            _put_back_file(folder / DATABASE, replace=replace)
        else:
            _put_back_tables(folder, manifest, replace=replace)
        _put_back_uploads(folder / MEDIA)
    return manifest


# --- writing ---------------------------------------------------------------------------------


def _fill(tar: tarfile.TarFile, scratch: Path, at: datetime) -> Manifest:
    parts: list[Part] = []
    if connection.vendor == "sqlite":
        copy = scratch / DATABASE
        migrations = _copy_file(copy)
        parts.append(_add(tar, copy, DATABASE))
    else:
        migrations = _copy_tables(
            scratch, lambda path, name, columns: parts.append(_add(tar, path, name, columns))
        )
    # Uploads after the database: each one that a row of the snapshot names was there before it.
    parts += [_add(tar, path, name) for path, name in _uploads()]
    manifest = Manifest(FORMAT, connection.vendor, at.isoformat(), migrations, parts)
    note = scratch / MANIFEST
    note.write_text(manifest.write())
    _add(tar, note, MANIFEST)
    return manifest


def _add(tar: tarfile.TarFile, path: Path, name: str, columns: list[str] | None = None) -> Part:
    with path.open("rb") as file:
        # Through one open file, so that what is digested is what is stored.
        size = os.fstat(file.fileno()).st_size
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        reader = _Digesting(file)
        tar.addfile(member, reader)
    return Part(name, size, reader.digest.hexdigest(), columns or [])


class _Digesting:
    """A file that takes a digest of what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


def _uploads() -> Iterator[tuple[Path, str]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, f"{MEDIA}/{path.relative_to(root).as_posix()}"


def _copy_file(copy: Path) -> list[str]:
    """Copy the SQLite database in one step: writers go on, and cannot make it start anew."""
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE")
        rows = target.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in rows]


def _copy_tables(scratch: Path, add: Callable[[Path, str, list[str]], None]) -> list[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        migrations = _applied()
        for table, columns in _tables():
            path = scratch / "table"
            quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
            name = connection.ops.quote_name(table)
            with (
                path.open("wb") as file,
                cursor.copy(f"COPY {name} ({quoted}) TO STDOUT") as rows,
            ):
                for data in rows:
                    file.write(data)
            add(path, f"{DATABASE}/{table}", columns)
    return migrations


def _tables() -> list[tuple[str, list[str]]]:
    """Return every table with the columns that can be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
            " AND is_generated = 'NEVER' GROUP BY table_name ORDER BY table_name"
        )
        return [(table, list(columns)) for table, columns in cursor.fetchall()]


def _applied() -> list[str]:
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


# --- reading ---------------------------------------------------------------------------------


def _unpack(source: Path, folder: Path) -> Manifest:
    """Unpack into a folder, and check every part against the manifest."""
    digests: dict[str, str] = {}
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            for member in tar:
                path = folder / member.name
                if not member.isfile() or not path.resolve().is_relative_to(folder.resolve()):
                    raise Refused("This file is not a backup of Youwo.")
                path.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                assert content is not None  # noqa: S101  A regular file always has content.
                reader = _Digesting(content)
                with path.open("wb") as file:
                    shutil.copyfileobj(reader, file, _CHUNK)
                digests[member.name] = reader.digest.hexdigest()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Refused("This file is damaged or not a backup of Youwo.") from error
    note = folder / MANIFEST
    if not note.is_file():
        raise Refused("This backup is incomplete: its list of parts is missing.")
    manifest = Manifest.read(note.read_text())
    for part in manifest.parts:
        if digests.get(part.name) != part.digest:
            raise Refused(f"The part {part.name} of this backup is damaged.")
    return manifest


def _refuse_unless_empty(*, replace: bool) -> None:
    if replace:
        return
    tables = connection.introspection.table_names()
    for model in (Person, Entry):
        if model._meta.db_table in tables and model._default_manager.exists():
            raise Refused(
                "This database already holds people or facts."
                " Give --replace if the backup is to take their place."
            )


def _put_back_file(copy: Path, *, replace: bool) -> None:
    """Put the SQLite database in the place of the present one."""
    target = Path(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(copy)) as found:
        if found.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise Refused("The database in this backup is damaged.")
    if target.exists():
        _refuse_unless_empty(replace=replace)
        connections.close_all()
        _refuse_while_in_use(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(copy, draft)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _refuse_while_in_use(target: Path) -> None:
    """Refuse while another process has the database open; otherwise empty its write-ahead log."""
    with closing(sqlite3.connect(target, timeout=0)) as present:
        try:
            present.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise Refused(
                "The database is in use. Stop the server and the worker first."
            ) from error


def _put_back_tables(folder: Path, manifest: Manifest, *, replace: bool) -> None:
    """Fill the tables of this database, in one transaction."""
    if _applied() != manifest.migrations:
        raise Refused(
            "The database and this backup differ in their migrations. Restore with the release"
            " that made the backup, on a database that it has migrated, and update afterwards."
        )
    _refuse_unless_empty(replace=replace)
    tables = [part for part in manifest.parts if part.name.startswith(f"{DATABASE}/")]
    quote = connection.ops.quote_name
    names = [quote(part.name.partition("/")[2]) for part in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(names)}")
        for name, part in zip(names, tables, strict=True):
            columns = ", ".join(quote(column) for column in part.columns)
            with (
                (folder / part.name).open("rb") as file,
                cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as rows,
            ):
                while data := file.read(_CHUNK):
                    rows.write(data)
        models: list[Any] = list(apps.get_models(include_auto_created=True))
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _put_back_uploads(found: Path) -> None:
    """Put the uploads in place; what was there goes."""
    root = Path(settings.MEDIA_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    draft = root.with_name(f"{root.name}.{os.getpid()}.part")
    former = root.with_name(f"{root.name}.{os.getpid()}.former")
    if found.is_dir():
        shutil.copytree(found, draft)
    else:
        draft.mkdir()
    if root.exists():
        root.rename(former)
    draft.rename(root)
    shutil.rmtree(former, ignore_errors=True)
