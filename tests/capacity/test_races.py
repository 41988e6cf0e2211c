"""Fifty people reach for twenty places in the same instant."""

import threading
import uuid
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import connection

from tests.capacity.factories import pool
from tests.factories import PersonFactory
from tests.side_by_side import each_at_once
from youwo.capacity import actions, locks, together
from youwo.capacity.desk import Desk
from youwo.capacity.models import Claim, Pool
from youwo.capacity.requests import Request
from youwo.core.refused import Refused

pytestmark = pytest.mark.usefixtures("shared_database")


def people(number):
    return [PersonFactory() for _ in range(number)]


def alone(places, at, person):
    return actions.claim(places, holder=person, by=person, at=at, nonce=uuid.uuid4())


def at_desk(desk, places, at, person):
    return desk.claim(
        Request(
            pool_key=places.pk,
            holder_label="people.person",
            holder_key=str(person.pk),
            by_key=person.pk,
            at=at,
            nonce=uuid.uuid4(),
        )
    )


def test_fifty_claims_on_twenty_places_give_exactly_twenty(at):
    twenty = pool(20)

    answers = each_at_once(partial(alone, twenty, at), people(50))

    assert sum(isinstance(answer, Claim) for answer in answers) == 20
    assert sum(isinstance(answer, Refused) for answer in answers) == 30
    assert Claim.objects.filter(pool=twenty, state="confirmed").count() == 20


def test_without_the_lock_more_than_twenty_get_a_place(at, monkeypatch):
    """The control: the same claims, counted by everybody before anybody has written."""
    twenty = pool(20)
    counted_by_all = threading.Barrier(25)
    counted_for = actions.queries.counted_for

    def count_then_wait(*args, **kwargs):
        found = counted_for(*args, **kwargs)
        counted_by_all.wait(timeout=30)
        return found

    def unlocked(keys):
        return Pool.objects.in_bulk(keys)

    monkeypatch.setattr(locks, "locked", unlocked)
    monkeypatch.setattr(actions.queries, "counted_for", count_then_wait)
    if connection.vendor == "sqlite":
        # There the transaction is the lock: without one, each statement stands alone.
        monkeypatch.setattr(actions, "transaction", SimpleNamespace(atomic=_NoTransaction))

    answers = each_at_once(partial(alone, twenty, at), people(25))

    assert sum(isinstance(answer, Claim) for answer in answers) == 25


class _NoTransaction:
    def __init__(self, savepoint=True):
        pass

    def __enter__(self):
        pass

    def __exit__(self, *error):
        return False


def test_with_the_lock_nobody_counts_while_another_counts(at, monkeypatch):
    """The control of the control: with the lock in place, the same wait is never met."""
    twenty = pool(20)
    counted_by_two = threading.Barrier(2)
    counted_for = actions.queries.counted_for

    def count_then_wait(*args, **kwargs):
        found = counted_for(*args, **kwargs)
        with pytest.raises(threading.BrokenBarrierError):
            counted_by_two.wait(timeout=0.2)
        return found

    monkeypatch.setattr(actions.queries, "counted_for", count_then_wait)

    answers = each_at_once(partial(alone, twenty, at), people(2))

    assert [type(answer) for answer in answers] == [Claim, Claim]


def test_one_person_who_claims_ten_times_at_once_gets_one_place(at):
    twenty = pool(20)
    person = PersonFactory()

    answers = each_at_once(partial(alone, twenty, at), [person] * 10)

    assert sum(isinstance(answer, Claim) for answer in answers) == 1
    assert Claim.objects.filter(pool=twenty).count() == 1


def test_the_same_try_sent_ten_times_at_once_is_one_claim(at):
    twenty = pool(20)
    person = PersonFactory()
    nonce = uuid.uuid4()

    def send(_):
        return actions.claim(twenty, holder=person, by=person, at=at, nonce=nonce).pk

    assert len(set(each_at_once(send, list(range(10))))) == 1


def test_the_same_try_sent_to_two_pools_at_once_is_one_claim(at):
    """Two locks do not see each other; the constraint does."""
    person = PersonFactory()
    nonce = uuid.uuid4()

    def send(places):
        return actions.claim(places, holder=person, by=person, at=at, nonce=nonce)

    each_at_once(send, [pool(1) for _ in range(10)])

    assert Claim.objects.filter(nonce=nonce).count() == 1


def test_places_given_back_while_others_claim_never_exceed_the_pool(at):
    five = pool(5)
    holders = people(5)
    given_back = [alone(five, at, person) for person in holders]

    def act(thing):
        if isinstance(thing, Claim):
            return actions.release(thing, by=None, at=at, reason="ill")
        return alone(five, at, thing)

    each_at_once(act, [*given_back, *people(15)])

    assert Claim.objects.filter(pool=five, state="confirmed").count() <= 5


def test_two_sweeps_at_once_end_a_hold_once(at):
    one = pool(1)
    person = PersonFactory()

    actions.claim(
        one,
        holder=person,
        by=person,
        at=at,
        nonce=uuid.uuid4(),
        expires_at=at + timedelta(hours=1),
    )

    def sweep(_):
        return len(actions.expire_due(at + timedelta(hours=2)))

    assert sorted(each_at_once(sweep, [1, 2, 3, 4])) == [0, 0, 0, 1]


def test_fifty_at_a_desk_give_exactly_twenty(at):
    twenty = pool(20)
    desk = Desk()

    answers = each_at_once(partial(at_desk, desk, twenty, at), people(50))

    assert sum(isinstance(answer, Claim) for answer in answers) == 20
    assert sum(isinstance(answer, Refused) for answer in answers) == 30
    assert Claim.objects.filter(pool=twenty, state="confirmed").count() == 20


def test_two_desks_without_the_lock_give_more_than_twenty(at, monkeypatch):
    """The control: two processes' desks, counting before either has written."""
    twenty = pool(20)
    desks = [Desk(at_most=1) for _ in range(25)]
    counted_by_all = threading.Barrier(25)
    counted = actions.queries.counted

    def count_then_wait(*args, **kwargs):
        found = counted(*args, **kwargs)
        counted_by_all.wait(timeout=30)
        return found

    monkeypatch.setattr(locks, "locked", lambda keys: Pool.objects.in_bulk(list(keys)))
    monkeypatch.setattr(actions.queries, "counted", count_then_wait)
    if connection.vendor == "sqlite":
        serve = together.claim_together.__wrapped__
        desks = [Desk(serve, at_most=1) for _ in range(25)]

    pairs = list(zip(desks, people(25), strict=True))
    answers = each_at_once(lambda pair: at_desk(pair[0], twenty, at, pair[1]), pairs)

    assert sum(isinstance(answer, Claim) for answer in answers) == 25


@pytest.mark.parametrize("number", [2, 5])
def test_several_desks_share_the_places_exactly(at, number):
    """Each server process has a desk of its own: the database's lock is what counts."""
    twenty = pool(20)
    desks = [Desk(at_most=3) for _ in range(number)]
    pairs = [(desks[place % number], person) for place, person in enumerate(people(50))]

    answers = each_at_once(lambda pair: at_desk(pair[0], twenty, at, pair[1]), pairs)

    assert sum(isinstance(answer, Claim) for answer in answers) == 20
    assert Claim.objects.filter(pool=twenty, state="confirmed").count() == 20


def test_a_firm_place_ends_once_by_whatever_ways(at):
    one = pool(1)
    person = PersonFactory()
    claim = alone(one, at, person)
    ends = [actions.give_back, actions.give_back, lambda key, **who: actions.cancel(claim, **who)]

    answers = each_at_once(lambda end: end(claim.pk, by=person, at=at, reason="ill"), ends)

    assert sum(isinstance(answer, Refused) for answer in answers) == 2
