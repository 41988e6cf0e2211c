"""What time does to whistles: they climb, pauses end, decisions that rest move up.

And what their items do to them: they follow.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.dispatch.actions.followed import bring, carriers, seen
from youwo.dispatch.actions.moving import LIVE, MINUTES, lock_found, wanted
from youwo.dispatch.climbing import BATCH, climb
from youwo.dispatch.clock import counted, until
from youwo.dispatch.models import (
    Call,
    Extension,
    Objection,
    Office,
    Span,
    Status,
    Whistle,
    WhistleQuerySet,
)
from youwo.dispatch.offices import Offices, offices
from youwo.dispatch.terms import DECIDE
from youwo.journal import actions as journal
from youwo.service.models import ItemStatus, ServiceItem
from youwo.turns import actions as turns

_log = logging.getLogger(__name__)

# Steps that look at each whistle take so many at once.
_FEW = 200
# After a night or a holiday so many climb that one connection keeps people waiting.
_HANDS = 2


def sweep(at: datetime) -> int:
    """Do all that is due at a moment, in batches, and return how many whistles were moved."""
    _settle(at)
    return sum(_to_the_end(step, at) for step in (_follow, _resume, _move_decisions_up, _climb))


def _settle(at: datetime) -> None:
    """Write down what became of objections and wishes for more time that were overtaken."""
    Objection.objects.overtaken().update(
        granted=True, decided_at=at, decision=_("A unit has answered.")
    )
    Extension.objects.overtaken().update(
        granted=False, decided_at=at, decision=_("The whistle was withdrawn.")
    )


def _to_the_end(step: Callable[[datetime], int], at: datetime) -> int:
    moved = 0
    while done := step(at):
        moved += done
    return moved


def _climb(at: datetime) -> int:
    """Let a batch climb; where it is a full one, all that are left, on several connections.

    Each batch locks its whistles and passes over those of the other.
    """
    moved = climb(at, most=BATCH)
    alone = connection.in_atomic_block or not connection.features.has_select_for_update_skip_locked
    if moved < BATCH or alone:
        return moved
    with ThreadPoolExecutor(_HANDS) as hands:
        return moved + sum(hands.map(_climb_apart, [at] * _HANDS))


def _climb_apart(at: datetime) -> int:
    try:
        return _to_the_end(lambda at: climb(at, most=BATCH), at)
    finally:
        connection.close()


def _locked(rows: Any, most: int, *others: str) -> Any:
    """Lock some rows, and others to which they are joined; pass over what somebody else holds."""
    skip = connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(of=("self", *others), skip_locked=skip)[:most]


def follow_moved(*, at: datetime) -> int:
    """Bring whistles to where their items stand that have just been moved; return how many."""
    return _bring_all(carriers().filter(item__to_follow=True), at)


def _follow(at: datetime) -> int:
    """Do the same for those that were missed: answered just when their item was moved."""
    ended = [ItemStatus.DELIVERED, ItemStatus.CLOSED, ItemStatus.DROPPED]
    missed = Q(status__in=[Status.ANSWERED, Status.PAUSED], item__status__in=ended) | (
        Q(status=Status.DELIVERED) & ~Q(item__status=ItemStatus.DELIVERED)
    )
    return _bring_all(carriers().filter(missed, item__isnull=False), at)


def _bring_all(whistles: WhistleQuerySet, at: datetime) -> int:
    """Bring whistles to where their items stand, each looked at once; return how many there were.

    One that cannot be brought there is left to the next round, and holds up no other.
    """
    moved, looked_at = 0, set[int]()
    while True:
        rows = whistles.exclude(pk__in=looked_at).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:_FEW])
        if not keys:
            return moved
        try:
            moved += _bring(keys, at)
        except Exception:
            moved += sum(_bring_alone(key, at) for key in keys)
        looked_at.update(keys)


def _bring_alone(key: int, at: datetime) -> int:
    try:
        return _bring([key], at)
    # Whatever it is: the others go on.
    except Exception as error:
        kind = type(error).__name__
        _log.exception("A whistle cannot follow.", extra={"whistle": key, "error": kind})
        return 0


@acting()
def _bring(keys: list[int], at: datetime) -> int:
    """Bring some whistles to where their items stand, in one act; those that are held wait."""
    taken = list(_locked(Whistle.objects.filter(pk__in=keys).only("pk").order_by("pk"), _FEW))
    found = lock_found(Whistle.objects.filter(pk__in=[whistle.pk for whistle in taken]))
    items = ServiceItem.objects.select_related("moved_by").in_bulk(
        [whistle.item_id for whistle in found]
    )
    # Of several that an item has carried, the last one follows it.
    newest = {whistle.item_id: whistle for whistle in found}
    for key, whistle in newest.items():
        bring(whistle, items[key], at=at)
    if items:
        seen(items.values())
    return len(found)


@dataclass
class _Stands:
    """What says whose turn one of many whistles is."""

    live: list[Call] = field(default_factory=list)
    open_objections: list[Objection] = field(default_factory=list)
    open_extensions: list[Extension] = field(default_factory=list)


def _around_all(whistles: list[Whistle]) -> dict[int, _Stands]:
    """Read what stands around some whistles. Three queries, however many."""
    keys = [whistle.pk for whistle in whistles]
    stands = {key: _Stands() for key in keys}
    for call in Call.objects.filter(whistle__in=keys, status__in=LIVE).order_by("pk"):
        stands[call.whistle_id].live.append(call)
    objections = Objection.objects.open().filter(call__whistle__in=keys)
    for objection in objections.select_related("call").order_by("pk"):
        stands[objection.call.whistle_id].open_objections.append(objection)
    for extension in Extension.objects.filter(whistle__in=keys, granted__isnull=True):
        stands[extension.whistle_id].open_extensions.append(extension)
    return stands


def _put_turns(whistles: list[Whistle], held: Offices, at: datetime) -> None:
    stands = _around_all(whistles)
    turns.put_many(
        [(whistle, wanted(whistle, stands[whistle.pk], lambda: held, at)) for whistle in whistles]
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
    for whistle in found:
        ended_at = whistle.rings_at or at
        code = whistle.community_id
        spent = counted(spans[whistle.pk], at, stage=Span.Stage.SOLVE, area_code=code)
        left = (whistle.solve_minutes or 0) - spent
        whistle.status, whistle.since = Status.ANSWERED, ended_at
        whistle.due_at = whistle.rings_at = until(ended_at, minutes=left, area_code=code).at
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
    journal.write_all(
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
    rests = Q(due_at__lte=at) & ~Q(office__kind="city")
    objections = Objection.objects.open().filter(rests).select_related("call__whistle")
    extensions = Extension.objects.open().filter(rests).select_related("whistle")
    whistles: dict[int, Whistle] = {}
    # With the whistle, under whose lock everything around it changes; and with the call, whose
    # answer leaves nothing to decide.
    rows = objections.order_by("due_at", "pk")
    for objection in _locked(rows, _FEW, "call", "call__whistle"):
        whistles[objection.call.whistle_id] = objection.call.whistle
        moved.append(_moved_up(objection, objection.call.whistle, held, at))
    for extension in _locked(extensions.order_by("due_at", "pk"), _FEW, "whistle"):
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
    around = Whistle.objects.filter(pk__in=whistles).select_related("level", "community")
    found = list(around.order_by("pk"))
    journal.write_all(
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
