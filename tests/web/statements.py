"""The limit of statements that every page and act of the tests must keep, whatever else they test.

What is read at most once a minute in a process (levels, holidays, rules) is not counted: a test
begins with nothing kept, which a working server hardly ever does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from youwo.core.recent import Recent, RecentBy

MOST = 12

_NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class _Counted:
    """Notes the statements of one request."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.loading = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.loading and not sql.startswith(_NOT_COUNTED):
            self.statements.append(sql)
        return execute(sql, params, many, context)


def called(path: str) -> str:
    """Return what a request asked for: the name of its page, and the verb of an act."""
    try:
        match = resolve(path)
    except Resolver404:
        return path
    verb = match.kwargs.get("verb")
    return f"{match.view_name}.{verb}" if verb else match.view_name


def _in_short(sql: str) -> str:
    return re.sub(r"^(SELECT) .* (FROM)", r"\1 … \2", sql, count=1, flags=re.S)[:160]


@contextmanager
def kept_in_every_request() -> Iterator[None]:
    """Have every request of a test client fail that costs more than it may."""
    request = Client.request
    loads = {kind: kind.__call__ for kind in (Recent, RecentBy)}
    counting: list[_Counted] = []

    def watched(self: Client, **given: Any) -> Any:
        counted = _Counted()
        counting.append(counted)
        try:
            with connection.execute_wrapper(counted):
                response = request(self, **given)
        finally:
            counting.pop()
        name, cost = called(given["PATH_INFO"]), len(counted.statements)
        listed = "\n".join(map(_in_short, counted.statements))
        assert cost <= MOST, f"{name} costs {cost} statements, more than {MOST}:\n{listed}"
        return response

    def loading(kind: Any) -> Any:
        def load(self: Any, *key: Any) -> Any:
            for counted in counting:
                counted.loading += 1
            try:
                return loads[kind](self, *key)
            finally:
                for counted in counting:
                    counted.loading -= 1

        return load

    Client.request = watched  # type: ignore[method-assign,assignment]
    for kind in loads:
        kind.__call__ = loading(kind)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Client.request = request  # type: ignore[method-assign]
        for kind, load in loads.items():
            kind.__call__ = load  # type: ignore[method-assign]
