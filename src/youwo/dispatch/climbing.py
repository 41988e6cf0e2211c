"""Climbing: whistles whose time is over go to the next level and its office, as sets.

Everything that changes is said to the database once for a whole batch: nothing is made of the rows
in Python, so that a batch costs little more than its bare SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from youwo.almanac.queries import office_hours
from youwo.areas.rules import codes_above
from youwo.core.clock import local_day
from youwo.dispatch.clock import until
from youwo.dispatch.models import Level, Office, Status, Whistle
from youwo.dispatch.news import tell_climbed
from youwo.dispatch.offices import Offices, offices
from youwo.notices import actions as notices
from youwo.notices.models import Kind as NoticeKind
from youwo.people.models import Grant, Role
from youwo.service.models import ServiceItem
from youwo.turns.models import Turn

# So many climb in one transaction.
BATCH = 5000
_OFFICE_TURNS = ("whistle.see_to", "whistle.overdue")

_CHANGE = """
UPDATE dispatch_whistle AS w SET
    level_id = COALESCE(n.following, w.level_id),
    rings_at = n.rings_at,
    climbed = w.climbed + CASE WHEN n.following IS NULL THEN 0 ELSE 1 END,
    due_at = CASE WHEN w.status = 'blown' AND n.following IS NOT NULL
        THEN n.rings_at ELSE w.due_at END,
    overdue_at = CASE WHEN w.status = 'blown' AND n.following IS NOT NULL
        THEN w.overdue_at ELSE COALESCE(w.overdue_at, w.due_at) END
FROM ({ladder}) AS n WHERE n.level = w.level_id AND {keys}
"""
_BEGIN_SPANS = """
INSERT INTO dispatch_span (whistle_id, level_id, kind, stage, starts_at, reason)
SELECT w.id, w.level_id, 'running',
    CASE w.status WHEN 'blown' THEN 'reply' ELSE 'solve' END, {moment}, ''
FROM dispatch_whistle AS w WHERE {keys}
"""
_PUT_TURNS = """
INSERT INTO turns_turn (kind, subject_label, subject_key, reference, title, detail, area_id, role,
    barred, since, due_at)
SELECT CASE w.status WHEN 'blown' THEN 'whistle.see_to' ELSE 'whistle.overdue' END,
    'dispatch.whistle', CAST(w.id AS varchar), w.reference, w.title, l.name || ' · ' || a.name,
    o.office, 'coordinator', '', {moment}, COALESCE(w.rings_at, w.due_at)
FROM {offices}
JOIN dispatch_whistle AS w ON w.id = o.whistle
JOIN dispatch_level AS l ON l.id = w.level_id
JOIN areas_area AS a ON a.code = w.community_id
"""
_WRITE_LINES = """
INSERT INTO journal_line (at, actor_label, actor_key, verb, target_label, target_key, area_code,
    reason, data)
SELECT {moment}, '', '', CASE WHEN w.rings_at IS NULL THEN 'overdue' ELSE 'climb' END,
    'dispatch.whistle', CAST(w.id AS varchar), w.community_id, '', '{{}}'
FROM dispatch_whistle AS w WHERE {keys}
"""


@dataclass(frozen=True)
class _Ladders:
    """All levels, and what stands above each."""

    levels: dict[int, Level]
    above: dict[int, Level | None]

    def climbs(self, level: int) -> bool:
        return self.above[level] is not None

    def has_office(self, level: int) -> bool:
        return self.levels[level].answers != Office.UNIT


def _ladders() -> _Ladders:
    rows = list(Level.objects.order_by("ladder", "number"))
    above: dict[int, Level | None] = {}
    for level, following in zip(rows, [*rows[1:], None], strict=True):
        same = following is not None and following.ladder_id == level.ladder_id
        above[level.pk] = following if same else None
    return _Ladders({level.pk: level for level in rows}, above)


def _hours_of(community: str) -> str:
    """Return the place whose office hours hold in a community; empty for the usual ones."""
    entered = office_hours()
    return next((code for code in reversed(codes_above(community)) if code in entered), "")


# --- how the two databases say it ------------------------------------------------------------


def _in(keys: Iterable[int]) -> tuple[str, Any]:
    """Return the condition that a whistle is one of some, and its parameter."""
    if connection.vendor == "postgresql":
        return "w.id = ANY(%s)", list(keys)
    return "w.id IN (SELECT value FROM json_each(%s))", json.dumps(list(keys))


def _ladder(ladders: _Ladders, at: datetime, community: str) -> tuple[str, list[Any]]:
    """Return a query for each level, the one above it and when that rings, with its parameters."""
    postgresql = connection.vendor == "postgresql"
    cast = "%s::bigint, %s::bigint, %s::timestamptz" if postgresql else "%s, %s, %s"
    parameters: list[Any] = []
    for level, above in ladders.above.items():
        rings_at = None
        if above is not None:
            minutes = round(float(above.reply_hours) * 60)
            rings_at = _moment(until(at, minutes=minutes, area_code=community).at)
        parameters += [level, above.pk if above else None, rings_at]
    rows = ", ".join([f"({cast})"] * len(ladders.above))
    if postgresql:
        return f"SELECT * FROM (VALUES {rows}) AS v(level, following, rings_at)", parameters
    names = "column1 AS level, column2 AS following, column3 AS rings_at"
    return f"SELECT {names} FROM (VALUES {rows})", parameters


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _offices(found: dict[int, str]) -> tuple[str, list[Any]]:
    """Return the table of the office of each whistle, by its key, and its parameters."""
    if connection.vendor == "postgresql":
        table = "unnest(%s::bigint[], %s::varchar[]) AS o(whistle, office)"
        return table, [list(found), list(found.values())]
    read = "CAST(key AS integer) AS whistle, value AS office"
    return f"(SELECT {read} FROM json_each(%s)) AS o", [json.dumps(found)]


# --- the batch -------------------------------------------------------------------------------


@transaction.atomic
def climb(at: datetime, *, most: int = BATCH) -> int:
    """Let whistles climb whose time is over, and return how many did.

    A batch costs a constant number of statements for each set of office hours among its places: one
    for each table that changes, besides those that lock it, read the ladders and the offices, and
    tell the coordinators. On the top level a whistle stays, and its clock rings no more.
    """
    ringing = Whistle.objects.filter(rings_at__lte=at, status__in=[Status.BLOWN, Status.ANSWERED])
    # What is done climbs no more, though the whistle has not followed yet.
    moved = ServiceItem.objects.filter(pk=OuterRef("item"), to_follow=True)
    ringing = ringing.filter(~Exists(moved))
    skip = connection.features.has_select_for_update_skip_locked
    locked = ringing.select_for_update(skip_locked=skip).order_by("rings_at", "pk")
    rows = list(locked.values_list("pk", "level_id", "community_id")[:most])
    if not rows:
        return 0
    held, ladders = offices(local_day(at)), _ladders()
    hours = {code: _hours_of(code) for code in {row[2] for row in rows}}
    for _hours, same in groupby(
        sorted(rows, key=lambda row: hours[row[2]]), lambda row: hours[row[2]]
    ):
        _climb_together(list(same), ladders, held, at)
    reached = {
        held.of(code, following.answers)
        for code, following in {(row[2], ladders.above[row[1]]) for row in rows}
        if following is not None and following.answers != Office.UNIT
    }
    _tell(reached, at)
    tell_climbed([row[0] for row in rows if ladders.climbs(row[1])], at=at)
    return len(rows)


def _offices_of(
    rows: list[tuple[int, int, str]], ladders: _Ladders, held: Offices
) -> dict[int, str]:
    """Return the office of each whistle at the level to which it comes, where there is one."""
    known: dict[tuple[str, str], str] = {}
    found = {}
    for key, level, code in rows:
        answers = (ladders.above[level] or ladders.levels[level]).answers
        if answers == Office.UNIT:
            continue
        if (code, answers) not in known:
            known[code, answers] = held.of(code, answers)
        found[key] = known[code, answers]
    return found


def _climb_together(
    rows: list[tuple[int, int, str]], ladders: _Ladders, held: Offices, at: datetime
) -> None:
    """Change whistles in whose places the same office hours hold, and all that goes with them."""
    everything, all_keys = _in(row[0] for row in rows)
    climbing = [row[0] for row in rows if ladders.climbs(row[1])]
    some, climbing_keys = _in(climbing)
    ladder, levels = _ladder(ladders, at, rows[0][2])
    table, found = _offices(_offices_of(rows, ladders, held))
    now = {"moment": "%s::timestamptz" if connection.vendor == "postgresql" else "%s"}
    asked = [str(row[0]) for row in rows if ladders.has_office(row[1])]
    Turn.objects.filter(
        subject_label="dispatch.whistle", subject_key__in=asked, kind__in=_OFFICE_TURNS
    ).delete()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE.format(ladder=ladder, keys=everything), [*levels, all_keys])
        cursor.execute(_BEGIN_SPANS.format(keys=some, **now), [_moment(at), climbing_keys])
        cursor.execute(_PUT_TURNS.format(offices=table, **now), [_moment(at), *found])
        cursor.execute(_WRITE_LINES.format(keys=everything, **now), [_moment(at), all_keys])


def _tell(codes: set[str], at: datetime) -> None:
    """Tell the coordinators of some offices, each once, that whistles have come up to them."""
    grants = Grant.objects.in_force(local_day(at)).filter(
        role=Role.COORDINATOR, area__in=sorted(codes)
    )
    notices.tell(
        [grant.person for grant in grants.select_related("person")],
        kind=NoticeKind.REMINDER,
        subject=gettext_lazy("Whistles that nobody answered in time have come up to you."),
        body=gettext_lazy("They stand in your queue, each with its clock."),
        link="/work/",
        cause=f"whistles.climb.{int(at.timestamp())}",
        at=at,
    )
