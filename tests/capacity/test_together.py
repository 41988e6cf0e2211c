"""Many requests answered in one transaction."""

import uuid
from datetime import timedelta

import pytest

from tests.capacity.factories import claimed, pool, request
from tests.factories import PersonFactory
from youwo.capacity import batches
from youwo.capacity.models import Claim
from youwo.capacity.together import claim_together
from youwo.core.refused import Refused

pytestmark = pytest.mark.django_db


def granted(answers):
    return [isinstance(answer, Claim) for answer in answers]


@pytest.mark.parametrize("number", [1, 3, 50])
def test_many_requests_cost_four_statements(at, number, django_assert_num_queries):
    pools = [pool(20) for _ in range(3)]
    wanted = [request(pools[n % 3], PersonFactory(), at=at) for n in range(number)]

    with django_assert_num_queries(6):  # with the savepoint's two
        answers = claim_together(wanted)

    assert granted(answers) == [True] * number
    assert Claim.objects.count() == number


def test_nothing_asked_nothing_answered():
    assert claim_together([]) == []


def test_who_asks_first_is_served_first(at):
    two = pool(2)
    wanted = [request(two, PersonFactory(), at=at) for _ in range(3)]

    answers = claim_together(wanted)

    assert granted(answers) == [True, True, False]
    assert [answer.holder_key for answer in answers[:2]] == [one.holder_key for one in wanted[:2]]


def test_an_answer_equals_the_row_it_stands_for(resident, at):
    held = request(pool(1), resident, at=at, expires_at=at + timedelta(hours=1), by_key=resident.pk)

    (answer,) = claim_together([held])

    kept = Claim.objects.get(pk=answer.pk)
    names = [field.attname for field in Claim._meta.concrete_fields]
    assert [getattr(kept, name) for name in names] == [getattr(answer, name) for name in names]
    assert (kept.state, kept.by_id, kept.nonce) == ("held", resident.pk, held.nonce)


def test_pools_do_not_share_places(resident, volunteer, at):
    one, other = pool(1), pool(1)
    wanted = [
        request(places, who, at=at) for places in (one, other) for who in (resident, volunteer)
    ]

    assert granted(claim_together(wanted)) == [True, False, True, False]


def test_earlier_claims_count(resident, volunteer, at):
    one = pool(1)
    claimed(one, resident, at=at)

    (answer,) = claim_together([request(one, volunteer, at=at)])

    assert isinstance(answer, Refused)


def test_one_holder_gets_one_place_even_within_a_batch(resident, at):
    answers = claim_together(
        [request(two := pool(2), resident, at=at), request(two, resident, at=at)]
    )

    assert granted(answers) == [True, False]


def test_one_try_gets_one_claim_even_within_a_batch(resident, at):
    same = request(pool(2), resident, at=at)

    first, second = claim_together([same, same])

    assert first.pk == second.pk is not None


def test_a_try_of_an_earlier_batch_gets_its_claim_even_from_a_full_pool(resident, volunteer, at):
    same = request(pool(1), resident, at=at)
    (first,) = claim_together([same])

    again, late = claim_together([same, request_like(same, volunteer)])

    assert again.pk == first.pk
    assert isinstance(late, Refused)


def request_like(other, holder):
    return type(other)(
        pool_key=other.pool_key,
        holder_label=other.holder_label,
        holder_key=str(holder.pk),
        by_key=None,
        at=other.at,
        nonce=uuid.uuid4(),
    )


def test_a_pool_that_is_not_there_is_refused_and_the_others_are_served(resident, at):
    gone = pool(1)
    wanted = [request(gone, resident, at=at), request(pool(1), resident, at=at)]
    gone.delete()

    assert granted(claim_together(wanted)) == [False, True]


def test_the_line_forms_in_the_order_of_the_requests(at):
    one = pool(1, waiting_list=True)
    wanted = [request(one, PersonFactory(), at=at, wait=True) for _ in range(4)]

    answers = claim_together(wanted)

    assert [answer.state for answer in answers] == ["confirmed", "waiting", "waiting", "waiting"]
    assert [answer.pk for answer in answers] == sorted(answer.pk for answer in answers)


def test_nobody_in_a_batch_overtakes_who_waits_in_it(at):
    """A pair waits for two places, so the single behind it waits as well."""
    three = pool(3, waiting_list=True, largest_group=2)
    claim_together([request(three, PersonFactory(), at=at, size=2)])

    pair, single = claim_together(
        [request(three, PersonFactory(), at=at, wait=True, size=n) for n in (2, 1)]
    )

    assert [pair.state, single.state] == ["waiting", "waiting"]


def test_the_same_try_at_two_pools_in_one_instant_is_told_so(resident, at, monkeypatch):
    """Played out here by a first look that comes too early to see the other's claim."""
    nonce = uuid.uuid4()
    there = claimed(pool(1), resident, at=at, nonce=nonce)
    monkeypatch.setattr(batches, "earlier", lambda wanted: [])

    (answer,) = claim_together([request(pool(1), resident, at=at, nonce=nonce)])

    assert isinstance(answer, Refused)
    assert Claim.objects.get() == there
