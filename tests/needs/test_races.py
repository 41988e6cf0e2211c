"""Two people at one wish in the same instant, each in a transaction of their own."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.needs.factories import claimed, published
from youwo.capacity.models import Claim, State
from youwo.core.refused import Refused
from youwo.needs import actions
from youwo.needs.models import Status, Wish
from youwo.needs.sweep import sweep

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time."),
]


def _waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def meanwhile(first, second) -> list[str]:
    """Do the second thing up to where it waits for the first, then let the first be committed."""
    refused: list[str] = []

    def behind():
        try:
            second()
        except Refused as refusal:
            refused.append(refusal.reason)
        finally:
            connection.close()

    thread = threading.Thread(target=behind)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not _waits_for_a_lock():
            thread.join(0.01)
    thread.join(10)
    return refused


def places(wish) -> int:
    taken = Claim.objects.filter(pool__subject_key=str(wish.pk), state=State.CONFIRMED)
    return taken.count()


def test_a_wish_withdrawn_while_it_is_promised_leaves_no_promise(worker, volunteer, jinshui, at):
    wish = published(worker, jinshui, at)
    meanwhile(
        lambda: actions.claim(wish, by=volunteer, nonce=uuid.uuid4(), at=at),
        lambda: actions.withdraw(Wish.objects.get(pk=wish.pk), by=None, at=at),
    )
    wish.refresh_from_db()
    assert (wish.status, wish.claimed_by, places(wish)) == (Status.WITHDRAWN, None, 0)


def test_who_promised_in_the_same_instant_is_told_that_it_was_withdrawn(
    worker, volunteer, jinshui, at
):
    wish = published(worker, jinshui, at)
    meanwhile(
        lambda: actions.claim(wish, by=volunteer, nonce=uuid.uuid4(), at=at),
        lambda: actions.withdraw(Wish.objects.get(pk=wish.pk), by=None, at=at),
    )
    assert [message.cause for message in volunteer.messages.all()] == [
        f"wish.{wish.pk}.withdraw.{int(at.timestamp())}"
    ]


def test_a_wish_withdrawn_first_is_not_promised(worker, volunteer, jinshui, at):
    wish = published(worker, jinshui, at)
    refused = meanwhile(
        lambda: actions.withdraw(wish, by=None, at=at),
        lambda: actions.claim(
            Wish.objects.get(pk=wish.pk), by=volunteer, nonce=uuid.uuid4(), at=at
        ),
    )
    assert (len(refused), places(wish)) == (1, 0)


def test_what_is_delivered_meanwhile_does_not_expire(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    late = at + timedelta(days=30)

    def deliver():
        actions.deliver(
            wish,
            occurred_on=at.date(),
            minutes=45,
            what="教了一遍",
            field="learning",
            by=volunteer,
            at=late,
        )

    meanwhile(deliver, lambda: sweep(late))
    wish.refresh_from_db()
    assert (wish.status, places(wish)) == (Status.DELIVERED, 1)
