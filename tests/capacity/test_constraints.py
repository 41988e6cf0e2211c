"""What the database itself refuses."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.capacity.factories import pool
from youwo.capacity.models import ENDED, MOVES, STANDING, Claim, Pool, State

pytestmark = pytest.mark.django_db


def claim(places, at, **values):
    values = {"holder_label": "people.person", "holder_key": "1", "state": "confirmed"} | values
    return Claim.objects.create(
        pool=places, claimed_at=at, nonce=values.pop("nonce", uuid.uuid4()), **values
    )


def refused(act, name):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    return name in str(error.value) or "UNIQUE" in str(error.value)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"capacity": 1, "held_back": 2}, "capacity_pool_held_back"),
        ({"capacity": 1, "largest_group": 0}, "capacity_pool_group"),
        ({"capacity": -1}, "capacity"),
    ],
)
def test_such_a_pool_cannot_exist(values, name):
    assert refused(lambda: pool(**values), name)


def test_a_pool_cannot_close_when_it_opens(at):
    assert refused(lambda: pool(1, opens_at=at, closes_at=at), "capacity_pool_closes_after_opening")


def test_a_subject_has_one_pool():
    one = pool(1)

    assert refused(
        lambda: Pool.objects.create(
            subject_label=one.subject_label, subject_key=one.subject_key, capacity=1
        ),
        "capacity_pool_subject",
    )


@pytest.mark.parametrize("first", STANDING)
@pytest.mark.parametrize("second", STANDING)
def test_a_holder_stands_once_in_a_pool(at, first, second):
    places = pool(5)
    later = at + timedelta(hours=1)
    claim(places, at, state=first, expires_at=later)

    assert refused(
        lambda: claim(places, at, state=second, expires_at=later), "capacity_claim_holder_once"
    )


@pytest.mark.parametrize("state", ENDED)
def test_ended_claims_do_not_stand_in_the_way(at, state):
    places = pool(5)
    claim(places, at, state=state, ended_at=at)
    claim(places, at, state=state, ended_at=at)

    assert claim(places, at).pk


def test_a_try_is_used_once(at):
    nonce = uuid.uuid4()
    claim(pool(1), at, nonce=nonce)

    assert refused(lambda: claim(pool(1), at, nonce=nonce), "nonce")


def test_a_claim_is_for_at_least_one(at):
    assert refused(lambda: claim(pool(1), at, size=0), "capacity_claim_size")


@pytest.mark.parametrize("state", ENDED)
def test_a_claim_that_is_over_says_since_when(at, state):
    assert refused(lambda: claim(pool(1), at, state=state), "capacity_claim_ended")


@pytest.mark.parametrize("state", STANDING)
def test_a_claim_in_force_has_not_ended(at, state):
    assert refused(
        lambda: claim(pool(1), at, state=state, ended_at=at, expires_at=at),
        "capacity_claim_ended",
    )


@pytest.mark.parametrize("state", ["held", "offered"])
def test_holds_and_offers_have_an_end(at, state):
    assert refused(lambda: claim(pool(1), at, state=state), "capacity_claim_times_out")


def test_every_state_is_reached_and_only_ended_ones_are_final():
    begins = {State.HELD, State.CONFIRMED, State.WAITING}
    reached = {after for moves in MOVES.values() for after in moves.values()}
    left = {before for moves in MOVES.values() for before in moves}

    assert begins | reached == set(State)
    assert left == set(STANDING)
