"""Lists: queue, board and staff list of 50 among a hundred thousand open wishes, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.test.client import Client
from django.test.utils import CaptureQueriesContext

from bench import cases
from bench.client import fire, get
from bench.results import Result
from bench.serving import serving
from youwo.core.paging import page
from youwo.needs import queries
from youwo.people.models import Person
from youwo.turns import queries as turns

PER_SECOND = 100
P99 = 60
STATEMENTS = 10
DEEP = 1.2
CLIENTS = 2


def run(size: str) -> list[Result]:
    """Measure each list with two clients, and how the 2,000th page compares with the first."""
    many, each = {"small": (20_000, 60), "full": (100_000, 300)}[size]
    cases.places()
    cases.wishes(many)
    _analyze()
    person = cases.staff("worker", cases.COUNTY)
    cookie = cases.cookie_of(person)
    signed_in = {"Cookie": cookie}
    pages = {
        "queue": ("/work/", signed_in),
        "board": ("/wishes/?area=140802", {}),
        "staff list": ("/work/wishes/", signed_in),
    }
    results = []
    with serving() as server:
        for name, (path, headers) in pages.items():
            fire(server.port, [[get(path, headers)] * 10] * CLIENTS)
            fired = fire(server.port, [[get(path, headers)] * each] * CLIENTS)
            if set(fired.statuses) != {200}:
                raise RuntimeError(f"{name}: {fired.statuses}")
            statements = _statements(path, cookie)
            bare = _per_second(_READS[name](person))
            p99 = fired.percentile(99)
            results.append(
                Result(
                    work=f"{name} of 50 among {many:,}",
                    figure=fired.per_second,
                    unit="/s",
                    limit=bare,
                    ratio=fired.per_second / bare,
                    statements=statements,
                    peak_mb=server.peak_mb,
                    note=f"limit: the rows alone, in one process; p99 {p99:.1f} ms of {P99}",
                    target=PER_SECOND,
                    met=fired.per_second >= PER_SECOND and p99 <= P99 and statements <= STATEMENTS,
                )
            )
    results.append(_deep(person, {"small": 300, "full": 2000}[size]))
    return results


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _statements(path: str, cookie: str) -> int:
    client = Client(headers={"host": "localhost", "cookie": cookie})
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    return len(caught)


def _per_second(read: Callable[[], object], *, times: int = 100) -> float:
    read()
    started = time.perf_counter()
    for _ in range(times):
        read()
    return times / (time.perf_counter() - started)


def _staff_page(person: Person, cursor: str | None = None) -> queries.QuerySet:
    on = cases.datetime.now(cases.UTC).date()
    return page(queries.staff_list(person, on), by=queries.RECEIVED, cursor=cursor, size=50)


_READS: dict[str, Callable[[Person], Callable[[], object]]] = {
    "queue": lambda person: lambda: turns.queue(person, cases.datetime.now(cases.UTC)),
    "board": lambda person: lambda: page(queries.board(code=cases.COUNTY), by=queries.BOARD),
    "staff list": lambda person: lambda: _staff_page(person),
}


def _deep(person: Person, number: int) -> Result:
    """Turn page after page, and compare the last one's time with the first one's."""
    cursor = None
    for _ in range(number - 1):
        found = _staff_page(person, cursor)
        if found.after is None:
            break
        cursor = found.after
    first = min(_seconds(lambda: _staff_page(person)) for _ in range(40))
    last = min(_seconds(lambda: _staff_page(person, cursor)) for _ in range(40))
    return Result(
        work=f"page {number:,} of the staff list",
        figure=last * 1000,
        unit="ms",
        limit=first * 1000,
        ratio=last / first,
        note="limit: the first page, in the same process",
        target=DEEP,
        met=last / first <= DEEP,
    )


def _seconds(read: Callable[[], object]) -> float:
    started = time.perf_counter()
    read()
    return time.perf_counter() - started
