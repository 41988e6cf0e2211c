"""Drawing by seed: the same seed and the same name always give the same draws."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from youwo.core.references import new_reference


def dice(seed: int, *names: object) -> Random:
    """Return draws of their own for one purpose, so that one purpose never shifts another."""
    return Random(":".join(str(part) for part in (seed, *names)))  # noqa: S311 -- not a secret


def nonce(draw: Random) -> uuid.UUID:
    """Draw a UUID."""
    return uuid.UUID(int=draw.getrandbits(128), version=4)


def moment(day: date, draw: Random, first: float = 8.5, last: float = 17.5) -> datetime:
    """Draw a moment of a day between two hours, to the minute."""
    minutes = round(draw.uniform(first, last) * 60)
    start = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    return timezone.make_aware(start)


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number by weights: the parts add up to it exactly (largest remainders)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


class References:
    """References that no row has yet."""

    def __init__(self, prefix: str, draw: Random, taken: set[str] | None = None) -> None:
        self.prefix, self.draw, self.taken = prefix, draw, taken or set()

    def next(self) -> str:
        """Draw the next one."""
        while (reference := new_reference(self.prefix, self.draw.choice)) in self.taken:
            pass
        self.taken.add(reference)
        return reference
