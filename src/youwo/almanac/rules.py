"""Office hours as they are where nobody entered others, and the names of the public holidays."""

from __future__ import annotations

from datetime import time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Each part of an office day: (opens, closes).
Periods = tuple[tuple[time, time], ...]

USUAL_HOURS: Periods = ((time(8), time(12)), (time(14, 30), time(18)))

# By the names that the calendar library uses.
HOLIDAYS: dict[str, Promise] = {
    "New Year's Day": _("New Year's Day"),
    "Spring Festival": _("Spring Festival"),
    "Tomb-sweeping Day": _("Qingming"),
    "Labour Day": _("Labour Day"),
    "Dragon Boat Festival": _("Dragon Boat Festival"),
    "National Day": _("National Day"),
    "Mid-autumn Festival": _("Mid-Autumn Festival"),
    "Anti-Fascist 70th Day": _("Victory Day"),
}
