"""What people see when a request cannot be answered."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views.decorators.http import require_POST

from youwo.core.refused import Refused
from youwo.web import errors
from youwo.web.urls import urlpatterns as pages


def _refuse(request):
    raise Refused("这件事已经有人认领了。")


def _break(request):
    raise RuntimeError


def _forbid(request):
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


def _take(request):
    return HttpResponse("taken: " + request.POST.get("said", ""))


@require_POST
def _send(request):
    return HttpResponse("sent")


urlpatterns = [
    path("case/", _take),
    path("case/one/send/", _send),
    path("refuse/", _refuse),
    path("break/", _break),
    path("forbid/", _forbid),
    path("take/", _take),
    path("many/", errors.too_many),
    *pages,
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def test_refusal_becomes_a_page_with_the_sentence(client):
    response = client.get("/refuse/")

    assert response.status_code == 422
    assert "这件事已经有人认领了。" in response.content.decode()


def test_refusal_leads_back_to_where_one_came_from(client):
    response = client.get("/refuse/", headers={"referer": "http://testserver/wishes/?kind=goods"})

    assert 'href="/wishes/?kind=goods"' in response.content.decode()


def test_refusal_leads_to_no_other_site(client):
    response = client.get("/refuse/", headers={"referer": "https://example.com/x"})

    assert "example.com" not in response.content.decode()


def test_refusal_asked_for_by_htmx_stands_above_the_page(client):
    response = client.get("/refuse/", headers={"hx-request": "true"})

    assert response.status_code == 422
    assert response["HX-Retarget"] == "#messages"
    assert "<html" not in response.content.decode()
    assert "这件事已经有人认领了。" in response.content.decode()


def test_what_does_not_exist_is_said_plainly(client):
    response = client.get("/nothing/")

    assert response.status_code == 404
    assert "这里没有内容" in response.content.decode()


def test_what_may_not_be_done_is_said_plainly(client):
    response = client.get("/forbid/")

    assert response.status_code == 403
    assert "这件事要由别人来办" in response.content.decode()


def test_fault_of_ours_is_said_plainly():
    response = Client(raise_request_exception=False).get("/break/")

    assert response.status_code == 500
    assert "我们这边出了点故障" in response.content.decode()


def test_fault_page_needs_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        errors.server_error(RequestFactory().get("/"))


def test_too_many_requests_say_when_to_try_again(client):
    response = client.get("/many/")

    assert response.status_code == 429
    assert response["Retry-After"] == "60"


def test_too_many_requests_by_htmx_stand_above_the_page(client):
    response = client.get("/many/", headers={"hx-request": "true"})

    assert response["HX-Retarget"] == "#messages"
    assert "<html" not in response.content.decode()


@pytest.fixture
def checking():
    """A browser whose tokens are checked."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "zh-CN"})


OURS = {"sec-fetch-site": "same-origin"}


def test_expired_form_shows_again_what_was_typed(checking):
    response = checking.post("/take/", {"said": "想要一盏路灯"}, headers=OURS)

    assert response.status_code == 403
    assert "想要一盏路灯" in response.content.decode()


def test_expired_form_can_be_sent_with_one_tap(checking):
    page = checking.post("/take/", {"said": "想要\n一盏 <路灯>"}, headers=OURS)
    token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]

    response = checking.post(
        "/take/", {"said": "想要\n一盏 <路灯>", "csrfmiddlewaretoken": token}, headers=OURS
    )

    assert 'action="/take/"' in page.content.decode()
    assert "想要\n一盏 &lt;路灯&gt;</textarea>" in page.content.decode()
    assert response.content.decode() == "taken: 想要\n一盏 <路灯>"


def test_form_from_another_site_cannot_be_sent_with_one_tap(checking):
    response = checking.post(
        "/take/", {"said": "别人的话"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert 'action="/take/"' not in response.content.decode()


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"origin": "http://testserver"}, True),
        ({"referer": "http://testserver/wishes/new/"}, True),
        ({"origin": "http://testserver.example.com"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
def test_older_browsers_are_judged_by_where_they_say_they_come_from(checking, headers, ours):
    page = checking.post("/take/", {"said": "路灯"}, headers=headers).content.decode()

    assert ('action="/take/"' in page) == ours


def test_expired_form_never_shows_a_password(checking):
    page = checking.post("/take/", {"password": "hunter2hunter2"}, headers=OURS)

    assert "hunter2" not in page.content.decode()


def test_the_address_of_a_form_leads_back_to_its_page(db):
    opened = Client().get("/case/one/send/", HTTP_ACCEPT="text/html,*/*")
    assert (opened.status_code, opened.url) == (302, "/case/")


def test_programs_are_told_that_an_address_only_takes_forms(db):
    assert Client().get("/case/one/send/").status_code == 405
    assert Client().put("/case/one/send/", HTTP_ACCEPT="text/html").status_code == 405
