"""Following the service item that carries a whistle: done, judged, open again.

What is delivered and what the resident says lives in `service`, which knows no whistles; so the
whistle looks, in the transaction of whoever calls, and in each sweep.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from youwo.core.acts import acting, held, once
from youwo.dispatch.actions.blown import let_go
from youwo.dispatch.actions.moving import (
    MINUTES,
    around,
    begin_span,
    end_span,
    lock_first,
    move,
    put_turns,
    solve_due,
    solve_spent,
)
from youwo.dispatch.clock import until
from youwo.dispatch.models import Span, Status, Whistle
from youwo.dispatch.terms import JUDGE
from youwo.journal import actions as journal
from youwo.people.models import Person
from youwo.service.models import ItemStatus, ServiceItem

_RUNNING = (Status.ANSWERED, Status.PAUSED)


def behind(reference: str) -> Whistle | None:
    """Lock the whistle that an item carries; None where there is none. One statement in an act.

    Who changes both locks the whistle before the item, so that two never wait for each other.
    """
    answered = Whistle.objects.filter(item__reference=reference, answered_at__isnull=False)
    rows = answered.exclude(status=Status.WITHDRAWN).order_by("-pk")
    return once((Whistle, "behind", reference), lambda: lock_first(rows))


@acting()
def follow(item: ServiceItem, *, at: datetime, by: Person | None = None) -> Whistle | None:
    """Bring the whistle that an item carries to where the item stands; None where there is none.

    `by` is who moved the item; nobody where it is found out later.

    One that was answered while the item's lock was waited for is followed by the next sweep.
    """
    whistle = behind(item.reference)
    if whistle is None:
        return None
    # As it is now: locked by who changed it in this act, or read under the whistle's lock.
    whistle.item = held(item) or ServiceItem.objects.get(pk=item.pk)
    status = ItemStatus(whistle.item.status)
    if status in (ItemStatus.DELIVERED, ItemStatus.CLOSED) and whistle.status in _RUNNING:
        _deliver(whistle, by, at)
    if status == ItemStatus.CLOSED and whistle.status == Status.DELIVERED:
        _close(whistle, by, at)
    elif status in (ItemStatus.AGREED, ItemStatus.STARTED) and whistle.status in (
        Status.DELIVERED,
        Status.CLOSED,
    ):
        _reopen(whistle, by, at)
    elif status == ItemStatus.DROPPED and whistle.is_open:
        _drop(whistle, by, at)
    return whistle


def _deliver(whistle: Whistle, by: Person | None, at: datetime) -> None:
    done_at = (whistle.item and whistle.item.delivered_at) or at
    end_span(whistle, done_at)
    whistle.delivered_at, whistle.rings_at = done_at, None
    whistle.due_at = until(
        done_at, minutes=round(JUDGE * MINUTES), area_code=whistle.community_id
    ).at
    if around(whistle).open_extensions:
        whistle.extensions.filter(granted__isnull=True).update(
            granted=False, decided_at=at, decision=_("It was done before this was decided.")
        )
        around(whistle).forget("extensions")
    move(whistle, "deliver", at=done_at, also=["delivered_at", "rings_at", "due_at"])
    journal.write("deliver", whistle, by=by, at=at, area_code=whistle.community_id)
    put_turns(whistle, at=at)


def _close(whistle: Whistle, by: Person | None, at: datetime) -> None:
    whistle.closed_at = (whistle.item and whistle.item.closed_at) or at
    move(whistle, "close", at=at, also=["closed_at"])
    journal.write("close", whistle, by=by, at=at, area_code=whistle.community_id)


def _reopen(whistle: Whistle, by: Person | None, at: datetime) -> None:
    """The resident says that something is missing: the unit has the time of the level anew."""
    begin_span(whistle, stage=Span.Stage.SOLVE, at=at)
    whistle.solve_minutes = solve_spent(whistle, at) + round(
        float(whistle.level.solve_hours) * MINUTES
    )
    whistle.due_at = whistle.rings_at = solve_due(whistle, at)
    whistle.overdue_at = whistle.delivered_at = whistle.closed_at = None
    whistle.reason = whistle.item.reason if whistle.item else ""
    move(
        whistle,
        "reopen",
        at=at,
        also=[
            "solve_minutes", "due_at", "rings_at", "overdue_at", "delivered_at", "closed_at",
            "reason",
        ],
    )  # fmt: skip
    journal.write("reopen", whistle, by=by, at=at, area_code=whistle.community_id)
    put_turns(whistle, at=at)


def _drop(whistle: Whistle, by: Person | None, at: datetime) -> None:
    """The community has dropped the item: the whistle goes with it."""
    if whistle.status == Status.DELIVERED:
        # Contested and dropped since the last look.
        _reopen(whistle, by, at)
    let_go(whistle, reason=_("The service item was dropped."), at=at)
    end_span(whistle, at)
    whistle.reason = (whistle.item and whistle.item.reason) or _("The service item was dropped.")
    whistle.closed_at, whistle.rings_at = at, None
    move(whistle, "withdraw", at=at, also=["reason", "closed_at", "rings_at"])
    journal.write(
        "withdraw", whistle, by=by, at=at, area_code=whistle.community_id, reason=whistle.reason
    )
    put_turns(whistle, at=at)
