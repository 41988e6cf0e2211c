"""Following one's wish without an account, and acting on it."""

import json

import pytest
from django.core import signing
from django.test import Client

from tests.needs.factories import PHONE, claimed, delivered, published, received
from tests.web.needs.people import HTML, RARE, answers, following, signed_in, words
from youwo.ledger.models import Entry
from youwo.needs import actions, rules
from youwo.needs.models import Status, Wish

pytestmark = pytest.mark.django_db

NOTHING = "没有找到与编号和这四位数字相符的事项，请两样都核对一下。"
TOO_OFTEN = "试的次数太多了，请晚些再来，或者给社区打电话。"


@pytest.fixture
def wish(jinshui, at):
    return received(jinshui, at)


@pytest.fixture
def done(worker, volunteer, jinshui, at):
    """A wish that was said to be done."""
    return delivered(worker, volunteer, jinshui, at)


def find(client, reference, digits=PHONE[-4:], **extra):
    return client.post("/follow/", {"reference": reference, "digits": digits}, **extra)


def sentence(response) -> str:
    assert response.status_code == 422
    return " ".join(response.context["form"].non_field_errors())


def test_reference_and_digits_open_the_wish(client, wish):
    response = find(client, wish.reference)
    assert response.url == f"/follow/{wish.reference}/"
    assert wish.said in words(client.get(response.url))


def test_who_confirms_reads_the_minutes(done):
    shown = words(following(done).get(f"/follow/{done.reference}/"))
    assert f"所用时间（一并确认）：{done.deliveries.get().minutes} 分钟" in shown


def test_reference_may_be_typed_as_people_do(client, wish):
    typed = f" {wish.reference[:3].lower()}-{wish.reference[3:6]} {wish.reference[6:]} "
    assert find(client, typed, " 1234 ").status_code == 302


def test_reference_from_a_link_is_filled_in(client):
    form = client.get("/follow/?reference=W7K39QXD4").context["form"]
    assert form["reference"].value() == "W7K39QXD4"


def test_wrong_digits_and_unknown_reference_read_the_same(client, wish):
    from youwo.core.references import new_reference

    wrong = find(client, wish.reference, "9999")
    unknown = find(client, new_reference("W"))
    assert (sentence(wrong), sentence(unknown)) == (NOTHING, NOTHING)


def test_wish_without_a_number_opens_with_no_digits(client, jinshui, at):
    wish = received(jinshui, at, contact=actions.Contact(""))
    assert sentence(find(client, wish.reference, "0000")) == NOTHING


@pytest.mark.parametrize("reference", ["W7K39QXDX", "abc", RARE, HTML])
def test_slip_in_the_reference_is_said(client, reference):
    response = find(client, reference)
    assert response.status_code == 422
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("digits", ["", "12", "12345", "abcd", "１２３４x", "12\0" + "3"])
def test_digits_are_four(client, wish, digits):
    response = find(client, wish.reference, digits)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["digits"])


def test_tries_are_limited_for_each_reference(client, wish, settings):
    settings.FOLLOW_TRIES_PER_HOUR = 2
    said = [
        sentence(find(client, wish.reference, "9999", REMOTE_ADDR=f"203.0.113.{last}"))
        for last in (1, 2, 3)
    ]
    assert said == [NOTHING, NOTHING, TOO_OFTEN]


def test_right_digits_open_nothing_after_too_many_tries(client, wish, settings):
    settings.FOLLOW_TRIES_PER_HOUR = 2
    for _ in range(2):
        find(client, wish.reference, "9999")
    assert sentence(find(client, wish.reference)) == TOO_OFTEN


def test_tries_are_limited_for_each_visitor(client, jinshui, at, settings):
    settings.FOLLOW_TRIES_PER_HOUR = 1
    wishes = [received(jinshui, at) for _ in range(6)]
    said = [sentence(find(client, wish.reference, "9999")) for wish in wishes]
    assert said == [NOTHING] * 5 + [TOO_OFTEN]


def test_right_digits_are_no_try(wish, settings):
    settings.FOLLOW_TRIES_PER_HOUR = 1
    codes = [find(Client(), wish.reference).status_code for _ in range(7)]
    assert codes == [302] * 7


def test_wishes_of_this_device_are_listed(client, wish):
    find(client, wish.reference)
    assert list(client.get("/follow/").context["known"]) == [wish]


def test_other_devices_are_asked_for_the_digits(wish):
    response = Client().get(f"/follow/{wish.reference}/")
    assert response.url == f"/follow/?reference={wish.reference}"


@pytest.mark.parametrize("reference", ["W\0", "x" * 300, "%3Cscript%3E", "..%2E"])
def test_garbled_reference_in_the_address_leads_to_the_question(client, reference):
    assert client.get(f"/follow/{reference}/").url == "/follow/?reference="


def test_ones_own_account_follows_without_digits(resident, jinshui, at):
    wish = received(jinshui, at, by=resident)
    assert signed_in(resident).get(f"/follow/{wish.reference}/").status_code == 200


def test_another_account_does_not(volunteer, resident, jinshui, at):
    wish = received(jinshui, at, by=resident)
    assert signed_in(volunteer).get(f"/follow/{wish.reference}/").status_code == 302


@pytest.mark.parametrize("forge", ["plain", "other key", "other cookie", "no list"])
def test_forged_cookie_opens_nothing(client, wish, forge):
    listed = json.dumps([wish.reference])
    client.cookies["following"] = {
        "plain": listed,
        "other key": signing.TimestampSigner(key="guessed", salt="following").sign(listed),
        "other cookie": signing.get_cookie_signer(salt="place").sign(listed),
        "no list": signing.get_cookie_signer(salt="following").sign("W"),
    }[forge]
    assert client.get(f"/follow/{wish.reference}/").status_code == 302


def test_cookie_cannot_be_read_by_scripts(client, wish):
    cookie = find(client, wish.reference).cookies["following"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_cookie_keeps_the_latest_twenty(client, jinshui, at):
    wishes = [received(jinshui, at) for _ in range(21)]
    for wish in wishes:
        find(client, wish.reference)
    codes = [client.get(f"/follow/{wish.reference}/").status_code for wish in wishes]
    assert codes == [302] + [200] * 20


@pytest.mark.parametrize("path", ["/follow/", "/follow/{}/"])
def test_pages_of_ones_own_are_kept_nowhere(wish, path):
    response = following(wish).get(path.format(wish.reference))
    assert response["Cache-Control"] == "private, no-store"


def test_fresh_wish_shows_reference_and_code(wish):
    page = words(following(wish).get(f"/follow/{wish.reference}/"))
    code = rules.confirmation_code(wish)
    assert (f"<b>{code}</b>" in page, f"{wish.reference[:3]}-" in page) == (True, True)


def test_code_stays_on_the_page(wish, at, monkeypatch):
    browser = following(wish)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at.replace(hour=15))
    page = words(browser.get(f"/follow/{wish.reference}/"))
    assert f">{rules.confirmation_code(wish)}</span>" in page


def act(wish, verb, data=None, **extra):
    return following(wish).post(f"/follow/{wish.reference}/{verb}/", data or {}, **extra)


def test_resident_answers_a_question(worker, wish, at):
    actions.ask(wish, question="您住几号楼", by=worker, at=at)
    page = words(following(wish).get(f"/follow/{wish.reference}/"))
    act(wish, "answer", {"words": "三号楼"})
    wish.refresh_from_db()
    assert ("您住几号楼" in page, wish.status, wish.said.endswith("三号楼")) == (
        True,
        Status.RECEIVED,
        True,
    )


@pytest.mark.parametrize("typed", ["", " ", "长" * 301, "一\0二"])
def test_answer_that_does_not_do_is_asked_again(worker, wish, at, typed):
    actions.ask(wish, question="您住几号楼", by=worker, at=at)
    response = act(wish, "answer", {"words": typed})
    assert (response.status_code, list(response.context["answer_form"].errors)) == (422, ["words"])
    assert response.context["answer_form"]["words"].value() == typed


def test_answers_that_grow_too_long_are_refused_with_the_text_kept(worker, jinshui, at):
    wish = received(jinshui, at, said="说" * 900)
    actions.ask(wish, question="您住几号楼", by=worker, at=at)
    response = act(wish, "answer", {"words": "长" * 200})
    assert (response.status_code, "长" * 200 in words(response)) == (422, True)


def test_answer_to_no_question_says_what_happened(worker, wish, at):
    """The community has published it meanwhile; the page with the question was still open."""
    published_meanwhile(wish, worker, at)
    response = act(wish, "answer", {"words": "三号楼"})
    assert response.status_code == 422
    assert "这个心愿刚刚有了变化" in words(response)


def published_meanwhile(wish, worker, at):
    said = {"public_title": "想学挂号的", "public_text": "", "public_person": "", "kind": "skill"}
    actions.publish(wish, **said, by=worker, at=at)


def test_resident_confirms_by_link(done):
    act(done, "confirm")
    done.refresh_from_db()
    assert (done.status, Entry.objects.count()) == (Status.CONFIRMED, 1)


def test_confirming_twice_is_one_deed_and_no_complaint(done):
    responses = [act(done, "confirm"), act(done, "confirm")]
    assert [response.status_code for response in responses] == [302, 302]
    assert Entry.objects.count() == 1


def test_confirming_what_was_never_delivered_says_so(wish):
    response = act(wish, "confirm")
    assert (response.status_code, "这个心愿刚刚有了变化" in words(response)) == (422, True)


def test_resident_says_what_is_missing(done):
    act(done, "contest", {"contest-reason": "还没教会"})
    done.refresh_from_db()
    assert (done.status, done.reason, Entry.objects.count()) == (Status.CLAIMED, "还没教会", 0)


@pytest.mark.parametrize("typed", ["", "长" * 201, "一\0二"])
def test_contesting_without_words_is_asked_again(done, typed):
    response = act(done, "contest", {"contest-reason": typed})
    form = response.context["contest_form"]
    assert (response.status_code, list(form.errors), form["reason"].value()) == (
        422,
        ["reason"],
        typed,
    )


def test_contesting_what_is_confirmed_says_what_happened(done, at):
    actions.confirm(done, how="link", by=None, at=at)
    response = act(done, "contest", {"contest-reason": "还没教会"})
    assert (response.status_code, "这个心愿刚刚有了变化" in words(response)) == (422, True)


def test_resident_withdraws(wish):
    responses = [act(wish, "withdraw"), act(wish, "withdraw")]
    wish.refresh_from_db()
    assert [response.status_code for response in responses] == [302, 302]
    assert wish.status == Status.WITHDRAWN


def test_what_is_done_is_not_withdrawn(done):
    assert act(done, "withdraw").status_code == 422


@pytest.mark.parametrize("verb", ["publish", "claim", "reopen", "x\0", "_case"])
def test_residents_do_nothing_else(wish, verb):
    assert act(wish, verb).status_code == 404


@pytest.mark.parametrize("verb", ["answer", "confirm", "contest", "withdraw"])
def test_links_change_nothing(wish, verb):
    assert following(wish).get(f"/follow/{wish.reference}/{verb}/").status_code == 404


@pytest.mark.parametrize("verb", ["answer", "confirm", "contest", "withdraw"])
def test_nobody_else_acts_for_the_resident(done, helper, verb):
    response = helper.post(f"/follow/{done.reference}/{verb}/", {"words": "好"})
    done.refresh_from_db()
    assert (response.status_code, done.status) == (404, Status.DELIVERED)


def test_acting_needs_the_token(done):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = following(done).cookies
    response = strict.post(f"/follow/{done.reference}/confirm/")
    assert (response.status_code, Entry.objects.count()) == (403, 0)


def test_resident_reads_why_it_is_not_possible(worker, wish, at):
    actions.decline(wish, reason="这类设备社区没有", by=worker, at=at)
    assert "这类设备社区没有" in words(following(wish).get(f"/follow/{wish.reference}/"))


def test_resident_reads_when_somebody_comes(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at, appointment="周四下午四点")
    assert "周四下午四点" in words(following(wish).get(f"/follow/{wish.reference}/"))


def test_resident_reads_the_name_of_who_comes_masked(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    page = words(following(wish).get(f"/follow/{wish.reference}/"))
    assert ("赵*" in page, "赵明远" in page) == (True, False)


def test_html_in_the_way_is_shown_as_text(worker, jinshui, at):
    wish = published(worker, jinshui, at)
    actions.decline(wish, reason=HTML, by=worker, at=at)
    response = following(wish).get(f"/follow/{wish.reference}/")
    assert (HTML in words(response), b"<script>alert" in response.content) == (True, False)


def test_follow_page_takes_no_stock_of_wishes_of_others(wish):
    client = Client()
    client.post("/wishes/new/", answers())
    known = list(client.get("/follow/").context["known"])
    assert known == [Wish.objects.exclude(pk=wish.pk).get()]
