"""How a year runs: how many activities and deeds each day has, and what is celebrated near it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from youwo.demo.draws import dice, shares
from youwo.demo.size import BEGIN, CUT_OFF, SINCE, Size
from youwo.demo.words import read

# Person-times of an activity, on average and in its spread; of a deed, the chances of 1, 2, 3 ….
_SERVED_BY_ACTIVITY = 91.0
_SERVED_BY_DEED = {1: 46, 2: 18, 3: 11, 4: 8, 5: 6, 8: 5, 12: 4, 20: 2}


@dataclass(frozen=True)
class Slot:
    """One fact that happens on a day, still without a place: its number in the month is its key."""

    kind: str
    number: int
    on: date
    served: int

    @property
    def key(self) -> str:
        """The key of its source, the same in every build."""
        return f"{self.kind}-{self.on:%Y%m}-{self.number}"


def months(until: date) -> list[date]:
    """Return the first days of all months from the beginning until a day."""
    found = [BEGIN]
    while (following := (found[-1] + timedelta(days=32)).replace(day=1)) <= until:
        found.append(following)
    return found


def _published() -> list[date]:
    return [day for day in months(CUT_OFF) if day >= SINCE]


def _growth(month: date) -> float:
    """How far the programme has grown: it begins small, and goes on growing slowly."""
    passed = (month.year - BEGIN.year) * 12 + month.month - BEGIN.month
    return 0.5 + 0.4 * passed / 11 if passed < 12 else min(1 + 0.008 * (passed - 12), 1.25)


def month_total(kind: str, month: date, size: Size) -> int:
    """Return how many facts of a kind a month has; the published months add up exactly."""
    factors: list[float] = read("rhythm")["months"][kind]
    total = size.activities if kind == "activity" else size.deeds
    published = _published()
    if month in published:
        parts = shares(total, [factors[day.month - 1] for day in published])
        return parts[published.index(month)]
    usual = total / sum(factors[day.month - 1] for day in published)
    return round(usual * factors[month.month - 1] * _growth(month))


@cache
def _festivals() -> dict[date, str]:
    return {day: name for name, days in read("rhythm")["festivals"].items() for day in days}


def festival_near(day: date) -> str:
    """Return the name of the festival that a day prepares or keeps; empty if there is none."""
    if day.month == 3 and 2 <= day.day <= 7:
        return "lei_feng"
    for ahead in range(8):
        name = _festivals().get(day + timedelta(days=ahead), "")
        if name and ahead <= (7 if name == "spring" else 3):
            return name
    return ""


def _days_since_spring_festival(day: date) -> int | None:
    for back in range(-2, 8):
        if _festivals().get(day - timedelta(days=back)) == "spring":
            return back
    return None


def _weight(kind: str, day: date) -> float:
    weight = float(read("rhythm")["weekdays"][kind][day.weekday()])
    since = _days_since_spring_festival(day)
    if since is not None and since >= -1:
        return weight * (0.1 if kind == "activity" else 0.35)
    festival = festival_near(day)
    if festival == "lei_feng":
        weight *= 3.0 if kind == "activity" else 2.0
    elif festival:
        weight *= 1.6 if kind == "activity" else 1.2
    if day.month == 10 and day.day <= 3:
        weight *= 0.5
    if day.day <= 5:
        weight *= 1.15
    return weight


def slots(seed: int, kind: str, month: date, size: Size) -> list[Slot]:
    """Return the facts of a kind in a month, by day."""
    draw = dice(seed, "month", kind, month)
    total = month_total(kind, month, size)
    following = (month + timedelta(days=32)).replace(day=1)
    days = [month + timedelta(days=past) for past in range((following - month).days)]
    counts = shares(total, [_weight(kind, day) * draw.uniform(0.6, 1.4) for day in days])
    on = [day for day, count in zip(days, counts, strict=True) for _ in range(count)]
    if kind == "activity":
        raw = [min(max(math.exp(draw.gauss(4.2, 0.75)), 9), 900) for _ in on]
        served = shares(round(_SERVED_BY_ACTIVITY * total), raw) if raw else []
    else:
        served = draw.choices(list(_SERVED_BY_DEED), list(_SERVED_BY_DEED.values()), k=total)
    return [
        Slot(kind, number, day, people)
        for number, (day, people) in enumerate(zip(on, served, strict=True), start=1)
    ]
