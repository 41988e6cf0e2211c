"""What waits for a decision at a whistle, read in one statement with its calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import F, FilteredRelation, Q, QuerySet

from youwo.dispatch.models import Call, Decided, Extension, Objection

_Matter = TypeVar("_Matter", bound=Decided)

# How one gets to each from a call. A constraint says that at most one of each waits, so a call is
# found once.
_FROM_CALL: dict[type[Decided], tuple[str, str]] = {
    Objection: ("objection", "objections"),
    Extension: ("extension", "whistle__extensions"),
}


@dataclass
class Asked:
    """Calls of one whistle, and what units ask that nobody has decided yet."""

    calls: list[Call]
    objections: list[Objection] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)


def read_calls(calls: QuerySet[Call]) -> Asked:
    """Read the calls of one whistle, and what waits for a decision with them. One statement."""
    rows: Any = calls
    for model, (name, path) in _FROM_CALL.items():
        waiting = FilteredRelation(path, condition=Q((f"{path}__granted__isnull", True)))
        columns = {f"{name}_{column}": F(f"{name}__{column}") for column in _columns(model)}
        rows = rows.annotate(**{name: waiting}).annotate(**columns)
    found = Asked(list(rows))
    for call in found.calls:
        objection, extension = _waiting(call, Objection), _waiting(call, Extension)
        if objection is not None:
            objection.call = call
            found.objections.append(objection)
        if extension is not None and not found.extensions:
            # The same one at each call.
            extension.whistle = call.whistle
            found.extensions.append(extension)
    return found


def _columns(model: type[Decided]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


def _waiting(call: Call, model: type[_Matter]) -> _Matter | None:
    name, _path = _FROM_CALL[model]
    columns = _columns(model)
    values = [getattr(call, f"{name}_{column}") for column in columns]
    if values[columns.index("id")] is None:
        return None
    return model.from_db(call._state.db, columns, values)
