"""References that people read out on the telephone, with two check characters.

The alphabet has 31 characters: no 0, 1, I, L or O, which people confuse. 31 is prime, so the two
weighted sums find every single wrong character, every pair of wrong characters, and every swap.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_BODY = 7


def _check(body: str) -> str:
    plain = sum(_VALUE[character] for character in body)
    weighted = sum(place * _VALUE[character] for place, character in enumerate(body, start=1))
    # The two check characters take the last two places of one code word whose plain and weighted
    # sums are both zero.
    places = len(body) + 1, len(body) + 2
    last = (places[0] * plain - weighted) * pow(places[1] - places[0], -1, 31) % 31
    first = (-plain - last) % 31
    return ALPHABET[first] + ALPHABET[last]


def new_reference(prefix: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """Make a reference such as `WK3F9QXD4`: one letter for the kind, six random, two check."""
    body = prefix + "".join(choose(ALPHABET) for _ in range(_BODY - len(prefix)))
    return body + _check(body)


def new_references(prefix: str, count: int) -> list[str]:
    """Make some references, no two alike. Whether one of them is taken, nobody has looked."""
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.update(new_reference(prefix) for _ in range(count - len(drawn)))
    return sorted(drawn)


def parse_reference(text: str) -> str | None:
    """Return the stored form of what a person typed; None where the check characters disagree."""
    cleaned = "".join(text.upper().split()).replace("-", "")
    if len(cleaned) != _BODY + 2 or any(character not in _VALUE for character in cleaned):
        return None
    return cleaned if _check(cleaned[:_BODY]) == cleaned[_BODY:] else None


def spaced(reference: str) -> str:
    """Return a reference in groups of three, as it is printed: `WK3-F9Q-XD4`."""
    return "-".join(reference[start : start + 3] for start in range(0, len(reference), 3))
