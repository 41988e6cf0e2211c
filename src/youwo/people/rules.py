"""What a person may do where, from the grants in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from youwo.areas.models import code_after
from youwo.people.models import Grant, Person


def _covers(code: str, area_code: str) -> bool:
    beyond = code_after(code)
    return area_code == code if beyond is None else code <= area_code < beyond


@dataclass(frozen=True)
class Powers:
    """The grants of one person on one day, as (role, area code)."""

    grants: frozenset[tuple[str, str]]

    def codes(self, *roles: str) -> list[str]:
        """Return the codes of the areas in which any of the roles is held, largest areas only."""
        held = sorted(
            {code for role, code in self.grants if role in roles},
            key=lambda code: (len(code), code),
        )
        widest: list[str] = []
        for code in held:
            if not any(_covers(wider, code) for wider in widest):
                widest.append(code)
        return widest

    def holds(self, *roles: str) -> bool:
        """Say whether any of the roles is held anywhere."""
        return any(role in roles for role, _ in self.grants)

    def cover(self, area_code: str, *roles: str) -> bool:
        """Say whether any of the roles is held in an area or above it."""
        return any(role in roles and _covers(code, area_code) for role, code in self.grants)


NONE = Powers(frozenset())


def powers(person: Person | None, on: date) -> Powers:
    """Return what a person may do on a day. One query for each person object and day."""
    if person is None or not person.is_active:
        return NONE
    known: dict[date, Powers] = person.__dict__.setdefault("_powers", {})
    if on not in known:
        rows = Grant.objects.in_force(on).filter(person=person).values_list("role", "area_id")
        known[on] = Powers(frozenset(rows))
    return known[on]
