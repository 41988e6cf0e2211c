"""Pages of members and the households they stay in touch with."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.utils import timezone

from tests.factories import ConsentTextFactory, PersonFactory, area, granted, mandated
from tests.organizations.factories import (
    ContactFactory,
    HouseholdPairingFactory,
    MemberEnrolmentFactory,
)
from youwo.journal.models import Line
from youwo.organizations.models import Contact, HouseholdPairing

pytestmark = pytest.mark.django_db

LIST, MINE = "/work/households/", "/me/households/"
SECRETS = ("段奶奶", "3号楼", "13800005678")


def text(response):
    return response.content.decode()


@pytest.fixture
def entering(at_work, jinshui, tax_office):
    """What a worker sends to enter a household."""
    ConsentTextFactory(purpose="household")
    member = MemberEnrolmentFactory(
        person=PersonFactory(name="赵明远"), organization=tax_office, community=jinshui
    ).person
    today = timezone.localdate().isoformat()
    return {
        "member": member.pk,
        "name": "段奶奶",
        "door": "3号楼2单元501",
        "phone": "13800005678",
        "consent_given": "spoken",
        "consent_on": today,
        "starts_on": today,
        "nonce": str(uuid.uuid4()),
    }


def test_a_worker_enters_a_household_once(at_work, entering, jinshui):
    area(f"{jinshui.pk}-0001", "槐香里")
    assert "赵明远" in text(at_work.get(f"{LIST}new/"))

    for _again in range(2):
        sent = at_work.post(f"{LIST}new/", entering, follow=True)

    assert sent.status_code == 200
    assert HouseholdPairing.objects.get().name == "段奶奶"
    assert [word for word in SECRETS if word in text(sent)] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"member": "0"}, "member"),
        ({"name": ""}, "name"),
        ({"phone": "12"}, "phone"),
        ({"consent_given": ""}, "consent_given"),
        ({"consent_on": "2035-01-01"}, "consent_on"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(given, field, at_work, entering):
    sent = at_work.post(f"{LIST}new/?community=x", {**entering, **given})

    assert (sent.status_code, list(sent.context["form"].errors)) == (422, [field])


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_one_and_three(
    client, worker, count, django_assert_num_queries, jinshui
):
    person = PersonFactory()
    for number in range(count):
        ContactFactory(pairing__person=person, pairing__compound=area(f"{jinshui.pk}-000{number}"))
    client.force_login(worker)
    with django_assert_num_queries(2):
        assert len(client.get(LIST).context["page"].rows) == count
    client.force_login(person)
    with django_assert_num_queries(2):
        assert len(client.get(MINE).context["page"].rows) == count


def test_lists_and_pages_hide_who_it_is(client, worker, jinshui):
    pairing = HouseholdPairingFactory()
    for person, pages in (
        (worker, (LIST, f"{LIST}?state=ended", f"{MINE}{pairing.pk}/")),
        (pairing.person, (MINE, f"{MINE}{pairing.pk}/")),
    ):
        client.force_login(person)
        for page in pages:
            assert [word for word in SECRETS if word in text(client.get(page))] == []


def test_the_list_is_searched_by_the_members_name(at_work, jinshui):
    one = HouseholdPairingFactory(person__name="赵明远")
    HouseholdPairingFactory(person__name="周文秀")
    ended = HouseholdPairingFactory(ends_on=date(2025, 3, 1))

    def found(query):
        return [row.pk for row in at_work.get(LIST + query).context["page"].rows]

    assert (found("?q=明远"), found("?state=ended")) == ([one.pk], [ended.pk])
    assert found("?q=没有") == []


def test_nobody_else_finds_a_household(client, jinshui, coordinator, stranger, tax_office):
    pairing = HouseholdPairingFactory(organization=tax_office)
    above = granted("worker", jinshui.parent)
    for person in (coordinator, stranger, above, mandated(tax_office), PersonFactory()):
        client.force_login(person)
        for act in ("", "contact/", "reveal/", "end/", "withdraw/"):
            url = f"{MINE}{pairing.pk}/{act}"
            answer = client.post(url) if act else client.get(url)
            assert answer.status_code == 404
    client.force_login(above)
    assert client.get(LIST).status_code == 404


def test_the_member_sees_who_it_is_for_a_reason_that_is_written_down(client, jinshui):
    pairing = HouseholdPairingFactory()
    client.force_login(pairing.person)
    url = f"{MINE}{pairing.pk}/reveal/"

    assert client.post(url, {"reveal-reason": ""}).status_code == 422
    assert client.post(url, {"reveal-reason": "看"}).status_code == 422
    shown = client.post(url, {"reveal-reason": "约好今天上门"})

    assert [word in text(shown) for word in SECRETS] == [True] * 3
    assert shown["Cache-Control"] == "private, no-store"
    assert Line.objects.get().reason == "约好今天上门"


def test_member_and_worker_note_that_they_were_in_touch(client, worker, jinshui):
    pairing = HouseholdPairingFactory()
    today, url = timezone.localdate().isoformat(), f"{MINE}{pairing.pk}/contact/"
    for person in (pairing.person, worker):
        client.force_login(person)
        assert client.post(url, {"on": today, "words": "聊了聊"}, follow=True).status_code == 200
    assert client.post(url, {"on": "2035-01-01"}).status_code == 422
    assert client.post(url, {"on": ""}).status_code == 422

    assert sorted(Contact.objects.values_list("side", flat=True)) == ["household", "member"]


def test_it_ends_with_a_reason(client, jinshui):
    pairing = HouseholdPairingFactory()
    client.force_login(pairing.person)
    today, url = timezone.localdate().isoformat(), f"{MINE}{pairing.pk}/end/"

    assert client.post(url, {"end-on": today, "end-reason": ""}).status_code == 422
    assert client.post(url, {"end-on": "1990-01-01", "end-reason": "搬走了了"}).status_code == 422
    ended = client.post(url, {"end-on": today, "end-reason": "已经搬走了"}, follow=True)

    assert "已经搬走了" in text(ended)
    assert client.get(MINE).context["page"].rows == []


def test_the_household_withdraws_through_the_worker(at_work, client, jinshui):
    pairing = HouseholdPairingFactory()
    url = f"{MINE}{pairing.pk}/withdraw/"

    assert at_work.post(url, follow=True).context["pairing"].forgotten_at is not None
    assert at_work.post(url, follow=True).status_code == 200
    other = HouseholdPairingFactory()
    client.force_login(other.person)
    client.post(f"{MINE}{other.pk}/withdraw/")
    other.refresh_from_db()
    assert other.withdrawn_at is None


def test_a_worker_without_a_second_factor_finds_only_the_own(at_work, worker, settings, jinshui):
    settings.STAFF_NEED_SECOND_FACTOR = True
    own, other = HouseholdPairingFactory(person=worker), HouseholdPairingFactory()

    assert at_work.get(f"{MINE}{own.pk}/").status_code == 200
    assert at_work.get(f"{MINE}{other.pk}/").status_code == 404


def test_my_page_leads_to_my_households(client, jinshui):
    pairing = HouseholdPairingFactory()
    client.force_login(pairing.person)

    assert MINE in text(client.get("/me/"))
