"""The waiting list: its order, its offers, and what is told to those who wait."""

from datetime import timedelta

import pytest
from django.utils import translation

from tests.capacity.factories import claimed, pool
from tests.factories import PersonFactory
from youwo.capacity import actions, queries
from youwo.capacity.models import Claim
from youwo.core.refused import Refused
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def line(at):
    """Let somebody join a pool's line; each call a minute after the one before."""
    minutes = iter(range(1, 1000))

    def join(places, **options):
        moment = at + next(minutes) * MINUTE
        return claimed(places, PersonFactory(), at=moment, wait=True, **options)

    return join


@pytest.fixture
def taken(at):
    """A full pool of so many places, with a waiting list and an offer time of an hour."""

    def make(capacity=1, **options):
        places = pool(capacity, waiting_list=True, offer_minutes=60, largest_group=5, **options)
        for _ in range(capacity - places.held_back):
            claimed(places, PersonFactory(), at=at)
        return places

    return make


def give_back(places, at, number=1):
    for claim in Claim.objects.filter(pool=places, state="confirmed").order_by("id")[:number]:
        actions.release(claim, by=None, at=at, reason="ill")


def states(*claims):
    found = Claim.objects.in_bulk([claim.pk for claim in claims])
    return [found[claim.pk].state for claim in claims]


def test_who_finds_a_full_pool_may_wait(taken, line):
    assert line(taken()).state == "waiting"


def test_without_a_waiting_list_nobody_waits(resident, at, volunteer):
    one = pool(1)
    claimed(one, resident, at=at)

    with pytest.raises(Refused):
        claimed(one, volunteer, at=at, wait=True)


def test_a_group_that_could_never_fit_is_told_so(taken, resident, at):
    with pytest.raises(Refused) as refused:
        claimed(taken(2, held_back=0), resident, at=at, wait=True, size=3)

    assert refused.value.field == "size"


def test_a_place_that_is_given_back_is_offered_to_the_first_in_line(taken, line, at):
    one = taken()
    first, second = line(one), line(one)

    give_back(one, at + 30 * MINUTE)

    first.refresh_from_db()
    assert (first.state, first.expires_at) == ("offered", at + 90 * MINUTE)
    assert states(second) == ["waiting"]
    assert list(queries.offers()) == list(queries.offers([one.pk])) == [first]
    assert Line.objects.get().verb == "offer"


def test_an_accepted_offer_is_a_firm_claim(taken, line, at):
    one = taken()
    first = line(one)
    give_back(one, at)

    firm = actions.accept(first, by=None, at=at + 59 * MINUTE)

    assert (firm.state, firm.expires_at) == ("confirmed", None)


def test_an_offer_cannot_be_accepted_after_its_time(taken, line, at):
    one = taken()
    first = line(one)
    give_back(one, at)

    with pytest.raises(Refused):
        actions.accept(first, by=None, at=at + 60 * MINUTE)


def test_who_was_not_offered_a_place_cannot_accept(taken, line, at):
    with pytest.raises(Refused):
        actions.accept(line(taken()), by=None, at=at)


def test_an_offer_is_not_confirmed_like_a_hold(taken, line, at):
    one = taken()
    first = line(one)
    give_back(one, at)

    with pytest.raises(Refused):
        actions.confirm(first, by=None, at=at)


def test_a_declined_offer_goes_to_the_next(taken, line, at):
    one = taken()
    first, second = line(one), line(one)
    give_back(one, at)

    actions.decline(first, by=None, at=at)

    assert states(first, second) == ["released", "offered"]


def test_an_expired_offer_goes_to_the_next_in_the_same_run(taken, line, at):
    one = taken()
    first, second = line(one), line(one)
    give_back(one, at)

    ended = actions.expire_due(at + 60 * MINUTE)

    assert [claim.pk for claim in ended] == [first.pk]
    assert states(first, second) == ["expired", "offered"]


def test_an_offered_place_is_taken(taken, line, resident, at):
    one = taken()
    line(one)
    give_back(one, at)

    with pytest.raises(Refused):
        claimed(one, resident, at=at)


def test_nobody_who_comes_later_overtakes_the_line(taken, line, resident, at):
    """Two wait together; one place is free, and stays free for them."""
    two = taken(2)
    pair = line(two, size=2)
    give_back(two, at)

    later = at + 30 * MINUTE
    with pytest.raises(Refused):
        claimed(two, resident, at=later)
    assert claimed(two, resident, at=later, wait=True).state == "waiting"

    give_back(two, at)
    assert states(pair) == ["offered"]


def test_a_group_that_does_not_fit_holds_the_line(taken, line, at):
    two = taken(2)
    pair, single = line(two, size=2), line(two)

    give_back(two, at)

    assert states(pair, single) == ["waiting", "waiting"]


def test_when_the_group_leaves_the_line_the_next_is_served(taken, line, at):
    two = taken(2)
    pair, single = line(two, size=2), line(two)
    give_back(two, at)

    actions.decline(pair, by=None, at=at)

    assert states(pair, single) == ["released", "offered"]


def test_a_group_larger_than_the_pool_has_become_is_passed_over(taken, line, at):
    three = taken(3)
    group, single = line(three, size=3), line(three)
    give_back(three, at, 2)
    assert states(group, single) == ["waiting", "waiting"]

    actions.resize(three, capacity=2, at=at)

    assert states(group, single) == ["waiting", "offered"]


def test_in_the_last_stretch_a_group_that_does_not_fit_is_passed_over(taken, line, at):
    two = taken(2, closes_at=at + 120 * MINUTE)
    pair, single = line(two, size=2), line(two)

    give_back(two, at + 60 * MINUTE)

    assert states(pair, single) == ["waiting", "offered"]


def test_in_the_last_stretch_a_newcomer_may_take_what_nobody_in_line_fits(
    taken, line, resident, at
):
    two = taken(2, closes_at=at + 120 * MINUTE)
    line(two, size=2)
    give_back(two, at + 10 * MINUTE)

    with pytest.raises(Refused):
        claimed(two, resident, at=at + 59 * MINUTE)
    assert claimed(two, resident, at=at + 60 * MINUTE).state == "confirmed"


def test_an_offer_ends_when_the_pool_closes(taken, line, at):
    one = taken(closes_at=at + 90 * MINUTE)
    first = line(one)

    give_back(one, at + 80 * MINUTE)

    first.refresh_from_db()
    assert first.expires_at == at + 90 * MINUTE


def test_after_the_end_nothing_is_offered(taken, line, at):
    one = taken(closes_at=at + 90 * MINUTE)
    first = line(one)

    give_back(one, at + 90 * MINUTE)

    assert states(first) == ["waiting"]


def test_reserved_people_wait_with_everybody_but_may_take_the_share(taken, line, at):
    """The open line is held by a pair, which could not have the held-back place anyway."""
    three = taken(3, held_back=1)
    kept = claimed(three, PersonFactory(), at=at, reserved=True)
    pair, elder = line(three, size=2), line(three, reserved=True)

    actions.release(kept, by=None, at=at, reason="ill")

    assert states(pair, elder) == ["waiting", "offered"]


def test_new_places_are_offered_to_those_who_wait(taken, line, at):
    one = taken()
    first, second, third = line(one), line(one), line(one)

    actions.resize(one, capacity=3, at=at)

    assert states(first, second, third) == ["offered", "offered", "waiting"]


def test_a_sweep_offers_whatever_is_free(taken, line, at):
    """For places that came free without an action, as when an import changed a pool."""
    one, other = taken(), taken()
    first, elsewhere = line(one), line(other)
    type(one).objects.filter(pk=one.pk).update(capacity=2)

    assert actions.offer_free_places(at) == [first]
    assert states(first, elsewhere) == ["offered", "waiting"]
    assert actions.offer_free_places(at) == []


@pytest.mark.parametrize("number", [1, 3])
def test_a_sweep_costs_the_same_for_many_pools(taken, line, at, number, django_assert_num_queries):
    for _ in range(number):
        one = taken()
        line(one)
        type(one).objects.filter(pk=one.pk).update(capacity=2)

    with django_assert_num_queries(9):
        assert len(actions.offer_free_places(at)) == number


def test_the_place_in_line_is_counted(taken, line, at):
    one = taken(5)
    first, second, third = line(one), line(one, size=2), line(one, reserved=True)
    line(taken())

    places = [queries.place_in_line(claim) for claim in (first, second, third)]

    assert [(place.number, place.places_before) for place in places] == [(1, 0), (2, 1), (3, 3)]


def test_who_does_not_wait_has_no_place_in_line(resident, at):
    assert queries.place_in_line(claimed(pool(1), resident, at=at)) is None


@pytest.mark.parametrize(("size", "said"), [(1, "number 1 "), (2, "Your group of 2 ")])
def test_the_order_is_explained_to_who_waits(taken, line, size, said):
    waiting = line(taken(5), size=size)

    with translation.override("en"):
        assert said in queries.place_in_line(waiting).explanation
