"""Me too: one more voice about a known problem, on one page."""

import uuid

import pytest
from django.core.cache import cache

from tests.needs.problem_factories import accepted, closed, reported
from tests.web.needs.people import signed_in, words
from youwo.needs.actions import problems
from youwo.needs.defaults import load_outside_matters
from youwo.needs.models import HandOver, Problem, Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(worker, jinshui, consent, at):
    return accepted(worker, jinshui, at)


def at_(problem) -> str:
    return f"/problems/{problem.reference}/join/"


def sent(**changes) -> dict:
    return {"nonce": str(uuid.uuid4()), **changes}


def test_the_page_of_a_problem_leads_to_it(problem, client):
    assert f'href="{at_(problem)}"' in words(client.get(f"/problems/{problem.reference}/"))


def test_one_press_adds_a_voice(problem, client):
    response = client.post(at_(problem), sent(), follow=True)
    report = Report.objects.latest("pk")
    assert (report.problem, report.said, report.voice) == (problem, "我也遇到了。", None)
    assert response.redirect_chain[-1][0] == f"/follow/{report.reference}/"


def test_own_words_and_a_number_go_along(problem, client):
    client.post(at_(problem), sent(said="夜里看不见台阶", phone="139 0000 1234", consent="on"))
    report = Report.objects.latest("pk")
    assert (report.said, report.voice.phone) == ("夜里看不见台阶", "13900001234")


def test_somebody_signed_in_joins_in_their_own_name(problem, resident):
    signed_in(resident).post(at_(problem), sent(name="张敬之", consent="on"))
    assert Report.objects.latest("pk").voice.person == resident


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone": "12", "consent": "on"}, "phone"),
        ({"phone": "139 0000 1234"}, "consent"),
        ({"said": "灯" * 501}, "said"),
    ],
)
def test_what_is_wrong_is_said_under_the_name_of_the_problem(given, field, problem, client):
    response = client.post(at_(problem), sent(**given))
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert problem.public_title in words(response)
    assert problem.reports.count() == 1


def test_the_same_form_sent_twice_is_one_voice(problem, client):
    given = sent()
    for _ in range(2):
        client.post(at_(problem), given)
    assert problem.reports.count() == 2


def test_a_flood_is_kept_out(problem, client, settings):
    settings.PUBLIC_WRITES_PER_MINUTE = 1
    cache.clear()
    statuses = [client.post(at_(problem), sent()).status_code for _ in range(2)]
    assert (statuses, problem.reports.count()) == ([302, 422], 2)


def test_an_emergency_is_told_where_to_go(problem, client):
    load_outside_matters()
    given = sent(said="楼道里着火了")
    shown = client.post(at_(problem), given)
    assert (shown.context["matter"].telephone, HandOver.objects.count()) == ("119", 1)
    client.post(shown.context["action"], {**dict(shown.context["kept"]), "outside_seen": "fire"})
    assert Report.objects.latest("pk").said == "楼道里着火了"


def test_who_says_it_differently_finds_their_words(problem, client):
    shown = client.post(at_(problem), sent(said="楼道里着火了", back="1"))
    assert shown.context["form"]["said"].value() == "楼道里着火了"


def test_what_waits_for_review_is_joined_by_nobody(jinshui, at, client):
    assert client.get(at_(reported(jinshui, at).problem)).status_code == 404


@pytest.mark.parametrize("reference", ["x", "PXXXXXXXX", "' OR 1=1"])
def test_what_is_unknown_is_joined_by_nobody(reference, client):
    assert client.get(f"/problems/{reference}/join/").status_code == 404


def test_what_was_merged_is_joined_where_it_went(problem, worker, jinshui, at, client):
    other = accepted(worker, jinshui, at, title="路灯都不亮")
    problems.merge(other, into=problem, by=worker, at=at)
    assert client.get(at_(other)).context["problem"] == problem


def test_what_is_closed_leads_to_its_page(worker, jinshui, at, client):
    problem = closed(worker, jinshui, at)
    assert client.get(at_(problem)).url == f"/problems/{problem.reference}/"


def test_what_was_closed_in_the_meantime_begins_anew(worker, jinshui, at, client):
    problem = closed(worker, jinshui, at)
    client.post(at_(problem), sent())
    begun = Problem.objects.latest("pk")
    assert (begun.title, begun.kind, begun.status) == (problem.title, problem.kind, "received")
