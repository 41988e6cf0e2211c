"""Which whistles, for whom; the ladder in force; whom to call; what residents read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from youwo.almanac.queries import Deadline
from youwo.areas.models import Area
from youwo.areas.queries import lying_in
from youwo.areas.rules import codes_above
from youwo.core.recent import Recent
from youwo.core.search import matching
from youwo.dispatch import rules
from youwo.dispatch.clock import Reading, ended, read, until
from youwo.dispatch.models import OPEN, Call, Ladder, Level, Span, Status, Whistle
from youwo.needs.models import Problem, ProblemKind
from youwo.needs.models.catalogue import Responsible
from youwo.organizations.models import Organization
from youwo.organizations.queries import partners
from youwo.organizations.rules import mandates
from youwo.people.models import Person
from youwo.people.rules import powers

# The order of the lists.
NEWEST = ("-whistled_at", "-id")

# What somebody may choose to see in a list.
VIEWS: dict[str, list[str]] = {
    "waiting": [Status.BLOWN],
    "in_hand": [Status.ANSWERED, Status.PAUSED],
    "done": [Status.DELIVERED],
    "ended": [Status.CLOSED, Status.WITHDRAWN],
}


@Recent
def ladders() -> list[tuple[date, list[Level]]]:
    """Return all versions of the levels, the latest first; read at most once a minute."""
    found = Ladder.objects.order_by("-valid_from").prefetch_related("levels")
    return [(ladder.valid_from, list(ladder.levels.all())) for ladder in found]


def ladder(on: date) -> list[Level]:
    """Return the levels in force on a day, from the bottom up; none where none were ever set."""
    return next((levels for valid_from, levels in ladders() if valid_from <= on), [])


def level_of(key: int) -> Level | None:
    """Return a level that is known already; None where it has just been set. No query."""
    return next((one for _from, levels in ladders() for one in levels if one.pk == key), None)


def rungs_of(whistle: Whistle) -> list[Level]:
    """Return the ladder on which a whistle stands, from the bottom up."""
    for _valid_from, levels in ladders():
        if levels and levels[0].ladder_id == whistle.level.ladder_id:
            return levels
    return list(Level.objects.filter(ladder=whistle.level.ladder_id))


def next_level(whistle: Whistle) -> Level | None:
    """Return the level to which a whistle climbs next; None on the top one."""
    above = [rung for rung in rungs_of(whistle) if rung.number > whistle.level.number]
    return above[0] if above else None


def reply_deadline(level: Level, community_code: str, at: datetime) -> Deadline:
    """Return until when a unit called now has to answer, with how that was found."""
    return until(at, minutes=round(float(level.reply_hours) * 60), area_code=community_code)


def _any_area(codes: Iterable[str], column: str = "community_id") -> Q:
    return reduce(or_, (lying_in(code, column) for code in codes), Q(pk__in=[]))


def _called(units: Iterable[int]) -> Q:
    return Q(Exists(Call.objects.filter(whistle=OuterRef("pk"), organization__in=list(units))))


def readable(person: Person | None, on: date) -> QuerySet[Whistle]:
    """Return the whistles that a person reads: staff of the area, and the units called."""
    found = _any_area(powers(person, on).codes(*rules.READING))
    units = mandates(person, on)
    return Whistle.objects.filter(found | _called(units) if units else found)


def called_to(person: Person, on: date) -> QuerySet[Whistle]:
    """Return the whistles to which the units that a person acts for were called."""
    return Whistle.objects.filter(_called(mandates(person, on)))


def listed(
    whistles: QuerySet[Whistle],
    *,
    view: str = "",
    level: str = "",
    code: str = "",
    words: str = "",
    late: bool = False,
    at: datetime | None = None,
) -> QuerySet[Whistle]:
    """Return whistles for a list, to be paged in the order `NEWEST`, each with its live calls."""
    found = matching(whistles, words)
    if view in VIEWS:
        found = found.filter(status__in=VIEWS[view])
    if level:
        found = found.filter(level__code=level)
    if code:
        found = found.filter(lying_in(code, "community_id"))
    if late:
        found = found.filter(status__in=OPEN).filter(
            Q(due_at__lte=at) | Q(overdue_at__isnull=False) | Q(climbed__gt=0)
        )
    calls = Call.objects.select_related("organization").order_by("-responsible", "pk")
    return (
        found.select_related("level", "community", "compound")
        .defer("search_terms", "matter")
        .prefetch_related(Prefetch("calls", queryset=calls, to_attr="called"))
    )


def concerned(whistle: Whistle) -> list[Call]:
    """Return all calls of a whistle with their units, the responsible one first."""
    return list(
        whistle.calls.select_related("organization", "answered_by", "called_by").order_by(
            "-responsible", "pk"
        )
    )


def reading(whistle: Whistle, spans: Sequence[Span], at: datetime) -> Reading | None:
    """Read a whistle's clock at a moment; None before it began. No query."""
    if not spans:
        return None
    solving = whistle.answered_at is not None
    stopped = whistle.status in (Status.DELIVERED, Status.CLOSED, Status.WITHDRAWN)
    return read(
        spans,
        at,
        stage=Span.Stage.SOLVE if solving else Span.Stage.REPLY,
        due_at=None if stopped else whistle.due_at,
        rings_at=None if whistle.status == Status.PAUSED else whistle.rings_at,
        allowed=whistle.solve_minutes if solving else None,
        area_code=whistle.community_id,
    )


# By the catalogue: what kind of unit answers, and how far above the community it lies (as the
# length of its area's code); None for those that lie in the community itself.
_DUTY: dict[str, tuple[tuple[str, ...], int | None]] = {
    Responsible.COMMITTEE: (("committee",), None),
    Responsible.PROPERTY: (("property",), None),
    Responsible.OWNERS: (("owners",), None),
    Responsible.TOWN: (("government", "public"), 9),
    Responsible.DEPARTMENT: (("government", "public"), 6),
    Responsible.UTILITY: (("enterprise", "public"), 6),
}
SUGGESTED = 12


@dataclass(frozen=True)
class Suggestions:
    """Whom to call, in the order in which people look: paired first, then whose duty it is."""

    paired: list[Organization] = field(default_factory=list)
    duty: list[Organization] = field(default_factory=list)
    near: list[Organization] = field(default_factory=list)

    def everybody(self) -> list[Organization]:
        """Return all of them, each once."""
        return [*self.paired, *self.duty, *self.near]


def suggested(
    community: Area, on: date, *, kind: ProblemKind | None = None, words: str = ""
) -> Suggestions:
    """Return units to call: paired ones, those whose duty it is in the area, those enrolled here.

    With words typed, units of the county whose name holds them. Whatever lies outside the
    community's duties is not offered to its committee. At most two statements.
    """
    if words.strip():
        county = codes_above(community.pk)[1]
        rows = Organization.objects.in_force(on).filter(lying_in(county[:4], "area_id"))
        named = matching(rows, words).order_by("area_id", "name", "pk")[:SUGGESTED]
        return Suggestions(near=_offered(named, kind))
    here = partners(community, on)
    everybody = here.everybody()
    paired = [unit for unit in everybody if getattr(unit, "is_paired", False)]
    duty: list[Organization] = []
    if kind is not None:
        kinds, length = _DUTY[kind.responsible_kind]
        if length is None:
            duty = [unit for unit in everybody if unit.kind in kinds]
        else:
            duty = list(
                Organization.objects.in_force(on)
                .filter(kind__in=kinds, area=community.pk[:length])
                .order_by("name", "pk")[:SUGGESTED]
            )
    known = {unit.pk for unit in paired}
    duty = [unit for unit in duty if unit.pk not in known]
    known |= {unit.pk for unit in duty}
    near = [unit for unit in everybody if unit.pk not in known][:SUGGESTED]
    return Suggestions(_offered(paired, kind), _offered(duty, kind), _offered(near, kind))


def _offered(units: Iterable[Organization], kind: ProblemKind | None) -> list[Organization]:
    return [
        unit
        for unit in units
        if kind is None or kind.duty or unit.kind != Organization.Kind.COMMITTEE
    ]


@dataclass(frozen=True)
class Told:
    """One thing that residents read of a whistle, and never a person.

    `what` is one of called, answered, helps, paused, extended, withdrawn.
    """

    at: datetime
    what: str
    units: tuple[str, ...] = ()
    reason: str = ""
    until: datetime | None = None


def told_to_residents(problem: Problem) -> list[Told]:
    """Return what residents read of the whistles about their problem, oldest first.

    Units and reasons, never names of persons. At most four statements.
    """
    whistles = problem.whistles.order_by("pk").prefetch_related(
        Prefetch("calls", queryset=Call.objects.select_related("organization").order_by("pk")),
        "spans",
        "extensions",
    )
    found: list[Told] = []
    for whistle in whistles:
        calls = list(whistle.calls.all())
        together = tuple(
            str(call.organization) for call in calls if call.called_at == whistle.whistled_at
        )
        found.append(Told(whistle.whistled_at, "called", together))
        for call in calls:
            unit = (str(call.organization),)
            if call.called_at != whistle.whistled_at and call.role == Call.Role.RECEIVER:
                found.append(Told(call.called_at, "called", unit))
            if call.answered_at is not None:
                leads = call.role == Call.Role.SUCCESSOR or call.answered_at == whistle.answered_at
                what = "answered" if leads else "helps"
                found.append(Told(call.answered_at, what, unit, until=call.arrives_at))
        found.extend(
            Told(span.starts_at, "paused", (), span.reason, span.ends_at or span.until)
            for span in ended(whistle.spans.all())
            if span.kind == Span.Kind.PAUSED
        )
        found.extend(
            Told(extension.decided_at, "extended", (), extension.reason)
            for extension in whistle.extensions.all()
            if extension.granted and extension.decided_at is not None
        )
        if whistle.status == Status.WITHDRAWN and whistle.closed_at is not None:
            found.append(Told(whistle.closed_at, "withdrawn", (), whistle.reason))
    return sorted(found, key=lambda told: told.at)
