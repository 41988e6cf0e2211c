"""Forgetting what was said about people whose account is closed. Sums and steps stay."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youwo.evaluation.models import (
    Appeal,
    AppealStatus,
    Evaluated,
    Reply,
    Result,
    Sheet,
    SheetState,
)
from youwo.journal import actions as journal
from youwo.turns.actions import put_many

_BATCH = 500


def forget_evaluated(*, at: datetime) -> int:
    """Delete the words about, and by, members whose account is closed; end what waits for them.

    Returns how many evaluations that were; run daily.
    """
    forgotten = 0
    while batch := _forget_some(at):
        forgotten += batch
    return forgotten


@transaction.atomic
def _forget_some(at: datetime) -> int:
    rows = list(
        Evaluated.objects.select_for_update(of=("self",))
        .filter(person__anonymised_at__isnull=False, forgotten_at__isnull=True)
        .order_by("pk")[:_BATCH]
    )
    sheets = Sheet.objects.filter(evaluated__in=rows)
    waiting = sheets.filter(state__in=[SheetState.WAITING, SheetState.BEGUN])
    put_many([(sheet.stack, []) for sheet in waiting.filter(viewpoint="self") if sheet.stack])
    waiting.update(state=SheetState.MISSED)
    sheets.update(words="")
    Reply.objects.filter(evaluated__in=rows).update(words="—")
    open_ = list(Appeal.objects.filter(evaluated__in=rows, status=AppealStatus.OPEN))
    put_many([(appeal, []) for appeal in open_])
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in open_]).update(
        status=AppealStatus.WITHDRAWN
    )
    Appeal.objects.filter(evaluated__in=rows).update(reason="—")
    Appeal.objects.filter(evaluated__in=rows).exclude(decision="").update(decision="—")
    results = list(Result.objects.filter(evaluated__in=rows))
    for result in results:
        for row in result.sums["viewpoints"]:
            row["words"] = []
    Result.objects.bulk_update(results, ["sums"])
    Evaluated.objects.filter(pk__in=[row.pk for row in rows]).update(forgotten_at=at)
    journal.write_all(
        journal.line("forget", row, by=None, at=at, area_code=row.community_id) for row in rows
    )
    return len(rows)
