"""Whistles follow their items soon after these were moved, many in as many statements as one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.dispatch.factories import answered, blown, problem
from youwo.core.refused import Refused
from youwo.dispatch import actions
from youwo.dispatch.actions.followed import seen
from youwo.dispatch.climbing import climb
from youwo.dispatch.models import Status, Whistle
from youwo.dispatch.sweep import follow_moved, sweep
from youwo.journal.models import Line
from youwo.needs.actions import problems
from youwo.needs.models import Problem, ProblemKind
from youwo.service import actions as service
from youwo.service.models import ServiceItem
from youwo.turns import actions as turns
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def whistle(worker, speaker, jinshui, lamps, at):
    return answered(worker, speaker, jinshui, [lamps], at)


def deliver(whistle, by, at):
    return service.deliver(
        whistle.item,
        organization=whistle.item.organization,
        occurred_on=at.date(),
        minutes=60,
        people=2,
        what="换了灯",
        by=by,
        at=at,
    )


def status(whistle):
    return Whistle.objects.get(pk=whistle.pk).status


def waits(whistle):
    return ServiceItem.objects.get(pk=whistle.item_id).to_follow


def test_what_is_moved_waits_to_be_followed_and_then_no_more(whistle, speaker, at):
    assert (waits(whistle), follow_moved(at=at)) == (False, 0)

    deliver(whistle, speaker, at + timedelta(hours=1))
    assert (waits(whistle), status(whistle)) == (True, Status.ANSWERED)

    assert follow_moved(at=at + timedelta(hours=1, seconds=5)) == 1
    assert (waits(whistle), status(whistle)) == (False, Status.DELIVERED)
    assert follow_moved(at=at + timedelta(hours=1, seconds=10)) == 0
    line = Line.objects.get(verb="deliver", target_label="dispatch.whistle")
    assert line.actor_key == str(speaker.pk)


def test_the_time_stops_when_it_was_done_not_when_it_was_followed(whistle, speaker, at):
    done_at = at + timedelta(hours=2)
    deliver(whistle, speaker, done_at)
    follow_moved(at=done_at + timedelta(hours=3))

    whistle.refresh_from_db()
    assert whistle.delivered_at == done_at
    assert whistle.spans.order_by("pk").last().ends_at == done_at


def test_it_goes_on_when_something_is_missing(whistle, worker, speaker, lamps, at):
    deliver(whistle, speaker, at)
    follow_moved(at=at)
    service.contest(whistle.item, reason="还不亮", by=worker, at=at + timedelta(hours=1))
    assert not Turn.objects.filter(kind="whistle.solve").exists()

    follow_moved(at=at + timedelta(hours=1, seconds=5))

    whistle.refresh_from_db()
    assert (whistle.status, whistle.reason) == (Status.ANSWERED, "还不亮")
    assert Turn.objects.get(kind="whistle.solve").organization == lamps


def test_what_is_moved_again_meanwhile_is_looked_at_again(whistle, worker, speaker, at):
    deliver(whistle, speaker, at)
    read = ServiceItem.objects.get(pk=whistle.item_id)
    service.contest(whistle.item, reason="还不亮", by=worker, at=at + timedelta(seconds=1))
    seen([read])
    assert waits(whistle)


def test_who_was_let_rest_is_asked_again_if_it_was_contested_before_the_next_look(
    whistle, worker, speaker, lamps, at
):
    deliver(whistle, speaker, at)
    turns.clear(whistle)
    service.contest(whistle.item, reason="还不亮", by=worker, at=at + timedelta(seconds=1))
    follow_moved(at=at + timedelta(seconds=5))
    assert status(whistle) == Status.ANSWERED
    assert Turn.objects.get(kind="whistle.solve").organization == lamps


def test_nobody_whistles_for_what_goes_on_with_its_whistle_in_a_moment(
    whistle, worker, speaker, jinshui, lamps, water, at
):
    deliver(whistle, speaker, at)
    service.close(whistle.item, asked="问过", by=worker, at=at)
    follow_moved(at=at)
    service.reopen(whistle.item, reason="又坏了", by=worker, at=at)
    item = ServiceItem.objects.get()
    with pytest.raises(Refused):
        blown(worker, jinshui, [water], at, item=item)
    follow_moved(at=at)
    assert status(whistle) == Status.ANSWERED


def test_what_is_done_is_not_withdrawn_before_the_whistle_has_followed(
    whistle, worker, speaker, at
):
    deliver(whistle, speaker, at)
    with pytest.raises(Refused):
        actions.withdraw(whistle, reason="修好了", by=worker, at=at)


def test_what_was_withdrawn_waits_for_nothing(whistle, worker, at):
    actions.withdraw(whistle, reason="修好了", by=worker, at=at)
    item = ServiceItem.objects.get()
    assert (item.is_dropped, item.clocked, item.to_follow) == (True, False, False)


def test_what_is_done_climbs_no_more(whistle, speaker, at):
    deliver(whistle, speaker, at)
    climb(at + timedelta(days=30))
    whistle.refresh_from_db()
    assert (whistle.climbed, whistle.overdue_at) == (0, None)


def test_an_item_that_keeps_its_own_time_is_followed_by_nothing(worker, jinshui, at):
    item = service.agree(
        "修门", community=jinshui, field="safety", due_on=at.date(), by=worker, at=at
    )
    service.drop(item, reason="不修了", by=worker, at=at)
    assert not ServiceItem.objects.get().to_follow


def test_the_sweep_follows_what_was_missed(whistle, speaker, at):
    deliver(whistle, speaker, at)
    ServiceItem.objects.update(to_follow=False)
    assert (follow_moved(at=at), status(whistle)) == (0, Status.ANSWERED)
    assert sweep(at) == 1
    assert status(whistle) == Status.DELIVERED


def test_following_costs_the_same_for_one_and_for_many(worker, speaker, jinshui, lamps, at):
    costs = []
    for count in (1, 4):
        for _ in range(count):
            matter = problem(jinshui, at)
            deliver(answered(worker, speaker, jinshui, [lamps], at, problem=matter), speaker, at)
        with CaptureQueriesContext(connection) as captured:
            assert follow_moved(at=at) == count
        costs.append(len(captured))
    assert ProblemKind.objects.count() == 1
    # Besides the two for each whistle that change its row and its clock, and look around it.
    assert costs[1] - costs[0] <= 3 * 3


def test_what_another_whistle_calls_for_stays_closed(worker, speaker, jinshui, lamps, at):
    matter = problem(jinshui, at)
    first = answered(worker, speaker, jinshui, [lamps], at, problem=matter)
    deliver(first, speaker, at)
    service.close(first.item, asked="问过", by=worker, at=at)
    assert (follow_moved(at=at), status(first)) == (1, Status.CLOSED)
    later = at + timedelta(hours=1)
    problems.reopen(matter, reason="又坏了", by=worker, at=later)
    second = blown(worker, jinshui, [lamps], later, problem=Problem.objects.get(pk=matter.pk))

    ServiceItem.objects.update(status="started", closed_at=None, since=later, to_follow=True)
    assert follow_moved(at=later) == 1

    assert (status(first), status(second), waits(first)) == (Status.CLOSED, Status.BLOWN, False)
    # Its owner is asked by the item itself.
    assert Turn.objects.get(kind="item.deliver").organization == lamps


def test_one_that_cannot_follow_holds_up_no_other(
    whistle, worker, speaker, jinshui, lamps, at, caplog
):
    other = answered(worker, speaker, jinshui, [lamps], at, problem=problem(jinshui, at))
    for one in (whistle, other):
        deliver(one, speaker, at)
    ServiceItem.objects.filter(pk=whistle.item_id).update(status="nonsense")

    assert follow_moved(at=at) == 1

    assert (status(other), status(whistle), waits(whistle)) == (
        Status.DELIVERED,
        Status.ANSWERED,
        True,
    )
    assert [(record.message, record.whistle) for record in caplog.records] == [
        ("A whistle cannot follow.", whistle.pk)
    ]
    assert follow_moved(at=at) == 0
