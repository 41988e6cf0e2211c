"""Claims: one hot pool and a thousand pools, inside the process and over HTTP, against bare SQL."""

from __future__ import annotations

import json
import resource
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from bench.client import fire, post
from bench.results import Result
from bench.serving import serving
from youwo.capacity.desk import Desk
from youwo.capacity.models import STANDING, Claim, Pool
from youwo.capacity.requests import Request
from youwo.capacity.together import claim_together
from youwo.core.refused import Refused
from youwo.people.models import Person

INSIDE_TARGET = 5000
HTTP_TARGET = 300
TOGETHER = 200
DESK_THREADS = 256
HTTP_CLIENTS = 8
# What is asked for beyond the places there are, and must be refused.
TOO_MANY = 0.05
_STATES = ", ".join(f"'{state}'" for state in STANDING)
_COLUMNS = (
    "pool_id, holder_label, holder_key, by_id, size, state, reserved, claimed_at, reason, nonce"
)


def run(size: str) -> list[Result]:
    """Measure, with every count of places checked at the end."""
    places = {"small": 4000, "full": 40_000}[size]
    over_http = {"small": 1200, "full": 9000}[size]
    people = _people(500)
    results = []
    for number, name in ((1, "one pool"), (1000, "1,000 pools")):
        # The best of three, for both: other work on the machine can only slow them down.
        bare = max(_bare_batches(_pools(number, places), places, people) for _ in range(3))
        single = _bare_singles(_pools(number, places), min(places // 4, 2000), people)
        note = f"limit: the best batched SQL; one bare transaction each: {single:,.0f}/s"
        for work, how in (("claim_together", _together), ("Desk", _at_desk)):
            rounds = [
                _inside(f"{work}, {name}", how, _pools(number, places), people, bare, note)
                for _ in range(3)
            ]
            results.append(max(rounds, key=lambda result: result.figure))
    single = _bare_singles(_pools(1, over_http), min(over_http, 1000), people)
    results.append(_over_http(_pools(1, over_http), people, single))
    return results


# --- what is claimed, and by whom ------------------------------------------------------------


def _people(number: int) -> list[int]:
    now = datetime.now(UTC)
    made = Person.objects.bulk_create(
        [Person(name="郑安", username=uuid.uuid4().hex, joined_at=now) for _ in range(number)]
    )
    return [person.pk for person in made]


def _pools(number: int, places: int) -> list[Pool]:
    return Pool.objects.bulk_create(
        [
            Pool(subject_label="bench", subject_key=uuid.uuid4().hex, capacity=places // number)
            for _ in range(number)
        ]
    )


def _requests(pools: Sequence[Pool], people: Sequence[int]) -> list[Request]:
    """Ask for each place once, spread over the pools, and then for some more."""
    wanted = sum(pool.capacity for pool in pools)
    now = datetime.now(UTC)
    return [
        Request(
            pool_key=pools[place % len(pools)].pk,
            holder_label="people.person",
            holder_key=uuid.uuid4().hex,
            by_key=people[place % len(people)],
            at=now,
            nonce=uuid.uuid4(),
        )
        for place in range(wanted + int(wanted * TOO_MANY))
    ]


def _check_exact(pools: Sequence[Pool], granted: int) -> None:
    taken = Claim.objects.filter(pool__in=pools, state__in=STANDING).count()
    places = sum(pool.capacity for pool in pools)
    if not granted == taken == places:
        raise AssertionError(f"{granted} were granted, {taken} are taken, {places} there were")


def _promised(figure: float, target: float) -> dict[str, Any]:
    """Promise something for PostgreSQL only."""
    if connection.vendor != "postgresql":
        return {}
    return {"target": target, "met": figure >= target}


# --- inside the process ----------------------------------------------------------------------


class _Counter:
    """Counts statements, those that begin and end a transaction left out."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.count += 1
        return execute(*args)


def _inside(
    work: str,
    how: Callable[[Sequence[Request]], tuple[float, list[Claim | Refused], float]],
    pools: Sequence[Pool],
    people: Sequence[int],
    bare: float,
    note: str,
) -> Result:
    requests = _requests(pools, people)
    seconds, answers, statements = how(requests)
    granted = sum(isinstance(answer, Claim) for answer in answers)
    _check_exact(pools, granted)
    figure = granted / seconds
    return Result(
        work=work,
        figure=figure,
        unit="claims/s",
        limit=bare,
        ratio=figure / bare,
        statements=statements,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        note=note,
        **_promised(figure, INSIDE_TARGET),
    )


def _together(requests: Sequence[Request]) -> tuple[float, list[Claim | Refused], float]:
    answers: list[Claim | Refused] = []
    counter = _Counter()
    with connection.execute_wrapper(counter):
        begun = time.perf_counter()
        for start in range(0, len(requests), TOGETHER):
            answers += claim_together(requests[start : start + TOGETHER])
        seconds = time.perf_counter() - begun
    return seconds, answers, counter.count / len(requests)


def _at_desk(requests: Sequence[Request]) -> tuple[float, list[Claim | Refused], float]:
    counter = _Counter()

    def serve(batch: Sequence[Request]) -> list[Claim | Refused]:
        with connection.execute_wrapper(counter):
            return claim_together(batch)

    desk = Desk(serve)
    answers: list[list[Claim | Refused]] = [[] for _ in range(DESK_THREADS)]
    ready = threading.Barrier(DESK_THREADS + 1)

    def stand_in_line(number: int) -> None:
        mine = answers[number]
        ready.wait()
        for request in requests[number::DESK_THREADS]:
            try:
                mine.append(desk.claim(request))
            except Refused as refused:
                mine.append(refused)

    threads = [threading.Thread(target=stand_in_line, args=(n,)) for n in range(DESK_THREADS)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    return seconds, [one for mine in answers for one in mine], counter.count / len(requests)


# --- over HTTP -------------------------------------------------------------------------------


def _over_http(pools: Sequence[Pool], people: Sequence[int], single: float) -> Result:
    sent = [
        post(
            f"/claim/{request.pool_key}",
            {"holder": request.holder_key, "by": request.by_key, "nonce": request.nonce},
        )
        for request in _requests(pools, people)
    ]
    with serving(urls="bench.urls", threads=8) as server:
        fired = fire(server.port, [sent[n::HTTP_CLIENTS] for n in range(HTTP_CLIENTS)])
    granted = fired.statuses[201]
    if granted + fired.statuses[422] != len(sent):
        raise AssertionError(f"unexpected answers: {fired.statuses}")
    _check_exact(pools, granted)
    figure = granted / fired.seconds
    return Result(
        work="over HTTP, one pool",
        figure=figure,
        unit="claims/s",
        limit=single,
        ratio=figure / single,
        peak_mb=server.peak_mb,
        note=(
            f"2 workers, {HTTP_CLIENTS} clients, p50 {fired.percentile(50):.0f} ms,"
            f" p99 {fired.percentile(99):.0f} ms; limit: one bare transaction each"
        ),
        **_promised(figure, HTTP_TARGET),
    )


# --- the limit: the same work in bare SQL -----------------------------------------------------


def _connect() -> Any:
    """Open a connection of the driver alone, as durable as the product's."""
    if connection.vendor == "postgresql":
        import psycopg

        parameters = connection.get_connection_params()
        allowed = {"dbname", "user", "password", "host", "port"}
        return psycopg.connect(
            **{name: value for name, value in parameters.items() if name in allowed}
        )
    bare = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=20, isolation_level=None)
    bare.executescript(connection.settings_dict["OPTIONS"]["init_command"])
    return bare


def _rows(keys: Sequence[int], count: int, people: Sequence[int]) -> list[tuple[Any, ...]]:
    now = datetime.now(UTC)
    moment = str(connection.ops.adapt_datetimefield_value(now))
    return [
        (
            keys[place % len(keys)],
            "people.person",
            uuid.uuid4().hex,
            people[place % len(people)],
            1,
            "confirmed",
            False,
            moment,
            "",
            uuid.uuid4().hex,
        )
        for place in range(count)
    ]


def _bare_batches(pools: Sequence[Pool], count: int, people: Sequence[int]) -> float:
    """Lock, count and insert batch by batch on one connection, without deciding anything."""
    bare = _connect()
    keys = [pool.pk for pool in pools]
    rows = _rows(keys, count, people)
    begun = time.perf_counter()
    for start in range(0, count, TOGETHER):
        batch = rows[start : start + TOGETHER]
        within = ", ".join(map(str, sorted({row[0] for row in batch})))
        tally = (
            f"SELECT pool_id, sum(size) FROM capacity_claim WHERE pool_id IN ({within})"
            f" AND state IN ({_STATES}) GROUP BY pool_id"
        )
        if connection.vendor == "postgresql":
            bare.execute(
                f"SELECT id FROM capacity_pool WHERE id IN ({within}) ORDER BY id FOR UPDATE"
            )
            bare.execute(tally).fetchall()
            bare.execute(
                f"INSERT INTO capacity_claim ({_COLUMNS}) SELECT (v->>0)::bigint, v->>1, v->>2,"
                " (v->>3)::bigint, (v->>4)::int, v->>5, (v->>6)::boolean, (v->>7)::timestamptz,"
                " v->>8, (v->>9)::uuid FROM jsonb_array_elements(%s::jsonb) AS e(v)",
                [json.dumps(batch)],
            )
            bare.commit()
        else:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute(tally).fetchall()
            bare.executemany(
                f"INSERT INTO capacity_claim ({_COLUMNS}) VALUES ({', '.join('?' * 10)})", batch
            )
            bare.execute("COMMIT")
    seconds = time.perf_counter() - begun
    bare.close()
    return count / seconds


def _bare_singles(pools: Sequence[Pool], count: int, people: Sequence[int]) -> float:
    """Lock, count and insert one by one, each in a transaction, on eight connections."""
    rows = _rows([pool.pk for pool in pools], count, people)
    mark = "%s" if connection.vendor == "postgresql" else "?"
    tally = f"SELECT sum(size) FROM capacity_claim WHERE pool_id = {mark} AND state IN ({_STATES})"
    insert = f"INSERT INTO capacity_claim ({_COLUMNS}) VALUES ({', '.join([mark] * 10)})"
    lock = (
        "SELECT id FROM capacity_pool WHERE id = %s FOR UPDATE"
        if connection.vendor == "postgresql"
        else "SELECT id FROM capacity_pool WHERE id = ?"
    )

    def claim(mine: Sequence[tuple[Any, ...]]) -> None:
        bare = _connect()
        for row in mine:
            if connection.vendor == "sqlite":
                bare.execute("BEGIN IMMEDIATE")
            bare.execute(lock, row[:1])
            bare.execute(tally, row[:1]).fetchall()
            bare.execute(insert, row)
            bare.commit()
        bare.close()

    threads = [threading.Thread(target=claim, args=(rows[n::8],)) for n in range(8)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - begun)
