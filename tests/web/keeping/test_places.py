"""Places: finding them, compounds, and codes that end."""

import pytest

from tests.factories import area
from youwo.areas.models import Area
from youwo.areas.queries import successors
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db

AREAS = "/work/keep/areas/"
END = {"on": "2025-06-01", "successor": "", "sure": "on"}


def codes(rows):
    return [row.pk for row in rows]


def test_the_way_begins_at_the_own_area(county_desk):
    assert county_desk.get(AREAS).url == f"{AREAS}140802/"


def test_a_place_leads_to_those_below(county_desk, jinshui):
    response = county_desk.get(f"{AREAS}140802005/")
    assert codes(response.context["page"]) == [jinshui.pk]
    assert [(str(above), open_) for above, open_ in response.context["way"]] == [
        ("运城市", False),
        ("盐湖区", True),
        ("北城街道", False),
    ]


def test_search_finds_in_the_own_area_alone(county_desk, jinshui, elsewhere):
    assert codes(county_desk.get(AREAS, {"q": "金税"}).context["areas"]) == [jinshui.pk]
    assert codes(county_desk.get(AREAS, {"q": "永乐"}).context["areas"]) == []


@pytest.mark.parametrize("path", ["", "add/", "rename/", "end/", "hours/"])
def test_places_of_others_do_not_exist(path, county_desk, elsewhere):
    assert county_desk.get(f"{AREAS}{elsewhere.pk}/{path}").status_code == 404


@pytest.mark.parametrize("code", ["140802999999", "140802x", "x", "140802\0"])
def test_codes_that_nobody_knows_do_not_exist(code, county_desk):
    assert county_desk.get(f"{AREAS}{code}x/").status_code == 404


def test_a_worker_adds_a_compound(worker_desk, worker, jinshui):
    response = worker_desk.post(f"{AREAS}{jinshui.pk}/add/", {"name": "盐湖花园"}, follow=True)
    assert [row.name for row in response.context["page"]] == ["盐湖花园"]
    line = Line.objects.get(verb="add")
    assert (line.actor_key, line.area_code) == (str(worker.pk), f"{jinshui.pk}-0001")


def test_a_name_in_use_is_refused(worker_desk, jinshui):
    area(f"{jinshui.pk}-0001", "盐湖花园")
    response = worker_desk.post(f"{AREAS}{jinshui.pk}/add/", {"name": " 盐湖花园 "})
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["This community already has a compound of that name."]
    }


def test_only_communities_get_compounds(county_desk):
    assert county_desk.get(f"{AREAS}140802005/add/").status_code == 404


def test_a_worker_renames_a_compound(worker_desk, jinshui):
    compound = area(f"{jinshui.pk}-0001", "一号院")
    worker_desk.post(f"{AREAS}{compound.pk}/rename/", {"name": "盐湖花园"})
    assert Area.objects.get(pk=compound.pk).name == "盐湖花园"
    assert Line.objects.get(verb="rename").data == {"before": "一号院", "name": "盐湖花园"}


def test_a_compound_is_not_named_like_the_one_beside_it(worker_desk, jinshui):
    area(f"{jinshui.pk}-0001", "盐湖花园")
    compound = area(f"{jinshui.pk}-0002", "一号院")
    response = worker_desk.post(f"{AREAS}{compound.pk}/rename/", {"name": "盐湖花园"})
    assert response.status_code == 422
    assert Area.objects.get(pk=compound.pk).name == "一号院"


def test_a_compound_may_keep_its_name(worker_desk, jinshui):
    compound = area(f"{jinshui.pk}-0001", "一号院")
    response = worker_desk.post(f"{AREAS}{compound.pk}/rename/", {"name": "一号院"})
    assert response.status_code == 302


def test_official_places_keep_their_names(worker_desk, jinshui):
    assert worker_desk.get(f"{AREAS}{jinshui.pk}/rename/").status_code == 404


def test_an_administrator_ends_a_code_with_a_successor(county_desk, jinshui):
    area("140802005023", "新税社区")
    response = county_desk.post(
        f"{AREAS}{jinshui.pk}/end/", {**END, "successor": " 140802005023 "}, follow=True
    )
    assert "What happened under it is counted with 新税社区" in response.content.decode()
    assert Area.objects.get(pk=jinshui.pk).successor_id == "140802005023"
    assert codes(county_desk.get(f"{AREAS}140802005/").context["page"]) == ["140802005023"]
    ended = county_desk.get(f"{AREAS}140802005/?ended").context["page"]
    assert codes(ended) == [jinshui.pk, "140802005023"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"successor": "140802005999"}, "successor"),
        ({"successor": "140802005"}, "successor"),
        ({"successor": "140881001001"}, "successor"),
        ({"successor": "\0"}, "successor"),
        ({"sure": ""}, "sure"),
        ({"on": ""}, "on"),
    ],
)
def test_an_end_that_cannot_be_is_refused_at_its_field(
    wrong, field, county_desk, jinshui, elsewhere
):
    response = county_desk.post(f"{AREAS}{jinshui.pk}/end/", {**END, **wrong})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Area.objects.get(pk=jinshui.pk).valid_to is None


def test_a_place_with_others_below_is_ended_after_them(county_desk, jinshui):
    response = county_desk.post(f"{AREAS}140802005/end/", END)
    assert response.context["form"].non_field_errors() == [
        "1 place below is still in force. Please end it first."
    ]


def test_a_worker_sees_but_does_not_end_the_community(worker_desk, jinshui):
    assert (
        f"{AREAS}{jinshui.pk}/end/" not in worker_desk.get(f"{AREAS}{jinshui.pk}/").content.decode()
    )
    assert worker_desk.post(f"{AREAS}{jinshui.pk}/end/", END).status_code == 403
    assert Area.objects.get(pk=jinshui.pk).valid_to is None


def test_a_worker_is_led_to_places_alone(worker_desk):
    page = worker_desk.get("/work/keep/").content.decode()
    assert AREAS in page
    assert "/work/keep/calendar/" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_place_costs_the_same_with_many_below(
    count, worker_desk, jinshui, django_assert_num_queries
):
    for number in range(count):
        area(f"{jinshui.pk}-{number + 1:04d}")
    # What a process keeps for a minute is there already.
    successors()
    with django_assert_num_queries(5):
        worker_desk.get(f"{AREAS}{jinshui.pk}/")


def test_adding_keeps_the_budget(worker_desk, jinshui, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        worker_desk.post(f"{AREAS}{jinshui.pk}/add/", {"name": "盐湖花园"})


def test_ending_keeps_the_budget(county_desk, jinshui, django_assert_max_num_queries):
    area("140802005023", "新税社区")
    with django_assert_max_num_queries(12):
        county_desk.post(f"{AREAS}{jinshui.pk}/end/", {**END, "successor": "140802005023"})
    assert Area.objects.get(pk=jinshui.pk).valid_to is not None
