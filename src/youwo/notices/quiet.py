"""Quiet hours: from a time of day until another, in the city's own time, often over midnight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from youwo.notices.models import QUIET_FROM, QUIET_UNTIL


@dataclass(frozen=True)
class Quiet:
    """From when until when nothing is sent, by the clock on the wall. The end is no longer quiet.

    >>> Quiet(time(21), time(8)).holds(time(2))
    True
    """

    since: time
    until: time

    def holds(self, now: time) -> bool:
        """Say whether a time of day is quiet."""
        if self.since < self.until:
            return self.since <= now < self.until
        return now >= self.since or now < self.until


NIGHT = Quiet(QUIET_FROM, QUIET_UNTIL)


def free_from(at: datetime, quiet: Quiet) -> datetime:
    """Return the moment itself, or the end of the quiet hours in which it falls."""
    local = timezone.localtime(at)
    if not quiet.holds(local.time()):
        return at
    day = local.date()
    if local.time() >= quiet.until:
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, quiet.until))
