"""What all changes of a service item share: the lock, the move, the word to those concerned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from youwo.core.acts import held, hold, hold_first
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations import telling
from youwo.organizations.telling import Word
from youwo.people.models import Person
from youwo.service import rules
from youwo.service.models import ITEM_MOVES, ServiceItem
from youwo.service.queries import WHOLE
from youwo.service.waiting import turns_of_item
from youwo.turns import actions as turns


def must_deal(community_code: str, by: Person, at: datetime) -> None:
    """Refuse people who do not keep the service list of this community."""
    if not rules.may_deal(by, community_code, local_day(at)):
        raise Refused(_("This belongs to another community."))


def locked(item: ServiceItem, verb: str) -> ServiceItem:
    """Lock the item, because two people often act on the same one in the same minute."""
    row = fresh(item)
    must_allow(row, verb)
    return row


def fresh(item: ServiceItem) -> ServiceItem:
    """Lock an item in whatever state, and read it as it is now."""
    return hold(item, "community", "compound", "organization", "problem")


def fresh_whole(item: ServiceItem) -> ServiceItem:
    """Do what `fresh` does, and lock the problem behind it as well; one statement where it has one.

    Everything that it belongs to is read with it.
    """
    if held(item) is not None:
        return fresh(item)
    rows = ServiceItem.objects.filter(pk=item.pk).select_related(*WHOLE)
    return hold_first(rows, "problem") or fresh(item)


def must_allow(item: ServiceItem, verb: str) -> None:
    """Refuse an act that comes too late, or too early."""
    if item.status not in ITEM_MOVES[verb]:
        raise Refused(
            _("This service item has moved on in the meantime: it is now “%(status)s”.")
            % {"status": item.get_status_display()}
        )


def move(
    item: ServiceItem, verb: str, *, by: Person | None, at: datetime, also: Sequence[str] = ()
) -> None:
    """Set the state a verb leads to, save the named fields, and say whose turn it is.

    What keeps the time of an item looks at it soon after (`to_follow`).
    """
    status = ITEM_MOVES[verb][item.status]
    changed = [*also]
    if status != item.status:
        item.status, item.since, item.moved_by = status, at, by
        item.to_follow = item.clocked
        changed += ["status", "since", "moved_by", "to_follow"]
    if changed:
        item.save(update_fields=changed)
    turns.put(item, turns_of_item(item))


def tell_units(
    item: ServiceItem,
    organizations: Iterable[int],
    subject: object,
    *,
    cause: str,
    at: datetime,
    by: Person | None,
) -> None:
    """Tell those who act for some units something about an item, but not who did it themselves."""
    telling.tell_units(
        Word(
            organizations=list(organizations),
            but=by,
            kind=NoticeKind.CASE,
            subject=subject,
            body=item.title,
            link=f"/service/{item.reference}/",
            cause=f"item.{item.pk}.{cause}.{int(at.timestamp())}",
            at=at,
        )
    )
