"""Who may open the facts behind a figure, and what is published of small numbers."""

from __future__ import annotations

from youwo.people.models import Role
from youwo.people.rules import Powers

# Who may see the facts of the places that their powers cover.
OPENERS = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR)

# The smallest value, above none, that is published of a community or a compound.
SMALLEST_PUBLISHED = 3


def may_open(powers: Powers, area_code: str) -> bool:
    """Say whether somebody with these powers may see the facts behind a place's figures."""
    return powers.cover(area_code, *OPENERS)


def is_small_place(area_code: str) -> bool:
    """Say whether a place is a community or compound, where few facts may point at a person."""
    return len(area_code) >= 12


def is_too_small(value: int, area_code: str) -> bool:
    """Say whether a value would say too much about few people, were it published."""
    return is_small_place(area_code) and 0 < abs(value) < SMALLEST_PUBLISHED
