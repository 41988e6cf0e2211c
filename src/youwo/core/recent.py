"""Small tables that hardly ever change, kept in the process for a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar

from django.db import transaction

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_KEEP_SECONDS = 60.0
_KEEP_MOST = 5000


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


class RecentBy(Generic[_Key, _Value]):
    """What a function of one key returned within the last minute, or returns now.

    Keeps the answers to some thousands of keys; what a key has no answer for is asked each time.
    """

    made: list[RecentBy[Any, Any]] = []  # noqa: RUF012 (every instance of the process)

    def __init__(self, load: Callable[[_Key], _Value | None]) -> None:
        wraps(load)(self)
        self._load = load
        self._kept: dict[_Key, tuple[float, _Value]] = {}
        RecentBy.made.append(self)

    def __call__(self, key: _Key) -> _Value | None:
        now = time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and now - kept[0] <= _KEEP_SECONDS:
            return kept[1]
        found = self._load(key)
        if found is not None:
            if len(self._kept) >= _KEEP_MOST:
                self._kept.clear()
            self._kept[key] = now, found
        return found

    def forget(self) -> None:
        """Load anew at the next call."""
        self._kept.clear()

    def forget_after_change(self) -> None:
        """Load anew in this process, now and once more when the change has been committed."""
        self.forget()
        transaction.on_commit(self.forget)


def forget_all() -> None:
    """Forget everything that this process keeps."""
    for kept in Recent.made:
        kept.forget()
    for kept_by_key in RecentBy.made:
        kept_by_key.forget()
