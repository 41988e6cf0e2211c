"""Which days are worked, how much working time lies between two moments, and when time is up.

Day rules that people entered go before the calendar library, whose years end. Where neither knows
a year, Monday to Friday count as working days, and every answer says that it was guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from chinese_calendar.constants import holidays as _free_days
from chinese_calendar.constants import workdays as _make_up_days
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from youwo.almanac.models import DayRule, OfficeHours
from youwo.almanac.rules import HOLIDAYS, USUAL_HOURS, Periods
from youwo.areas.rules import codes_above
from youwo.core.recent import Recent

RULE, CALENDAR, GUESS = "rule", "calendar", "guess"
_KNOWN_YEARS = frozenset(day.year for day in _free_days)
_FRIDAY = 4
_MOST_DAYS = 10_000
_NOTHING = timedelta()
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, whether it is worked, the holiday or rule behind that, and where this is known from.

    `source` is `rule` (entered by people), `calendar` (the official holidays) or `guess`.
    """

    on: date
    working: bool
    name: str | Promise = ""
    source: str = CALENDAR

    @property
    def is_make_up(self) -> bool:
        """A day at a weekend on which people work, to make up for a holiday."""
        return self.working and self.on.weekday() > _FRIDAY

    @property
    def reason(self) -> str:
        """Say why the day is free, or worked out of turn. Empty for a plain working day."""
        if self.source == RULE:
            return str(self.name)
        if self.is_make_up:
            return _("make-up working day for %(holiday)s") % {"holiday": self.name}
        if self.working:
            return ""
        if self.name:
            return _("%(holiday)s holiday") % {"holiday": self.name}
        return _("weekend")


@dataclass(frozen=True, slots=True)
class Part:
    """What one day gives towards a deadline: its minutes, none for a day left out."""

    day: Day
    minutes: int

    @property
    def on(self) -> date:
        return self.day.on

    @property
    def left_out(self) -> bool:
        return not self.day.working

    @property
    def reason(self) -> str:
        """Say why the day was left out, or counted out of turn. Empty for a plain working day."""
        if self.day.working and not self.minutes:
            return _("after office hours")
        return self.day.reason


@dataclass(frozen=True)
class Deadline:
    """The moment at which some working time is up, with the days that were counted on the way."""

    at: datetime
    start: datetime
    hours: float
    parts: tuple[Part, ...]
    guessed: bool
    # How many minutes an office day had at the start, to say the time in days.
    day_minutes: int

    @cached_property
    def left_out(self) -> tuple[Part, ...]:
        """The free days in between."""
        return tuple(part for part in self.parts if part.left_out)

    @property
    def explained(self) -> str:
        """Say in one sentence how the moment was found."""
        clauses = [self._length(), *self._left_out(), *self._made_up(), *self._guessed()]
        return pgettext("between clauses", "; ").join(clauses)

    def _length(self) -> str:
        minutes = round(self.hours * 60)
        days, rest = divmod(minutes, self.day_minutes)
        if days and not rest:
            return ngettext("%(count)s working day", "%(count)s working days", days) % {
                "count": days
            }
        hours = f"{self.hours:g}"
        return ngettext(
            "%(count)s working hour", "%(count)s working hours", 1 if hours == "1" else 2
        ) % {"count": hours}

    def _left_out(self) -> Iterator[str]:
        counts: dict[str, int] = {}
        for part in self.left_out:
            counts[part.reason] = counts.get(part.reason, 0) + 1
        for reason, count in counts.items():
            yield ngettext(
                "%(count)s day of %(reason)s left out",
                "%(count)s days of %(reason)s left out",
                count,
            ) % {"count": count, "reason": reason}

    def _made_up(self) -> Iterator[str]:
        count = sum(part.day.is_make_up and part.minutes > 0 for part in self.parts)
        if count:
            yield ngettext(
                "%(count)s make-up working day counted",
                "%(count)s make-up working days counted",
                count,
            ) % {"count": count}

    def _guessed(self) -> Iterator[str]:
        years = sorted({part.on.year for part in self.parts if part.day.source == GUESS})
        if years:
            yield _("the holidays of %(years)s are not known yet, so Monday to Friday count") % {
                "years": pgettext("between years", ", ").join(map(str, years))
            }


@Recent
def day_rules() -> dict[date, tuple[bool, str]]:
    """Return (working, reason) by day; read at most once a minute in each process."""
    return {
        on: (working, name)
        for on, working, name in DayRule.objects.values_list("on", "working", "name")
    }


@Recent
def office_hours() -> dict[str, list[tuple[date, Periods]]]:
    """Return dated office hours by area code, latest first; read at most once a minute."""
    found: dict[str, list[tuple[date, Periods]]] = {}
    for row in OfficeHours.objects.order_by("-valid_from"):
        periods = (
            (row.morning_opens, row.morning_closes),
            (row.afternoon_opens, row.afternoon_closes),
        )
        found.setdefault(row.area_id, []).append((row.valid_from, periods))
    return found


def _is_known(year: int, rules: dict[date, tuple[bool, str]]) -> bool:
    # Every official notice names 1 October, so whoever entered that day entered the notice.
    return year in _KNOWN_YEARS or date(year, 10, 1) in rules


def day(on: date) -> Day:
    """Tell whether a day is worked, and why."""
    rules = day_rules()
    rule = rules.get(on)
    if rule is not None:
        return Day(on, rule[0], rule[1], RULE)
    weekday = on.weekday() <= _FRIDAY
    if on.year not in _KNOWN_YEARS:
        return Day(on, weekday, "", CALENDAR if _is_known(on.year, rules) else GUESS)
    name = _make_up_days.get(on)
    if name is not None:
        return Day(on, True, HOLIDAYS.get(name, name))
    name = _free_days.get(on)
    if name is not None:
        return Day(on, False, HOLIDAYS.get(name, name))
    return Day(on, weekday)


def hours_on(on: date, *, area_code: str) -> Periods:
    """Return the office hours of a day: those of the nearest area above that has any by then."""
    entered = office_hours()
    if entered:
        for code in reversed(codes_above(area_code)):
            for valid_from, periods in entered.get(code, ()):
                if valid_from <= on:
                    return periods
    return USUAL_HOURS


def _length(periods: Periods, on: date) -> timedelta:
    ends = [
        (datetime.combine(on, opens), datetime.combine(on, closes)) for opens, closes in periods
    ]
    return sum((closes - opens for opens, closes in ends), _NOTHING)


def _open_times(on: date, area_code: str) -> list[tuple[datetime, datetime]]:
    return [
        (datetime.combine(on, opens), datetime.combine(on, closes))
        for opens, closes in hours_on(on, area_code=area_code)
    ]


def _wall_clock(moment: datetime) -> datetime:
    return timezone.make_naive(moment)


def deadline(start: datetime, *, hours: float, area_code: str) -> Deadline:
    """Return when some hours of working time, counted from a moment, are up.

    Time outside office hours does not count. Time that is up at closing ends there, not on the next
    morning.
    """
    if hours < 0:
        raise ValueError(hours)
    begins = _wall_clock(start)
    left, counted = timedelta(hours=hours), _NOTHING
    ends = begins
    parts: list[Part] = []
    for number in range(_MOST_DAYS):
        if not left:
            break
        today = day(begins.date() + timedelta(days=number))
        minutes_before = counted // _MINUTE
        if today.working:
            for opens, closes in _open_times(today.on, area_code):
                taken = min(closes - max(opens, begins), left)
                if taken > _NOTHING:
                    left -= taken
                    counted += taken
                    ends = max(opens, begins) + taken
        parts.append(Part(today, counted // _MINUTE - minutes_before))
    if left:
        raise ValueError(hours)
    on = begins.date()
    return Deadline(
        at=timezone.make_aware(ends),
        start=start,
        hours=hours,
        parts=tuple(parts),
        guessed=any(part.day.source == GUESS for part in parts),
        day_minutes=_length(hours_on(on, area_code=area_code), on) // _MINUTE,
    )


def working_minutes(start: datetime, end: datetime, *, area_code: str) -> int:
    """Return the whole minutes of working time between two moments; none if they are reversed."""
    begins, ends = _wall_clock(start), _wall_clock(end)
    days = (ends.date() - begins.date()).days
    if days > _MOST_DAYS:
        raise ValueError(days)
    found = _NOTHING
    for number in range(days + 1):
        today = day(begins.date() + timedelta(days=number))
        if today.working:
            for opens, closes in _open_times(today.on, area_code):
                found += max(min(closes, ends) - max(opens, begins), _NOTHING)
    return found // _MINUTE
