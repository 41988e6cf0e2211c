"""How long each move may take, in working hours (a working day has 7.5)."""

from __future__ import annotations

from datetime import timedelta

from youwo.needs.models import ProblemStatus, Status

DAY = 7.5

# Until when the one whose move it is has time, from the moment the wish enters the state.
HOURS: dict[str, float] = {
    Status.RECEIVED: 2 * DAY,
    Status.RETURNED: 5 * DAY,
    Status.PUBLISHED: 10 * DAY,
    Status.CLAIMED: 5 * DAY,
    Status.DELIVERED: 3 * DAY,
    Status.CONFIRMED: 5 * DAY,
}

# The same for a problem; what is open and in hand has the time that the catalogue gives its kind.
PROBLEM_HOURS: dict[str, float] = {
    ProblemStatus.RECEIVED: 2 * DAY,
    ProblemStatus.DONE: 3 * DAY,
}

# When a resident or the public let the time pass, the community takes over and has this long.
TAKEN_OVER = 2 * DAY

# A reminder goes out this long before a promise runs out, in calendar time: on the evening before
# the last working day it still helps.
REMIND_BEFORE = timedelta(hours=20)
