"""A service item is agreed, done, accepted; or contested, handed on, dropped."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import factories
from tests.service import factories as items
from youwo.core.refused import Refused
from youwo.ledger.models import Entry
from youwo.ledger.queries import history
from youwo.organizations.models import Membership
from youwo.service import actions
from youwo.service.models import ItemStatus
from youwo.turns.models import Turn


@pytest.fixture
def tax_office(db):
    return items.unit()


@pytest.fixture
def doer(tax_office):
    """Who acts for the tax office."""
    return factories.mandated(tax_office, name="周立")


def turns(item):
    rows = Turn.objects.filter(subject_label="service.serviceitem", subject_key=str(item.pk))
    return sorted(rows.values_list("kind", "organization", "role"))


def test_an_agreed_item_is_its_owners_turn(worker, jinshui, tax_office, at):
    item = items.agreed(worker, jinshui, at, organization=tax_office)

    assert item.status == ItemStatus.AGREED
    assert turns(item) == [("item.start", tax_office.pk, "")]


def test_an_item_that_nobody_has_is_the_communitys_turn(worker, jinshui, at):
    item = items.agreed(worker, jinshui, at)

    assert turns(item) == [("item.assign", None, "worker")]


def test_closing_adds_one_deed_with_hands_and_goods(worker, jinshui, tax_office, doer, at):
    item = items.agreed(worker, jinshui, at, organization=tax_office)
    items.deliver(item, doer, tax_office, at, hands=[(doer, 80)])

    entry = actions.close(item, accepted_by="张敬之", served=120, by=worker, at=at)

    assert (entry.kind, entry.programme, entry.served, entry.minutes) == ("deed", 1, 120, 90)
    assert entry.organization == tax_office
    assert [(one.item, one.quantity, one.unit) for one in entry.goods.all()] == [
        ("围栏", Decimal(60), "米")
    ]
    assert [(one.person, one.minutes) for one in entry.participations.all()] == [(doer, 80)]
    assert Entry.objects.count() == 1


def test_who_did_it_cannot_close_it(worker, jinshui, tax_office, doer, at):
    factories.mandate(worker, tax_office)
    item = items.delivered(worker, doer, tax_office, jinshui, at)

    with pytest.raises(Refused):
        actions.close(item, accepted_by="张敬之", by=worker, at=at + timedelta(hours=3))


def test_opening_a_closed_item_again_takes_the_deed_back(worker, jinshui, tax_office, doer, at):
    item = items.closed(worker, doer, tax_office, jinshui, at)

    actions.reopen(item, reason="围栏倒了", by=worker, at=at + timedelta(days=1))

    delivery = item.deliveries.get()
    assert [entry.sign for entry in history(delivery)] == [1, -1]
    assert delivery.revoked_at is not None
    item.refresh_from_db()
    assert item.status == ItemStatus.STARTED


def test_a_helpers_part_does_not_make_the_item_done(worker, jinshui, tax_office, at):
    helper = items.unit("市消防救援支队")
    firefighter = factories.mandated(helper)
    item = items.agreed(worker, jinshui, at, organization=tax_office, helpers=[helper])

    items.deliver(item, firefighter, helper, at)

    item.refresh_from_db()
    assert item.status == ItemStatus.STARTED
    assert turns(item) == [("item.deliver", tax_office.pk, "")]


def test_only_members_of_the_unit_are_its_hands(worker, jinshui, tax_office, doer, volunteer, at):
    item = items.agreed(worker, jinshui, at, organization=tax_office)

    with pytest.raises(Refused):
        items.deliver(item, doer, tax_office, at, hands=[(volunteer, 60)])
    Membership.objects.create(person=volunteer, organization=tax_office, starts_on=at.date())
    items.deliver(item, doer, tax_office, at, hands=[(volunteer, 60)])


def test_staff_name_who_told_them(worker, jinshui, tax_office, at):
    item = items.agreed(worker, jinshui, at, organization=tax_office)

    with pytest.raises(Refused):
        items.deliver(item, worker, tax_office, at)
    assert items.deliver(item, worker, tax_office, at, source="周立 电话").source == "周立 电话"
