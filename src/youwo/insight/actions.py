"""Keeping the sums by day and area up with the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from youwo.core.horizons import safe_key
from youwo.insight.models import DayTotal
from youwo.ledger.models import Entry

HORIZON = "insight.day_totals"

# City, county, town and community by the digits of their codes; a compound has its own code.
_CODES = {
    4: "SUBSTR(area_id, 1, 4)",
    6: "SUBSTR(area_id, 1, 6)",
    9: "SUBSTR(area_id, 1, 9)",
    12: "SUBSTR(area_id, 1, 12)",
    13: "area_id",
}

_ADD = """
INSERT INTO insight_daytotal (area_code, kind, "on", field, entries, served, minutes)
SELECT {code}, kind, occurred_on, field,
       SUM(sign), SUM(sign * served), SUM(sign * minutes)
FROM ledger_entry
WHERE id > %s AND id <= %s AND LENGTH(area_id) >= %s
GROUP BY 1, 2, 3, 4
ON CONFLICT (area_code, kind, "on", field) DO UPDATE SET
    entries = insight_daytotal.entries + excluded.entries,
    served = insight_daytotal.served + excluded.served,
    minutes = insight_daytotal.minutes + excluded.minutes
"""


def _add(after: int, until: int) -> None:
    """Add the entries with keys in (after, until] to the sums of every level of their path."""
    with connection.cursor() as cursor:
        for length, code in _CODES.items():
            cursor.execute(_ADD.format(code=code), [after, until, length])


@transaction.atomic
def roll_up(*, at: datetime) -> int:
    """Add to the sums what the ledger has gained, and return up to which key it is in them.

    Two at once do no harm: the second waits, and finds nothing left to add. What a slower writer
    may still fill in stays above the horizon; call it again some seconds later to move past that.
    """
    horizon, key = safe_key(HORIZON, Entry.objects.all(), at=at)
    if key > horizon.read_to:
        _add(horizon.read_to, key)
        horizon.read_to = key
        horizon.save(update_fields=["read_to"])
    return horizon.read_to


@transaction.atomic
def rebuild(*, at: datetime) -> int:
    """Make all sums anew from the ledger, and return up to which key it is in them."""
    horizon, key = safe_key(HORIZON, Entry.objects.all(), at=at)
    horizon.read_to = max(horizon.read_to, key)
    DayTotal.objects.all().delete()
    _add(0, horizon.read_to)
    horizon.save(update_fields=["read_to"])
    return horizon.read_to
