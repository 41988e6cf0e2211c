"""Entering official day rules and office hours."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import models, transaction
from django.utils.translation import gettext as _

from youwo.almanac import queries
from youwo.almanac.models import DayRule, OfficeHours
from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.journal import actions as journal


@transaction.atomic
def set_day(
    *, on: date, working: bool, name: str, by: models.Model | None, at: datetime
) -> DayRule:
    """Say that a day is worked or free, whatever the calendar says, and by which notice."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused(_("Please say in at most 60 characters why, such as 春节."), "name")
    rule, _new = DayRule.objects.update_or_create(
        on=on, defaults={"working": working, "name": name}
    )
    journal.write("set", rule, by=by, at=at, on=on.isoformat(), working=working)
    queries.day_rules.forget_after_change()
    return rule


@transaction.atomic
def clear_day(rule: DayRule, *, by: models.Model | None, at: datetime) -> None:
    """Take a day rule away, so that the calendar holds again."""
    journal.write("clear", rule, by=by, at=at, on=rule.on.isoformat())
    rule.delete()
    queries.day_rules.forget_after_change()


@transaction.atomic
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
