"""Moments and spans as people say them: today 17:30, 3 hours ago, 2 days left."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Now:
    """The present, as all rows of a page see it: the clock and the zone are looked up once.

    Says everything in the language that is active, and no two things of a page by two clocks.
    """

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or timezone.now()
        self._zone = timezone.get_current_timezone()
        self.today = self.at.astimezone(self._zone).date()
        self._days: dict[date, str] = {}
        self._lengths: dict[int, str] = {}

    def day(self, value: date) -> str:
        """Return a day, or that of a moment: with the year only where it is not this one."""
        if isinstance(value, datetime):
            value = value.astimezone(self._zone).date()
        if value not in self._days:
            form = _("M j") if value.year == self.today.year else _("M j, Y")
            self._days[value] = date_format(value, form)
        return self._days[value]

    def moment(self, value: datetime) -> str:
        """Return a moment: today 17:30, yesterday 09:12, June 3 09:12."""
        at = value.astimezone(self._zone)
        clock, on = at.strftime("%H:%M"), at.date()
        match (on - self.today).days:
            case 0:
                return _("today %(clock)s") % {"clock": clock}
            case 1:
                return _("tomorrow %(clock)s") % {"clock": clock}
            case -1:
                return _("yesterday %(clock)s") % {"clock": clock}
        return _("%(day)s %(clock)s") % {"day": self.day(on), "clock": clock}

    def since(self, value: datetime) -> str:
        """Say how long ago a moment was, in one unit; beyond a week, the day."""
        span = self.at - value
        if span < timedelta(minutes=1):
            return _("just now")
        if span < timedelta(days=7):
            return _("%(length)s ago") % {"length": self._length(span)}
        return self.day(value.astimezone(self._zone).date())

    def due(self, value: datetime) -> tuple[str, str]:
        """Return the kind of chip and the words for what is due at a moment."""
        if value <= self.at:
            return "late", _("%(length)s late") % {"length": self._length(self.at - value)}
        days = (value.astimezone(self._zone).date() - self.today).days
        if days <= 1:
            return "due", self.moment(value)
        return "", ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}

    def _length(self, span: timedelta) -> str:
        minutes = int(span.total_seconds() // 60)
        if minutes not in self._lengths:
            self._lengths[minutes] = _length(minutes)
        return self._lengths[minutes]


def _length(minutes: int) -> str:
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": max(minutes, 1)}
    hours = minutes // 60
    if hours < 24:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
