"""Members who stay in touch with households, what is kept of them, and what is forgotten."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection

from tests.factories import AT, ON, ConsentTextFactory, PersonFactory, area, granted
from tests.organizations.factories import (
    ContactFactory,
    HouseholdPairingFactory,
    MemberEnrolmentFactory,
)
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.notices.models import Message
from youwo.organizations import actions
from youwo.organizations.actions import Household
from youwo.organizations.models import Contact, HouseholdPairing

pytestmark = pytest.mark.django_db

HOME = Household("段奶奶", "3号楼2单元501", "13800005678")


@pytest.fixture
def enrolled(member, tax_office, jinshui):
    """A member of the tax office who is enrolled with Jinshui."""
    MemberEnrolmentFactory(person=member, organization=tax_office, community=jinshui)
    return member


@pytest.fixture(autouse=True)
def text(db):
    return ConsentTextFactory(purpose="household")


def entered(person, jinshui, by, at, household=HOME, **kwargs):
    given = {
        "community": jinshui,
        "consent_given": "paper",
        "consent_on": ON,
        "starts_on": ON,
        "nonce": uuid.uuid4(),
        "by": by,
        "at": at,
        **kwargs,
    }
    return actions.pair_household(person, household, **given)


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.field


def test_a_worker_enters_a_household_that_has_agreed(enrolled, tax_office, jinshui, worker, at):
    pairing = entered(enrolled, jinshui, worker, at)

    assert pairing.organization == tax_office
    assert Message.objects.get(recipient=enrolled).link == "/me/households/"
    line = Line.objects.get()
    assert (line.verb, line.data) == ("pair", {})


def test_name_door_and_number_stand_sealed_in_the_database(enrolled, jinshui, worker, at):
    entered(enrolled, jinshui, worker, at)

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, door, phone FROM organizations_householdpairing")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    for word in ("段奶奶", "3号楼", "13800005678"):
        assert word.encode() not in stored


def test_the_same_form_twice_is_one_household(enrolled, jinshui, worker, at):
    nonce = uuid.uuid4()

    first = entered(enrolled, jinshui, worker, at, nonce=nonce)

    assert entered(enrolled, jinshui, worker, at, nonce=nonce) == first


def test_only_the_communitys_own_workers_enter_households(
    enrolled, jinshui, coordinator, stranger, unit_coordinator, at
):
    above = granted("worker", jinshui.parent)
    for person in (coordinator, stranger, unit_coordinator, enrolled, above):
        assert refused(entered, enrolled, jinshui, person, at) == "community"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"household": Household(" ", "3号楼")}, "name"),
        ({"household": Household("段奶奶", "")}, "door"),
        ({"consent_on": ON + timedelta(days=1)}, "consent_on"),
        ({"starts_on": date(1999, 1, 1)}, "starts_on"),
    ],
)
def test_what_is_missing_is_named(given, field, enrolled, jinshui, worker, at):
    assert refused(entered, enrolled, jinshui, worker, at, **given) == field


def test_a_compound_elsewhere_is_refused(enrolled, jinshui, elsewhere, worker, at):
    other = area(f"{elsewhere.pk}-0001", "别处")

    assert refused(entered, enrolled, jinshui, worker, at, compound=other) == "compound"


def test_who_is_not_enrolled_here_has_no_household_here(jinshui, worker, at):
    assert refused(entered, PersonFactory(), jinshui, worker, at) == "member"


def test_without_words_to_agree_to_there_is_no_household(enrolled, jinshui, worker, at, text):
    text.delete()

    assert refused(entered, enrolled, jinshui, worker, at) is None


def test_each_side_notes_its_own_contact(jinshui, worker, at):
    pairing = HouseholdPairingFactory()

    actions.note_contact(pairing, on=local_day(at), words="聊了聊", by=pairing.person, at=at)
    actions.note_contact(pairing, on=local_day(at), words="说来过了", by=worker, at=at)
    actions.note_contact(pairing, on=local_day(at), words="聊了 家常", by=pairing.person, at=at)

    noted = {contact.side: contact.words for contact in Contact.objects.all()}
    assert noted == {"member": "聊了 家常", "household": "说来过了"}
    assert "聊" not in str(Line.objects.values_list("data", "reason"))


def test_others_note_nothing(jinshui, coordinator, at):
    pairing = HouseholdPairingFactory()

    assert refused(actions.note_contact, pairing, on=ON, by=coordinator, at=at) is None


def test_a_contact_lies_in_the_last_two_months_and_in_the_pairing(at):
    pairing = HouseholdPairingFactory(starts_on=local_day(at) - timedelta(days=5))
    given = {"by": pairing.person, "at": at}

    for days in (-1, 61, 6):
        on = local_day(at) - timedelta(days=days)
        assert refused(actions.note_contact, pairing, on=on, **given) == "on"


def test_the_member_and_the_worker_see_who_it_is_with_a_reason(jinshui, worker, at):
    pairing = HouseholdPairingFactory()

    for person in (pairing.person, worker):
        shown = actions.reveal_household(pairing, reason="约今天上门", by=person, at=at)
        assert shown == HOME
    assert list(Line.objects.values_list("verb", "reason")) == [("unmask", "约今天上门")] * 2
    assert refused(actions.reveal_household, pairing, reason="看", by=worker, at=at) == "reason"


def test_nobody_else_sees_who_it_is(jinshui, coordinator, stranger, unit_coordinator, at):
    pairing = HouseholdPairingFactory()
    ended = HouseholdPairingFactory(ends_on=ON)

    for person in (coordinator, stranger, unit_coordinator):
        assert (
            refused(actions.reveal_household, pairing, reason="想看一看", by=person, at=at) is None
        )
    assert (
        refused(actions.reveal_household, ended, reason="想看一看", by=ended.person, at=at) is None
    )


def test_member_or_worker_end_it(jinshui, worker, stranger, at):
    pairing, other = HouseholdPairingFactory(), HouseholdPairingFactory()
    given = {"on": local_day(at), "reason": "搬走了，不住这儿", "at": at}

    assert refused(actions.end_household, pairing, **given, by=stranger) is None
    assert refused(actions.end_household, pairing, **{**given, "on": date(2024, 1, 1)}, by=worker)
    actions.end_household(pairing, **given, by=pairing.person)
    actions.end_household(other, **given, by=worker)

    assert {row.ends_on for row in HouseholdPairing.objects.all()} == {local_day(at)}
    assert refused(actions.end_household, pairing, **given, by=worker) == "on"


def test_a_withdrawn_consent_ends_it_and_is_forgotten_at_once(jinshui, worker, coordinator, at):
    pairing = ContactFactory(words="聊了家常").pairing
    assert refused(actions.withdraw_household, pairing, by=coordinator, at=at) is None

    actions.withdraw_household(pairing, by=worker, at=at)

    pairing.refresh_from_db()
    assert (pairing.name, pairing.door, pairing.phone) == ("", "", "")
    assert (pairing.ends_on, pairing.withdrawn_at) == (local_day(at), at)
    assert pairing.contacts.get().words == ""
    assert Message.objects.filter(recipient=pairing.person).count() == 1
    assert refused(actions.withdraw_household, pairing, by=worker, at=at) is None
    assert refused(actions.reveal_household, pairing, reason="想看一看", by=worker, at=at) is None


def test_a_year_after_the_end_it_is_forgotten():
    old = ContactFactory(pairing__ends_on=ON).pairing
    young = HouseholdPairingFactory(ends_on=ON + timedelta(days=30))
    running = HouseholdPairingFactory()

    assert actions.forget_households(at=AT + timedelta(days=366)) == 1

    for row in (old, young, running):
        row.refresh_from_db()
    assert (old.name, young.name, running.name) == ("", "段奶奶", "段奶奶")
    assert Line.objects.get().verb == "forget"
    assert actions.forget_households(at=AT + timedelta(days=366)) == 0
