"""Writing lines, in the transaction of the action they tell of, and sealing them later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from youwo.core.acts import at_end
from youwo.core.horizons import safe_key
from youwo.journal import digests
from youwo.journal.models import Line, Seal

HORIZON = "journal.seals"
BATCH = 1000


def line(
    verb: str,
    target: models.Model,
    *,
    by: models.Model | None,
    at: datetime,
    area_code: str = "",
    reason: str = "",
    **data: Any,
) -> Line:
    """Make an unsaved line, for callers that write many at once with `write_all`.

    `by` is None for people without an account and for the system. `data` holds keys and codes,
    never a name, a number of a person or their words.
    """
    return Line(
        at=at,
        actor_label=by._meta.label_lower if by is not None else "",
        actor_key=str(by.pk) if by is not None else "",
        verb=verb,
        target_label=target._meta.label_lower,
        target_key=str(target.pk),
        area_code=area_code,
        reason=reason,
        data=data,
    )


def write(
    verb: str,
    target: models.Model,
    *,
    by: models.Model | None,
    at: datetime,
    area_code: str = "",
    reason: str = "",
    **data: Any,
) -> Line:
    """Write down who did what, to what, and when. Takes what `line` takes.

    Within an act the line is written, and gets its key, when the act ends.
    """
    written = line(verb, target, by=by, at=at, area_code=area_code, reason=reason, **data)
    write_all([written])
    return written


def write_all(lines: Iterable[Line]) -> None:
    """Write many lines with one statement: within an act with all its others, at its end."""
    at_end(_insert, lines)


def _insert(lines: list[Line]) -> None:
    Line.objects.bulk_create(lines, batch_size=BATCH)


@transaction.atomic
def seal(*, at: datetime) -> list[Seal]:
    """Bind all lines that have settled into seals of up to 1,000, each chained to the one before.

    A seal covers a range of keys, not only the keys in it: it also says that nothing else stands
    there, so that a line put in later is found. That is sound only if no honest line can still
    appear in the range, as one would whose transaction drew its key early and committed late.
    `core.horizons.safe_key` vouches for that: up to the key it gives, every row is there for good.
    Lines above it wait for the next call, so lines just written need two calls some seconds apart
    on PostgreSQL.

    Two at once do no harm: the horizon is locked, and the second finds nothing left to seal.
    """
    horizon, key = safe_key(HORIZON, Line.objects.all(), at=at)
    made: list[Seal] = []
    previous = Seal.objects.order_by("-last_key").values_list("chain", flat=True).first() or ""
    while batch := _settled(horizon.read_to, key):
        leaves = [digests.Leaf(row[0], digests.digest(row)) for row in batch]
        made.append(_bound(leaves, previous, at))
        previous = made[-1].chain
        horizon.read_to = made[-1].last_key
    if made:
        horizon.save(update_fields=["read_to"])
    return made


def _settled(after: int, until: int) -> list[tuple[Any, ...]]:
    rows = Line.objects.filter(pk__gt=after, pk__lte=until).order_by("pk")
    return list(rows.values_list(*digests.COLUMNS)[:BATCH])


def _bound(leaves: list[digests.Leaf], previous: str, at: datetime) -> Seal:
    bounds = {"first_key": leaves[0].key, "last_key": leaves[-1].key, "count": len(leaves)}
    root = digests.root(leaves)
    return Seal.objects.create(
        sealed_at=at,
        leaves=digests.pack(leaves),
        root=root,
        previous=previous,
        chain=digests.chain(previous, root=root, sealed_at=at, **bounds),
        **bounds,
    )
