"""What time does to whistles: they climb, pauses end, decisions that rest move up.

Climbing is set-based: a batch of any size costs the same few statements, whatever stands around its
whistles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from youwo.almanac.queries import office_hours
from youwo.areas.rules import codes_above
from youwo.core import sets
from youwo.core.clock import local_day
from youwo.dispatch.actions.followed import follow
from youwo.dispatch.actions.moving import LIVE, MINUTES, Around, wanted
from youwo.dispatch.clock import counted, until
from youwo.dispatch.models import (
    Call,
    Extension,
    Level,
    Objection,
    Office,
    Span,
    Status,
    Whistle,
)
from youwo.dispatch.offices import Offices, offices
from youwo.dispatch.terms import DECIDE
from youwo.journal import actions as journal
from youwo.journal.models import Line
from youwo.notices import actions as notices
from youwo.notices.models import Kind as NoticeKind
from youwo.people.models import Grant, Role
from youwo.service.models import ItemStatus
from youwo.turns import actions as turns
from youwo.turns.models import Turn

# So many climb in one transaction; the other steps have few rows.
BATCH = 5000
_FEW = 200
_TITLE = Turn._meta.get_field("title").max_length or 0
_OFFICE_TURNS = ("whistle.see_to", "whistle.overdue")


def sweep(at: datetime) -> int:
    """Do all that is due at a moment, in batches, and return how many whistles were moved."""
    moved = 0
    for step in (_follow, _resume, _move_decisions_up, climb):
        while done := step(at):
            moved += done
    return moved


def _locked(rows: Any, most: int) -> Any:
    skip = connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(of=("self",), skip_locked=skip)[:most]


@transaction.atomic
def _follow(at: datetime) -> int:
    """Bring whistles to where their service items stand."""
    ended = [ItemStatus.DELIVERED, ItemStatus.CLOSED, ItemStatus.DROPPED]
    changed = Q(status__in=[Status.ANSWERED, Status.PAUSED], item__status__in=ended) | (
        Q(status=Status.DELIVERED) & ~Q(item__status=ItemStatus.DELIVERED)
    )
    rows = Whistle.objects.filter(changed, item__isnull=False).select_related("item")
    found = list(_locked(rows.order_by("pk"), _FEW))
    for whistle in found:
        if whistle.item is not None:
            follow(whistle.item, at=at)
    return len(found)


def _around_all(whistles: list[Whistle]) -> dict[int, Around]:
    """Read what stands around some whistles. Three queries, however many."""
    keys = [whistle.pk for whistle in whistles]
    stands = {key: Around() for key in keys}
    for call in Call.objects.filter(whistle__in=keys, status__in=LIVE).order_by("pk"):
        stands[call.whistle_id].calls.append(call)
    objections = Objection.objects.filter(call__whistle__in=keys, granted__isnull=True)
    for objection in objections.select_related("call").order_by("pk"):
        stands[objection.call.whistle_id].objections.append(objection)
    for extension in Extension.objects.filter(whistle__in=keys, granted__isnull=True):
        stands[extension.whistle_id].extensions.append(extension)
    return stands


def _put_turns(whistles: list[Whistle], held: Offices, at: datetime) -> None:
    stands = _around_all(whistles)
    turns.put_many(
        [(whistle, wanted(whistle, stands[whistle.pk], held, at)) for whistle in whistles]
    )


@transaction.atomic
def _resume(at: datetime) -> int:
    """Let clocks go on whose pause is over, from the moment at which it was."""
    rows = Whistle.objects.filter(status=Status.PAUSED, rings_at__lte=at)
    rows = rows.select_related("level", "community").order_by("rings_at", "pk")
    found: list[Whistle] = list(_locked(rows, _FEW))
    if not found:
        return 0
    keys = [whistle.pk for whistle in found]
    spans: dict[int, list[Span]] = defaultdict(list)
    for span in Span.objects.filter(whistle__in=keys, stage=Span.Stage.SOLVE).order_by("pk"):
        spans[span.whistle_id].append(span)
    open_spans = []
    for whistle in found:
        ended_at = whistle.rings_at or at
        for span in spans[whistle.pk]:
            if span.ends_at is None:
                span.ends_at = max(ended_at, span.starts_at)
                open_spans.append(span)
        code = whistle.community_id
        spent = counted(spans[whistle.pk], at, stage=Span.Stage.SOLVE, area_code=code)
        left = (whistle.solve_minutes or 0) - spent
        whistle.status, whistle.since = Status.ANSWERED, ended_at
        whistle.due_at = whistle.rings_at = until(ended_at, minutes=left, area_code=code).at
    Span.objects.bulk_update(open_spans, ["ends_at"])
    Span.objects.bulk_create(
        Span(
            whistle=whistle,
            level=whistle.level,
            kind=Span.Kind.RUNNING,
            stage=Span.Stage.SOLVE,
            starts_at=whistle.since,
        )
        for whistle in found
    )
    Whistle.objects.bulk_update(found, ["status", "since", "due_at", "rings_at"])
    Line.objects.bulk_create(
        journal.line("resume", whistle, by=None, at=at, area_code=whistle.community_id)
        for whistle in found
    )
    _put_turns(found, offices(local_day(at)), at)
    return len(found)


# Whose office comes next when one lets the time pass.
_ABOVE = {12: Office.TOWN, 9: Office.COUNTY, 6: Office.CITY}


@transaction.atomic
def _move_decisions_up(at: datetime) -> int:
    """Hand decisions that an office let rest to the next one above; the city keeps its own."""
    held = offices(local_day(at))
    moved: list[Objection | Extension] = []
    open_ = Q(granted__isnull=True, due_at__lte=at) & ~Q(office__kind="city")
    objections = Objection.objects.filter(open_).select_related("call__whistle")
    extensions = Extension.objects.filter(open_).select_related("whistle")
    whistles: dict[int, Whistle] = {}
    for objection in _locked(objections.order_by("due_at", "pk"), _FEW):
        whistles[objection.call.whistle_id] = objection.call.whistle
        moved.append(_moved_up(objection, objection.call.whistle, held, at))
    for extension in _locked(extensions.order_by("due_at", "pk"), _FEW):
        whistles[extension.whistle_id] = extension.whistle
        moved.append(_moved_up(extension, extension.whistle, held, at))
    if not moved:
        return 0
    Objection.objects.bulk_update(
        [asked for asked in moved if isinstance(asked, Objection)], ["office", "due_at"]
    )
    Extension.objects.bulk_update(
        [asked for asked in moved if isinstance(asked, Extension)], ["office", "due_at"]
    )
    rows = Whistle.objects.filter(pk__in=whistles).select_related("level", "community")
    found = list(rows.order_by("pk"))
    Line.objects.bulk_create(
        journal.line("move_up", whistle, by=None, at=at, area_code=whistle.community_id)
        for whistle in found
    )
    _put_turns(found, held, at)
    return len(moved)


def _moved_up(
    asked: Objection | Extension, whistle: Whistle, held: Offices, at: datetime
) -> Objection | Extension:
    code = whistle.community_id
    asked.office_id = held.of(code, _ABOVE.get(len(asked.office_id), Office.CITY))
    asked.due_at = until(at, minutes=round(DECIDE * MINUTES), area_code=code).at
    return asked


@dataclass(frozen=True)
class _Ladders:
    """All levels, and what stands above each."""

    levels: dict[int, Level]
    above: dict[int, Level | None]


def _ladders() -> _Ladders:
    rows = list(Level.objects.order_by("ladder", "number"))
    above: dict[int, Level | None] = {}
    for level, following in zip(rows, [*rows[1:], None], strict=True):
        same = following is not None and following.ladder_id == level.ladder_id
        above[level.pk] = following if same else None
    return _Ladders({level.pk: level for level in rows}, above)


def _deadlines(at: datetime) -> Callable[[Level, str], datetime]:
    """Return a function that finds reply deadlines, each once for the same office hours."""
    entered = office_hours()
    known: dict[tuple[int, str], datetime] = {}

    def found(level: Level, community: str) -> datetime:
        hours = ""
        if entered:
            hours = next((c for c in reversed(codes_above(community)) if c in entered), "")
        key = level.pk, hours
        if key not in known:
            minutes = round(float(level.reply_hours) * MINUTES)
            known[key] = until(at, minutes=minutes, area_code=community).at
        return known[key]

    return found


@dataclass
class _Climb:
    """The new state of the whistles of one batch, column by column, and of what goes with them."""

    keys: list[int]
    columns: dict[str, list[Any]]
    # Only those that climb a level: the others stand on the top one, and their clock rings no more.
    climbed: list[int]
    spans: dict[str, list[Any]]
    turns: dict[str, list[Any]]
    codes: list[str]
    verbs: list[str]


_READ = (
    "pk",
    "status",
    "level_id",
    "community_id",
    "community__name",
    "reference",
    "title",
    "due_at",
    "overdue_at",
    "climbed",
)


@transaction.atomic
def climb(at: datetime, *, most: int = BATCH) -> int:
    """Let whistles climb whose time is over, to the next level and its office.

    A batch costs a constant number of statements: one to lock it, two to read the ladders and the
    offices, one for each table that changes, and three to tell the coordinators.
    """
    ringing = Whistle.objects.filter(rings_at__lte=at, status__in=[Status.BLOWN, Status.ANSWERED])
    rows = list(_locked(ringing.order_by("rings_at", "pk"), most).values_list(*_READ))
    if not rows:
        return 0
    held = offices(local_day(at))
    batch = _computed(rows, _ladders(), held, at)
    sets.update(Whistle, batch.keys, batch.columns)
    Span.objects.filter(whistle__in=batch.climbed, ends_at__isnull=True).update(ends_at=at)
    sets.insert(
        Span,
        len(batch.climbed),
        {
            "whistle": batch.climbed,
            "kind": Span.Kind.RUNNING,
            "starts_at": at,
            "reason": "",
            **batch.spans,
        },
    )
    label = Whistle._meta.label_lower
    names = [str(key) for key in batch.keys]
    Turn.objects.filter(subject_label=label, subject_key__in=names, kind__in=_OFFICE_TURNS).delete()
    sets.insert(
        Turn,
        len(batch.turns["subject_key"]),
        {
            "subject_label": label,
            "role": Role.COORDINATOR,
            "barred": "",
            "since": at,
            **batch.turns,
        },
    )
    sets.insert(
        Line,
        len(batch.keys),
        {
            "at": at,
            "actor_label": "",
            "actor_key": "",
            "verb": batch.verbs,
            "target_label": label,
            "target_key": names,
            "area_code": batch.codes,
            "reason": "",
            "data": {},
        },
    )
    _tell(set(batch.turns["area"]), at)
    return len(rows)


def _computed(
    rows: Iterable[tuple[Any, ...]], ladders: _Ladders, held: Offices, at: datetime
) -> _Climb:
    due = _deadlines(at)
    office_known: dict[tuple[str, str], str] = {}
    columns: dict[str, list[Any]] = {
        name: [] for name in ("level", "due_at", "rings_at", "overdue_at", "climbed")
    }
    batch = _Climb(
        [],
        columns,
        [],
        {"level": [], "stage": []},
        {
            name: []
            for name in ("kind", "subject_key", "reference", "title", "detail", "area", "due_at")
        },
        [],
        [],
    )
    for key, status, level_id, code, place, reference, title, due_at, overdue_at, times in rows:
        above = ladders.above[level_id]
        level = above or ladders.levels[level_id]
        rings_at = due(above, code) if above is not None else None
        blown = status == Status.BLOWN
        # A unit that has answered is late since its own time was over, however far it climbs.
        late = overdue_at or (None if blown and above is not None else due_at)
        ends_at = rings_at if blown and rings_at is not None else due_at
        batch.keys.append(key)
        batch.codes.append(code)
        batch.verbs.append("overdue" if above is None else "climb")
        for name, value in (
            ("level", level.pk),
            ("due_at", ends_at),
            ("rings_at", rings_at),
            ("overdue_at", late),
            ("climbed", times + (above is not None)),
        ):
            columns[name].append(value)
        if above is not None:
            batch.climbed.append(key)
            batch.spans["level"].append(level.pk)
            batch.spans["stage"].append(Span.Stage.REPLY if blown else Span.Stage.SOLVE)
        if level.answers == Office.UNIT:
            continue
        known = (code, level.answers)
        if known not in office_known:
            office_known[known] = held.of(code, level.answers)
        for name, value in (
            ("kind", "whistle.see_to" if blown else "whistle.overdue"),
            ("subject_key", str(key)),
            ("reference", reference),
            ("title", title[:_TITLE]),
            ("detail", f"{level.name} · {place}"),
            ("area", office_known[known]),
            ("due_at", rings_at or due_at),
        ):
            batch.turns[name].append(value)
    return batch


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
