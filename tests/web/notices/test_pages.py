"""Reading messages, choosing channels, and sending again."""

import pytest
from django.urls import reverse

from tests.factories import AT, granted
from tests.notices.factories import DeliveryFactory, MessageFactory
from youwo.notices import queries, tasks
from youwo.notices.models import Delivery, Message

INBOX = "/me/messages/"
HABITS = {"quiet": "on", "quiet_from": "21:00", "quiet_until": "08:00", "digest_on": ""}


@pytest.fixture
def mine(client, resident):
    """A browser in which the resident has signed in."""
    client.force_login(resident)
    return client


def test_visitors_are_sent_to_sign_in(client, db):
    assert client.get(INBOX).url == f"/account/login/?next={INBOX}"


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_and_three(
    mine, resident, count, django_assert_num_queries
):
    MessageFactory.create_batch(count, recipient=resident)
    with django_assert_num_queries(3):
        page = mine.get(INBOX)

    assert page.content.decode().count('class="row-card"') == count


def test_a_line_of_the_inbox_names_the_case_below_its_subject(mine, resident):
    subject = "社区向贵单位吹哨，请报到。"
    for case in ("路灯不亮", "井盖松动"):
        MessageFactory(recipient=resident, subject=subject, body=case)
    page = mine.get(INBOX).content.decode()

    assert [page.count(words) for words in (subject, "路灯不亮", "井盖松动")] == [2, 1, 1]
    assert page.count("与我有关的事") == 2


def test_nobody_sees_the_messages_of_others(mine, volunteer):
    message = MessageFactory(recipient=volunteer, subject="只给志愿者")

    assert "只给志愿者" not in mine.get(INBOX).content.decode()
    assert mine.get(reverse("notices:message", args=[message.pk])).status_code == 404


def test_opening_a_message_reads_it(mine, resident):
    message = MessageFactory(recipient=resident, link="/follow/")
    page = mine.get(reverse("notices:message", args=[message.pk]))

    assert 'href="/follow/"' in page.content.decode()
    assert queries.unread_count(resident) == 0


def test_the_list_can_be_limited_to_what_is_new(mine, resident):
    MessageFactory(recipient=resident, subject="看过的", read_at=AT)
    MessageFactory(recipient=resident, subject="没看过的")
    page = mine.get(INBOX, {"new": "1"}).content.decode()

    assert ("没看过的" in page, "看过的<" in page.replace("没看过的", "")) == (True, False)


def test_more_than_a_hundred_unread_are_shown_as_99_plus(mine, resident):
    Message.objects.bulk_create(
        Message(recipient=resident, kind="case", subject="x", cause=str(n), created_at=AT)
        for n in range(101)
    )
    assert "99+" in mine.get(INBOX).content.decode()


def test_all_can_be_read_at_once(mine, resident):
    MessageFactory.create_batch(3, recipient=resident)
    mine.post(reverse("notices:read-all"))

    assert queries.unread_count(resident) == 0


def test_preferences_are_kept(mine, resident):
    address = reverse("notices:preferences")
    assert mine.get(address).status_code == 200
    mine.post(address, {**HABITS, "sent": "1", "email": ["case"]})

    assert [key for key, wanted in queries.wanted(resident).items() if wanted] == [
        ("case", "email")
    ]


def test_preferences_with_nothing_ticked_are_kept(mine, resident):
    mine.post(reverse("notices:preferences"), {**HABITS, "sent": "1"})

    assert not any(queries.wanted(resident).values())


@pytest.fixture
def administrator(jinshui):
    return granted("administrator", jinshui.parent.parent.parent)


@pytest.mark.parametrize("count", [1, 3])
def test_administrators_see_what_was_given_up(
    client, administrator, count, django_assert_num_queries
):
    DeliveryFactory.create_batch(count, state="failed", error=tasks.UNKNOWN)
    client.force_login(administrator)
    with django_assert_num_queries(2):
        page = client.get(reverse("notices:given-up"))

    assert page.content.decode().count("s***@example.org") == count


def test_nobody_else_does(mine, worker):
    assert mine.get(reverse("notices:given-up")).status_code == 404
    mine.force_login(worker)
    assert mine.get(reverse("notices:given-up")).status_code == 404


@pytest.fixture
def county_administrator(jinshui):
    return granted("administrator", jinshui.parent.parent)


def test_administrators_of_a_county_see_what_went_to_its_people(
    client, county_administrator, worker, stranger, django_assert_num_queries
):
    own, _other = (
        DeliveryFactory(state="failed", message__recipient=person) for person in (worker, stranger)
    )
    client.force_login(county_administrator)
    with django_assert_num_queries(2):
        page = client.get(reverse("notices:given-up"))

    assert page.context["page"].rows == [own]


def test_administrators_of_a_county_send_nothing_again_to_others(
    client, county_administrator, stranger
):
    delivery = DeliveryFactory(state="failed", message__recipient=stranger)
    client.force_login(county_administrator)
    response = client.post(reverse("notices:send-again", args=[delivery.pk]))

    assert (response.status_code, Delivery.objects.get().state) == (404, "failed")


@pytest.mark.parametrize("error", [tasks.UNKNOWN, tasks.NO_ADDRESS, "SMTPDataError"])
def test_administrators_send_again(client, administrator, error):
    delivery = DeliveryFactory(state="failed", error=error)
    client.force_login(administrator)
    assert client.get(reverse("notices:given-up")).status_code == 200
    client.post(reverse("notices:send-again", args=[delivery.pk]))

    assert Delivery.objects.get().state == "waiting"


def test_quiet_hours_and_the_day_of_the_week_are_kept(mine, resident):
    mine.post(reverse("notices:preferences"), {**HABITS, "sent": "1", "digest_on": "5"})
    page = mine.get(reverse("notices:preferences"))

    assert page.context["habits"].initial["digest_on"] == 5


def test_quiet_hours_without_an_end_are_refused_at_the_field(mine):
    answer = mine.post(reverse("notices:preferences"), {**HABITS, "quiet_until": "21:00"})

    assert (answer.status_code, list(answer.context["habits"].errors)) == (422, ["quiet_until"])


def test_the_week_is_shown_before_it_is_sent(client, worker, at, django_assert_num_queries):
    from tests.turns.factories import wanted
    from youwo.turns import actions as turns

    turns.put(worker, [wanted(at)])
    client.force_login(worker)
    with django_assert_num_queries(9):
        page = client.get(reverse("notices:week"))

    assert page.context["digest"].subject == "我的一周：自己做了 0 件，1 件等着办"


def test_an_empty_week_says_so(mine):
    assert "没有要说的" in mine.get(reverse("notices:week")).content.decode()
