"""What becomes of what was told: whose inboxes it comes into, and what leaves the house when.

A message, or the notice that it is made of, is written with the fact that causes it. Who reads it,
and who wants it how, is only asked afterwards, so that whoever acts waits for nobody.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from youwo.notices.audiences import deliver
from youwo.notices.models import Channel, Delivery, Message, Notice, Preference
from youwo.notices.quiet import NIGHT, Quiet, free_from

_log = logging.getLogger(__name__)

AT_ONCE = 1000
# How long to wait after the first, second, … failure. After the last one it is given up.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
]


def put_on_their_way(at: datetime) -> int:
    """Make a delivery of each outgoing message whose reader wants it, and return how many.

    Notices become messages and posts before. What is for people whose quiet hours it is waits until
    these end. Any number of processes may do so at once. Three statements for up to a thousand
    messages.
    """
    put_into_inboxes(at)
    made = 0
    while True:
        found, wanted = _put_out(at)
        made += wanted
        if found < AT_ONCE:
            return made


def put_into_inboxes(at: datetime) -> None:
    """Make messages and posts of what was told to whoever stands behind an audience.

    For up to a thousand notices as many statements as for one, unless some of them fail.
    """
    while _look_up(at) == AT_ONCE:
        pass


@transaction.atomic
def _look_up(at: datetime) -> int:
    """Make messages and posts of the oldest notices; return how many notices there were."""
    notices = list(
        Notice.objects.select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        .filter(next_at__lte=at)
        .order_by("pk")[:AT_ONCE]
    )
    if not notices:
        return 0
    failed = deliver(notices)
    _try_later(failed, at)
    kept = {notice.pk for notice, _error in failed}
    Notice.objects.filter(pk__in=[one.pk for one in notices if one.pk not in kept]).delete()
    return len(notices)


def _try_later(failed: list[tuple[Notice, str]], at: datetime) -> None:
    """Look up again later what could not be looked up, and give it up in the end."""
    for notice, error in failed:
        notice.next_at = at + PAUSES[notice.tries] if notice.tries < len(PAUSES) else None
        notice.tries += 1
        facts = {"notice": notice.pk, "audience": notice.audience, "error": error}
        if notice.next_at is None:
            _log.error("A notice was given up: its readers cannot be looked up.", extra=facts)
        else:
            _log.warning("The readers of a notice could not be looked up.", extra=facts)
    Notice.objects.bulk_update([notice for notice, _error in failed], ["tries", "next_at"])


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
