"""Intake: residents send wishes over HTTP, against bare inserts of the same rows."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.client import Client
from django.test.utils import CaptureQueriesContext

from bench import cases
from bench.client import fire, post
from bench.results import Result
from bench.serving import serving
from youwo.core.sealing import blind, seal
from youwo.core.search import terms
from youwo.needs.models import Voice, Wish
from youwo.people.actions import load_defaults

TARGET = 300
STATEMENTS = 12
CLIENTS = 8
_NUMBERS = itertools.count()
_TOKEN = "b" * 32
_SAID = "想请人教教怎么在手机上挂号，每个月都要去医院拿药"


def run(size: str) -> list[Result]:
    """Measure, and check that every answered wish stands in the database exactly once."""
    each = {"small": 150, "full": 750}[size]
    cases.places()
    load_defaults(at=datetime.now(UTC))
    statements = _statements()
    before = Wish.objects.count()
    with serving() as server:
        fire(server.port, [_requests(20) for _ in range(CLIENTS)])
        fired = fire(server.port, [_requests(each) for _ in range(CLIENTS)])
    sent = CLIENTS * (each + 20)
    if set(fired.statuses) != {302} or Wish.objects.count() - before != sent:
        raise RuntimeError(f"{fired.statuses}, {Wish.objects.count() - before} of {sent} wishes")
    bare = _bare(each)
    return [
        Result(
            work="public POST of a wish over HTTP, 8 clients",
            figure=fired.per_second,
            unit="/s",
            limit=bare,
            ratio=fired.per_second / bare,
            statements=statements,
            peak_mb=server.peak_mb,
            note=f"limit: bare single-row inserts; p50 {fired.percentile(50):.1f} ms,"
            f" p99 {fired.percentile(99):.1f} ms",
            target=TARGET,
            met=fired.per_second >= TARGET and statements <= STATEMENTS,
        )
    ]


def _form() -> dict[str, object]:
    return {
        "csrfmiddlewaretoken": _TOKEN,
        "step": "reach",
        "said": _SAID,
        "kind": "skill",
        "community": cases.COMMUNITY,
        "address": "3号楼2单元501",
        "phone": "13900001234",
        "name": "张敬之",
        "consent": "on",
        "nonce": uuid.uuid4(),
    }


def _requests(number: int) -> list[bytes]:
    headers = {"Cookie": f"csrftoken={_TOKEN}"}
    return [post("/wishes/new/", _form(), headers) for _ in range(number)]


def _statements() -> int:
    """Count the statements of one intake in a warm process."""
    client = Client(headers={"host": "localhost"})
    client.post("/wishes/new/", _form())
    with CaptureQueriesContext(connection) as caught:
        client.post("/wishes/new/", _form())
    return len(caught)


def _bare(each: int) -> float:
    """Insert the same three rows a wish, one statement a row and one transaction a wish."""
    voice, wish, line = _statements_of_rows()
    postgres = connection.vendor == "postgresql"

    def one_client() -> None:
        with _connect(postgres) as database:
            for _ in range(each):
                _insert(database, postgres, voice, wish, line)

    threads = [threading.Thread(target=one_client) for _ in range(CLIENTS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CLIENTS * each / (time.monotonic() - started)


def _connect(postgres: bool) -> Any:
    if postgres:
        import psycopg

        return psycopg.connect(**connection.get_connection_params() | {"autocommit": True})
    database = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=20)
    database.isolation_level = None
    database.execute("PRAGMA synchronous=FULL")
    return database


def _statements_of_rows() -> tuple[str, str, str]:
    """Write the three statements, with every column that the product fills."""
    from youwo.journal.models import Line

    def insert(model: type[Any]) -> str:
        names = [
            field.column for field in model._meta.local_concrete_fields if not field.primary_key
        ]
        mark = "%s" if connection.vendor == "postgresql" else "?"
        marks = ", ".join([mark] * len(names))
        return f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES ({marks})"

    return f"{insert(Voice)} RETURNING id", insert(Wish), insert(Line)


def _values(row: Any) -> list[Any]:
    return [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in row._meta.local_concrete_fields
        if not field.primary_key
    ]


def _insert(database: Any, postgres: bool, voice: str, wish: str, line: str) -> None:
    from youwo.journal.models import Line

    now = datetime.now(UTC)
    # Not at random: two that met would end the measurement.
    reference = f"W{next(_NUMBERS):08d}"
    rows = [
        Voice(
            name=seal("张敬之").hex()[:4],
            phone="13900001234",
            phone_index=blind("phone", "13900001234"),
            address="3号楼",
            consent_given_by="self",
            consent_at=now,
        ),
        Wish(
            reference=reference,
            nonce=uuid.uuid4(),
            kind="skill",
            community_id=cases.COMMUNITY,
            said=_SAID,
            search_terms=terms(_SAID),
            received_at=now,
            since=now,
            due_at=now,
        ),
        Line(at=now, verb="receive", target_label="needs.wish", target_key=reference),
    ]
    database.execute("BEGIN" if postgres else "BEGIN IMMEDIATE")
    rows[1].voice_id = database.execute(voice, _values(rows[0])).fetchone()[0]
    database.execute(wish, _values(rows[1]))
    database.execute(line, _values(rows[2]))
    database.execute("COMMIT")
