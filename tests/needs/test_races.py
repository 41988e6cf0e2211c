"""Two people at one wish in the same instant, each in a transaction of their own."""

import uuid
from datetime import timedelta

import pytest

from tests.needs.factories import claimed, published
from tests.side_by_side import meanwhile, on_postgresql
from youwo.capacity.models import Claim, State
from youwo.needs import actions
from youwo.needs.models import Status, Wish
from youwo.needs.sweep import sweep

pytestmark = [
    pytest.mark.django_db(transaction=True),
    on_postgresql,
]


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
