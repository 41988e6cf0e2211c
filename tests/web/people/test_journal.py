"""The journal's page."""

import pytest

from tests.factories import PersonFactory, granted
from youwo.journal import actions as journal
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(jinshui):
    return granted("auditor", jinshui.parent.parent, name="何守正")


@pytest.fixture
def lines(worker, stranger, jinshui, elsewhere, at):
    """One line here, one in another county, one that belongs to no area."""
    return {
        "here": journal.write("publish", worker, by=worker, at=at, area_code=jinshui.pk),
        "there": journal.write("publish", stranger, by=stranger, at=at, area_code=elsewhere.pk),
        "nowhere": journal.write("correct_own", worker, by=worker, at=at),
    }


def shown(client, **query):
    return [row["line"].pk for row in client.get("/work/journal/", query).context["lines"]]


@pytest.mark.parametrize("who", ["resident", "worker", "coordinator", "volunteer"])
def test_the_page_does_not_exist_for_others(who, client, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/work/journal/").status_code == 404


def test_an_auditor_reads_the_lines_of_the_own_county(client, auditor, lines):
    client.force_login(auditor)
    assert shown(client) == [lines["here"].pk]


def test_the_city_reads_every_line_newest_first(client, city_administrator, lines):
    client.force_login(city_administrator)
    assert shown(client) == [lines["nowhere"].pk, lines["there"].pk, lines["here"].pk]


def test_a_filter_does_not_reach_beyond_the_area(client, auditor, lines, elsewhere, stranger):
    client.force_login(auditor)
    assert shown(client, area=elsewhere.pk) == []
    assert shown(client, person=stranger.pk) == []


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"area": "140802"}, ["here"]),
        ({"on": "2025-06-03"}, ["nowhere", "there", "here"]),
        ({"on": "2025-06-04"}, []),
        ({"target": "people.person"}, ["nowhere", "there", "here"]),
        ({"target": "needs.wish:1"}, []),
        ({"area": "x"}, []),
        ({"area": "99999999999999999"}, []),
        ({"on": "2025-02-30"}, ["nowhere", "there", "here"]),
        ({"person": "0"}, []),
        ({"person": "\0", "area": "\0"}, ["nowhere", "there", "here"]),
    ],
)
def test_lines_are_filtered(query, kept, client, city_administrator, lines):
    client.force_login(city_administrator)
    assert shown(client, **query) == [lines[name].pk for name in kept]


def test_people_are_masked(client, auditor, lines, worker):
    client.force_login(auditor)
    page = client.get("/work/journal/").content.decode()
    assert "李*" in page
    assert worker.name not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_many_lines(
    count, client, auditor, jinshui, at, django_assert_num_queries
):
    for _ in range(count):
        journal.write("publish", jinshui, by=PersonFactory(), at=at, area_code=jinshui.pk)
    client.force_login(auditor)
    with django_assert_num_queries(4):
        client.get("/work/journal/")


def test_older_lines_follow_by_key(client, auditor, worker, jinshui, at):
    Line.objects.bulk_create(
        [journal.line("publish", worker, by=worker, at=at, area_code=jinshui.pk) for _ in range(51)]
    )
    client.force_login(auditor)
    first = client.get("/work/journal/")
    second = shown(client, cursor=first.context["page"].after)
    assert len(first.context["lines"]) == 50
    assert second == [Line.objects.order_by("pk").first().pk]


@pytest.mark.parametrize(
    "query",
    [{"on": "9999-12-31"}, {"on": "0001-01-01"}, {"area": "99"}, {"area": "9999"}, {"area": "²"}],
)
def test_odd_filters_are_answered(client, auditor, lines, query):
    client.force_login(auditor)
    assert client.get("/work/journal/", query).status_code == 200
