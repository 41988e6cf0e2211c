"""Following the service item that carries a whistle: done, judged, open again.

What is delivered and what the resident says lives in `service`, which knows no whistles. So the
whistle looks, some seconds later (`sweep.follow_moved`). Only that nobody is asked any more for
what is done is said at once (`let_rest`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.dispatch.actions.blown import let_go
from youwo.dispatch.actions.moving import (
    MINUTES,
    RUNNING,
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
from youwo.dispatch.models import FOLLOWS, Span, Status, Whistle, WhistleQuerySet
from youwo.dispatch.terms import JUDGE
from youwo.journal import actions as journal
from youwo.people.models import Person
from youwo.service import actions as service
from youwo.service.models import ItemStatus, ServiceItem
from youwo.turns import actions as turns

_RESTS = (ItemStatus.DELIVERED, ItemStatus.CLOSED, ItemStatus.DROPPED)


def carriers() -> WhistleQuerySet:
    """Return the whistles that an item carries: answered, and not withdrawn."""
    return Whistle.objects.filter(answered_at__isnull=False).exclude(status=Status.WITHDRAWN)


def carrier() -> Subquery:
    """Return the key of the whistle that an item carries, as a column of a query of items."""
    return Subquery(carriers().filter(item=OuterRef("pk")).order_by("-pk").values("pk")[:1])


def let_rest(item: ServiceItem) -> None:
    """Ask nobody any more about the whistle of an item that is done, accepted or dropped.

    The item was read with its `carrier`, in the act under way, and costs nothing more.
    """
    whistle: int | None = item.carrier  # type: ignore[attr-defined]
    if whistle is not None and item.status in _RESTS:
        turns.clear(Whistle(pk=whistle))


@acting()
def follow(item: ServiceItem, *, at: datetime) -> Whistle | None:
    """Bring the whistle that an item carries to where the item stands; None where there is none.

    Who moves both locks the whistle before the item, so that two never wait for each other.
    """
    whistle = lock_first(carriers().filter(item=item).order_by("-pk"))
    if whistle is None:
        return None
    # As it is now, read under the whistle's lock.
    now = ServiceItem.objects.select_related("moved_by").get(pk=item.pk)
    bring(whistle, now, at=at)
    seen([now])
    return whistle


def seen(items: Iterable[ServiceItem]) -> None:
    """Note that what keeps the time of these items has looked at them, as they were read."""
    as_read = [Q(pk=item.pk, since=item.since) for item in items]
    # One that has been moved once more meanwhile is looked at again.
    ServiceItem.objects.filter(reduce(or_, as_read), to_follow=True).update(to_follow=False)


def bring(whistle: Whistle, item: ServiceItem, *, at: datetime) -> None:
    """Bring a locked whistle to where its item stands, in the name of who moved the item."""
    by, whistle.item = item.moved_by, item
    becomes = FOLLOWS[item.status].get(whistle.status)
    if becomes in (Status.DELIVERED, Status.CLOSED) and whistle.status in RUNNING:
        _deliver(whistle, by, at)
    if becomes == Status.CLOSED:
        _close(whistle, by, at)
    elif becomes == Status.ANSWERED and _is_replaced(whistle):
        # Nobody else would ask the owner.
        service.keep_time_elsewhere(service.fresh(item), elsewhere=False)
    elif becomes == Status.ANSWERED:
        _reopen(whistle, by, at)
    elif becomes == Status.WITHDRAWN:
        _drop(whistle, by, at)
    elif becomes is None and whistle.status in RUNNING:
        # Done and contested since the last look: who was let rest is asked again.
        put_turns(whistle, at=at)


def _is_replaced(whistle: Whistle) -> bool:
    """Say whether another whistle calls for the same matter since this one was closed."""
    if whistle.status != Status.CLOSED:
        return False
    about = Q(item=whistle.item_id)
    if whistle.problem_id is not None:
        about |= Q(problem=whistle.problem_id)
    return Whistle.objects.open().filter(about).exclude(pk=whistle.pk).exists()


def as_its_item(whistle: Whistle, item: ServiceItem | None) -> Whistle:
    """Show a whistle as its item stands already; nothing is written: it follows within seconds.

    Not for one that is locked to be changed.
    """
    if item is not None and item.to_follow and whistle.answered_at is not None:
        becomes = FOLLOWS[item.status].get(whistle.status)
        if becomes is not None:
            whistle.status, whistle.rings_at, whistle.due_at = becomes, None, None
            whistle.delivered_at, whistle.closed_at = item.delivered_at, item.closed_at
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
