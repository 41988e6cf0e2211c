"""Which place's coordinators stand behind a level: the nearest that has any, up to the city."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from youwo.areas.rules import codes_above
from youwo.dispatch.models import Level, Office
from youwo.people.models import Grant, Role

# How many codes, from the city down, lie at and above an office's place.
_DEPTH = {Office.CITY: 1, Office.COUNTY: 2, Office.TOWN: 3}


@dataclass(frozen=True)
class Offices:
    """Where coordinators are in office on a day. One query, however many whistles."""

    held: frozenset[str]

    def of(self, community: str, answers: str) -> str:
        """Return the place whose coordinators answer for a community at a level."""
        above = codes_above(community.partition("-")[0])[: _DEPTH[Office(answers)]]
        return next((code for code in reversed(above) if code in self.held), above[0])


def offices(on: date, communities: Iterable[str] | None = None) -> Offices:
    """Read where coordinators are in office: everywhere, or around some communities."""
    rows = Grant.objects.in_force(on).filter(role=Role.COORDINATOR)
    if communities is not None:
        rows = rows.filter(
            area__in={code for community in communities for code in codes_above(community)}
        )
    return Offices(frozenset(rows.values_list("area_id", flat=True)))


def deciding(level: Level, rungs: Iterable[Level]) -> str:
    """Return whose office decides what is asked at a level: the next one's, else the top's own.

    Where no level has an office, the city decides.
    """
    above = [rung for rung in rungs if rung.number > level.number and rung.answers != Office.UNIT]
    if above:
        return min(above, key=lambda rung: rung.number).answers
    return level.answers if level.answers != Office.UNIT else Office.CITY
