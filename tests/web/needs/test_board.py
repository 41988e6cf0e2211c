"""What everybody may read: the board, one wish, the map."""

import re

import pytest

from tests import factories
from tests.needs.factories import PHONE, SAID, claimed, confirmed, delivered, published, received
from tests.web.needs.people import HTML, RARE, signed_in, words
from youwo.areas.models import Area
from youwo.needs import actions

pytestmark = pytest.mark.django_db

PRIVATE = ["张敬之", PHONE, "3号楼", SAID]


def titles(response) -> list[str]:
    return [wish.public_title for wish in response.context["page"].rows]


@pytest.fixture
def wish(worker, jinshui, at):
    return published(
        worker, jinshui, at, point=(round(111.004167, 6), round(35.025000, 6)), kind="skill"
    )


def test_board_shows_what_waits_for_somebody(client, wish):
    assert titles(client.get("/wishes/")) == [wish.public_title]


def test_board_shows_nothing_before_review(client, jinshui, at):
    received(jinshui, at)
    assert titles(client.get("/wishes/")) == []


@pytest.mark.parametrize(
    ("view", "shown"), [("open", 0), ("promised", 1), ("done", 0), ("x\0", 0), ("", 0)]
)
def test_board_has_three_views(client, worker, volunteer, jinshui, at, view, shown):
    claimed(worker, volunteer, jinshui, at)
    assert len(titles(client.get("/wishes/", {"view": view}))) == shown


@pytest.mark.parametrize(
    ("area", "shown"),
    [("1408", 1), ("140802", 1), ("140802005022", 1), ("140881", 0), ("999999", 1), ("", 1)],
)
def test_board_filters_by_area(client, wish, area, shown):
    factories.area("140881")
    assert len(titles(client.get("/wishes/", {"area": area}))) == shown


@pytest.mark.parametrize(("kind", "shown"), [("skill", 1), ("goods", 0), ("gold", 1)])
def test_board_filters_by_kind(client, wish, kind, shown):
    assert len(titles(client.get("/wishes/", {"kind": kind}))) == shown


@pytest.mark.parametrize(("q", "shown"), [("挂号", 1), ("轮椅", 0), ("", 1), ("' OR 1=1", 0)])
def test_board_finds_two_characters(client, wish, q, shown):
    assert len(titles(client.get("/wishes/", {"q": q}))) == shown


@pytest.mark.parametrize("name", ["view", "area", "kind", "q", "cursor"])
@pytest.mark.parametrize("value", ["\0", "x\0", RARE, HTML, "%", "'\"", "9" * 500, "²"])
def test_garbled_filters_break_nothing(client, wish, name, value):
    response = client.get("/wishes/", {name: value})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_filters_do_not_find_by_private_words(client, wish):
    assert titles(client.get("/wishes/", {"q": "张敬"})) == []


def test_board_begins_with_the_place_that_was_chosen(client, wish, elsewhere):
    client.post("/place/", {"code": elsewhere.code})
    assert titles(client.get("/wishes/")) == []


def test_long_board_is_paged_by_key(client, worker, jinshui, at):
    for number in range(23):
        published(worker, jinshui, at, title=f"第{number:02}个心愿")
    first = client.get("/wishes/")
    second = client.get("/wishes/", {"cursor": first.context["page"].after})
    assert (len(titles(first)), len(titles(second))) == (20, 3)
    assert len({*titles(first), *titles(second)}) == 23


def test_empty_board_says_what_to_do(client, jinshui):
    assert 'href="/wishes/new/"' in words(client.get("/wishes/"))


def test_nothing_found_offers_to_show_all(client, wish):
    assert 'href="/wishes/?area="' in words(client.get("/wishes/", {"q": "轮椅"}))


def public_pages(client, wish) -> str:
    paths = ["/", "/wishes/", "/wishes/map/", "/wishes/points.json", f"/wishes/{wish.reference}/"]
    views = ["/wishes/?view=promised", "/wishes/?view=done"]
    return "".join(words(client.get(path)) for path in [*paths, *views])


@pytest.mark.parametrize("state", [published, claimed, delivered, confirmed])
def test_private_words_stand_on_no_public_page(state, client, worker, volunteer, jinshui, at):
    people = (worker,) if state is published else (worker, volunteer)
    wish = state(*people, jinshui, at)
    shown = public_pages(client, wish)
    assert wish.public_title in shown
    assert [word for word in [*PRIVATE, "赵明远"] if word in shown] == []


def test_who_promised_is_named_masked(client, worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    assert "赵*" in words(client.get(f"/wishes/{wish.reference}/"))


def test_a_unit_that_promised_is_named(client, worker, jinshui, at):
    unit = factories.OrganizationFactory(name="市税务局")
    member = factories.mandated(unit, name="赵明远")
    wish = claimed(worker, member, jinshui, at, organization=unit)
    page = words(client.get(f"/wishes/{wish.reference}/"))
    assert ("市税务局" in page, "赵明远" in page) == (True, False)


def test_when_somebody_comes_to_the_door_is_not_public(client, worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at, appointment="周四下午四点")
    assert "周四下午四点" not in public_pages(client, wish)


def test_why_a_promise_was_given_back_is_not_public(client, worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    actions.release(wish, reason="我做了手术", by=volunteer, at=at)
    assert "我做了手术" not in public_pages(client, wish)


def test_why_a_wish_was_opened_again_is_not_public(client, worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    actions.reopen(wish, reason="老人说没有人来过", by=worker, at=at)
    assert "老人说没有人来过" not in public_pages(client, wish)


def test_wish_opens_by_its_reference_as_people_type_it(client, wish):
    typed = f"{wish.reference[:3]}-{wish.reference[3:6]}-{wish.reference[6:]}".lower()
    assert client.get(f"/wishes/{typed}/").status_code == 200


@pytest.mark.parametrize("reference", ["W", "W\0", "x" * 300, "%3Cscript%3E"])
def test_garbled_reference_does_not_exist(client, reference):
    assert client.get(f"/wishes/{reference}/").status_code == 404


def test_wish_before_review_does_not_exist(client, jinshui, at):
    assert client.get(f"/wishes/{received(jinshui, at).reference}/").status_code == 404


def test_wish_that_was_withdrawn_is_gone(client, wish, at):
    actions.withdraw(wish, by=None, at=at)
    assert client.get(f"/wishes/{wish.reference}/").status_code == 404


def test_html_in_public_words_is_shown_as_text(client, worker, jinshui, at):
    wish = published(worker, jinshui, at, title=HTML[:24])
    response = client.get(f"/wishes/{wish.reference}/")
    assert (HTML[:24] in words(response), b"<script>alert" in response.content) == (True, False)


def test_staff_find_the_way_to_the_private_side(wish, worker, volunteer):
    link = f'href="/work/wishes/{wish.reference}/"'
    shown = [
        link in words(signed_in(person).get(f"/wishes/{wish.reference}/"))
        for person in (worker, volunteer)
    ]
    assert shown == [True, False]


def test_point_is_moved_by_rounding(client, wish):
    found = client.get("/wishes/points.json").json()["cases"]
    assert found == [
        {"reference": wish.reference, "title": wish.public_title, "point": [111.004, 35.025]}
    ]


def test_wish_without_a_point_is_on_no_map(client, worker, jinshui, at):
    published(worker, jinshui, at)
    assert client.get("/wishes/points.json").json() == {"cases": []}
    assert list(client.get("/wishes/map/").context["wishes"]) == []


def test_map_shows_the_same_as_a_list(client, wish):
    assert client.get("/wishes/map/").context["wishes"] == [wish]


def test_compounds_are_found_by_their_community(client, jinshui):
    factories.area("140802005022-0001", "税苑小区")
    shown = factories.area("140802005022-0002", "金税小区")
    Area.objects.filter(pk=shown.pk).update(longitude="111.0035", latitude="35.0249")

    found = [client.get(f"/maps/places.json?area={code}").json() for code in (jinshui.pk, "x")]

    assert found == [
        {"places": [{"name": "金税小区", "point": [111.0035, 35.0249]}]},
        {"places": []},
    ]


def test_outlines_are_kept_by_browsers(client, jinshui):
    response = client.get("/maps/outlines.json")
    assert response["Cache-Control"] == "public, max-age=86400"
    assert re.search(rb"\d\.\d{5}", response.content) is None
    assert response.json()["type"] == "FeatureCollection"


def test_show_more_asks_for_a_part_and_works_as_a_link(client, worker, jinshui, at):
    for number in range(21):
        published(worker, jinshui, at, title=f"第{number:02}个心愿")
    page = words(client.get("/wishes/?kind=skill"))
    link = page.partition("rows-pages")[2].partition("</nav>")[0]
    assert 'hx-get="?kind=skill&cursor=' in link
    assert 'href="?kind=skill&cursor=' in link
