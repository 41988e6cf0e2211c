"""The figures, and the facts behind each: exact at every moment, for any cut-off and known-at.

Sums up to a horizon of the ledger are read from the rollups; entries above it are added live, and
what was recorded after the known-at moment is taken off again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, Substr

from youwo.areas import queries as areas
from youwo.areas.models import Area
from youwo.core.models import Horizon
from youwo.insight.actions import HORIZON
from youwo.insight.definitions import DEFINITIONS, Definition
from youwo.insight.models import DayTotal
from youwo.insight.places import Places, today
from youwo.ledger.models import Entry, EntryQuerySet
from youwo.organizations.models import MemberEnrolment, UnitEnrolment

ENROLMENTS: dict[str, tuple[type[UnitEnrolment] | type[MemberEnrolment], str]] = {
    "enrolled_units": (UnitEnrolment, "organization_id"),
    "enrolled_members": (MemberEnrolment, "person_id"),
}


def a_year_before(day: date) -> date:
    """Return the same day of the year before; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True)
class Cut:
    """What is counted: from a day to a day, both included, as known at a moment (None: now)."""

    as_of: date
    since: date
    known_at: datetime | None = None

    @property
    def year_before(self) -> Cut:
        """The same period of the year before, as known at the same moment."""
        return replace(self, as_of=a_year_before(self.as_of), since=a_year_before(self.since))


def cut(as_of: date, *, since: date | None = None, known_at: datetime | None = None) -> Cut:
    """Return the cut for a cut-off day; without `since` the year's 1 January begins it."""
    return Cut(as_of=as_of, since=since or date(as_of.year, 1, 1), known_at=known_at)


@dataclass(frozen=True)
class Figure:
    """One number, and all one must know to read it or to ask for it again."""

    definition: Definition
    value: int
    area_code: str
    as_of: date
    # None for what is in force on a day.
    since: date | None
    known_at: datetime | None
    # The same figure in the same period of the year before, as known at the same moment.
    past: int | None = None


@dataclass(frozen=True)
class Child:
    """The five figures of one place below another. `area` is None for what lies in none."""

    area: Area | None
    values: dict[str, int]


@dataclass(frozen=True)
class Month:
    """The ledger's sums of one month (or, of long periods, one year), and of the year before."""

    label: str
    values: dict[str, int]
    past: dict[str, int]


@dataclass(frozen=True)
class InField:
    """The ledger's sums in one field of service."""

    field: str
    values: dict[str, int]


@dataclass
class Overview:
    """Everything that the page of a place shows."""

    figures: list[Figure]
    months: list[Month]
    fields: list[InField]
    children: list[Child] = field(default_factory=list)


# --- the ledger ------------------------------------------------------------------------------

_TEXT: CharField[str, str] = CharField()


def _tag(tag: str) -> Value:
    return Value(tag, output_field=_TEXT)


def _sums(weight: int) -> dict[str, Any]:
    return {
        "entries_": Coalesce(Sum(F("sign") * weight), 0, output_field=models.BigIntegerField()),
        "served_": Coalesce(
            Sum(F("sign") * F("served") * weight), 0, output_field=models.BigIntegerField()
        ),
    }


_ROLLED = {
    "entries_": Sum("entries", output_field=models.BigIntegerField()),
    "served_": Sum("served", output_field=models.BigIntegerField()),
}


def _rolled(cut: Cut) -> models.QuerySet[DayTotal]:
    kinds = ("activity", "deed")
    return DayTotal.objects.filter(kind__in=kinds, on__gte=cut.since, on__lte=cut.as_of)


def _plain(column: str) -> Coalesce:
    """Return a column in a form that no index serves."""
    return Coalesce(column, column)


def _live(cut: Cut, read_to: int) -> list[tuple[models.QuerySet[Entry], int]]:
    """Return the entries that the rollups lack (weight 1), or hold too many (weight -1).

    All other conditions and groups use plain columns, so that the planner finds these few rows by
    their key or by when they were recorded, and never reads the whole history of a place.
    """
    entries = Entry.objects.between(cut.since, cut.as_of).alias(
        happened_in=_plain("area_id"), kind_of=_plain("kind"), known_from=_plain("recorded_at")
    )
    above = entries.filter(pk__gt=read_to)
    if cut.known_at is None:
        return [(above, 1)]
    later = entries.alias(entry_key=_plain("pk")).filter(
        recorded_at__gt=cut.known_at, entry_key__lte=read_to
    )
    return [(above.filter(known_from__lte=cut.known_at), 1), (later, -1)]


def _at_one_horizon(
    build: Callable[[int], list[models.QuerySet[Any, Any]]], read_to: int | None = None
) -> tuple[list[Any], int]:
    """Read rollups and live entries as they belong together, in one statement.

    Returns the rows and the horizon, with which the next call may begin. The statement also
    returns the horizon it saw: where that has moved meanwhile, it is asked
    again. The horizon stands in it as a number, so that the planner knows how few rows lie above.
    """
    at = Horizon.objects.filter(name=HORIZON)
    if read_to is None:
        read_to = at.values_list("read_to", flat=True).first() or 0
    while True:
        first, *others = build(read_to)
        mark = at.values_list(_tag("horizon"), _tag(""), _tag(""), _tag(""), "read_to", Value(0))
        rows = list(first.union(*others, mark, all=True))
        seen = next((row[4] for row in rows if row[0] == "horizon"), 0)
        if seen == read_to:
            return [row for row in rows if row[0] != "horizon"], read_to
        read_to = seen


def _month(column: str) -> Substr:
    return Substr(Cast(column, CharField()), 1, 7)


def _by_month_and_field(code: str, cuts: dict[str, Cut], places: Places) -> tuple[list[Any], int]:
    """Return rows of (tag of the cut, kind, month, field, entries, served), and the horizon."""
    parts = places.parts(code)

    def build(read_to: int) -> list[models.QuerySet[Any, Any]]:
        found: list[models.QuerySet[Any, Any]] = []
        for tag, one in cuts.items():
            for part, sign in parts:
                found.append(
                    _rolled(one)
                    .filter(area_code=part)
                    .annotate(tag_=_tag(tag), month_=_month("on"))
                    .values("tag_", "kind", "month_", "field")
                    .annotate(
                        entries_=Sum(F("entries") * sign, output_field=models.BigIntegerField()),
                        served_=Sum(F("served") * sign, output_field=models.BigIntegerField()),
                    )
                    .values_list("tag_", "kind", "month_", "field", "entries_", "served_")
                )
            found += [
                entries.filter(places.scope(code, "happened_in"))
                .annotate(tag_=_tag(tag), kind_=F("kind_of"), month_=_month("occurred_on"))
                .values("tag_", "kind_", "month_", "field")
                .annotate(**_sums(weight))
                .values_list("tag_", "kind_", "month_", "field", "entries_", "served_")
                for entries, weight in _live(one, read_to)
            ]
        return found

    return _at_one_horizon(build)


def _by_child(
    code: str, codes: Sequence[str], one: Cut, places: Places, *, read_to: int
) -> dict[Any, Any]:
    """Return (entries, served) by (code of the child, kind)."""
    parts = {child: places.parts(child) for child in codes}
    wanted = sorted({part for of_child in parts.values() for part, _ in of_child})

    def build(read_to: int) -> list[models.QuerySet[Any, Any]]:
        rolled = (
            _rolled(one)
            .filter(area_code__in=wanted)
            .annotate(tag_=_tag("rolled"), none_=_tag(""))
            .values("tag_", "area_code", "kind", "none_")
            .annotate(**_ROLLED)
            .values_list("tag_", "area_code", "kind", "none_", "entries_", "served_")
        )
        live = [
            entries.filter(places.scope(code, "happened_in"))
            .annotate(
                tag_=_tag("live"),
                child_=places.child(code, codes, "happened_in"),
                kind_=F("kind_of"),
                none_=_tag(""),
            )
            .values("tag_", "child_", "kind_", "none_")
            .annotate(**_sums(weight))
            .values_list("tag_", "child_", "kind_", "none_", "entries_", "served_")
            for entries, weight in _live(one, read_to)
        ]
        return [rolled, *live]

    own: dict[tuple[str, str], list[int]] = {}
    found: dict[tuple[str, str], list[int]] = {}
    for tag, place, kind, _none, entries, served in _at_one_horizon(build, read_to)[0]:
        into = own if tag == "rolled" else found
        sums = into.setdefault((place, kind), [0, 0])
        sums[0] += entries
        sums[1] += served
    for child, of_child in parts.items():
        for part, sign in of_child:
            for kind in ("activity", "deed"):
                entries, served = own.get((part, kind), (0, 0))
                sums = found.setdefault((child, kind), [0, 0])
                sums[0] += sign * entries
                sums[1] += sign * served
    return found


def _values(sums: Iterable[tuple[str, int, int]]) -> dict[str, int]:
    """Return the ledger's three figures from (kind, entries, served)."""
    values = {"activities": 0, "deeds": 0, "person_times": 0}
    for kind, entries, served in sums:
        values["activities" if kind == "activity" else "deeds"] += entries
        values["person_times"] += served
    return values


# --- enrolments ------------------------------------------------------------------------------


def _in_force(on: date, known_at: datetime | None) -> Q:
    if known_at is None:
        return Q(Q(ends_on__isnull=True) | Q(ends_on__gt=on), voided_at=None, starts_on__lte=on)
    return Q(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on) | Q(ended_at__gt=known_at),
        Q(voided_at__isnull=True) | Q(voided_at__gt=known_at),
        starts_on__lte=on,
        recorded_at__lte=known_at,
    )


def _place_of(name: str, code: str) -> str:
    """Return the column that says where an enrolment counts: compounds have members, no units."""
    return "compound_id" if "-" in code and name == "enrolled_members" else "community_id"


def _enrolled(code: str, codes: Sequence[str], one: Cut, places: Places) -> dict[Any, Any]:
    """Return [count now, count a year before] by (name of the figure, child's code or "").

    Nearly everybody has one enrolment in all, so rows are counted, and only of those with several
    it is taken off what was counted twice: a fourth of the work of counting distinct people.
    """
    now = _in_force(one.as_of, one.known_at)
    before = _in_force(one.year_before.as_of, one.known_at)
    selects: list[models.QuerySet[Any, Any]] = []
    for name, (model, who) in ENROLMENTS.items():
        scope = places.scope(code, _place_of(name, code))
        child: Any = _tag("")
        if codes:
            child = Coalesce(places.child(code, codes, _place_of(name, codes[0])), _tag("-"))
        rows = {"now_": Count("pk", filter=now), "before_": Count("pk", filter=before)}
        twice = {
            "now_": Count(who, distinct=True, filter=now) - Count("pk", filter=now),
            "before_": Count(who, distinct=True, filter=before) - Count("pk", filter=before),
        }
        # The city holds all enrolments: there the index on people alone is enough.
        near = model.objects.all() if len(code) == 4 else model.objects.filter(scope)
        several = near.values(who).annotate(n=Count("pk")).filter(n__gt=1).values(who)
        here = model.objects.filter(scope)
        again = here.filter(**{f"{who}__in": several})
        for part, found, place, counts in (
            ("rows", here, child, rows),
            ("twice", again, child, twice),
            ("twice in all", again, _tag(""), twice),
        ):
            selects.append(
                found.annotate(name_=_tag(name), part_=_tag(part), child_=place)
                .values("name_", "part_", "child_")
                .annotate(**counts)
                .values_list("name_", "part_", "child_", "now_", "before_")
            )
    first, *others = selects
    found_: dict[Any, Any] = {}
    for name, part, place, *counts_ in first.union(*others, all=True):
        under = {"rows": {place, ""}, "twice": {place} - {""}, "twice in all": {""}}[part]
        for key in under:
            sums = found_.setdefault((name, key), [0, 0])
            sums[0] += counts_[0]
            sums[1] += counts_[1]
    return found_


# --- figures ---------------------------------------------------------------------------------


def overview(
    area_code: str, cut: Cut, *, children: Sequence[Area] = (), places: Places | None = None
) -> Overview:
    """Return all figures of a place, by month, by field of service and by the places below it.

    Three statements for the place, one for the codes that ended, and one more where children are
    asked for.
    """
    places = places or today()
    rows, read_to = _by_month_and_field(area_code, {"now": cut, "past": cut.year_before}, places)
    enrolled = _enrolled(area_code, [child.code for child in children], cut, places)
    now = _values((r[1], r[4], r[5]) for r in rows if r[0] == "now")
    past = _values((r[1], r[4], r[5]) for r in rows if r[0] == "past")
    for name in ENROLMENTS:
        now[name], past[name] = enrolled.get((name, ""), (0, 0))
    figures = [
        Figure(
            definition=definition,
            value=now[name],
            area_code=area_code,
            as_of=cut.as_of,
            since=None if definition.is_in_force else cut.since,
            known_at=cut.known_at,
            past=past[name],
        )
        for name, definition in DEFINITIONS.items()
    ]
    rows_below: list[Child] = []
    if children:
        codes = [child.code for child in children]
        sums = _by_child(area_code, codes, cut, places, read_to=read_to)
        rows_below = _children(children, sums, enrolled, now)
    return Overview(
        figures=figures,
        months=_months(rows, cut),
        fields=_fields(rows),
        children=rows_below,
    )


def _months(rows: list[Any], cut: Cut) -> list[Month]:
    """Return every month of the period, also the empty ones; years if there are over 36."""
    first, last = cut.since.year * 12 + cut.since.month - 1, cut.as_of.year * 12 + cut.as_of.month
    months = [(n // 12, n % 12 + 1) for n in range(first, last)]
    if len(months) > 36:
        size, labels = 4, {str(year): str(year - 1) for year, _ in months}
    else:
        size = 7
        labels = {f"{y}-{m:02}": f"{y - 1}-{m:02}" for y, m in months}
    return [
        Month(
            label=label,
            values=_values(
                (r[1], r[4], r[5]) for r in rows if r[0] == "now" and r[2][:size] == label
            ),
            past=_values(
                (r[1], r[4], r[5]) for r in rows if r[0] == "past" and r[2][:size] == before
            ),
        )
        for label, before in labels.items()
    ]


def _fields(rows: list[Any]) -> list[InField]:
    """Return the fields of service in which anything was done, in the order of the list."""
    names = list(dict(Entry._meta.get_field("field").flatchoices))
    found = [
        InField(name, _values((r[1], r[4], r[5]) for r in rows if r[0] == "now" and r[3] == name))
        for name in names
    ]
    return [one for one in found if any(one.values.values())]


def _children(
    below: Sequence[Area],
    sums: dict[Any, Any],
    enrolled: dict[Any, Any],
    whole: dict[str, int],
) -> list[Child]:
    """Return a row for each place below, in code order, and one for what lies in none of them."""
    codes = sorted((area.code for area in below), key=lambda code: (len(code), code))
    by_code = {area.code: area for area in below}

    def enrolled_in(code: str) -> dict[str, int]:
        return {name: enrolled.get((name, code), (0, 0))[0] for name in ENROLMENTS}

    def row(code: str) -> Child:
        done = _values((kind, *sums.get((code, kind), (0, 0))) for kind in ("activity", "deed"))
        return Child(by_code[code], enrolled_in(code) | done)

    children = [row(code) for code in codes]
    rest = enrolled_in("-") | {
        name: whole[name] - sum(child.values[name] for child in children)
        for name in ("activities", "deeds", "person_times")
    }
    return [*children, Child(None, rest)] if any(rest.values()) else children


def figures(
    area_code: str,
    as_of: date,
    *,
    since: date | None = None,
    known_at: datetime | None = None,
) -> list[Figure]:
    """Return the five figures of a place. Four statements."""
    return overview(area_code, cut(as_of, since=since, known_at=known_at)).figures


def figure(
    name: str,
    area_code: str,
    as_of: date,
    *,
    since: date | None = None,
    known_at: datetime | None = None,
) -> Figure:
    """Return one figure of a place, by the name of its definition."""
    all_ = figures(area_code, as_of, since=since, known_at=known_at)
    return next(one for one in all_ if one.definition.name == name)


def by_child(
    area_code: str,
    as_of: date,
    *,
    since: date | None = None,
    known_at: datetime | None = None,
    on: date | None = None,
) -> list[Child]:
    """Return the five figures of each place below, in code order, never ranked.

    The places are those of the day `on`, or of the cut-off day.
    """
    below = list(areas.children(area_code, on or as_of))
    return overview(area_code, cut(as_of, since=since, known_at=known_at), children=below).children


def by_month(
    area_code: str,
    as_of: date,
    *,
    since: date | None = None,
    known_at: datetime | None = None,
) -> list[Month]:
    """Return the ledger's figures of each month, beside those of the year before."""
    return overview(area_code, cut(as_of, since=since, known_at=known_at)).months


def by_field(
    area_code: str,
    as_of: date,
    *,
    since: date | None = None,
    known_at: datetime | None = None,
) -> list[InField]:
    """Return the ledger's figures in each field of service."""
    return overview(area_code, cut(as_of, since=since, known_at=known_at)).fields


# --- facts -----------------------------------------------------------------------------------


def entries(name: str, area_code: str, cut: Cut, *, places: Places | None = None) -> EntryQuerySet:
    """Return the entries that stand behind one of the ledger's figures.

    As many as the figure says, or, for person-times, those whose numbers add up to it.
    """
    places = places or today()
    known = Entry.objects.all() if cut.known_at is None else Entry.objects.known(cut.known_at)
    taken_back = known.filter(reverses=OuterRef("pk"))
    found = (
        known.between(cut.since, cut.as_of)
        .filter(places.scope(area_code, "area_id"), reverses__isnull=True)
        .filter(kind__in=DEFINITIONS[name].kinds)
        .filter(~Exists(taken_back))
    )
    return found.filter(served__gt=0) if name == "person_times" else found


def enrolments(
    name: str, area_code: str, cut: Cut, *, places: Places | None = None
) -> models.QuerySet[Any]:
    """Return one enrolment in force for each unit or person of a figure: the first recorded."""
    places = places or today()
    model, who = ENROLMENTS[name]
    place = _place_of(name, area_code)
    rows: models.QuerySet[Any] = model.objects.all()
    if len(area_code) == 4:
        # All of them: a page is found by key, not by sorting what an index by place gives.
        rows, place = rows.alias(enrolled_in=_plain(place)), "enrolled_in"
    here = rows.filter(places.scope(area_code, place), _in_force(cut.as_of, cut.known_at))
    return here.filter(~Exists(here.filter(**{who: OuterRef(who)}, pk__lt=OuterRef("pk"))))


def facts(
    name: str,
    area_code: str,
    as_of: date,
    *,
    since: date | None = None,
    known_at: datetime | None = None,
) -> models.QuerySet[Any]:
    """Return the facts behind a figure: exactly as many rows as it says, or adding up to it."""
    return facts_of(name, area_code, cut(as_of, since=since, known_at=known_at))


def facts_of(
    name: str, area_code: str, cut: Cut, *, places: Places | None = None
) -> models.QuerySet[Any]:
    """Return the facts behind a figure for a cut."""
    find = enrolments if name in ENROLMENTS else entries
    return find(name, area_code, cut, places=places)
