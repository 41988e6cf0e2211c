"""Each page costs a small, fixed number of statements, however many rows there are."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.needs.factories import claimed, delivered, published, received
from tests.needs.pictures import picture
from tests.web.needs.people import answers, following, signed_in
from youwo.needs import actions, photos
from youwo.needs.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("consent", "outside")]


@pytest.fixture
def city(worker, volunteer, jinshui, at):
    """Rows of every sort, and the browsers of everybody who looks at them."""

    def build(rows: int) -> dict:
        second = factories.granted("worker", jinshui)
        sent: list[str] = []
        for place in range(rows):
            factories.area(f"140802005022-0{place}", f"第{place}小区")
        for _ in range(rows):
            waiting = received(jinshui, at, by=volunteer)
            picture_ = photos.add(waiting, photos.Picture(picture(), 40, 30), at=at)
            public = published(
                worker, jinshui, at, point=(Decimal("111.004167"), Decimal("35.025"))
            )
            promised = claimed(worker, volunteer, jinshui, at)
            done = delivered(worker, volunteer, jinshui, at)
            closed = claimed(worker, volunteer, jinshui, at)
            actions.deliver(
                closed,
                occurred_on=at.date(),
                minutes=30,
                what="送到了",
                field="visits",
                goods=[(f"米{n}", Decimal(1), "袋") for n in range(rows)],
                by=volunteer,
                at=at,
            )
            actions.confirm(closed, how=Delivery.Confirmed.LINK, by=None, at=at)
            actions.call_back(
                closed, came=True, on_time=True, again="yes", words="", by=second, at=at
            )
            suggestion = actions.suggest(
                "字太小",
                page="/",
                phone="13800001234",
                community=jinshui,
                nonce=uuid.uuid4(),
                by=None,
                at=at,
            )
            sent.append(suggestion.reference)
        resident = following(waiting)
        for reference in (done.reference, closed.reference, *sent):
            resident.post("/follow/", {"reference": reference, "digits": "1234"})
        return {
            "visitor": Client(),
            "resident": resident,
            "worker": signed_in(second),
            "helper": signed_in(volunteer),
            "waiting": waiting.reference,
            "public": public.reference,
            "promised": promised.reference,
            "done": done.reference,
            "closed": closed.reference,
            "photo": picture_.pk,
            "suggestion": suggestion.pk,
            "sent": suggestion.reference,
        }

    return build


PAGES = {
    ("visitor", "/wishes/"): 2,
    ("visitor", "/wishes/?view=done&kind=skill&q=挂号&area=140802"): 2,
    ("visitor", "/wishes/map/"): 1,
    ("visitor", "/wishes/points.json"): 1,
    ("visitor", "/maps/outlines.json"): 0,
    ("visitor", "/maps/places.json?area=140802005022"): 1,
    ("visitor", "/wishes/new/"): 0,
    ("visitor", "/wishes/{closed}/"): 2,
    ("visitor", "/follow/"): 0,
    ("visitor", "/suggest/"): 0,
    ("resident", "/follow/"): 2,
    ("resident", "/suggest/{sent}/"): 1,
    ("resident", "/follow/{waiting}/"): 3,
    ("resident", "/follow/{done}/"): 5,
    ("resident", "/follow/{closed}/"): 5,
    ("resident", "/wishes/{waiting}/photos/{photo}/"): 1,
    ("helper", "/wishes/{public}/"): 3,
    ("helper", "/wishes/{promised}/"): 3,
    ("helper", "/wishes/{public}/claim/"): 2,
    ("helper", "/wishes/{promised}/release/"): 2,
    ("helper", "/wishes/{promised}/deliver/"): 2,
    ("helper", "/wishes/{done}/code/"): 2,
    ("helper", "/me/wishes/"): 6,
    ("helper", "/work/"): 2,
    ("worker", "/wishes/{public}/"): 3,
    ("worker", "/work/"): 3,
    ("worker", "/work/rows/"): 3,
    ("worker", "/work/count/"): 3,
    ("worker", "/work/wishes/"): 2,
    ("worker", "/work/wishes/?status=received&kind=skill&q=挂号&area=140802"): 2,
    ("worker", "/work/wishes/export/"): 2,
    ("worker", "/work/wishes/new/"): 2,
    ("worker", "/work/wishes/{waiting}/"): 7,
    ("worker", "/work/wishes/{public}/"): 5,
    ("worker", "/work/wishes/{promised}/"): 5,
    ("worker", "/work/wishes/{done}/"): 6,
    ("worker", "/work/wishes/{closed}/"): 6,
    ("worker", "/work/wishes/{closed}/sheet/"): 4,
    ("worker", "/work/wishes/{waiting}/reveal/"): 2,
    ("worker", "/work/suggestions/"): 2,
    ("worker", "/work/suggestions/{suggestion}/"): 2,
    ("worker", "/work/suggestions/{suggestion}/phone/"): 2,
}


NEW = {"what": 2, "where": 2, "reach": 7}


def statements(act) -> int:
    with CaptureQueriesContext(connection) as counted:
        response = act()
        response.getvalue()
    assert response.status_code in (200, 302)
    return len(counted)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages(city, rows):
    given = city(rows)
    got = {}
    for who, path in PAGES:
        url = path.format(**given)
        # What a process keeps for a minute is there already.
        given[who].get(url).getvalue()
        got[who, path] = statements(lambda who=who, url=url: given[who].get(url))
    assert got == PAGES


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_of_a_new_wish(city, rows):
    given = city(rows)["visitor"]
    given.post("/wishes/new/", answers(step="what"))
    got = {
        step: statements(lambda step=step: given.post("/wishes/new/", answers(step=step)))
        for step in NEW
    }
    assert got == NEW


def test_no_page_costs_more_than_twelve():
    assert max(*PAGES.values(), *NEW.values()) <= 12
