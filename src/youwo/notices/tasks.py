"""Sending what is due, at most once.

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
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from youwo.notices.models import Delivery

_log = logging.getLogger(__name__)

# How long to wait after the first, second, … failure. After the last one the delivery is given up.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
]
# A process that has been sending for longer than this is dead.
PATIENCE = timedelta(minutes=15)
UNKNOWN = "unknown"
NO_ADDRESS = "no_address"


def deliver_due(at: datetime, *, most: int = 200) -> Counter[str]:
    """Send up to `most` deliveries that are due, and count them by the state they end in.

    Any number of processes may do so at once: each takes what no other has taken.
    """
    ended: Counter[str] = Counter()
    ended[Delivery.State.FAILED] += _give_up_the_lost(at)
    mail = get_connection()
    try:
        for _turn in range(most):
            delivery = _take_one(at)
            if delivery is None:
                break
            ended[_deliver(delivery, mail, at)] += 1
    finally:
        mail.close()
    return +ended


def _give_up_the_lost(at: datetime) -> int:
    lost = Delivery.objects.filter(state=Delivery.State.SENDING, next_at__lt=at - PATIENCE)
    return lost.update(state=Delivery.State.FAILED, error=UNKNOWN)


@transaction.atomic
def _take_one(at: datetime) -> Delivery | None:
    """Mark the delivery that has waited longest as being sent, and return it.

    One at a time, so that a process that dies leaves at most one of unknown fate.
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
    delivery = due.first()
    if delivery is not None:
        delivery.state = Delivery.State.SENDING
        delivery.attempts += 1
        # From now on this is when it was taken.
        delivery.next_at = at
        delivery.save(update_fields=["state", "attempts", "next_at"])
    return delivery


def _deliver(delivery: Delivery, mail: BaseEmailBackend, at: datetime) -> str:
    recipient = delivery.message.recipient
    if not (recipient.email and recipient.is_active):
        return _mark(delivery, state=Delivery.State.FAILED, error=NO_ADDRESS)
    try:
        mail.open()
        mail.send_messages([_compose(delivery)])
    except (smtplib.SMTPException, OSError) as error:
        kind = type(error).__name__
        _log.warning("A delivery failed.", extra={"delivery": delivery.pk, "error": kind})
        mail.close()
        if delivery.attempts > len(PAUSES):
            return _mark(delivery, state=Delivery.State.FAILED, error=kind)
        pause = PAUSES[delivery.attempts - 1]
        return _mark(delivery, state=Delivery.State.WAITING, next_at=at + pause, error=kind)
    return _mark(delivery, state=Delivery.State.SENT, sent_at=at, error="")


def _mark(delivery: Delivery, **changes: object) -> str:
    """Note how sending ended, unless it took so long that it was given up meanwhile."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING).update(**changes)
    return str(changes["state"])


def _compose(delivery: Delivery) -> EmailMessage:
    message = delivery.message
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    with override(message.recipient.language or settings.LANGUAGE_CODE):
        parts = [
            message.body,
            _("Open it here: %(address)s") % {"address": f"{settings.PUBLIC_URL}{message.link}"}
            if message.link
            else "",
            _("You choose what you get by e-mail: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}/me/messages/preferences/"},
        ]
    return EmailMessage(
        subject=" ".join(message.subject.split()),
        body="\n\n".join(part for part in parts if part),
        to=[message.recipient.email],
        # Fixed for each delivery, so that a mailbox that gets it twice can tell.
        headers={
            "Message-ID": f"<delivery-{delivery.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
