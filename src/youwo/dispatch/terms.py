"""How long what is beside the ladder may take, in working hours (a working day has 7.5)."""

from __future__ import annotations

DAY = 7.5

# An office decides on an objection, or on more time than a unit may take by itself.
DECIDE = 4.0
# A unit that is asked to take over or to help says yes or no.
CONSENT = DAY
# The community asks the resident how it went.
JUDGE = 5 * DAY
# No pause lasts longer; whoever needs more asks for an extension.
LONGEST_PAUSE = 10 * DAY
