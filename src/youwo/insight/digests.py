"""The week at a glance: what somebody did, what waits for them and until when, from facts.

Made for hundreds of people at once, in as many statements as for one. It compares nobody with
anybody: only with their own year before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from youwo.almanac.queries import day as calendar_day
from youwo.areas.models import Area, code_after
from youwo.areas.queries import spans
from youwo.core.clock import local_day, start_of
from youwo.core.lengths import lasting
from youwo.insight.queries import a_year_before
from youwo.ledger.models import Entry, Kind, Participation
from youwo.notices import actions, queries
from youwo.notices.actions import Letter, News
from youwo.notices.mail import ITEM
from youwo.notices.models import Digest, GroupKind, Habits, Post, Weekday
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations.models import Mandate, Organization
from youwo.people.models import Grant, Person, Role
from youwo.people.rules import Powers
from youwo.turns.models import Turn

# When the week is told, and when groups hear what is overdue: by the clock on the city's walls.
TOLD_FROM = time(8)
OVERDUE_FROM, OVERDUE_UNTIL = time(8, 30), time(18)
DAYS = 7
_TITLES = 10
_BATCH = 500


# --- what waits --------------------------------------------------------------------------------
@dataclass
class Waiting:
    """How many things wait: late, due on each of the next days, later."""

    late: int = 0
    days: list[int] = field(default_factory=lambda: [0] * DAYS)
    later: int = 0

    def add(self, row: dict[str, Any]) -> None:
        """Add one line of sums."""
        self.late += row["late"]
        self.later += row["later"]
        self.days = [known + row[f"day_{n}"] for n, known in enumerate(self.days)]

    @property
    def total(self) -> int:
        return self.late + sum(self.days) + self.later


class Waits:
    """What waits in the whole city, summed once, to be read for many people."""

    def __init__(self, at: datetime) -> None:
        starts = [start_of(local_day(at) + timedelta(days=n)) for n in range(DAYS + 1)]
        sums = {
            f"day_{n}": Count(
                "pk", filter=Q(due_at__gte=starts[n], due_at__lt=starts[n + 1], due_at__gt=at)
            )
            for n in range(DAYS)
        }
        rows: Any = (
            Turn.objects.order_by()
            .values("role", "area_id", "organization_id", "person_id", "barred")
            .annotate(
                late=Count("pk", filter=Q(due_at__lte=at)),
                later=Count("pk", filter=Q(due_at__gte=starts[DAYS])),
                **sums,
            )
        )
        self._roles: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self._units: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self._people: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            if row["role"]:
                self._roles[row["role"], row["area_id"]].append(row)
            elif row["organization_id"]:
                self._units[row["organization_id"]].append(row)
            else:
                self._people[row["person_id"]].append(row)
        self._worked = sorted(code for role, code in self._roles if role == Role.WORKER)

    def of(self, person: int, powers: Powers, units: Iterable[int]) -> Waiting:
        """Return what waits for somebody, as their queue shows it."""
        units = frozenset(units)
        found = Waiting()
        barred = [f" person.{person} ", *(f" unit.{unit} " for unit in units)]
        for row in self._rows(person, powers, units):
            if not any(mark in row["barred"] for mark in barred):
                found.add(row)
        return found

    def _rows(self, person: int, powers: Powers, units: frozenset[int]) -> Iterator[dict[str, Any]]:
        for code in powers.codes(Role.WORKER):
            yield from self.worked_in(code)
        for role, code in sorted(powers.grants):
            if role in (Role.COORDINATOR, Role.ADMINISTRATOR):
                yield from self._roles.get((role, code), ())
        for unit in units:
            yield from self.of_unit(unit)
        yield from self._people.get(person, ())

    def worked_in(self, code: str) -> Iterator[dict[str, Any]]:
        """Yield what waits for the workers of a place and of all below it."""
        for span in spans(code):
            beyond = code_after(span) or f"{span}\0"
            found = bisect_left(self._worked, span), bisect_left(self._worked, beyond)
            for place in self._worked[slice(*found)]:
                yield from self._roles[Role.WORKER, place]

    def of_unit(self, unit: int) -> Iterator[dict[str, Any]]:
        """Yield what waits for a unit."""
        yield from self._units.get(unit, ())


# --- the week of each person -------------------------------------------------------------------
@dataclass
class Week:
    """What somebody's week at a glance says. Places and units are (name, deeds, activities)."""

    since: date
    until: date
    titles: list[str] = field(default_factory=list)
    more: int = 0
    minutes: int = 0
    around: list[tuple[str, int, int]] = field(default_factory=list)
    waiting: Waiting = field(default_factory=Waiting)
    this_year: tuple[int, int] = (0, 0)
    year_before: tuple[int, int] = (0, 0)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.titles or self.waiting.total or any(sum(row[1:]) for row in self.around))


class _Facts:
    """What is read once for all people of one run."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.on = local_day(at)
        self.since = self.on - timedelta(days=DAYS)
        self._entries = Entry.objects.filter(
            recorded_at__gte=start_of(self.since), recorded_at__lt=start_of(self.on)
        ).order_by()

    @cached_property
    def waits(self) -> Waits:
        return Waits(self.at)

    @cached_property
    def _by_area(self) -> list[tuple[str, str, int]]:
        rows = self._entries.values_list("area_id", "kind").annotate(Sum("sign"))
        return sorted(rows)

    @cached_property
    def _by_unit(self) -> dict[tuple[int, str], int]:
        rows = self._entries.filter(organization__isnull=False)
        return {
            (unit, kind): total
            for unit, kind, total in rows.values_list("organization_id", "kind").annotate(
                Sum("sign")
            )
        }

    def in_place(self, code: str) -> tuple[int, int]:
        """Return the deeds and activities recorded in a place during the week."""
        sums = {Kind.DEED.value: 0, Kind.ACTIVITY.value: 0}
        for span in spans(code):
            beyond = code_after(span) or f"{span}\0"
            for area, kind, total in self._by_area:
                if span <= area < beyond:
                    sums[kind] += total
        return sums[Kind.DEED], sums[Kind.ACTIVITY]

    def of_unit(self, unit: int) -> tuple[int, int]:
        """Return the deeds and activities of a unit recorded during the week."""
        return tuple(self._by_unit.get((unit, kind), 0) for kind in (Kind.DEED, Kind.ACTIVITY))  # type: ignore[return-value]


def _standing(people: Sequence[int]) -> QuerySet[Participation]:
    return Participation.objects.filter(
        person__in=people, entry__reverses__isnull=True, entry__reversal__isnull=True
    ).order_by()


def weeks(people: Sequence[Person], *, at: datetime, facts: _Facts | None = None) -> list[Week]:
    """Return the week of each person. At most nine statements, however many people."""
    facts = facts or _Facts(at)
    keys = [person.pk for person in people]
    grants, units = _grants(keys, facts.on), _units(keys, facts.on)
    titles, minutes = _own(keys, facts)
    years = _years(keys, facts.on)
    places = dict(
        Area.objects.filter(
            pk__in={code for powers in grants.values() for code in powers.codes(*Role.values)}
        ).values_list("pk", "name")
    )
    names = dict(
        Organization.objects.filter(
            pk__in={unit for held in units.values() for unit in held}
        ).values_list("pk", "name")
    )
    found = []
    for key in keys:
        powers, held = grants.get(key, Powers(frozenset())), units.get(key, [])
        week = Week(facts.since, facts.on - timedelta(days=1))
        week.titles, week.more = titles[key][:_TITLES], max(len(titles[key]) - _TITLES, 0)
        week.minutes = minutes[key]
        week.around = [
            (places[code], *facts.in_place(code)) for code in powers.codes(*Role.values)
        ] + [(names[unit], *facts.of_unit(unit)) for unit in held]
        week.waiting = facts.waits.of(key, powers, held)
        week.this_year, week.year_before = years.get(key, ((0, 0), (0, 0)))
        found.append(week)
    return found


def _grants(people: Sequence[int], on: date) -> dict[int, Powers]:
    rows = Grant.objects.in_force(on).filter(person__in=people)
    held: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for person, role, area in rows.values_list("person_id", "role", "area_id"):
        held[person].add((role, area))
    return {person: Powers(frozenset(pairs)) for person, pairs in held.items()}


def _units(people: Sequence[int], on: date) -> dict[int, list[int]]:
    rows = Mandate.objects.in_force(on).filter(person__in=people).order_by("organization__name")
    held: dict[int, list[int]] = defaultdict(list)
    for person, unit in rows.values_list("person_id", "organization_id"):
        held[person].append(unit)
    return held


def _own(people: Sequence[int], facts: _Facts) -> tuple[dict[int, list[str]], dict[int, int]]:
    rows = _standing(people).filter(
        entry__recorded_at__gte=start_of(facts.since), entry__recorded_at__lt=start_of(facts.on)
    )
    titles: dict[int, list[str]] = defaultdict(list)
    minutes: dict[int, int] = defaultdict(int)
    for person, title, spent in rows.order_by("entry__occurred_on", "entry_id").values_list(
        "person_id", "entry__title", "minutes"
    ):
        titles[person].append(title)
        minutes[person] += spent
    return titles, minutes


def _years(people: Sequence[int], on: date) -> dict[int, tuple[tuple[int, int], tuple[int, int]]]:
    """Return facts and minutes of this year up to a day, and of the year before up to the same."""
    before = a_year_before(on)
    now = Q(entry__occurred_on__gte=on.replace(month=1, day=1), entry__occurred_on__lte=on)
    then = Q(entry__occurred_on__gte=before.replace(month=1, day=1), entry__occurred_on__lte=before)
    rows = (
        _standing(people)
        .filter(now | then)
        .values("person_id")
        .annotate(
            facts=Count("pk", filter=now),
            spent=Sum("minutes", filter=now, default=0),
            facts_then=Count("pk", filter=then),
            spent_then=Sum("minutes", filter=then, default=0),
        )
    )
    return {
        row["person_id"]: (
            (row["facts"], row["spent"]),
            (row["facts_then"], row["spent_then"]),
        )
        for row in rows
    }


# --- in words ----------------------------------------------------------------------------------
def subject(week: Week) -> str:
    """Return the line that the message is listed by."""
    return _("My week: %(done)s, %(waits)s") % {
        "done": ngettext("%(count)d fact of my own", "%(count)d facts of my own", _done(week))
        % {"count": _done(week)},
        "waits": ngettext("%(count)d thing waits", "%(count)d things wait", week.waiting.total)
        % {"count": week.waiting.total},
    }


def _done(week: Week) -> int:
    return len(week.titles) + week.more


def body(week: Week) -> str:
    """Return the week in words: paragraphs, each a heading with items."""
    return "\n\n".join(
        "\n".join([heading, *(f"{ITEM}{item}" for item in items)])
        for heading, items in sections(week)
        if items
    )


def sections(week: Week) -> list[tuple[str, list[str]]]:
    """Return the headings of a week, each with its items."""
    days = {"since": _day(week.since), "until": _day(week.until)}
    return [
        (_("Done by me, %(since)s to %(until)s") % days, _own_items(week)),
        (
            _("Recorded where I work, %(since)s to %(until)s") % days,
            [
                _("%(name)s: %(deeds)d deeds, %(activities)d activities")
                % {"name": name, "deeds": deeds, "activities": activities}
                for name, deeds, activities in week.around
                if deeds or activities
            ],
        ),
        (_("What waits for me"), _waiting_items(week)),
        (_("My year so far"), _year_items(week)),
    ]


def _day(day: date) -> str:
    return date_format(day, _("M j"))


def _own_items(week: Week) -> list[str]:
    items = list(week.titles)
    if week.more:
        items.append(
            ngettext("and %(count)d more", "and %(count)d more", week.more) % {"count": week.more}
        )
    if week.minutes:
        items.append(_("%(time)s altogether") % {"time": lasting(week.minutes)})
    return items


def _waiting_items(week: Week) -> list[str]:
    items = []
    if week.waiting.late:
        items.append(
            ngettext("%(count)d is late", "%(count)d are late", week.waiting.late)
            % {"count": week.waiting.late}
        )
    first = week.until + timedelta(days=1)
    for after, count in enumerate(week.waiting.days):
        if count:
            when = date_format(first + timedelta(days=after), _("l, M j"))
            items.append(
                ngettext("%(count)d is due on %(day)s", "%(count)d are due on %(day)s", count)
                % {"count": count, "day": when}
            )
    if week.waiting.later:
        items.append(
            ngettext("%(count)d has more time", "%(count)d have more time", week.waiting.later)
            % {"count": week.waiting.later}
        )
    return items


def _year_items(week: Week) -> list[str]:
    (count, minutes), (count_then, minutes_then) = week.this_year, week.year_before
    if not (count or count_then):
        return []
    return [
        _("%(count)d facts, %(time)s") % {"count": count, "time": lasting(minutes)},
        _("by this day last year: %(count)d facts, %(time)s")
        % {"count": count_then, "time": lasting(minutes_then)},
    ]


# --- telling -----------------------------------------------------------------------------------
def weekday(person: Person, habits: Habits, *, on: date) -> int | None:
    """Return on which day somebody hears about their week; None where they do not.

    Without a choice: Monday for whoever holds a role or acts for a unit.
    """
    if not habits._state.adding:
        return habits.digest_on
    acts = (
        Grant.objects.in_force(on).filter(person=person).exists()
        or Mandate.objects.in_force(on).filter(person=person).exists()
    )
    return Weekday.MONDAY.value if acts else None


@dataclass(frozen=True)
class Said:
    """A week in words, as it is shown before it is sent."""

    subject: str
    sections: list[tuple[str, list[str]]]
    is_empty: bool


def preview(person: Person, *, at: datetime) -> Said:
    """Return what somebody's week would say at a moment."""
    (week,) = weeks([person], at=at)
    shown = [(heading, items) for heading, items in sections(week) if items]
    return Said(subject(week), shown, week.is_empty)


def tell_weeks(at: datetime) -> int:
    """Tell everybody whose day it is about their week, once, and return how many were asked.

    Whoever has nothing to hear gets no message. Running it again, or twice at once, tells nobody
    twice.
    """
    if timezone.localtime(at).time() < TOLD_FROM:
        return 0
    facts, told = _Facts(at), 0
    while people := list(_due(facts.on)[:_BATCH]):
        _tell(people, facts)
        told += len(people)
    return told


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _due(on: date) -> QuerySet[Person]:
    person = OuterRef("pk")
    day = Q(habits__digest_on=on.isoweekday())
    if on.isoweekday() == Weekday.MONDAY:
        acts = Q(Exists(Grant.objects.in_force(on).filter(person=person))) | Q(
            Exists(Mandate.objects.in_force(on).filter(person=person))
        )
        day |= Q(habits__isnull=True) & acts
    made = Digest.objects.filter(person=person, week=_monday(on))
    people: QuerySet[Person] = Person.objects.filter(day, ~Exists(made), is_active=True)
    return people.order_by("pk")


@transaction.atomic
def _tell(people: Sequence[Person], facts: _Facts) -> None:
    letters = []
    for person, week in zip(people, weeks(people, at=facts.at, facts=facts), strict=True):
        if not week.is_empty:
            with override(person.language or settings.LANGUAGE_CODE):
                letters.append(Letter(person, subject(week), body(week)))
    monday = _monday(facts.on)
    actions.tell_each(
        letters, kind=NoticeKind.DIGEST, link="/work/", cause=f"week.{monday}", at=facts.at
    )
    Digest.objects.bulk_create(
        [Digest(person=person, week=monday, made_at=facts.at) for person in people],
        ignore_conflicts=True,
    )


def tell_overdue(at: datetime) -> int:
    """Tell groups that want it, once a working day, how much is overdue; return how many."""
    now = timezone.localtime(at)
    if not (OVERDUE_FROM <= now.time() < OVERDUE_UNTIL and calendar_day(now.date()).working):
        return 0
    cause = f"overdue.{now.date()}"
    wanting = [group for group in queries.groups() if GroupKind.OVERDUE in group.wanted]
    if not wanting:
        return 0
    done = set(
        Post.objects.filter(robot__in=[group.key for group in wanting], cause=cause).values_list(
            "robot_id", flat=True
        )
    )
    wanting = [group for group in wanting if group.key not in done]
    if not wanting:
        return 0
    waits = Waits(at)
    told = [(group, _of_group(group, waits)) for group in wanting]
    told = [(group, found) for group, found in told if found.late]
    with override(settings.LANGUAGE_CODE):
        actions.post_to([(group, _overdue(found, cause)) for group, found in told], at=at)
    return len(told)


def _of_group(group: queries.Group, waits: Waits) -> Waiting:
    found = Waiting()
    unit = group.organization
    for row in waits.of_unit(unit) if unit is not None else waits.worked_in(group.area):
        found.add(row)
    return found


def _overdue(found: Waiting, cause: str) -> News:
    return News(
        kind=GroupKind.OVERDUE,
        subject=_("%(late)d overdue, %(today)d due today. Please have a look.")
        % {"late": found.late, "today": found.days[0]},
        link="/work/",
        cause=cause,
    )
