"""An act: what one deed of somebody changes in several packages, in one transaction.

Actions call one another. The outermost opens the transaction; those inside it join in. Within an
act a row is locked and read once, and what every package writes alike (lines of the journal,
turns, messages) is written together at its end, in a few statements for all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models, transaction

_Row = TypeVar("_Row")
_Found = TypeVar("_Found")
_Model = TypeVar("_Model", bound=models.Model)


class _Act:
    """What an act has locked, and what it has yet to write."""

    def __init__(self) -> None:
        self.held: dict[tuple[type[models.Model], Any], models.Model] = {}
        self.gathered: dict[Callable[[list[Any]], object], list[Any]] = {}
        self.known: dict[Hashable, Any] = {}

    def end(self) -> None:
        """Write what was gathered; what that brings about as well."""
        while self.gathered:
            write = next(iter(self.gathered))
            write(self.gathered.pop(write))


_current: ContextVar[_Act | None] = ContextVar("act", default=None)


@contextmanager
def acting() -> Iterator[None]:
    """Begin an act, or join the one that is under way. Stands before an action as `@acting()`.

    What fails inside takes the whole act with it: nothing of it is kept.
    """
    if _current.get() is not None:
        yield
        return
    begun = _Act()
    with transaction.atomic():
        token = _current.set(begun)
        try:
            yield
            begun.end()
        finally:
            _current.reset(token)


def under_way() -> bool:
    """Say whether an act is under way."""
    return _current.get() is not None


@contextmanager
def attempt() -> Iterator[None]:
    """Do something that may fail by itself: what came before it in the act stays as it was.

    For what is caught inside an act, such as a second row with the same nonce. What was held or
    known before is read anew afterwards: the rows are as they were, the objects are not.
    """
    current = _current.get()
    if current is None:
        with acting():
            yield
        return
    waiting = {write: len(rows) for write, rows in current.gathered.items()}
    try:
        with transaction.atomic():
            yield
    except BaseException:
        current.held.clear()
        current.known.clear()
        current.gathered = {
            write: rows[: waiting[write]]
            for write, rows in current.gathered.items()
            if write in waiting
        }
        raise


def at_end(write: Callable[[list[_Row]], object], rows: Iterable[_Row]) -> None:
    """Hand rows to `write` when the act ends, with all others that it is to write by then.

    Outside an act: now.
    """
    found = list(rows)
    current = _current.get()
    if not found:
        return
    if current is None:
        write(found)
    else:
        current.gathered.setdefault(write, []).extend(found)


def once(key: Hashable, find: Callable[[], _Found]) -> _Found:
    """Return what was found under a key in this act, or find it now. Outside an act: always now."""
    current = _current.get()
    if current is None:
        return find()
    if key not in current.known:
        current.known[key] = find()
    found: _Found = current.known[key]
    return found


def forget(key: Hashable) -> None:
    """Have what was found under a key in this act found anew when it is next asked for."""
    current = _current.get()
    if current is not None:
        current.known.pop(key, None)


def found_before(key: Hashable) -> Any:
    """Return what this act has found under a key already; None where nobody has looked yet."""
    current = _current.get()
    return None if current is None else current.known.get(key)


def hold(row: _Model, *keep: str) -> _Model:
    """Lock a row until the act ends, and return it as it is now; asked again, the same object.

    `keep` names what the row belongs to and never leaves (its place, its kind): that is taken from
    `row` if it is known there. Everything else that it names is read when it is needed, under the
    lock: a joined row would be the one of before the lock was waited for.
    """
    return hold_all([row], *keep)[0]


def hold_all(rows: Iterable[_Model], *keep: str) -> list[_Model]:
    """Do what `hold` does for several rows of one model: in the order of their keys, at once."""
    known = {row.pk: row for row in rows}
    if not known:
        return []
    model = type(next(iter(known.values())))
    current = _current.get()
    held = {} if current is None else current.held
    missing = [key for key in known if (model, key) not in held]
    if missing:
        found = model._default_manager.select_for_update().filter(pk__in=missing).order_by("pk")
        for fresh in found:
            _keep(known[fresh.pk], fresh, keep)
            held[model, fresh.pk] = fresh
    if any((model, key) not in held for key in known):
        raise model.DoesNotExist  # type: ignore[attr-defined]
    return [held[model, key] for key in known]  # type: ignore[misc]


def hold_found(rows: models.QuerySet[_Model]) -> list[_Model]:
    """Lock what a query finds, in the order of the keys, until the act ends; held as by `hold`.

    It may join only what its rows belong to and never leave.
    """
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    current = _current.get()
    held = {} if current is None else current.held
    return [held.setdefault((type(row), row.pk), row) for row in found]  # type: ignore[misc]


def as_held(row: _Model) -> _Model:
    """Let the act hold a row that it has just inserted, or locked by a query of its own."""
    current = _current.get()
    if current is not None:
        current.held[type(row), row.pk] = row
    return row


def hold_first(rows: models.QuerySet[_Model], *also: str) -> _Model | None:
    """Lock the first of some rows until the act ends, and return it; None where there is none.

    `also` names what it belongs to that is locked after it in the same statement; only rows are
    found that have it. What else it is joined to is kept where it is still the one it belongs to.
    """
    for name in also:
        # A condition on the other row: what may be missing cannot be locked.
        rows = rows.filter(**{f"{name}__reference__gt": ""})
    found = rows.select_for_update(of=("self", *also)).first()
    current = _current.get()
    if found is None or current is None:
        return found
    _drop_left(found)
    for name in also:
        related = getattr(found, name)
        setattr(found, name, current.held.setdefault((type(related), related.pk), related))
    return current.held.setdefault((type(found), found.pk), found)  # type: ignore[return-value]


def held(row: _Model) -> _Model | None:
    """Return a row as the act under way holds it; None where it does not."""
    current = _current.get()
    if current is None:
        return None
    return current.held.get((type(row), row.pk))  # type: ignore[return-value]


def _drop_left(row: models.Model) -> None:
    """Forget what a row was joined to if it left it while its lock was waited for."""
    fields: Any = row._meta.concrete_fields
    for field in fields:
        if field.is_relation and field.is_cached(row):
            joined = field.get_cached_value(row)
            key = None if joined is None else getattr(joined, field.target_field.attname)
            if key != getattr(row, field.attname):
                field.delete_cached_value(row)


def _keep(known: models.Model, fresh: models.Model, names: Iterable[str]) -> None:
    for name in names:
        field: Any = known._meta.get_field(name)
        if field.is_cached(known) and getattr(known, field.attname) == getattr(
            fresh, field.attname
        ):
            field.set_cached_value(fresh, field.get_cached_value(known))
