"""What a person may do where, from the grants in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from youwo.areas.models import code_after
from youwo.areas.queries import spans
from youwo.people.models import Grant, Person, Role


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
        """Say whether any of the roles is held in an area or above it.

        What an ended area leaves behind is for those who hold the role in its successor, too.
        """
        held = self.codes(*roles)
        return any(_covers(code, area_code) for code in held) or any(
            _covers(span, area_code) for code in held for span in spans(code)
        )


NONE = Powers(frozenset())


def powers(person: Person | None, on: date) -> Powers:
    """Return what a person may do on a day. At most one query for each person object and day."""
    if person is None or not person.is_active:
        return NONE
    known = _known(person)
    if on not in known:
        rows = Grant.objects.in_force(on).filter(person=person).values_list("role", "area_id")
        remember_powers(person, on, rows)
    return known[on]


def remember_powers(person: Person, on: date, rows: Iterable[Iterable[str]]) -> None:
    """Keep what was read of a person's grants in force on a day, as (role, area code)."""
    _known(person)[on] = Powers(frozenset((role, code) for role, code in rows))


def _known(person: Person) -> dict[date, Powers]:
    # An attribute, because `request.user` stands in for the person and hands these on.
    if not hasattr(person, "_powers"):
        person._powers = {}  # type: ignore[attr-defined]
    known: dict[date, Powers] = person._powers  # type: ignore[attr-defined]
    return known


def above(area_code: str) -> list[str]:
    """Return the codes of an area and of every area that it lies in."""
    community, _, local = area_code.partition("-")
    codes = [community[:length] for length in (4, 6, 9, 12) if len(community) >= length]
    return [*codes, area_code] if local else codes


def may_grant(by: Person, area_code: str, on: date) -> bool:
    """Say whether somebody keeps the roles of an area: its administrators and those above it."""
    return powers(by, on).cover(area_code, Role.ADMINISTRATOR)


def may_unmask(by: Person, area_code: str, on: date) -> bool:
    """Say whether somebody's work in an area can need a number or a name that is hidden there."""
    return powers(by, on).cover(area_code, Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR)


def is_last_administrator(grant: Grant, on: date) -> bool:
    """Say whether nobody else would keep the roles of the grant's area without it."""
    if grant.role != Role.ADMINISTRATOR:
        return False
    others = Grant.objects.in_force(on).filter(
        role=Role.ADMINISTRATOR, area__in=above(grant.area_id), person__is_active=True
    )
    return not others.exclude(person=grant.person_id).exists()


def needs_guardian(person: Person, on: date) -> bool:
    """Say whether a guardian must agree: under 14, and whoever may not have turned 14 yet.

    Only the year of birth is kept. (Personal Information Protection Law, article 31.)
    """
    return person.birth_year is not None and on.year - person.birth_year <= 14


def may_guard(guardian: Person, person: Person, on: date) -> bool:
    """Say whether somebody can agree for a child: somebody else, and of age as far as known."""
    of_age = guardian.birth_year is None or on.year - guardian.birth_year >= 18
    return guardian.pk != person.pk and of_age and guardian.is_active
