"""Small tables that hardly ever change, kept in the process for a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Generic, TypeVar

from django.db import transaction

_Value = TypeVar("_Value")
_KEEP_SECONDS = 60.0


class Recent(Generic[_Value]):
    """What a function without arguments returned within the last minute, or returns now."""

    made: list[Recent[object]] = []  # noqa: RUF012 (every instance of the process, to forget all)

    def __init__(self, load: Callable[[], _Value]) -> None:
        wraps(load)(self)
        self._load = load
        self._kept: tuple[float, _Value] | None = None
        Recent.made.append(self)  # type: ignore[arg-type]

    def __call__(self) -> _Value:
        now = time.monotonic()
        kept = self._kept
        if kept is None or now - kept[0] > _KEEP_SECONDS:
            kept = self._kept = now, self._load()
        return kept[1]

    def forget(self) -> None:
        """Load anew at the next call."""
        self._kept = None

    def forget_after_change(self) -> None:
        """Load anew in this process, now and once more when the change has been committed.

        Between the two another thread may have kept the rows as they stood before.
        """
        self.forget()
        transaction.on_commit(self.forget)


def forget_all() -> None:
    """Forget everything that this process keeps."""
    for kept in Recent.made:
        kept.forget()
