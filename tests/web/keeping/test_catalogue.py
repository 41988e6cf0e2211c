"""Keeping the catalogue of problems: changes hold at once and are journalled."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import factories
from tests.needs.problem_factories import kind
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.needs import triage
from youwo.needs.actions import catalogue
from youwo.needs.models import ProblemKind

pytestmark = pytest.mark.django_db

KEPT = "/work/keep/catalogue/"
NEW = {
    "group": "公用设施",
    "name": "喷泉不喷水",
    "record": "位置",
    "opens": "喷泉不出水",
    "hours": "75",
    "closes": "恢复",
    "responsible": "物业公司",
    "responsible_kind": "property",
    "words": "喷泉、 喷水 喷泉",
    "urban": "on",
    "place": "7",
}


def desk_of(area) -> Client:
    client = Client()
    client.force_login(factories.granted("administrator", area))
    return client


@pytest.fixture
def desk(jinshui):
    """The browser of the city's administrator."""
    return desk_of(jinshui.parent.parent.parent)


def test_a_kind_is_added_and_holds_at_once(desk):
    desk.post(f"{KEPT}add/", NEW)
    found = triage.problem_kind_of("喷泉坏了", rural=False)
    assert (found.name, found.words, found.rural, found.duty) == (
        "喷泉不喷水",
        "喷泉 喷水",
        False,
        False,
    )


def test_a_change_is_journalled_with_how_it_read_before(desk):
    lamp = kind()
    desk.post(f"{KEPT}{lamp.pk}/", {**NEW, "name": lamp.name, "hours": "30"})
    before = Line.objects.get(verb="change").data["before"]
    assert (ProblemKind.objects.get().hours, before["hours"]) == (30, 15)


def test_saving_without_a_change_writes_nothing(desk):
    desk.post(f"{KEPT}add/", NEW)
    desk.post(f"{KEPT}{ProblemKind.objects.get().pk}/", NEW)
    assert not Line.objects.filter(verb="change").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hours": "0"}, "hours"),
        ({"urban": ""}, "urban"),
        ({"name": ""}, "name"),
        ({"name": "楼道灯、院内路灯不亮"}, "name"),
        ({"responsible_kind": "x"}, "responsible_kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(wrong, field, desk):
    kind()
    response = desk.post(f"{KEPT}add/", {**NEW, **wrong})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_a_change_that_cannot_be_is_refused(desk):
    lamp = kind()
    assert desk.post(f"{KEPT}{lamp.pk}/", {**NEW, "urban": ""}).status_code == 422


def test_a_kind_is_switched_off_and_on_again(desk):
    lamp = kind()
    for active in ("0", "0", "1"):
        desk.post(f"{KEPT}{lamp.pk}/switch/", {"active": active})
    verbs = Line.objects.filter(target_label="needs.problemkind").values_list("verb", flat=True)
    assert sorted(verbs) == ["switch_off", "switch_on"]


def test_what_is_switched_off_is_offered_no_more(desk):
    lamp = kind()
    response = desk.post(f"{KEPT}{lamp.pk}/switch/", {"active": "0"}, follow=True)
    assert (response.context["switched"], triage.problem_kinds()) == (lamp, [])


def test_a_county_reads_and_changes_nothing(jinshui):
    lamp = kind()
    county = desk_of(jinshui.parent.parent)
    assert county.get(KEPT).context["keeps"] is False
    assert county.get(f"{KEPT}{lamp.pk}/").status_code == 403


def test_only_the_city_keeps_it(worker, at):
    with pytest.raises(Refused):
        catalogue.switch_kind(kind(), active=False, by=worker, at=at)


def test_an_empty_catalogue_says_what_to_do(desk):
    assert f"{KEPT}add/" in desk.get(KEPT).content.decode()


@pytest.mark.parametrize("change", [{"hours": 0}, {"urban": False, "rural": False}])
def test_the_database_refuses_impossible_kinds(change):
    lamp = kind()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProblemKind.objects.filter(pk=lamp.pk).update(**change)
