"""What the queue says of a turn."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import youwo.web
from youwo.people.models import Person
from youwo.turns.models import Turn

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Words:
    """A sentence with `%(title)s`, its icon, its one button, and the page that the button opens.

    `page` is the name of an address that takes a reference. `about` is the page of the case, where
    the button leads elsewhere. `silent` stands where a turn has no detail. `details` says, by the
    turn's key, what reads otherwise for this visitor than for others whose turn it is.
    """

    icon: str
    sentence: StrPromise
    button: StrPromise
    page: str
    about: str = ""
    silent: StrPromise | str = ""
    details: Callable[[Person, Sequence[Turn]], Mapping[int, str]] | None = None


@cache
def words_of_turns() -> dict[str, Words]:
    """Return the words of each kind of turn: the `TURNS` of every domain's `turns` module."""
    found: dict[str, Words] = {}
    for package in pkgutil.iter_modules(youwo.web.__path__, "youwo.web."):
        if package.ispkg and find_spec(f"{package.name}.turns"):
            found.update(import_module(f"{package.name}.turns").TURNS)
    return found
