"""What other domains have done about a problem: meetings, service items, whistles, goods.

A domain that carries problems adds its function to `SOURCES`; the pages of a problem show what all
of them say, without knowing them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from youwo.needs.models import Problem
from youwo.web.needs.way import Reader


@dataclass(frozen=True)
class Linked:
    """One thing that belongs to a problem: what it is, where it stands, and its page if any.

    `text` is what the reader should know, such as the reason of a pause. `done` marks what was done
    for the problem and still stands: the residents are told of it when they are asked.
    """

    what: str
    title: str
    state: str = ""
    text: str = ""
    href: str = ""
    at: datetime | None = None
    done: bool = False


# Each says what it knows for a reader; residents and the public get public words only.
SOURCES: list[Callable[[Problem, Reader], Sequence[Linked]]] = []


def linked(problem: Problem, reader: Reader) -> list[Linked]:
    """Return what all domains say of a problem."""
    return [row for source in SOURCES for row in source(problem, reader)]
