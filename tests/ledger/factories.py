"""Facts, the plainest there are."""

from __future__ import annotations

from datetime import timedelta

from youwo.core.clock import local_day
from youwo.ledger import actions
from youwo.ledger.models import Entry


def deed(area, source, *, at, **options) -> Entry:
    """A deed of the day before, confirmed by its recipient."""
    values = {
        "kind": "deed",
        "occurred_on": local_day(at) - timedelta(days=1),
        "programme": 1,
        "field": "visits",
        "title": "陪诊",
        "served": 1,
        "counted_how": "named",
        "minutes": 60,
        "by": None,
        "confirmed_by": "recipient",
        "confirmed_at": at,
    } | options
    return actions.record(area=area, source=source, at=at, **values)
