import pytest

from tests.capacity.factories import claimed, pool
from youwo.capacity import queries
from youwo.core.refused import Refused

pytestmark = pytest.mark.django_db


def test_a_claim_takes_places(resident, at):
    few = pool(3, largest_group=2)

    claimed(few, resident, at=at, size=2)

    assert queries.availability(few).free == 1


def test_claim_costs_three_statements_in_the_callers_transaction(
    resident, at, django_assert_num_queries
):
    one = pool(1)

    with django_assert_num_queries(3):
        claimed(one, resident, at=at)


def test_a_full_pool_refuses(resident, volunteer, at):
    one = pool(1)
    claimed(one, resident, at=at)

    with pytest.raises(Refused, match="All places are taken"):
        claimed(one, volunteer, at=at)
