"""Complaints and suggestions, from every page to the answer."""

import uuid

import pytest
from django.test import Client

from tests import factories
from tests.web.needs.people import HTML, RARE, signed_in, words
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.needs import actions
from youwo.needs.models import Suggestion

pytestmark = pytest.mark.django_db


def send(browser, **changes):
    given = {"words": "字太小，看不清", "phone": "", "page": "/wishes/", "nonce": str(uuid.uuid4())}
    return browser.post("/suggest/", {**given, **changes})


@pytest.fixture
def suggestion(jinshui, at):
    return actions.suggest(
        "字太小，看不清",
        page="/wishes/",
        phone="13800001234",
        community=jinshui,
        nonce=uuid.uuid4(),
        by=None,
        at=at,
    )


def test_anybody_says_what_is_not_right(client):
    response = send(client)
    made = Suggestion.objects.get()
    assert (response.url, made.words, made.page, made.community) == (
        f"/suggest/{made.reference}/",
        "字太小，看不清",
        "/wishes/",
        None,
    )


def test_the_reference_is_told(client):
    page = words(client.get(send(client).url))
    reference = Suggestion.objects.get().reference
    assert f"{reference[:3]}-{reference[3:6]}-{reference[6:]}" in page


def test_it_comes_from_the_place_that_was_chosen(client, jinshui):
    client.post("/place/", {"code": jinshui.code})
    send(client)
    assert Suggestion.objects.get().community == jinshui


def test_the_page_is_kept_without_its_query(client):
    send(client, page="/wishes/?q=张敬之")
    assert Suggestion.objects.get().page == "/wishes/"


def test_the_page_is_asked_for_by_address(client):
    assert client.get("/suggest/?page=/wishes/map/").context["page_from"] == "/wishes/map/"


@pytest.mark.parametrize("page", ["/\0", "x" * 500, HTML, RARE])
def test_garbled_page_breaks_nothing(client, page):
    assert send(client, page=page).status_code == 302


def test_sent_twice_is_one(client):
    nonce = str(uuid.uuid4())
    send(client, nonce=nonce)
    send(client, nonce=nonce)
    assert Suggestion.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("words", ""),
        ("words", "差"),
        ("words", "长" * 501),
        ("words", "字太小\0看不清"),
        ("phone", "12"),
    ],
)
def test_what_does_not_do_is_asked_again(client, name, value):
    response = send(client, **{name: value})
    form = response.context["form"]
    assert (response.status_code, list(form.errors), form[name].value()) == (422, [name], value)


def test_asked_again_keeps_the_nonce(client):
    nonce = str(uuid.uuid4())
    assert send(client, words="", nonce=nonce).context["nonce"] == nonce


def test_who_sends_faster_than_people_is_asked_to_wait(client, settings):
    settings.PUBLIC_WRITES_PER_MINUTE = 1
    responses = [send(client, REMOTE="") for _ in range(2)]
    assert [response.status_code for response in responses] == [302, 422]
    assert responses[1].context["form"]["words"].value() == "字太小，看不清"


def test_expired_form_loses_no_word():
    response = send(Client(enforce_csrf_checks=True))
    assert (response.status_code, "字太小，看不清" in words(response)) == (403, True)


# --- the answer, for who sent it ------------------------------------------------------------------


def test_who_sent_it_reads_their_words_and_that_nobody_has_answered_yet(client):
    page = words(client.get(send(client).url))
    assert ("字太小，看不清" in page, "还没有答复" in page) == (True, True)


def test_who_sent_it_reads_the_answer(client, worker, at):
    url = send(client).url
    actions.answer_suggestion(Suggestion.objects.get(), answer="已经调大了", by=worker, at=at)
    page = words(client.get(url))
    assert ("已经调大了" in page, "还没有答复" in page) == (True, False)


def test_the_answer_is_not_kept_by_the_browser(client):
    assert "no-store" in client.get(send(client).url)["Cache-Control"]


def test_other_browsers_are_asked_for_the_four_digits(client, suggestion):
    response = client.get(f"/suggest/{suggestion.reference}/")
    assert response.url == f"/follow/?reference={suggestion.reference}"


@pytest.mark.parametrize("reference", ["S", "SSSSSSSSS", "²²²²", "%00"])
def test_unknown_reference_is_asked_for(client, reference):
    assert client.get(f"/suggest/{reference}/").url == "/follow/?reference="


def find(browser, suggestion, digits):
    return browser.post("/follow/", {"reference": suggestion.reference, "digits": digits})


def test_reference_and_digits_open_it(client, suggestion):
    response = find(client, suggestion, "1234")
    assert response.url == f"/suggest/{suggestion.reference}/"
    assert suggestion.words in words(client.get(response.url))


def test_without_a_number_no_digits_open_it(client):
    send(client)
    assert find(Client(), Suggestion.objects.get(), "0000").status_code == 422


def test_wrong_digits_read_like_those_of_a_wish(client, suggestion):
    response = find(client, suggestion, "9999")
    assert "没有找到与编号和这四位数字相符的事项，请两样都核对一下。" in words(response)


def test_digits_are_not_guessed(client, suggestion, settings):
    settings.FOLLOW_TRIES_PER_HOUR = 2
    tries = [find(client, suggestion, digits).status_code for digits in ("1111", "2222", "1234")]
    assert tries == [422, 422, 422]


def test_it_is_listed_where_wishes_are_followed(client):
    url = send(client).url
    page = words(client.get("/follow/"))
    assert (f'href="{url}"' in page, "还没有答复" in page) == (True, True)


# --- the number, for who calls back ---------------------------------------------------------------


def look(browser, suggestion, reason="想问清楚是哪一页"):
    return browser.post(f"/work/suggestions/{suggestion.pk}/phone/", {"reason": reason})


def test_number_is_shown_once_with_a_reason(at_work, suggestion):
    response = look(at_work, suggestion)
    assert ("13800001234" in words(response), response["Cache-Control"]) == (True, "no-store")


def test_who_looked_at_the_number_is_journalled(at_work, worker, suggestion):
    look(at_work, suggestion)
    line = Line.objects.get(verb="unmask")
    assert (line.target_label, line.actor_key, line.reason, line.area_code) == (
        "needs.suggestion",
        str(worker.pk),
        "想问清楚是哪一页",
        suggestion.community_id,
    )


@pytest.mark.parametrize("reason", ["", "好", "长" * 201])
def test_number_is_not_shown_without_a_reason(at_work, suggestion, reason):
    response = look(at_work, suggestion, reason)
    assert (response.status_code, "13800001234" in words(response)) == (422, False)


def test_stranger_sees_no_number(stranger, suggestion):
    assert look(signed_in(stranger), suggestion).status_code == 404


def test_action_refuses_strangers(stranger, suggestion, at):
    with pytest.raises(Refused):
        actions.reveal_suggestion_phone(suggestion, reason="好奇", by=stranger, at=at)


def test_without_a_place_only_the_city_sees_the_number(worker, jinshui, client, at):
    send(client, phone="13800001234")
    made = Suggestion.objects.get()
    city = factories.granted("administrator", jinshui.parent.parent.parent)
    shown = actions.reveal_suggestion_phone(made, reason="想问清楚", by=city, at=at)
    assert shown == "13800001234"
    with pytest.raises(Refused):
        actions.reveal_suggestion_phone(made, reason="想问清楚", by=worker, at=at)


def test_where_no_number_was_left_there_is_none_to_show(client, jinshui, at_work):
    client.post("/place/", {"code": jinshui.code})
    send(client)
    assert look(at_work, Suggestion.objects.get()).status_code == 404


# --- staff ----------------------------------------------------------------------------------------


def inbox(person) -> list[Suggestion]:
    return signed_in(person).get("/work/suggestions/").context["page"].rows


def test_the_community_reads_its_own(worker, stranger, suggestion):
    assert (inbox(worker), inbox(stranger)) == ([suggestion], [])


def test_without_a_place_the_city_reads_it(worker, jinshui, client):
    send(client)
    city = factories.granted("administrator", jinshui.parent.parent.parent)
    assert (len(inbox(city)), len(inbox(worker))) == (1, 0)


def test_empty_inbox_says_so(at_work):
    assert at_work.get("/work/suggestions/").status_code == 200


def test_number_is_masked(at_work, suggestion):
    page = words(at_work.get(f"/work/suggestions/{suggestion.pk}/"))
    assert ("138****1234" in page, "13800001234" in page) == (True, False)


def answer(browser, suggestion, reason="已经调大了"):
    return browser.post(f"/work/suggestions/{suggestion.pk}/", {"reason": reason})


def test_worker_answers(at_work, worker, suggestion):
    answer(at_work, suggestion)
    suggestion.refresh_from_db()
    assert (suggestion.answer, suggestion.answered_by) == ("已经调大了", worker)


def test_second_answer_says_what_happened(at_work, colleague, suggestion):
    answer(at_work, suggestion)
    response = answer(colleague, suggestion)
    assert (response.status_code, "同事刚刚已经答复了。" in words(response)) == (422, True)


@pytest.mark.parametrize("reason", ["", "好", "长" * 201, "好的\0"])
def test_answer_that_does_not_do_is_asked_again(at_work, suggestion, reason):
    assert answer(at_work, suggestion, reason).status_code == 422


def test_stranger_answers_nothing(stranger, suggestion):
    assert answer(signed_in(stranger), suggestion).status_code == 404


@pytest.mark.parametrize("text", [RARE, HTML])
def test_odd_words_are_shown_as_text(client, at_work, jinshui, text):
    client.post("/place/", {"code": jinshui.code})
    send(client, words=text)
    made = Suggestion.objects.get()
    for path in ("/work/suggestions/", f"/work/suggestions/{made.pk}/"):
        response = at_work.get(path)
        assert (text[:30] in words(response), b"<script>alert" in response.content) == (True, False)


@pytest.mark.parametrize("pk", [0, 10**30])
def test_unknown_suggestion_does_not_exist(at_work, pk):
    assert at_work.get(f"/work/suggestions/{pk}/").status_code == 404
