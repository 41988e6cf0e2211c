"""Import: all the city's members from one Excel file, the dry run included."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import connection

from bench import cases
from bench.results import Result
from youwo.areas.models import Area
from youwo.core.tables import read_rows
from youwo.organizations.imports.runs import check, take_file
from youwo.organizations.models import Import, MemberEnrolment, Membership, Organization
from youwo.people.models import Person

SECONDS = 30
MOST_MB = 300
_HEADINGS = ["姓名", "手机号", "工作单位", "社区", "职业", "起始日期"]


def run(size: str) -> list[Result]:
    """Measure a file of new members: looked through once, then taken over."""
    many, units = {"small": (4000, 150), "full": (34_000, 1227)}[size]
    cases.places()
    names = _units(units)
    city = Area.objects.get(pk=cases.COUNTY[:4])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "members.xlsx")
        _write(path, many, names)
        counter = _Counter()
        started = time.perf_counter()
        with connection.execute_wrapper(counter):
            report = check(path, Import.Subject.MEMBERS, city, None, datetime.now(UTC))
            looked = time.perf_counter() - started
            if report.bad_rows or report.rows != many:
                raise AssertionError(f"the dry run found {report.problems[:3]}")
            take_file(path, Import.Subject.MEMBERS, city, None, datetime.now(UTC), write=True)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if MemberEnrolment.objects.count() != many:
            raise AssertionError("not every member was enrolled")
        limit = _limit(path)
    return [
        Result(
            work=f"{many:,} members from Excel",
            figure=seconds,
            unit="s",
            limit=limit,
            ratio=seconds / limit,
            statements=counter.count,
            peak_mb=peak,
            note=f"dry run {looked:.1f} s of it; at most {MOST_MB} MB; limit: read the file twice"
            " and copy the same rows within the database",
            # A small file is held to its share.
            target=SECONDS * many / 34_000,
            met=seconds <= SECONDS * many / 34_000 and peak <= MOST_MB,
        )
    ]


class _Counter:
    """Counts statements."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.count += 1
        return execute(*args)


def _units(number: int) -> list[str]:
    now = datetime.now(UTC)
    Organization.objects.bulk_create(
        [
            Organization(
                name=f"盐湖区第{n}单位",
                kind=Organization.Kind.values[0],
                area_id=cases.COUNTY,
                starts_on=now.date(),
                recorded_at=now,
            )
            for n in range(number)
        ]
    )
    return [f"盐湖区第{n}单位" for n in range(number)]


def _write(path: Path, many: int, units: list[str]) -> None:
    communities = Area.objects.communities().filter(statistical=False)
    codes = list(communities.values_list("pk", flat=True))
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, _HEADINGS)
    for n in range(many):
        sheet.write_row(
            n + 1,
            0,
            [
                "赵明远",
                f"139{n:08d}",
                units[n % len(units)],
                codes[n % len(codes)],
                "教师",
                "2025-03-01",
            ],
        )
    book.close()


def _limit(path: Path) -> float:
    """Read the file twice, and let the database write the same rows without keys or checks."""
    started = time.perf_counter()
    for _ in range(2):
        for _row in read_rows(path):
            pass
    with connection.cursor() as cursor:
        for model in (Person, Membership, MemberEnrolment):
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE bench_{table} AS SELECT * FROM {table}")
    return time.perf_counter() - started
