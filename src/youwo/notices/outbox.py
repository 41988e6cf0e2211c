"""Which messages leave the house, through which channels, and when.

A message is written with the fact that causes it. Who wants it how is only asked afterwards, so
that whoever acts waits for nobody's habits.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from youwo.notices.models import Channel, Delivery, Message, Preference
from youwo.notices.quiet import NIGHT, Quiet, free_from

AT_ONCE = 1000


def put_on_their_way(at: datetime) -> int:
    """Make a delivery of each outgoing message whose reader wants it, and return how many.

    Those of people whose quiet hours it is wait until these end. Any number of processes may do so
    at once. Three statements for up to a thousand messages.
    """
    made = 0
    while True:
        found, wanted = _put_out(at)
        made += wanted
        if found < AT_ONCE:
            return made


@transaction.atomic
def _put_out(at: datetime) -> tuple[int, int]:
    """Put out the oldest messages; return how many there were, and how many of them leave."""
    declined = Preference.objects.filter(
        person=OuterRef("recipient"), kind=OuterRef("kind"), channel=Channel.EMAIL, wanted=False
    )
    messages: list[Any] = list(
        Message.objects.select_for_update(
            of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
        )
        .filter(outgoing=True)
        .annotate(
            declined=Exists(declined),
            quiet=F("recipient__habits__quiet"),
            quiet_from=F("recipient__habits__quiet_from"),
            quiet_until=F("recipient__habits__quiet_until"),
        )
        .only("pk", "created_at", "urgent")
        .order_by("pk")[:AT_ONCE]
    )
    if not messages:
        return 0, 0
    deliveries = [_delivery(message, at) for message in messages if not message.declined]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(outgoing=False)
    return len(messages), len(deliveries)


def _delivery(message: Any, at: datetime) -> Delivery:
    """Make the delivery of a message that was found with its reader's habits."""
    if message.urgent or message.quiet is False:
        return Delivery(message=message, channel=Channel.EMAIL, next_at=at)
    known = message.quiet is not None
    hours = Quiet(message.quiet_from, message.quiet_until) if known else NIGHT
    # What came in quiet hours waited for their end, even if nobody looked until long after.
    free = free_from(message.created_at, hours)
    next_at = free_from(max(free, at), hours)
    held = free > message.created_at or next_at > at
    return Delivery(message=message, channel=Channel.EMAIL, next_at=next_at, held=held)
