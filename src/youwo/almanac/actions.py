"""Entering official day rules and office hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils.translation import gettext as _

from youwo.almanac import queries
from youwo.almanac.models import DayRule, OfficeHours
from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal import actions as journal

MOST_DAYS_AT_ONCE = 31


@acting()
def set_day(
    *, on: date, working: bool, name: str, by: models.Model | None, at: datetime
) -> DayRule:
    """Say that a day is worked or free, whatever the calendar says, and by which notice."""
    return set_days(first=on, last=on, working=working, name=name, by=by, at=at)[0]


@acting()
def set_days(
    *,
    first: date,
    last: date,
    working: bool,
    name: str,
    by: models.Model | None,
    at: datetime,
) -> list[DayRule]:
    """Say that all days of a span are worked or free, as a notice does for a holiday.

    Refuses a span that ends before it begins or is longer than a month.
    """
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused(_("Please say in at most 60 characters why, such as 春节."), "name")
    if last < first:
        raise Refused(_("The last day lies before the first."), "last")
    count = (last - first).days + 1
    if count > MOST_DAYS_AT_ONCE:
        raise Refused(
            _("Please enter at most %(count)s days at once.") % {"count": MOST_DAYS_AT_ONCE}, "last"
        )
    rules = DayRule.objects.bulk_create(
        [
            DayRule(on=first + timedelta(days=number), working=working, name=name)
            for number in range(count)
        ],
        update_conflicts=True,
        unique_fields=["on"],
        update_fields=["working", "name"],
    )
    journal.write_all(
        journal.line("set", rule, by=by, at=at, on=rule.on.isoformat(), working=working)
        for rule in rules
    )
    queries.day_rules.forget_after_change()
    return rules


@acting()
def clear_day(rule: DayRule, *, by: models.Model | None, at: datetime) -> None:
    """Take a day rule away, so that the calendar holds again."""
    journal.write("clear", rule, by=by, at=at, on=rule.on.isoformat())
    rule.delete()
    queries.day_rules.forget_after_change()


@acting()
def clear_days(*, first: date, last: date, by: models.Model | None, at: datetime) -> int:
    """Take all day rules of a span away, so that the calendar holds again; return how many."""
    rules = list(DayRule.objects.select_for_update().filter(on__range=(first, last)).order_by("on"))
    journal.write_all(
        journal.line("clear", rule, by=by, at=at, on=rule.on.isoformat()) for rule in rules
    )
    DayRule.objects.filter(pk__in=[rule.pk for rule in rules]).delete()
    queries.day_rules.forget_after_change()
    return len(rules)


@acting()
def set_office_hours(
    area: Area,
    *,
    valid_from: date,
    morning: tuple[time, time],
    afternoon: tuple[time, time],
    by: models.Model | None,
    at: datetime,
) -> OfficeHours:
    """Set when offices in a place and all below it are open, from a day on.

    Summer and winter hours are two entries a year. Refuses hours out of order.
    """
    if not (morning[0] < morning[1] <= afternoon[0] < afternoon[1]):
        raise Refused(_("Each part of the day must close after it opens, the morning first."))
    hours, _new = OfficeHours.objects.update_or_create(
        area=area,
        valid_from=valid_from,
        defaults={
            "morning_opens": morning[0],
            "morning_closes": morning[1],
            "afternoon_opens": afternoon[0],
            "afternoon_closes": afternoon[1],
        },
    )
    journal.write(
        "set",
        hours,
        by=by,
        at=at,
        area_code=area.code,
        valid_from=valid_from.isoformat(),
        hours=[f"{moment:%H:%M}" for moment in (*morning, *afternoon)],
    )
    queries.office_hours.forget_after_change()
    return hours


@acting()
def clear_office_hours(hours: OfficeHours, *, by: models.Model | None, at: datetime) -> None:
    """Take an entry of office hours away, so that those entered before or above hold again."""
    journal.write(
        "clear",
        hours,
        by=by,
        at=at,
        area_code=hours.area_id,
        valid_from=hours.valid_from.isoformat(),
    )
    hours.delete()
    queries.office_hours.forget_after_change()
