"""Building the city once, and keeping its live work alive on later days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.clock import local_day, start_of
from youwo.core.horizons import SETTLING
from youwo.core.refused import Refused
from youwo.demo import (
    compounds,
    ends,
    evaluation,
    hearings,
    history,
    jinshui,
    live,
    members,
    pairings,
    places,
    problems,
    service,
    signins,
    touched,
    units,
    whistles,
)
from youwo.demo.draws import References, dice
from youwo.demo.rhythm import months
from youwo.demo.size import BEGIN, FULL
from youwo.dispatch.actions import load_ladder
from youwo.insight.actions import roll_up
from youwo.journal.actions import seal
from youwo.journal.models import Line
from youwo.needs.defaults import load_outside_matters, load_problem_kinds
from youwo.notices.outbox import put_into_inboxes
from youwo.people.actions import load_defaults
from youwo.people.models import Person

# Raised when the city that a seed gives becomes another one.
VERSION = 1
_LABEL = "demo.city"
_COMMUNITIES = 48

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Built:
    """What is known of the city in the database: with which seed, until when, how large."""

    seed: int
    version: int
    part: float
    until: datetime
    standing: dict[str, int]
    # What somebody has touched since, by label: left alone for ever.
    touched: dict[str, list[str]] = field(default_factory=dict)


def built() -> Built | None:
    """Return what was built in this database, from the journal; None where nothing was."""
    line = Line.objects.filter(target_label=_LABEL).order_by("-id").first()
    if line is None:
        return None
    data = line.data
    return Built(
        int(line.target_key),
        int(data["version"]),
        float(data["part"]),
        line.at,
        data["wishes"],
        data.get("touched", {}),
    )


def _write_down(verb: str, built: Built) -> None:
    Line.objects.create(
        at=built.until,
        verb=verb,
        target_label=_LABEL,
        target_key=str(built.seed),
        data={
            "version": built.version,
            "part": built.part,
            "wishes": built.standing,
            "touched": built.touched,
        },
    )


@contextmanager
def _hurrying() -> Iterator[None]:
    """Let SQLite leave flushing to the operating system while the demo is built."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA synchronous=OFF")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={int(usual)}")


def build(seed: int, *, now: datetime, progress: Progress, part: float = 1.0) -> Built:
    """Build the city into an empty database, all of it or nothing.

    `progress` is told the stage and which part of the whole work it completed. Refuses a database
    that holds people already.
    """
    if Person.objects.exists():
        raise Refused(_("This database holds people already. The demo city needs an empty one."))
    with _hurrying():
        with transaction.atomic():
            standing = _fill(seed, now=now, progress=progress, part=part)
            made = Built(seed, VERSION, part, now, standing)
            _write_down("build", made)
        progress(_("figures"), 0.0)
        _catch_up(now)
        if connection.vendor == "postgresql":
            # So much at once is more than the planner's statistics can have noticed.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        progress(_("figures"), 0.06)
    return made


def _catch_up(now: datetime) -> None:
    """Do what the worker would: fill inboxes, bring sums up to date, seal the journal.

    Sums and seals as often as keys need to settle.
    """
    put_into_inboxes(now)
    for at in (now, now + SETTLING, now + 2 * SETTLING):
        roll_up(at=at)
        seal(at=at)


def _fill(seed: int, *, now: datetime, progress: Progress, part: float) -> dict[str, int]:
    size, today, begin = FULL.share(part) if part < 1 else FULL, local_day(now), start_of(BEGIN)
    progress(_("places"), 0.0)
    load_defaults(at=begin)
    load_outside_matters()
    load_problem_kinds()
    load_ladder(at=begin)
    places.load(seed, at=begin, model_communities=max(round(_COMMUNITIES * part), 12))
    progress(_("places"), 0.04)
    models_ = Area.objects.communities().filter(children__isnull=False).distinct().order_by("code")
    signins.appoint(seed, list(models_), at=begin)
    pairings.found_neighbours(at=begin)
    progress(_("units"), 0.03)
    here = places.read_places()
    references = References("E", dice(seed, "references"))
    enrolled, enrolments, weights = units.build(seed, here, size, references, today=today)
    progress(_("members"), 0.05)
    first = members.build(
        seed,
        here,
        size,
        units=enrolled,
        enrolments=enrolments,
        weights=weights,
        references=references,
        today=today,
        now=now,
    )
    signins.name_members(first, at=begin)
    pairings.build(seed, here, enrolled, enrolments, now=now)
    progress(_("history"), 0.4)
    _write_history(seed, now=now, after=None, part=part, progress=progress)
    progress(_("live work"), 0.0)
    standing = live.build(seed, now=now, kept={})
    hearings.build(seed, now=now)
    problems.build(seed, now=now)
    service.build(seed, now=now)
    evaluation.build(seed, now=now)
    compounds.build(seed, now=now)
    jinshui.build(seed, now=now)
    whistles.build(seed, now=now)
    progress(_("live work"), 0.05)
    return standing


def _write_history(
    seed: int, *, now: datetime, after: datetime | None, part: float, progress: Progress
) -> None:
    size = FULL.share(part) if part < 1 else FULL
    writer = history.Writer(seed, size, places.read_places(), history.read_cast(), after, now)
    total = len(months(local_day(now)))
    for _month, _rows in writer.write():
        progress(_("history"), 0.37 / total)


def refresh(found: Built, *, now: datetime, progress: Progress) -> Built:
    """Bring a city that was built on an earlier day up to today. On the same day it stays."""
    if local_day(found.until) >= local_day(now):
        return found
    with _hurrying(), transaction.atomic():
        progress(_("history"), 0.0)
        last = Line.objects.filter(target_label=_LABEL).order_by("id").last()
        theirs = touched.read(found.touched, after=last.pk if last is not None else 0)
        _write_history(
            found.seed, now=now, after=found.until, part=found.part, progress=lambda *_: None
        )
        progress(_("live work"), 0.4)
        standing = _retell(found, theirs, now=now)
        made = Built(found.seed, found.version, found.part, now, standing, theirs.written())
        _write_down("refresh", made)
        progress(_("live work"), 0.6)
    _catch_up(now)
    return made


def _retell(found: Built, theirs: touched.Touched, *, now: datetime) -> dict[str, int]:
    """End what is still ours of an earlier day, and play what is under way on the new one."""
    seed = found.seed
    ends.end(seed, theirs, now=now)
    kept = live.finish(found.standing, before=found.until, now=now)
    ends.end_overdue_wishes(theirs, set(kept.values()), now=now)
    standing = live.build(seed, now=now, kept=kept)
    hearings.build(seed, now=now, touched=theirs)
    problems.retell(seed, now=now)
    service.retell(seed, now=now)
    evaluation.retell(seed, theirs, now=now)
    compounds.retell(seed, theirs, now=now)
    whistles.retell(seed, now=now)
    return standing
