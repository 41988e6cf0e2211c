"""Sending e-mails that are due, at most once.

A delivery is marked as being sent in a short transaction of its own, then sent outside of any
transaction, then marked as sent. A process that dies in between leaves one delivery of which nobody
knows whether it left. It is not sent again by itself: after a quarter of an hour it counts as given
up with an unknown fate, and an administrator decides (`actions.send_again`). A message too few can
be noticed and mended; the inbox has it in any case. A message twice cannot be taken back.
"""

from __future__ import annotations

import logging
import smtplib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from youwo.notices import mail
from youwo.notices.models import Delivery, Notice, Post, Sending
from youwo.notices.outbox import PAUSES, put_on_their_way

_log = logging.getLogger(__name__)

# A process that has been sending for longer than this is dead.
PATIENCE = timedelta(minutes=15)
# How many messages one e-mail may hold.
MOST_AT_ONCE = 50
POSTS_ARE_KEPT = timedelta(days=90)
UNKNOWN = "unknown"
NO_ADDRESS = "no_address"


def deliver_due(at: datetime, *, most: int = 200) -> Counter[str]:
    """Send up to `most` e-mails that are due, and count deliveries by the state they end in.

    What has been told since the last time is put on its way before.

    Any number of processes may do so at once: each takes what no other has taken. What waited for
    the end of somebody's quiet hours goes out as one e-mail.
    """
    put_on_their_way(at)
    ended: Counter[str] = Counter()
    ended[Delivery.State.FAILED] += give_up_the_lost(Delivery, at)
    server = get_connection()
    try:
        for _turn in range(most):
            deliveries = _take(at)
            if not deliveries:
                break
            ended[_deliver(deliveries, server, at)] += len(deliveries)
    finally:
        server.close()
    return +ended


def give_up_the_lost(model: type[Sending], at: datetime) -> int:
    """Count as given up what a process that died was sending, and return how many there were."""
    lost = model._default_manager.filter(state=Sending.State.SENDING, next_at__lt=at - PATIENCE)
    return lost.update(state=Sending.State.FAILED, error=UNKNOWN)


def forget_posts(*, at: datetime) -> None:
    """Delete what was posted to groups, or given up, long ago; notices that were given up too."""
    over = [Sending.State.SENT, Sending.State.FAILED]
    Notice.objects.filter(next_at__isnull=True, created_at__lt=at - POSTS_ARE_KEPT).delete()
    Post.objects.filter(state__in=over, created_at__lt=at - POSTS_ARE_KEPT).delete()


@transaction.atomic
def _take(at: datetime) -> list[Delivery]:
    """Mark the delivery that has waited longest as being sent, and return it.

    One at a time, so that a process that dies leaves at most one of unknown fate; if it has waited
    for the end of quiet hours, together with all others of the same person that have.
    """
    # Locked, because several processes look for work in the same second; rows that another one is
    # just taking are passed over. On SQLite the immediate transaction is the lock.
    due = (
        Delivery.objects.select_for_update(
            of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
        )
        .select_related("message__recipient")
        .filter(state=Delivery.State.WAITING, next_at__lte=at)
        .order_by("next_at", "id")
    )
    first = due.first()
    if first is None:
        return []
    deliveries = [first]
    if first.held:
        others = due.filter(held=True, message__recipient=first.message.recipient_id)
        deliveries += others.exclude(pk=first.pk)[: MOST_AT_ONCE - 1]
    for delivery in deliveries:
        delivery.state = Delivery.State.SENDING
        delivery.attempts += 1
        # From now on this is when it was taken.
        delivery.next_at = at
    Delivery.objects.bulk_update(deliveries, ["state", "attempts", "next_at"])
    return deliveries


def _deliver(deliveries: list[Delivery], server: BaseEmailBackend, at: datetime) -> str:
    recipient = deliveries[0].message.recipient
    if not (recipient.email and recipient.is_active):
        return mark(deliveries, state=Delivery.State.FAILED, error=NO_ADDRESS)
    try:
        server.open()
        server.send_messages([mail.compose(deliveries)])
    except (smtplib.SMTPException, OSError) as error:
        kind = type(error).__name__
        _log.warning("A delivery failed.", extra={"delivery": deliveries[0].pk, "error": kind})
        server.close()
        return try_later(deliveries, at=at, error=kind)
    return mark(deliveries, state=Delivery.State.SENT, sent_at=at, error="")


def try_later(sendings: Sequence[Sending], *, at: datetime, error: str) -> str:
    """Put what could not be sent off, longer each time, and give it up in the end."""
    attempts = max(sending.attempts for sending in sendings)
    if attempts > len(PAUSES):
        return mark(sendings, state=Sending.State.FAILED, error=error)
    next_at = at + PAUSES[attempts - 1]
    return mark(sendings, state=Sending.State.WAITING, next_at=next_at, error=error)


def mark(sendings: Sequence[Sending], **changes: object) -> str:
    """Note how sending ended, unless it took so long that it was given up meanwhile."""
    keys = [sending.pk for sending in sendings]
    rows = type(sendings[0])._default_manager.filter(pk__in=keys, state=Sending.State.SENDING)
    rows.update(**changes)
    return str(changes["state"])
