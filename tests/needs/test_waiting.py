"""A wish waits for whom its state names, and its turns say no more and no less."""

from datetime import timedelta

import pytest

from tests import factories
from tests.needs.factories import claimed, confirmed, published, received
from youwo.needs import actions
from youwo.turns import queries
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def waits(at, *people):
    return [[turn.kind for turn in queries.queue(person, at)] for person in people]


def test_a_new_wish_waits_for_the_worker(worker, stranger, jinshui, at):
    received(jinshui, at)
    assert waits(at, worker, stranger) == [["wish.review"], []]


def test_a_published_wish_waits_for_nobody_in_particular(worker, jinshui, at):
    published(worker, jinshui, at)
    assert Turn.objects.count() == 0


def test_a_promise_waits_for_who_made_it(worker, volunteer, jinshui, at):
    claimed(worker, volunteer, jinshui, at)
    assert waits(at, volunteer, worker) == [["wish.promised"], []]


def test_everybody_who_acts_for_the_unit_sees_its_promise(worker, jinshui, at):
    unit = factories.OrganizationFactory(name="市税务局")
    first, second = factories.mandated(unit), factories.mandated(unit)
    claimed(worker, first, jinshui, at, organization=unit, appointment="周四下午")
    (turn,) = queries.queue(second, at)
    assert (turn.kind, turn.detail) == ("wish.promised", "市税务局 · 周四下午")


def test_who_did_it_is_not_asked_to_call_back(worker, jinshui, at):
    other = factories.granted("worker", jinshui)
    confirmed(worker, worker, jinshui, at)
    assert waits(at, worker, other) == [[], ["wish.call_back"]]


def test_who_wrote_down_what_was_done_is_not_asked_to_call_back(worker, jinshui, at):
    other, helper = factories.granted("worker", jinshui), factories.PersonFactory()
    wish = claimed(worker, helper, jinshui, at)
    actions.deliver(
        wish, occurred_on=at.date(), minutes=5, what="好了", field="visits", by=worker, at=at
    )
    actions.confirm(wish, how="link", by=None, at=at)
    assert waits(at, worker, other) == [[], ["wish.call_back"]]


def test_who_acts_for_the_unit_is_not_asked_to_call_back(worker, jinshui, at):
    unit = factories.OrganizationFactory()
    confirmed(worker, factories.mandated(unit), jinshui, at, organization=unit)
    other = factories.granted("worker", jinshui)
    factories.mandate(worker, unit)
    assert waits(at, worker, other) == [[], ["wish.call_back"]]


def test_who_wrote_down_what_was_taken_back_is_asked_to_call_back(worker, jinshui, at):
    other, helper = factories.granted("worker", jinshui), factories.PersonFactory()
    wish = claimed(worker, helper, jinshui, at)
    done = {"occurred_on": at.date(), "minutes": 5, "what": "好了", "field": "visits"}
    actions.deliver(wish, **done, by=other, at=at)
    actions.contest(wish, reason="还差一点", by=None, at=at)
    actions.deliver(wish, **done, by=helper, at=at + timedelta(minutes=5))
    actions.confirm(wish, how="link", by=None, at=at + timedelta(minutes=9))
    assert waits(at, other) == [["wish.call_back"]]


def test_a_wish_that_has_ended_waits_for_nobody(worker, jinshui, at):
    actions.decline(received(jinshui, at), reason="不在社区职责内", by=worker, at=at)
    assert Turn.objects.count() == 0
