"""What everybody reads of problems."""

import pytest

from tests import factories
from tests.needs.problem_factories import accepted, closed, done, in_hand, kind, reported
from tests.web.needs.people import words
from youwo.needs.actions import problems

pytestmark = pytest.mark.django_db


def rows(response) -> list:
    return list(response.context["page"])


def test_what_waits_for_review_is_not_public(worker, jinshui, at, client):
    problem = accepted(worker, jinshui, at)
    hidden = reported(jinshui, at).problem
    assert rows(client.get("/problems/")) == [problem]
    assert client.get(f"/problems/{hidden.reference}/").status_code == 404


def test_own_words_and_names_stay_private(worker, jinshui, at, client):
    problem = accepted(worker, jinshui, at)
    page = words(client.get(f"/problems/{problem.reference}/"))
    assert [word for word in ("张敬之", "13800001234", "501") if word in page] == []


@pytest.mark.parametrize(
    ("view", "make"),
    [("open", accepted), ("in_hand", in_hand), ("in_hand", done), ("solved", closed)],
)
def test_each_view_shows_its_states(view, make, worker, jinshui, at, client):
    found = [act(worker, jinshui, at) for act in (accepted, in_hand, done, closed)]
    wanted = make(worker, jinshui, at)
    listed = rows(client.get(f"/problems/?view={view}"))
    assert wanted in listed
    assert {problem.status for problem in listed} <= {wanted.status, "in_hand", "done"}
    assert len(found) == 4


def test_the_list_is_filtered_by_place_class_and_words(worker, coordinator, jinshui, at, client):
    lamp = accepted(worker, jinshui, at)
    fence = accepted(worker, jinshui, at, title="围栏倒了", kind=kind("fence"))
    far = accepted(coordinator, factories.community("140802005023", "学苑社区"), at)
    assert rows(client.get("/problems/?kind=安全与消防")) == [fence]
    assert rows(client.get("/problems/?q=围栏")) == [fence]
    assert rows(client.get("/problems/?area=140802005023")) == [far]
    assert rows(client.get(f"/problems/?area={jinshui.pk}")) == [fence, lamp]


@pytest.mark.parametrize("query", ["view=x&kind=x&area=x&cursor=x", "q=%00&area=%00", "kind=%27"])
def test_bad_input_shows_a_page(query, client):
    assert client.get(f"/problems/?{query}").status_code == 200


def test_an_empty_list_says_what_to_do(client):
    assert "/problems/new/" in words(client.get("/problems/"))


def test_an_empty_filter_says_what_to_do(client):
    assert (
        "换个地方" in words(client.get("/problems/?q=没有的"))
        or client.get("/problems/?q=没有的").context["filtered"]
    )


def test_a_joined_problem_leads_to_the_other(worker, jinshui, at, client):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    problems.merge(problem, into=into, by=worker, at=at)
    response = client.get(f"/problems/{problem.reference}/")
    assert response.url == f"/problems/{into.reference}/"


def test_the_catalogue_shows_what_holds(client):
    kind("old", name="旧类别", active=False)
    page = words(client.get("/problems/catalogue/"))
    assert ("围墙破损" in page, "旧类别" in page) == (True, False)


def test_the_list_costs_the_same_for_one_and_three(
    worker, jinshui, at, client, django_assert_num_queries
):
    client.get("/problems/")
    for count in (1, 3):
        for _ in range(count):
            accepted(worker, jinshui, at)
        with django_assert_num_queries(2):
            client.get("/problems/")


def test_a_problem_costs_few_statements(worker, jinshui, at, client, django_assert_num_queries):
    problem = closed(worker, jinshui, at)
    client.get("/problems/")
    with django_assert_num_queries(5):
        client.get(f"/problems/{problem.reference}/")


def test_problems_with_a_place_stand_on_the_map_until_they_are_closed(worker, jinshui, at, client):
    found = [act(worker, jinshui, at) for act in (accepted, closed, accepted)]
    for problem in found[:2]:
        problem.longitude, problem.latitude = "111.003512", "35.024934"
        problem.save()

    answer = client.get("/problems/points.json").json()

    assert answer == {
        "cases": [
            {
                "reference": found[0].reference,
                "title": found[0].public_title,
                "point": [111.004, 35.025],
            }
        ]
    }
    assert list(client.get("/problems/map/").context["problems"]) == found[:1]
