"""How much of the city is built, and the published numbers that the whole of it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

BEGIN = date(2024, 1, 1)
# The months that the city has published figures for.
SINCE = date(2025, 1, 1)
CUT_OFF = date(2025, 4, 30)


@dataclass(frozen=True)
class Size:
    """What the facts add up to: enrolments in force on the cut-off day, entries since 1 January."""

    units: int = 1_227
    members: int = 34_000
    activities: int = 1_962
    deeds: int = 2_176

    def share(self, part: float) -> Size:
        """Return a smaller city of the same proportions."""
        return Size(
            units=max(round(self.units * part), 2),
            members=max(round(self.members * part), 4),
            activities=round(self.activities * part),
            deeds=round(self.deeds * part),
        )


FULL = Size()
