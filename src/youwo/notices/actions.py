"""Telling people something, and what they do with it.

A message is written in the transaction of the fact that causes it, so that neither exists without
the other. What leaves the house is sent later, by `tasks.deliver_due`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from youwo.core.refused import Refused
from youwo.journal.actions import write
from youwo.notices.models import Channel, Delivery, Kind, Message, Preference
from youwo.people.models import Person

_SUBJECT = 120


def _language(person: Person) -> str:
    return person.language or settings.LANGUAGE_CODE


@transaction.atomic
def tell(
    people: Iterable[Person | None],
    *,
    kind: str,
    subject: object,
    body: object = "",
    link: str = "",
    cause: str,
    at: datetime,
) -> None:
    """Write a message into people's inboxes, and send it out where they wish so.

    The same cause never makes a second message for the same person. Subject and body may be lazy
    text (`format_lazy`): each person reads their own language. The subject leaves the house in the
    clear, so it holds nothing of a person that is not public. `link` is a path within the site.
    At most three statements, however many people.
    """
    known = {person.pk: person for person in people if person is not None and person.is_active}
    if not known:
        return
    rows: list[Message] = []
    for language, readers in groupby(sorted(known.values(), key=_language), key=_language):
        with override(language):
            words = Truncator(str(subject)).chars(_SUBJECT), str(body)
        rows += [
            Message(
                recipient=reader,
                kind=kind,
                subject=words[0],
                body=words[1],
                link=link,
                cause=cause,
                created_at=at,
            )
            for reader in readers
        ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    reachable = [person.pk for person in known.values() if person.email]
    if reachable:
        _dispatch(reachable, kind=kind, cause=cause, at=at)


def _dispatch(people: list[int], *, kind: str, cause: str, at: datetime) -> None:
    """Put this moment's messages on their way, leaving out whoever does not want them."""
    declined = Preference.objects.filter(kind=kind, channel=Channel.EMAIL, wanted=False)
    messages = (
        Message.objects.filter(recipient__in=people, cause=cause, created_at=at)
        .exclude(recipient__in=declined.values("person"))
        .values_list("pk", flat=True)
    )
    Delivery.objects.bulk_create(
        [Delivery(message_id=key, channel=Channel.EMAIL, next_at=at) for key in messages],
        ignore_conflicts=True,
    )


def read(message: Message, *, at: datetime) -> Message:
    """Note that its recipient has opened a message. The first time counts."""
    if message.read_at is None:
        Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=at)
        message.read_at = at
    return message


def read_all(*, by: Person, at: datetime) -> int:
    """Note that somebody has seen all their messages, and return how many were new."""
    return Message.objects.filter(recipient=by, read_at__isnull=True).update(read_at=at)


@transaction.atomic
def choose_channels(*, by: Person, wanted: Collection[tuple[str, str]], at: datetime) -> None:
    """Keep by which channels somebody wants which kinds; what is not named is not wanted."""
    choices = [
        Preference(person=by, kind=kind, channel=channel, wanted=(kind, channel) in wanted)
        for kind in Kind.values
        for channel in Channel.values
    ]
    Preference.objects.bulk_create(
        choices,
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["wanted"],
    )
    write("choose_channels", by, by=by, at=at)


@transaction.atomic
def send_again(delivery: Delivery, *, by: Person, at: datetime) -> Delivery:
    """Put a delivery that was given up on its way once more, on an administrator's word.

    The receiver may get it twice if its fate was unknown; its Message-ID stays the same.
    """
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state != Delivery.State.FAILED:
        raise Refused(_("This delivery is on its way already."))
    delivery.state = Delivery.State.WAITING
    delivery.attempts, delivery.next_at, delivery.error = 0, at, ""
    delivery.save(update_fields=["state", "attempts", "next_at", "error"])
    write("send_again", delivery, by=by, at=at)
    return delivery
