"""Days and moments in the city's own time zone."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def local_day(at: datetime) -> date:
    """Return the calendar day on which a moment falls in the city."""
    return timezone.localtime(at).date()


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in the city."""
    return timezone.make_aware(datetime.combine(day, time.min))
