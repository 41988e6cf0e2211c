"""The home page, the look and the language."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from tests.insight.factories import entry

pytestmark = pytest.mark.django_db


def _html_tag(client):
    return client.get("/").content.decode().partition("<head>")[0]


def test_home_opens_without_an_account(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "家门口的事，说一声就有人应" in response.content.decode()


def test_home_asks_the_database_twice_at_most(client, django_assert_num_queries):
    client.get("/")

    with django_assert_num_queries(2):
        client.get("/")


def test_large_type_is_off_until_asked_for(client):
    assert "data-elder" not in _html_tag(client)


def test_large_type_is_rendered_once_switched_on(client):
    client.post("/look/", {"elder": "1"})

    assert "data-elder" in _html_tag(client)


def test_large_type_can_be_switched_off(client):
    client.post("/look/", {"elder": "1"})
    client.post("/look/", {"elder": "0"})

    assert "data-elder" not in _html_tag(client)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_is_rendered_once_chosen(client, theme):
    client.post("/look/", {"theme": theme})

    assert f'data-bs-theme="{theme}"' in _html_tag(client)


@pytest.mark.parametrize("theme", ["auto", 'x" onload="', ""])
def test_any_other_theme_leaves_it_to_the_device(client, theme):
    client.post("/look/", {"theme": "dark"})
    client.post("/look/", {"theme": theme})

    assert "data-bs-theme" not in _html_tag(client)


def test_theme_in_a_forged_cookie_is_not_rendered(client):
    client.cookies["theme"] = "pink"

    assert "data-bs-theme" not in _html_tag(client)


@pytest.mark.parametrize("path", ["/look/", "/language/"])
def test_switches_do_not_work_by_a_link(client, path):
    assert client.get(path).status_code == 405


def test_switch_leads_back_to_the_page(client):
    response = client.post("/look/", {"elder": "1", "next": "/place/?q=x"})

    assert response["Location"] == "/place/?q=x"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:1"])
def test_switch_leads_to_no_other_site(client, elsewhere):
    assert client.post("/look/", {"elder": "1", "next": elsewhere})["Location"] == "/"


@pytest.mark.parametrize(
    ("code", "tag", "words"),
    [("zh-hans", "zh-Hans", "附近正在办"), ("zh-hant", "zh-Hant", "附近"), ("en", "en", "nearby")],
)
def test_language_is_spoken_once_chosen(client, code, tag, words):
    client.post("/language/", {"language": code, "next": "/"})

    page = client.get("/").content.decode()

    assert f'lang="{tag}"' in page.split(">")[1]
    assert words in page


def test_chinese_is_spoken_to_who_prefers_chinese(client):
    page = client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"})

    assert 'lang="zh-Hans"' in page.content.decode().split(">")[1]


def test_manifest_names_icons_that_exist(client):
    answer = client.get(reverse("manifest"))

    assert answer["Content-Type"] == "application/manifest+json"
    paths = [icon["src"].removeprefix("/static/") for icon in answer.json()["icons"]]
    assert [path for path in paths if finders.find(path) is None] == []


@pytest.mark.parametrize("name", ["home", "place"])
def test_every_page_has_skip_link_main_and_switches(client, name):
    page = client.get(reverse(name)).content.decode()

    assert '<a class="skip" href="#main">' in page
    assert page.count("<main ") == 1
    assert page.count("<h1") == 1
    assert page.count('action="/look/"') == 2
    assert 'action="/language/"' in page


def test_first_visit_stays_below_150_kilobytes(client):
    """All that the page loads, packed as for the oldest browser; the page itself goes unpacked."""
    page = client.get("/").content
    files = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page.decode()))

    packed = [len(gzip.compress(Path(finders.find(name)).read_bytes(), 9)) for name in files]

    assert len(page) + sum(packed) <= 150_000


def test_small_numbers_of_a_community_are_not_told(client, jinshui, at, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    entry(jinshui, served=2)
    client.post("/place/", {"code": jinshui.pk})

    figures = client.get(reverse("this_year")).context["figures"]

    assert [(one.name, cell.value) for one, cell in figures] == [
        ("deeds", None),
        ("person_times", None),
        ("activities", 0),
    ]
