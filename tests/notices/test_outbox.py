"""What leaves the house, and when it is put on its way."""

from datetime import timedelta

import pytest

from tests.factories import PersonFactory
from tests.side_by_side import at_once, on_postgresql
from youwo.notices import actions, outbox, tasks
from youwo.notices.models import Channel, Delivery, Message
from youwo.notices.outbox import put_on_their_way


@pytest.fixture
def reachable(db):
    return PersonFactory(email="somebody@example.org")


def tell(*people, at, cause="wish:1:claimed", **kwargs):
    actions.tell(people, kind="case", subject="有人认领了心愿", cause=cause, at=at, **kwargs)


def test_who_has_an_address_gets_a_delivery(resident, reachable, at):
    tell(resident, reachable, at=at)

    assert put_on_their_way(at) == 1
    delivery = Delivery.objects.get()
    assert (delivery.message.recipient, delivery.state, delivery.next_at) == (
        reachable,
        "waiting",
        at,
    )


def test_it_is_put_on_its_way_once(reachable, at):
    tell(reachable, at=at)
    assert put_on_their_way(at) == 1
    tell(reachable, at=at)

    assert put_on_their_way(at) == 0
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 1)


def test_who_wants_no_mail_gets_none(reachable, at):
    actions.choose_channels(by=reachable, wanted={("account", "email")}, at=at)
    tell(reachable, at=at)

    assert put_on_their_way(at) == 0
    assert list(Message.objects.values_list("outgoing", flat=True)) == [False]


def test_what_was_there_already_is_left_as_it_is(reachable, at):
    # Another process, or the release before, has made the delivery.
    tell(reachable, at=at)
    Delivery.objects.create(
        message=Message.objects.get(), channel=Channel.EMAIL, next_at=at, state="sent"
    )

    assert tasks.deliver_due(at) == {}
    assert Delivery.objects.get().state == "sent"


def test_more_than_go_at_once_all_go(reachable, at, monkeypatch):
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    for cause in range(5):
        tell(reachable, at=at, cause=str(cause))

    assert put_on_their_way(at) == 5
    assert not Message.objects.filter(outgoing=True).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_many_cost_as_much_as_one(count, db, at, django_assert_num_queries):
    tell(*PersonFactory.create_batch(count, email="somebody@example.org"), at=at)
    # Two transactions begin and end; in the first there is no notice.
    with django_assert_num_queries(8):
        put_on_their_way(at)


def test_what_nobody_put_out_in_time_leaves_at_once(reachable, at):
    tell(reachable, at=at)
    late = at + timedelta(minutes=10)

    assert tasks.deliver_due(late) == {"sent": 1}


@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_two_at_once_put_each_out_once(at):
    reader = PersonFactory(email="somebody@example.org")
    for cause in range(20):
        tell(reader, at=at, cause=str(cause))
    made = at_once(*[lambda: put_on_their_way(at)] * 2)

    assert (sum(made), Delivery.objects.count()) == (20, 20)
