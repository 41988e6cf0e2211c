"""Two people at one service item in the same instant, each in a transaction of their own."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from tests import factories
from tests.needs.problem_factories import accepted
from tests.service.asset_factories import brought, compound, handed_over, share
from tests.service.factories import agreed, deliver, delivered, unit
from tests.side_by_side import at_once, meanwhile, on_postgresql
from youwo.core.acts import acting, hold, hold_first
from youwo.ledger.models import Entry
from youwo.needs.actions import problems
from youwo.service import actions, upkeep
from youwo.service.actions import assets
from youwo.service.carrying import carry_over
from youwo.service.models import Asset, Delivery, ItemStatus, ServiceItem

pytestmark = [
    pytest.mark.django_db(transaction=True),
    on_postgresql,
]


@pytest.fixture
def owner():
    return unit()


@pytest.fixture
def doer(owner):
    return factories.mandated(owner)


def again(item):
    return ServiceItem.objects.get(pk=item.pk)


def accept(item, by, at):
    return actions.close(again(item), accepted_by="张敬之", served=30, by=by, at=at)


def test_of_two_who_accept_at_once_one_makes_the_deed(worker, owner, doer, jinshui, at):
    item = delivered(worker, doer, owner, jinshui, at)
    colleague = factories.granted("worker", jinshui, name="陈玉梅")
    late = at + timedelta(hours=3)

    refused = meanwhile(lambda: accept(item, worker, late), lambda: accept(item, colleague, late))

    assert (len(refused), Entry.objects.count()) == (1, 1)


def test_accepted_while_it_is_contested_comes_too_late(worker, owner, doer, jinshui, at):
    item = delivered(worker, doer, owner, jinshui, at)
    late = at + timedelta(hours=3)

    refused = meanwhile(
        lambda: actions.contest(item, reason="东侧还没装", by=worker, at=late),
        lambda: accept(item, worker, late),
    )

    assert (len(refused), again(item).status, Entry.objects.count()) == (1, ItemStatus.STARTED, 0)


def test_done_while_it_is_dropped_comes_too_late(worker, owner, doer, jinshui, at):
    item = agreed(worker, jinshui, at, organization=owner)
    late = at + timedelta(hours=3)

    refused = meanwhile(
        lambda: actions.drop(item, reason="居民不要了", by=worker, at=late),
        lambda: deliver(again(item), doer, owner, late),
    )

    assert (len(refused), Delivery.objects.count()) == (1, 0)


def test_handed_on_to_two_units_at_once_it_has_one_owner(worker, owner, jinshui, at):
    item = agreed(worker, jinshui, at, organization=owner)
    first, second = unit(name="安和物业"), unit(name="北城街道办")
    late = at + timedelta(hours=3)

    def hand_on(to):
        actions.hand_on(again(item), organization=to, reason="他们更合适", by=worker, at=late)

    refused = meanwhile(lambda: hand_on(first), lambda: hand_on(second))

    # The second sees who has it by now, and hands it on from there.
    assert (refused, again(item).organization) == ([], second)


def test_the_same_goods_are_handed_over_once(worker, jinshui, at):
    delivery = brought(worker, jinshui, at)
    yard = compound(jinshui)

    def hand_over():
        mine = Delivery.objects.select_related("item").get(pk=delivery.pk)
        shares, on = [share(mine, yard)], mine.occurred_on
        assets.hand_over(mine, shares=shares, on=on, by=worker, at=at)

    refused = meanwhile(hand_over, hand_over)

    assert (len(refused), Asset.objects.count()) == (1, 1)
    assert list(upkeep.handed_on(delivery.goods.all()).values()) == [40]


def test_even_without_the_lock_the_ledger_takes_one_deed(
    worker, owner, doer, jinshui, at, monkeypatch
):
    item = delivered(worker, doer, owner, jinshui, at)
    stale = ServiceItem.objects.select_related("community", "compound", "problem").get(pk=item.pk)
    late = at + timedelta(hours=3)
    accept(item, worker, late)
    monkeypatch.setattr("youwo.service.actions.done.locked", lambda item, verb: item)

    with pytest.raises(IntegrityError):
        actions.close(stale, accepted_by="张敬之", served=30, by=worker, at=late)

    assert Entry.objects.count() == 1


def test_what_an_item_was_joined_to_is_what_it_belongs_to_after_waiting(worker, owner, jinshui, at):
    item, other = agreed(worker, jinshui, at, organization=owner), unit("水务局")
    found = []

    def look():
        with acting():
            rows = ServiceItem.objects.filter(pk=item.pk).select_related("organization")
            found.append(hold_first(rows).organization)

    meanwhile(
        lambda: actions.hand_on(again(item), organization=other, reason="他们近", by=worker, at=at),
        look,
    )
    assert found == [other]


def test_the_problem_behind_an_item_is_locked_and_read_as_it_is_then(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    item, found = agreed(worker, jinshui, at, problem=problem), []

    def look():
        with acting():
            rows = ServiceItem.objects.filter(pk=item.pk).select_related("problem")
            held_item = hold_first(rows, "problem")
            found.append((held_item.problem.public_title, held_item.problem is hold(problem)))

    meanwhile(
        lambda: problems.rephrase(
            problem, public_title="二号楼的灯", public_text="不亮了", by=worker, at=at
        ),
        look,
    )
    assert found == [("二号楼的灯", True)]


def test_bins_are_carried_over_once_by_two_workers(worker, jinshui, at):
    asset = handed_over(worker, jinshui, at)
    delivery = asset.delivery_goods.delivery
    actions.contest(delivery.item, reason="还差一套", by=worker, at=at)
    doer = factories.mandated(delivery.organization)
    goods = [("垃圾桶", Decimal(40), "个")]
    made = deliver(delivery.item, doer, delivery.organization, at, goods=goods)

    carried = at_once(lambda: carry_over(at=at), lambda: carry_over(at=at))

    assert sorted(carried) == [0, 1]
    assert Asset.objects.get().delivery_goods == made.goods.get()
