"""A service item is agreed, done, accepted; or contested, handed on, dropped."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import factories
from tests.needs.problem_factories import accepted
from tests.service import factories as items
from youwo.core.refused import Refused
from youwo.ledger.models import Entry
from youwo.ledger.queries import history
from youwo.needs.actions import problems
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


@pytest.mark.parametrize("said", [True, False, None])
def test_the_ledger_says_truly_who_confirmed(said, worker, jinshui, tax_office, doer, at):
    problem = accepted(worker, jinshui, at)
    item = items.agreed(worker, jinshui, at, organization=tax_office, problem=problem)
    items.deliver(item, doer, tax_office, at)
    if said is not None:
        problems.judge(problem.reports.get(), satisfied=said, by=None, at=at, words="看过了")

    entry = actions.close(item, asked="" if said else "问过张师傅", by=worker, at=at)

    assert entry.confirmed_by == ("recipient" if said else "community")


def test_without_residents_it_is_the_community_that_confirms(worker, jinshui, tax_office, doer, at):
    item = items.delivered(worker, doer, tax_office, jinshui, at)

    assert actions.close(item, accepted_by="张敬之", by=worker, at=at).confirmed_by == "community"


def test_what_was_said_on_accepting_goes_with_what_is_taken_back(
    worker, jinshui, tax_office, doer, at
):
    item = items.closed(worker, doer, tax_office, jinshui, at)
    assert item.accepted_by

    actions.reopen(item, reason="围栏倒了", by=worker, at=at + timedelta(days=1))

    item.refresh_from_db()
    assert (item.accepted_by, item.asked) == ("", "")


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


# --- who may do what --------------------------------------------------------------------------
def test_nobody_agrees_for_another_community_or_a_day_that_is_over(
    worker, stranger, jinshui, tax_office, at
):
    with pytest.raises(Refused):
        items.agreed(stranger, jinshui, at)
    with pytest.raises(Refused) as refused:
        items.agreed(worker, jinshui, at, due_on=at.date() - timedelta(days=1))
    assert refused.value.field == "due_on"


def test_a_unit_may_take_something_on_itself(jinshui, tax_office, doer, at):
    item = items.agreed(doer, jinshui, at, organization=tax_office)

    assert item.agreed_by == doer


@pytest.mark.parametrize("verb", ["start", "drop", "hand_on", "add_helper", "contest", "reopen"])
def test_a_stranger_does_nothing(worker, stranger, jinshui, tax_office, doer, at, verb):
    made = {"contest": items.delivered, "reopen": items.closed}.get(verb)
    item = (
        made(worker, doer, tax_office, jinshui, at)
        if made
        else items.agreed(worker, jinshui, at, organization=tax_office)
    )
    hospital = items.unit("二院")
    given = {
        "drop": {"reason": "不办"},
        "contest": {"reason": "没好"},
        "reopen": {"reason": "没好"},
        "hand_on": {"organization": hospital, "reason": "忙"},
        "add_helper": {"organization": hospital},
    }.get(verb, {})

    with pytest.raises(Refused):
        getattr(actions, verb)(item, by=stranger, at=at + timedelta(days=1), **given)


def test_a_stranger_says_nothing_about_what_was_done(worker, stranger, jinshui, tax_office, at):
    item = items.agreed(worker, jinshui, at, organization=tax_office)

    with pytest.raises(Refused):
        items.deliver(item, stranger, tax_office, at)
    with pytest.raises(Refused) as nobody:
        items.deliver(item, worker, None, at)
    with pytest.raises(Refused) as alien:
        items.deliver(item, worker, items.unit("二院"), at)
    assert (nobody.value.field, alien.value.field) == ("organization", "organization")


def test_an_owner_is_no_helper_and_not_handed_its_own(worker, jinshui, tax_office, doer, at):
    item = items.agreed(worker, jinshui, at, organization=tax_office)
    given = {"organization": tax_office, "by": doer, "at": at}

    with pytest.raises(Refused):
        actions.add_helper(item, **given)
    with pytest.raises(Refused):
        actions.hand_on(item, reason="忙", **given)


def test_reasons_are_words(worker, jinshui, tax_office, doer, at):
    agreed = items.agreed(worker, jinshui, at, organization=tax_office)
    delivered = items.delivered(worker, doer, tax_office, jinshui, at)

    with pytest.raises(Refused):
        actions.drop(agreed, reason=" ", by=worker, at=at)
    with pytest.raises(Refused):
        actions.contest(delivered, reason=" ", by=worker, at=at)


def test_more_members_than_people_and_somebody_twice_are_refused(
    worker, jinshui, tax_office, doer, at
):
    item = items.agreed(worker, jinshui, at, organization=tax_office)

    with pytest.raises(Refused) as twice:
        items.deliver(item, doer, tax_office, at, hands=[(doer, 10), (doer, 20)])
    Membership.objects.create(
        person=factories.PersonFactory(), organization=tax_office, starts_on=at.date()
    )
    others = Membership.objects.filter(organization=tax_office)
    hands = [(row.person, 10) for row in others]
    with pytest.raises(Refused) as many:
        items.deliver(item, doer, tax_office, at, people=1, hands=hands)
    assert (twice.value.field, many.value.field) == ("hands", "people")


def test_what_the_community_did_itself_is_accepted_by_a_colleague(worker, jinshui, at):
    colleague = factories.granted("worker", jinshui)
    item = items.agreed(worker, jinshui, at)
    items.deliver(item, worker, None, at)

    with pytest.raises(Refused):
        actions.close(item, accepted_by="张敬之", by=worker, at=at)
    entry = actions.close(item, accepted_by="张敬之", by=colleague, at=at)
    assert entry.organization is None
    actions.reopen(item, reason="又坏了", by=worker, at=at)


def test_who_took_part_does_not_accept(worker, jinshui, tax_office, doer, at):
    Membership.objects.create(person=worker, organization=tax_office, starts_on=at.date())
    item = items.agreed(worker, jinshui, at, organization=tax_office)
    items.deliver(item, doer, tax_office, at, hands=[(worker, 30)])

    with pytest.raises(Refused):
        actions.close(item, accepted_by="张敬之", by=worker, at=at)


def test_opening_again_what_residents_closed_takes_their_problem_along(
    worker, jinshui, tax_office, doer, at
):
    problem = accepted(worker, jinshui, at)
    item = items.agreed(worker, jinshui, at, organization=tax_office, problem=problem)
    items.deliver(item, doer, tax_office, at)
    actions.close(item, asked="问过张师傅", by=worker, at=at)

    actions.reopen(item, reason="又坏了", by=worker, at=at + timedelta(days=1))

    problem.refresh_from_db()
    assert problem.status == "in_hand"


def test_the_due_day_may_have_passed_when_it_goes_back(worker, jinshui, tax_office, doer, at):
    problem = accepted(worker, jinshui, at)
    item = items.agreed(worker, jinshui, at, organization=tax_office, problem=problem)
    late = at + timedelta(days=40)
    items.deliver(item, doer, tax_office, late)

    actions.contest(item, reason="没好", by=worker, at=late)

    problem.refresh_from_db()
    assert problem.due_at == late


def test_a_helper_says_what_it_did_after_the_owner(worker, jinshui, tax_office, doer, at):
    helper = items.unit("市消防救援支队")
    firefighter = factories.mandated(helper)
    item = items.agreed(worker, jinshui, at, organization=tax_office, helpers=[helper])
    items.deliver(item, doer, tax_office, at)
    items.deliver(item, firefighter, helper, at)

    entry = actions.close(item, accepted_by="张敬之", by=worker, at=at)

    assert (entry.minutes, entry.goods.count()) == (180, 2)
