"""Claiming, holding, confirming and giving back."""

import uuid
from datetime import timedelta

import pytest

from tests.capacity.factories import claimed, pool
from tests.factories import PersonFactory
from youwo.capacity import actions, queries
from youwo.capacity.models import Claim, Pool
from youwo.core.refused import Refused
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_a_pool_is_opened_once_for_its_subject(resident, at):
    first = actions.open_pool(resident, capacity=3, at=at, waiting_list=True)
    again = actions.open_pool(resident, capacity=5, at=at)

    assert (again.pk, again.capacity, Pool.objects.count()) == (first.pk, 3, 1)
    assert queries.pool_of(resident) == first


def test_more_places_cannot_be_held_back_than_there_are(resident, at):
    with pytest.raises(Refused) as refused:
        actions.open_pool(resident, capacity=3, at=at, held_back=4)

    assert refused.value.field == "held_back"


def test_a_pool_cannot_close_before_it_opens(resident, at):
    with pytest.raises(Refused) as refused:
        actions.open_pool(resident, capacity=3, at=at, opens_at=at, closes_at=at - HOUR)

    assert refused.value.field == "closes_at"


def test_a_claim_takes_places(resident, at):
    three = pool(3, largest_group=2)

    made = claimed(three, resident, at=at, size=2)

    assert (made.state, made.size, queries.availability(three).free) == ("confirmed", 2, 1)


def test_a_claim_with_an_end_is_held(resident, at):
    made = claimed(pool(1), resident, at=at, expires_at=at + HOUR)

    assert (made.state, made.expires_at) == ("held", at + HOUR)


def test_a_claim_costs_three_statements_in_the_callers_transaction(
    resident, at, django_assert_num_queries
):
    one = pool(1)

    with django_assert_num_queries(3):
        claimed(one, resident, at=at)


def test_a_claim_that_was_made_is_read_back_as_it_is(resident, at):
    made = claimed(pool(1), resident, at=at, expires_at=at + HOUR)

    kept = Claim.objects.get(pk=made.pk)
    names = [field.attname for field in Claim._meta.concrete_fields]
    assert [getattr(kept, name) for name in names] == [getattr(made, name) for name in names]


def test_a_full_pool_refuses(resident, volunteer, at):
    one = pool(1)
    claimed(one, resident, at=at)

    with pytest.raises(Refused) as refused:
        claimed(one, volunteer, at=at)

    assert str(refused.value.reason) == "名额已满。"


def test_a_refusal_leaves_the_callers_transaction_usable(resident, volunteer, at):
    one = pool(1)
    claimed(one, resident, at=at)

    with pytest.raises(Refused):
        claimed(one, volunteer, at=at)

    assert claimed(pool(1), volunteer, at=at).state == "confirmed"


def test_the_same_try_gets_the_same_claim(resident, at):
    one = pool(1)
    nonce = uuid.uuid4()

    first = claimed(one, resident, at=at, nonce=nonce)
    again = claimed(one, resident, at=at + HOUR, nonce=nonce)

    assert (again.pk, again.claimed_at, Claim.objects.count()) == (first.pk, at, 1)


def test_the_same_try_gets_its_claim_even_after_it_ended(resident, at):
    one = pool(1)
    nonce = uuid.uuid4()
    first = claimed(one, resident, at=at, nonce=nonce)
    actions.release(first, by=resident, at=at, reason="ill")

    assert claimed(one, resident, at=at, nonce=nonce).state == "released"


def test_the_same_try_for_somebody_else_is_refused(resident, volunteer, at):
    two = pool(2)
    nonce = uuid.uuid4()
    claimed(two, resident, at=at, nonce=nonce)

    with pytest.raises(Refused):
        claimed(two, volunteer, at=at, nonce=nonce)


def test_a_holder_has_one_claim_in_a_pool(resident, at):
    two = pool(2)
    claimed(two, resident, at=at)

    with pytest.raises(Refused):
        claimed(two, resident, at=at)


def test_who_gave_a_place_back_may_claim_again(resident, at):
    one = pool(1)
    actions.release(claimed(one, resident, at=at), by=resident, at=at, reason="ill")

    assert claimed(one, resident, at=at).state == "confirmed"


def test_before_it_opens_a_pool_refuses_and_says_when(resident, at):
    later = pool(1, opens_at=at + HOUR)

    with pytest.raises(Refused, match="10:12"):
        claimed(later, resident, at=at)

    assert claimed(later, resident, at=at + HOUR).state == "confirmed"


def test_from_its_end_on_a_pool_refuses(resident, at):
    ended = pool(1, closes_at=at)

    with pytest.raises(Refused):
        claimed(ended, resident, at=at)

    assert claimed(ended, resident, at=at - HOUR).state == "confirmed"


@pytest.mark.parametrize("size", [0, -1, 3])
def test_a_group_has_at_least_one_and_at_most_the_largest_group(resident, at, size):
    with pytest.raises(Refused) as refused:
        claimed(pool(9, largest_group=2), resident, at=at, size=size)

    assert refused.value.field == "size"


def test_a_group_gets_all_its_places_or_none(resident, volunteer, at):
    three = pool(3, largest_group=2)
    claimed(three, resident, at=at, size=2)

    with pytest.raises(Refused) as refused:
        claimed(three, volunteer, at=at, size=2)

    assert refused.value.field == "size"
    assert queries.availability(three).free == 1


def test_a_hold_cannot_end_before_it_begins(resident, at):
    with pytest.raises(Refused):
        claimed(pool(1), resident, at=at, expires_at=at)


def test_the_held_back_share_is_for_reserved_claims(resident, volunteer, worker, at):
    two = pool(2, held_back=1)
    claimed(two, resident, at=at)

    with pytest.raises(Refused):
        claimed(two, volunteer, at=at)

    assert claimed(two, volunteer, at=at, reserved=True).state == "confirmed"


def test_reserved_claims_use_the_share_first(resident, volunteer, at):
    two = pool(2, held_back=1)

    claimed(two, resident, at=at, reserved=True)

    assert queries.availability(two).free == 1
    assert claimed(two, volunteer, at=at).state == "confirmed"


def test_a_held_claim_is_confirmed(resident, at):
    held = claimed(pool(1), resident, at=at, expires_at=at + HOUR)

    firm = actions.confirm(held, by=resident, at=at)

    assert (firm.state, firm.expires_at) == ("confirmed", None)


def test_an_overdue_hold_counts_until_it_is_ended(resident, volunteer, at):
    one = pool(1)
    held = claimed(one, resident, at=at, expires_at=at + HOUR)

    with pytest.raises(Refused):
        claimed(one, volunteer, at=at + 2 * HOUR)

    assert actions.confirm(held, by=resident, at=at + 2 * HOUR).state == "confirmed"


def test_what_has_ended_cannot_be_confirmed(resident, at):
    held = claimed(pool(1), resident, at=at, expires_at=at + HOUR)
    actions.expire_due(at + HOUR)

    with pytest.raises(Refused):
        actions.confirm(held, by=resident, at=at + HOUR)


@pytest.mark.parametrize("act", [actions.accept, actions.confirm])
def test_a_firm_claim_needs_no_answer(resident, at, act):
    firm = claimed(pool(1), resident, at=at)

    with pytest.raises(Refused):
        act(firm, by=resident, at=at)


@pytest.mark.parametrize("act", [actions.release, actions.cancel])
def test_a_claim_ends_once_and_says_why(resident, at, act):
    firm = claimed(pool(1), resident, at=at)

    ended = act(firm, by=resident, at=at + HOUR, reason="ill")

    assert (ended.ended_at, ended.reason) == (at + HOUR, "ill")
    with pytest.raises(Refused):
        act(firm, by=resident, at=at + HOUR, reason="ill")


def test_a_firm_place_is_given_back_in_one_statement(resident, at, django_assert_num_queries):
    claim = claimed(pool(), resident, at=at)

    with django_assert_num_queries(3):  # with the savepoint's two
        actions.give_back(claim.pk, by=resident, at=at, reason="ill")

    claim.refresh_from_db()
    assert (claim.state, claim.ended_at, claim.reason) == ("released", at, "ill")


def test_a_place_that_others_wait_for_is_offered_when_it_is_given_back(resident, volunteer, at):
    one = pool(waiting_list=True)
    claim = claimed(one, resident, at=at)
    waiting = claimed(one, volunteer, at=at, wait=True)

    actions.give_back(claim.pk, by=resident, at=at, reason="ill")

    waiting.refresh_from_db()
    assert waiting.state == "offered"


def test_a_place_is_given_back_once(resident, at):
    claim = claimed(pool(), resident, at=at)
    actions.give_back(claim.pk, by=resident, at=at, reason="ill")

    with pytest.raises(Refused):
        actions.give_back(claim.pk, by=resident, at=at, reason="ill")


def test_holds_whose_time_has_passed_end_and_are_returned(resident, volunteer, at):
    two = pool(2)
    first = claimed(two, resident, at=at, expires_at=at + HOUR)
    claimed(two, volunteer, at=at, expires_at=at + 2 * HOUR)

    ended = actions.expire_due(at + HOUR)

    assert [(claim.pk, claim.state, claim.ended_at) for claim in ended] == [
        (first.pk, "expired", at + HOUR)
    ]
    assert queries.availability(two).free == 1
    assert Line.objects.get().verb == "expire"


def test_nothing_due_costs_one_statement(at, django_assert_num_queries):
    with django_assert_num_queries(3):  # with the savepoint's two
        assert actions.expire_due(at) == []


@pytest.mark.parametrize("number", [1, 3])
def test_ending_many_costs_what_ending_one_costs(at, number, django_assert_num_queries):
    for _ in range(number):
        places = pool(1, waiting_list=True)
        claimed(places, PersonFactory(), at=at, expires_at=at + HOUR)
        claimed(places, PersonFactory(), at=at, wait=True)

    with django_assert_num_queries(10):
        assert len(actions.expire_due(at + HOUR)) == number


def test_a_run_ends_at_most_so_many_and_the_longest_overdue_first(at):
    places = pool(3)
    for hours in (3, 1, 2):
        claimed(places, PersonFactory(), at=at, expires_at=at + hours * HOUR)

    ended = actions.expire_due(at + 5 * HOUR, limit=2)

    assert [claim.expires_at for claim in ended] == [at + HOUR, at + 2 * HOUR]
    assert len(actions.expire_due(at + 5 * HOUR, limit=2)) == 1


def test_a_pool_can_grow_and_shrink_to_what_is_taken(resident, volunteer, at):
    two = pool(2, held_back=1)
    claimed(two, resident, at=at)
    claimed(two, volunteer, at=at, reserved=True)

    assert actions.resize(two, capacity=5, at=at).capacity == 5
    with pytest.raises(Refused) as refused:
        actions.resize(two, capacity=1, at=at)
    assert refused.value.field == "capacity"
    with pytest.raises(Refused) as refused:
        actions.resize(two, capacity=2, at=at, held_back=3)
    assert refused.value.field == "held_back"


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_left_of_many_pools_costs_one_statement(at, number, django_assert_num_queries):
    pools = [pool(2) for _ in range(number)]
    claimed(pools[0], PersonFactory(), at=at)

    with django_assert_num_queries(1):
        left = queries.availabilities(pools)

    assert [left[one.pk].free for one in pools] == [1, 2, 2][:number]
    assert not left[pools[0].pk].is_full


def test_a_holders_claims_are_found_newest_first(resident, volunteer, at):
    first = claimed(pool(1), resident, at=at)
    second = claimed(pool(1), resident, at=at + HOUR)
    claimed(pool(1), volunteer, at=at)

    assert list(queries.claims_of(resident)) == [second, first]


def test_what_is_counted_is_what_is_in_force(resident, volunteer, at):
    """Ended claims, and claims on other pools, are somebody else's business."""
    two = pool(2)
    actions.release(claimed(two, resident, at=at), by=resident, at=at, reason="ill")
    claimed(pool(2), resident, at=at)
    claimed(two, volunteer, at=at)

    assert queries.availability(two).taken == 1
