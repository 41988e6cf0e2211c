"""Telling the voices behind problems; who they are is looked up when it is delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from youwo.core.references import spaced
from youwo.needs.models import Merge, Problem, Report
from youwo.notices.gathered import Reader
from youwo.notices.models import Notice
from youwo.people.models import Person

VOICES = "voices"


def cause_of(cause: str, at: datetime) -> str:
    """Return what tells one deed from all others, for whichever problem."""
    return f"{cause}.{int(at.timestamp())}"


def reader_of(report: Report, person: Person, public_title: str, cause: str) -> Reader:
    """Return a voice as a reader: what it reads of a problem, and where it follows it."""
    return Reader(
        person=person,
        # Until it has public words, the reference: nobody's own words leave the house.
        body=public_title or format_lazy("{} {}", gettext_lazy("Report"), spaced(report.reference)),
        link=f"/follow/{report.reference}/",
        cause=f"report.{report.pk}.{cause}",
    )


def voices_behind(notices: Sequence[Notice]) -> Iterator[tuple[Notice, Reader]]:
    """Look up the voices with an account behind the problems of notices, each at its moment.

    Three statements for all. Who was joined with another problem since, or set apart, still hears
    what happened before; who came later does not.
    """
    keys = {key for notice in notices for key in notice.keys}
    moved = _moved(keys, min(notice.created_at for notice in notices))
    titles = dict(Problem.objects.filter(pk__in=keys).values_list("pk", "public_title"))
    reports = (
        Report.objects.filter(
            Q(problem__in=keys) | Q(problem__split_from__in=keys) | Q(pk__in=list(moved))
        )
        .filter(voice__person__isnull=False)
        .select_related("problem", "voice__person")
        .order_by("pk")
    )
    near: dict[int | None, list[Report]] = defaultdict(list)
    for report in reports:
        places = {place for _at, place in moved[report.pk]}
        for place in {report.problem_id, report.problem.split_from_id, *places}:
            near[place].append(report)
    for notice in notices:
        for key in notice.keys:
            for report in near[key]:
                person = report.voice.person if report.voice else None
                if person and _stood_behind(report, key, notice.created_at, moved[report.pk]):
                    yield notice, reader_of(report, person, titles[key], notice.cause)


def _moved(keys: Collection[int], since: datetime) -> dict[int, list[tuple[datetime, int]]]:
    """Return when voices left which problem by a joining, or because it was undone, since then."""
    rows = Merge.reports.through.objects.filter(
        Q(merge__problem__in=keys) | Q(merge__into__in=keys),
        Q(merge__at__gt=since) | Q(merge__undone_at__gt=since),
    )
    moved: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for report, at, left, undone_at, into in rows.values_list(
        "report", "merge__at", "merge__problem", "merge__undone_at", "merge__into"
    ):
        moved[report].append((at, left))
        if undone_at is not None:
            moved[report].append((undone_at, into))
    return moved


def _stood_behind(
    report: Report, key: int, at: datetime, moved: Iterable[tuple[datetime, int]]
) -> bool:
    """Say whether a voice stood behind a problem at a moment."""
    if report.received_at > at:
        return False
    later = [move for move in moved if move[0] > at]
    if later:
        # It stood where it first went away from.
        return min(later)[1] == key
    problem = report.problem
    return problem.pk == key or (problem.split_from_id == key and problem.since > at)
