"""Complaints and suggestions, from every page to the answer."""

import uuid

import pytest
from django.test import Client

from tests import factories
from tests.web.needs.people import HTML, RARE, signed_in, words
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
        "/",
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
