"""Writing lines. Every action that changes something writes one in its own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from youwo.journal.models import Line


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
    """Make an unsaved line, for callers that write many at once with `bulk_create`.

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
    """Write down who did what, to what, and when. Takes what `line` takes."""
    written = line(verb, target, by=by, at=at, area_code=area_code, reason=reason, **data)
    written.save(force_insert=True)
    return written
