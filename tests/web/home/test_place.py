"""Choosing the place one lives in."""

import pytest

from tests import factories
from youwo.areas.models import Area

pytestmark = pytest.mark.django_db


def _found(response):
    return [area.name for area in response.context["found"]]


def test_picker_begins_with_the_counties(client, jinshui, elsewhere):
    assert _found(client.get("/place/")) == ["盐湖区", "永济市"]


def test_picker_goes_down_to_the_communities(client, jinshui):
    factories.community("140802005023", "红旗社区")

    assert _found(client.get("/place/?in=140802005")) == ["金税社区", "红旗社区"]


def test_picker_finds_a_place_by_two_characters(client, jinshui, elsewhere):
    assert _found(client.get("/place/?q=金税")) == ["金税社区"]


def test_picker_says_what_to_do_when_nothing_is_found(client, jinshui):
    page = client.get("/place/?q=没有的地方").content.decode()

    assert "没有找到这个地方" in page


@pytest.mark.parametrize("code", ["", "9999", "140802';--", "x" * 500, "1408\x00"])
def test_picker_begins_anew_with_an_unknown_code(client, jinshui, code):
    response = client.get("/place/", {"in": code})

    assert _found(response) == ["盐湖区"]


def test_chosen_place_is_named_on_every_page_without_asking_the_database(
    client, jinshui, django_assert_num_queries
):
    client.post("/place/", {"code": jinshui.code})
    client.get("/")

    with django_assert_num_queries(2):
        page = client.get("/").content.decode()
    assert "金税社区" in page


def test_choosing_leads_back_to_the_page(client, jinshui):
    assert client.post("/place/", {"code": jinshui.code, "next": "/?a=b"})["Location"] == "/?a=b"


def test_chosen_place_can_be_forgotten(client, jinshui):
    client.post("/place/", {"code": jinshui.code})
    client.post("/place/", {"code": ""})

    assert "金税社区" not in client.get("/").content.decode()


@pytest.mark.parametrize("code", ["140802999999", "1408\x00", "x" * 99])
def test_unknown_place_cannot_be_chosen(client, jinshui, code):
    assert client.post("/place/", {"code": code}).status_code == 404


def test_statistical_place_cannot_be_chosen(client, jinshui):
    Area.objects.filter(code=jinshui.code).update(statistical=True)

    assert client.post("/place/", {"code": jinshui.code}).status_code == 404


def test_forged_name_is_not_shown(client, jinshui):
    client.cookies["place"] = jinshui.code
    client.cookies["place_name"] = '["140802005022","FORGED"]'

    assert "FORGED" not in client.get("/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_picker_costs_two_queries_whatever_it_lists(client, rows, django_assert_num_queries):
    for number in range(rows):
        factories.community(f"14080200502{number}", f"第{number}社区")

    with django_assert_num_queries(2):
        client.get("/place/?in=140802005")
