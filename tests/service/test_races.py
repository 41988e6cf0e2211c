"""Two people at one service item in the same instant, each in a transaction of their own."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from tests import factories
from tests.service.asset_factories import brought, compound, share
from tests.service.factories import agreed, deliver, delivered, unit
from tests.side_by_side import meanwhile, on_postgresql
from youwo.ledger.models import Entry
from youwo.service import actions, upkeep
from youwo.service.actions import assets
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
