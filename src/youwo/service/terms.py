"""How long each move of a meeting and of a service item may take, in working hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from youwo.almanac.queries import hours_on

DAY = 7.5

# To say who takes on what nobody has, to begin, and to hear the residents when it is done.
ASSIGN = 2 * DAY
START = 2 * DAY
ACCEPT = 3 * DAY
# To write the end of a meeting that was held.
CLOSE_MEETING = 2 * DAY

# A meeting of a rhythm is created so long ahead, in calendar days.
AHEAD = timedelta(days=14)
# Invitations are answered, and the agenda is ready, so long before the meeting begins.
ANSWER_BEFORE = timedelta(days=1)
# What a meeting agrees on is due after so many calendar days, if nothing else is said.
USUAL_DAYS = 14


def closing(day: date, area_code: str) -> datetime:
    """Return the moment at which offices close on a day."""
    _morning, (_opens, closes) = hours_on(day, area_code=area_code)
    return timezone.make_aware(datetime.combine(day, closes))
