"""What the queue says of a turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Words:
    """A sentence with `%(title)s`, its icon, its one button, and the page that the button opens.

    `page` is the name of an address that takes a reference. `about` is the page of the case, where
    the button leads elsewhere. `silent` stands where a turn has no detail.
    """

    icon: str
    sentence: StrPromise
    button: StrPromise
    page: str
    about: str = ""
    silent: StrPromise | str = ""
