"""What keeps a deed honest and a number private."""

import uuid
from datetime import timedelta

import pytest

from tests import factories
from tests.needs.factories import PHONE, claimed, confirmed, delivered, published
from youwo.core.refused import Refused
from youwo.ledger.models import Entry
from youwo.needs import actions, rules
from youwo.needs.models import Delivery, Wish

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "title",
    [
        "请打 138 0013 8000 找我",
        "请打138-0013-8000",
        "请打１３８００１３８０００",
        "电话 0359 2222333",
        f"手机尾号是{PHONE[-7:]}",
    ],
)
def test_a_number_set_apart_is_still_a_number(worker, jinshui, at, title):
    with pytest.raises(Refused) as refusal:
        published(worker, jinshui, at, title=title)
    assert refusal.value.field == "public_title"


def test_days_and_times_are_no_numbers(worker, jinshui, at):
    title = "2025-06-12 14:00 到 15:30"
    assert published(worker, jinshui, at, title=title).public_title == title


def test_who_did_it_does_not_confirm_it_as_the_resident(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    with pytest.raises(Refused):
        actions.confirm(wish, how=Delivery.Confirmed.LINK, by=volunteer, at=at)
    assert not Entry.objects.exists()


def test_a_unit_does_not_confirm_its_own_deed_as_the_resident(worker, jinshui, at):
    unit = factories.OrganizationFactory()
    doer, colleague = factories.mandated(unit), factories.mandated(unit)
    wish = delivered(worker, doer, jinshui, at, organization=unit)
    with pytest.raises(Refused):
        actions.confirm(wish, how=Delivery.Confirmed.LINK, by=colleague, at=at)
    assert not Entry.objects.exists()


def test_a_code_once_told_confirms_no_second_deed(worker, volunteer, jinshui, at):
    wish = confirmed(worker, volunteer, jinshui, at)
    told = rules.confirmation_code(wish)
    actions.reopen(wish, reason="没有人来过", by=worker, at=at + timedelta(hours=3))
    actions.claim(wish, by=volunteer, nonce=uuid.uuid4(), at=at + timedelta(hours=4))
    wish.refresh_from_db()
    assert rules.confirmation_code(wish) != told


def test_who_promised_sees_the_number_until_it_is_confirmed(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    assert actions.reveal(wish, reason="约时间", by=volunteer, at=at).phone == PHONE
    actions.confirm(wish, how=Delivery.Confirmed.LINK, by=None, at=at + timedelta(hours=2))
    wish.refresh_from_db()
    with pytest.raises(Refused):
        actions.reveal(wish, reason="约时间", by=volunteer, at=at)


def test_who_goes_on_after_something_was_missing_is_reminded_anew(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    Wish.objects.update(reminded_at=at)
    actions.deliver(
        wish,
        occurred_on=at.date(),
        minutes=45,
        what="教了一遍",
        field="learning",
        by=volunteer,
        at=at,
    )
    actions.contest(wish, reason="还没有学会", by=None, at=at)
    wish.refresh_from_db()
    assert wish.reminded_at is None
