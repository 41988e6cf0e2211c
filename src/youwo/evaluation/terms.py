"""How long each part of an evaluation may take, in working hours (a working day has 7.5)."""

from __future__ import annotations

from datetime import timedelta

DAY = 7.5

# From the close of a round until its results are to be published.
PUBLISH = 5 * DAY
# From publication until nobody can appeal any more, and from an appeal until its decision.
APPEAL = 15 * DAY
DECIDE = 10 * DAY

# From the close of a whistle, for both sides to look back on it.
LOOK_BACK = 3 * DAY

# Evaluators with sheets before them are reminded this long before the round closes.
REMIND_BEFORE = timedelta(days=2)

# Fewer voices than these are not shown, nor counted: who said what could be guessed.
LEAST_PUBLIC = 3
