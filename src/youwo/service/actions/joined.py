"""Lending a hand: a person joins a service item, and leaves it again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.people.models import Person
from youwo.service.actions.moving import fresh, tell_units
from youwo.service.models import ItemStatus, Joined, ServiceItem


@acting()
def join(item: ServiceItem, *, by: Person, at: datetime) -> Joined:
    """Put one's name down for an item; its owner then reads who comes. Joining twice is once.

    Refuses items that need no hands any more.
    """
    item = fresh(item)
    if item.status not in (ItemStatus.AGREED, ItemStatus.STARTED):
        raise Refused(_("This is done already. Thank you for wanting to help."))
    row, is_new = Joined.objects.get_or_create(
        item=item, person=by, left_at=None, defaults={"joined_at": at}
    )
    if not is_new:
        return row
    journal.write("join_item", item, by=by, at=at, area_code=item.community_id)
    if item.organization_id is not None:
        tell_units(
            item,
            [item.organization_id],
            gettext_lazy("Somebody wants to lend a hand."),
            cause=f"joined.{row.pk}",
            at=at,
            by=by,
        )
    return row


@acting()
def leave(item: ServiceItem, *, by: Person, at: datetime) -> None:
    """Take one's name back, without a reason."""
    if Joined.objects.filter(item=item, person=by, left_at__isnull=True).update(left_at=at):
        journal.write("leave_item", item, by=by, at=at, area_code=item.community_id)
