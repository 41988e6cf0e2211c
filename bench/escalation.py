"""Escalation: every one of many open whistles is due at once, and climbs in one sweep."""

from __future__ import annotations

import resource
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from bench import cases, sets
from bench.results import Result
from youwo.areas.models import Area
from youwo.dispatch import actions, queries
from youwo.dispatch.climbing import BATCH, climb
from youwo.dispatch.models import Call, Span, Status, Whistle
from youwo.dispatch.sweep import sweep
from youwo.journal.models import Line
from youwo.needs.models import Problem, ProblemKind
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service.models import ServiceItem
from youwo.turns.models import Turn

SECONDS = 5.0
_TENTH = 10
# So many of ten have been answered and are late; the others wait for an answer.
_ANSWERED = 4


def run(size: str) -> list[Result]:
    """Let a tenth of them climb, as after a lunch break, then all the others at once.

    Each against the same changes as bare SQL over the same rows in one transaction.
    """
    many = {"small": 10_000, "full": 100_000}[size]
    at = datetime.now(UTC)
    _fill(many, at)
    # Of both sorts, and all over the table.
    tenth_of = [key for number, key in enumerate(_keys(Whistle)) if number // 7 % _TENTH == 0]
    sooner, later = Q(pk__in=tenth_of), at + timedelta(days=1)
    Whistle.objects.exclude(sooner).update(rings_at=later)
    tenth = _measured(len(tenth_of), f"{many:,} open whistles, a tenth due", at)
    Whistle.objects.filter(rings_at=later).update(rings_at=at)
    return [tenth, _measured(many - len(tenth_of), f"{many:,} open whistles, nearly all due", at)]


def _measured(due: int, work: str, at: datetime) -> Result:
    _settle()
    bare = _bare(at)
    _settle()
    statements = _statements(at)
    _settle()
    before = Line.objects.filter(verb="climb").count()
    started = time.perf_counter()
    moved = sweep(at)
    taken = time.perf_counter() - started
    _check(due, moved, before, at)
    return Result(
        work=f"sweep over {work}",
        figure=taken,
        unit="s",
        limit=bare,
        ratio=taken / bare,
        statements=statements,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        note="limit: the same changes as bare SQL, all in one transaction;"
        f" statements: for a batch of up to {BATCH:,}",
        target=SECONDS,
        met=taken <= SECONDS,
    )


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _keys(model: Any) -> list[int]:
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def _fill(many: int, at: datetime) -> None:
    """Blow the whistles: each about a problem of its own, with one unit and its turn."""
    cases.places()
    actions.load_ladder(at=at)
    worker = cases.staff("worker", cases.COUNTY)
    cases.staff("coordinator", cases.COUNTY)
    here = Area.objects.within(cases.COUNTY).communities().order_by("code")
    communities = list(here.values_list("code", flat=True))
    units = Organization.objects.bulk_create(
        Organization(
            name=f"单位{number}",
            kind="public",
            area_id=cases.COUNTY,
            starts_on=at.date(),
            recorded_at=at,
        )
        for number in range(100)
    )
    kind = ProblemKind.objects.create(
        code="bench",
        group="路灯",
        name="路灯不亮",
        record="位置",
        opens="属实",
        hours=15,
        closes="恢复照明",
        responsible="城市管理部门",
        responsible_kind="department",
    )
    places = [communities[number % len(communities)] for number in range(many)]
    late = at - timedelta(minutes=1)
    with transaction.atomic():
        _write(many, places, units, kind, worker, late)


def _write(
    many: int,
    places: list[str],
    units: list[Organization],
    kind: ProblemKind,
    worker: Person,
    late: datetime,
) -> None:
    numbers = range(many)
    level = queries.ladder(late.date())[0].pk
    references = [f"{number:08d}" for number in numbers]
    about = {"title": "三号楼前的路灯不亮", "search_terms": "路灯"}
    sets.insert(
        Problem,
        many,
        {
            **about,
            "reference": [f"P{one}" for one in references],
            "kind": kind.pk,
            "status": "open",
            "mover": "worker",
            "community": places,
            "building": "",
            "public_title": "三号楼前的路灯不亮",
            "public_text": "",
            "public_terms": "",
            "received_at": late,
            "accepted_at": late,
            "since": late,
            "due_at": late,
            "reason": "",
            "asked": "",
        },
    )
    problems = _keys(Problem)
    answered = [number % 10 < _ANSWERED for number in numbers]
    sets.insert(
        ServiceItem,
        sum(answered),
        {
            **about,
            "reference": [f"S{one}" for one, yes in zip(references, answered, strict=True) if yes],
            "nonce": [uuid.uuid4() for yes in answered if yes],
            "status": "started",
            "community": [one for one, yes in zip(places, answered, strict=True) if yes],
            "organization": units[0].pk,
            "field": "troubles",
            "due_on": late.date(),
            "clocked": True,
            "agreed_at": late,
            "since": late,
            "reason": "",
            "accepted_by": "",
            "asked": "",
        },
    )
    items = iter(_keys(ServiceItem))
    sets.insert(
        Whistle,
        many,
        {
            **about,
            "reference": [f"C{one}" for one in references],
            "nonce": [uuid.uuid4() for _ in numbers],
            "status": [Status.ANSWERED if yes else Status.BLOWN for yes in answered],
            "level": level,
            "began": level,
            "community": places,
            "problem": problems,
            "item": [next(items) if yes else None for yes in answered],
            "from_item": False,
            "matter": "夜里看不见路，请来修一修。",
            "field": "troubles",
            "whistled_by": worker.pk,
            "whistled_at": late,
            "since": late,
            "due_at": late,
            "rings_at": late,
            "solve_minutes": [2250 if yes else None for yes in answered],
            "answered_at": [late if yes else None for yes in answered],
            "climbed": 0,
            "reason": "",
        },
    )
    keys = _keys(Whistle)
    called = [units[number % len(units)].pk for number in numbers]
    sets.insert(
        Call,
        many,
        {
            "whistle": keys,
            "organization": called,
            "role": "receiver",
            "status": ["answered" if yes else "called" for yes in answered],
            "responsible": True,
            "called_at": late,
            "due_at": late,
            "words": "",
            "answered_by": [worker.pk if yes else None for yes in answered],
            "answered_at": [late if yes else None for yes in answered],
            "who": "",
            "reply": "",
        },
    )
    sets.insert(
        Span,
        many,
        {
            "whistle": keys,
            "level": level,
            "kind": "running",
            "stage": ["solve" if yes else "reply" for yes in answered],
            "starts_at": late,
            "reason": "",
        },
    )
    sets.insert(
        Turn,
        many,
        {
            "kind": ["whistle.solve" if yes else "whistle.answer" for yes in answered],
            "subject_label": "dispatch.whistle",
            "subject_key": [str(key) for key in keys],
            "reference": [f"C{one}" for one in references],
            "title": "三号楼前的路灯不亮",
            "detail": "金税社区",
            "area": places,
            "role": "",
            "organization": called,
            "barred": "",
            "since": late,
            "due_at": late,
        },
    )


_BARE = [
    "UPDATE dispatch_whistle SET level_id = {level}, rings_at = {rings}, climbed = climbed + 1,"
    " due_at = CASE status WHEN 'blown' THEN {rings} ELSE due_at END,"
    " overdue_at = CASE status WHEN 'blown' THEN NULL ELSE due_at END WHERE rings_at <= {at}",
    "INSERT INTO dispatch_span (whistle_id, level_id, kind, stage, starts_at, reason)"
    " SELECT id, {level}, 'running', CASE status WHEN 'blown' THEN 'reply' ELSE 'solve' END, {at},"
    " '' FROM dispatch_whistle WHERE rings_at = {rings}",
    "DELETE FROM turns_turn WHERE subject_label = 'dispatch.whistle'"
    " AND kind IN ('whistle.see_to', 'whistle.overdue')",
    "INSERT INTO turns_turn (kind, subject_label, subject_key, reference, title, detail, area_id,"
    " role, barred, since, due_at) SELECT CASE status WHEN 'blown' THEN 'whistle.see_to' ELSE"
    " 'whistle.overdue' END, 'dispatch.whistle', CAST(id AS varchar), reference, title, '重要',"
    " '{county}', 'coordinator', '', {at}, {rings} FROM dispatch_whistle WHERE rings_at = {rings}",
    "INSERT INTO journal_line (at, actor_label, actor_key, verb, target_label, target_key,"
    " area_code, reason, data) SELECT {at}, '', '', 'climb', 'dispatch.whistle',"
    " CAST(id AS varchar), community_id, '', '{{}}' FROM dispatch_whistle"
    " WHERE rings_at = {rings}",
]


def _bare(at: datetime) -> float:
    """Return how long the same changes take as bare SQL; nothing of them stays."""
    level = queries.ladder(at.date())[1].pk
    said = {
        "at": f"'{at:%Y-%m-%d %H:%M:%S.%f}'",
        "rings": f"'{at + timedelta(hours=2):%Y-%m-%d %H:%M:%S}'",
        "level": level,
        "county": cases.COUNTY,
    }
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _BARE:
            cursor.execute(statement.format(**said))
        taken = time.perf_counter() - started
        transaction.set_rollback(True)
    return taken


def _statements(at: datetime) -> int:
    """Return how many statements a batch costs; the batch is small and does not stay."""
    with transaction.atomic():
        with CaptureQueriesContext(connection) as captured:
            climb(at, most=100)
        transaction.set_rollback(True)
    return len(captured)


def _check(due: int, moved: int, before: int, at: datetime) -> None:
    """Refuse a figure that was reached by doing less."""
    turns = Turn.objects.filter(role="coordinator", area=cases.COUNTY).count()
    climbed = Whistle.objects.filter(climbed=1).count()
    spans = Span.objects.filter(ends_at__isnull=True, starts_at=at).count()
    lines = Line.objects.filter(verb="climb").count()
    found = (moved, *(count - before for count in (climbed, spans, turns, lines)))
    if found != (due,) * 5:
        raise AssertionError(found)
