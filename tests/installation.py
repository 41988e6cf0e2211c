"""An installation of its own, with its own database, run as a separate process."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

ROOT = Path(__file__).resolve().parents[1]


# One process that stays, because beginning one takes longer than most of what it is asked.
CHILD = """
import contextlib, io, json, sys, django
django.setup()
from django.core.management import execute_from_command_line
for line in sys.stdin:
    asked, said, status = json.loads(line), io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            if "words" in asked:
                execute_from_command_line(["youwo", *asked["words"]])
            else:
                exec(asked["code"], {})
        except SystemExit as end:
            status = end.code or 0
        except BaseException:
            import traceback
            traceback.print_exc()
            status = 1
    print(json.dumps([status, said.getvalue()]), flush=True)
"""


class Installation:
    """A home folder and a database that nobody else uses."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home = home
        self.database_url = database_url
        self._child: subprocess.Popen[str] | None = None

    @property
    def variables(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("YOUWO_")}
        return {
            **kept,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
            "DJANGO_SETTINGS_MODULE": "youwo.config.settings",
            "YOUWO_DEMO": "1",
            "YOUWO_HOME": str(self.home),
            "YOUWO_PUBLIC_WRITES_PER_MINUTE": "0",
            "DATABASE_URL": self.database_url,
        }

    def youwo(self, *words: str, ok: bool = True) -> str:
        """Run a command and return what it said."""
        return self._ask({"words": words}, ok=ok)

    def python(self, code: str) -> str:
        """Run a few lines inside the installation."""
        return self._ask({"code": code}, ok=True)

    def start(self, code: str, **options: Any) -> subprocess.Popen[str]:
        """Begin a process of its own with a few lines."""
        setup = "import django; django.setup()\n"
        return subprocess.Popen(
            [sys.executable, "-c", setup + code],
            env=self.variables,
            cwd=self.home,
            text=True,
            stdout=subprocess.PIPE,
            **options,
        )

    @staticmethod
    def command(*words: str) -> list[str]:
        """Return how the `youwo` command is called here."""
        return [sys.executable, "-c", "from youwo.config.command import main; main()", *words]

    def close(self) -> None:
        """End the process that stays."""
        if self._child is not None:
            self._child.communicate(timeout=20)
            self._child = None

    def _ask(self, asked: dict[str, Any], *, ok: bool) -> str:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-c", CHILD],
                env=self.variables,
                cwd=self.home,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(asked) + "\n")
        self._child.stdin.flush()
        status, said = json.loads(self._child.stdout.readline())
        assert (status == 0) is ok, said
        return said.strip()


def _server() -> str | None:
    url = os.environ.get("TEST_DATABASE_URL", "")
    return url if url.startswith("postgres") else None


def _execute(url: str, statement: str) -> None:
    # Outside the tests' own transaction, and in the server's first database.
    where = make_conninfo(**{**conninfo_to_dict(url), "dbname": "postgres"})
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute(statement)


def _with_database(url: str, name: str) -> str:
    front, _, options = url.partition("?")
    front = front.rpartition("/")[0] + "/" + name
    return f"{front}?{options}" if options else front


@pytest.fixture(scope="session")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str | Path]:
    """A migrated database, copied from the tests' own, to be copied again and never used.

    The copy is made before the first test: PostgreSQL copies no database that somebody is connected
    to, and to end a session in the middle would take it from a server that is still answering.
    """
    server = _server()
    if server is None:
        path = tmp_path_factory.mktemp("migrated") / "youwo.sqlite3"
        with django_db_blocker.unblock():
            connection.ensure_connection()
            with closing(sqlite3.connect(path)) as copy:
                connection.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=WAL")
        yield path
        return
    name = f"youwo_template_{uuid4().hex[:12]}"
    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {connection.settings_dict['NAME']}")
    yield name
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def make_installation(migrated, tmp_path):
    """Make fresh installations, as many as a test asks for."""
    made: list[Installation] = []
    names: list[str] = []
    server = _server()

    def make() -> Installation:
        home = tmp_path / uuid4().hex[:8]
        home.mkdir()
        if server is None:
            copyfile(migrated, home / "youwo.sqlite3")
            url = f"sqlite:///{home / 'youwo.sqlite3'}"
        else:
            name = f"youwo_own_{uuid4().hex[:12]}"
            _execute(server, f"CREATE DATABASE {name} TEMPLATE {migrated}")
            names.append(name)
            url = _with_database(server, name)
        made.append(Installation(home, url))
        return made[-1]

    yield make
    for one in made:
        one.close()
    for name in names:
        _execute(server or "", f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def installation(make_installation) -> Installation:
    return make_installation()
