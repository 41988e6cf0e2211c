"""Pages of units and the places they look after."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from tests.factories import AT, area
from tests.organizations.factories import PairingFactory
from youwo.organizations.models import Pairing

pytestmark = pytest.mark.django_db

PAIRINGS = "/work/pairings/"


def cells(response):
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    at_work, jinshui, count, django_assert_num_queries
):
    for _n in range(count):
        PairingFactory()
    with django_assert_num_queries(2):
        page = at_work.get(PAIRINGS)

    assert len(page.context["page"].rows) == count


def test_a_worker_sees_the_own_places_and_a_unit_its_own(
    client, worker, for_unit, tax_office, elsewhere, jinshui
):
    here, there = PairingFactory(), PairingFactory(area=elsewhere)
    own = PairingFactory(organization=tax_office, area=elsewhere)

    assert [row.pk for row in for_unit.get(PAIRINGS).context["page"].rows] == [own.pk]
    client.force_login(worker)
    assert [row.pk for row in client.get(PAIRINGS).context["page"].rows] == [here.pk]
    assert client.get(f"{PAIRINGS}{there.reference}/").status_code == 404


def test_filters_stand_in_the_address(at_work, tax_office, jinshui):
    compound = area(f"{jinshui.pk}-0001", "槐香里")
    one = PairingFactory(organization=tax_office, area=compound)
    ended = PairingFactory(ends_on=date(2025, 2, 1), ended_at=AT)
    void = PairingFactory(voided_at=AT)
    PairingFactory()

    def found(query):
        return [row.pk for row in at_work.get(PAIRINGS + query).context["page"].rows]

    assert found("?q=槐香") == found("?q=税务") == found(f"?area={compound.pk}") == [one.pk]
    assert found(f"?unit={tax_office.pk}") == [one.pk]
    assert (found("?state=ended"), found("?state=void")) == ([ended.pk], [void.pk])
    assert len(found("?state=x&area=x&unit=x")) == 2
    assert found("?q=没有的") == []


def test_the_table_holds_what_the_list_shows(at_work, tax_office, jinshui):
    PairingFactory(organization=tax_office, reason="离得近")
    PairingFactory(ends_on=date(2025, 2, 1), ended_at=AT)

    rows = cells(at_work.get(f"{PAIRINGS}export/"))

    assert len(rows) == 2
    assert rows[1][2:4] == ["金税社区", "盐湖区税务局"]
    assert rows[1][6] == "离得近"


def test_a_worker_pairs_a_unit(at_work, tax_office, jinshui):
    compound = area(f"{jinshui.pk}-0001", "槐香里")
    today = timezone.localdate().isoformat()
    opened = at_work.get(f"{PAIRINGS}new/?area={compound.pk}&unit={tax_office.pk}")
    assert opened.context["form"].initial["area"] == compound.pk

    sent = at_work.post(
        f"{PAIRINGS}new/", {"unit": "盐湖税务", "area": "槐香里", "starts_on": today}, follow=True
    )

    assert sent.status_code == 200
    pairing = Pairing.objects.get()
    assert (pairing.organization, pairing.area) == (tax_office, compound)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"unit": "没有"}, "unit"),
        ({"unit": "税务"}, "unit"),
        ({"area": "没有"}, "area"),
        ({"area": "同名小区"}, "area"),
        ({"area": "别处社区"}, "area"),
        ({"starts_on": "昨天"}, "starts_on"),
        ({"starts_on": "1990-01-01"}, "starts_on"),
    ],
)
def test_what_cannot_be_paired_is_said_at_the_field(
    given, field, at_work, tax_office, jinshui, elsewhere
):
    elsewhere.name = "别处社区"
    elsewhere.save()
    for number in (1, 2):
        area(f"{jinshui.pk}-000{number}", "同名小区")
    today = timezone.localdate().isoformat()

    sent = at_work.post(
        f"{PAIRINGS}new/",
        {"unit": "盐湖税务", "area": "金税社区", "starts_on": today, **given},
    )

    assert (sent.status_code, list(sent.context["form"].errors)) == (422, [field])


def test_a_pairing_ends_with_a_reason_and_can_be_made_void(at_work, tax_office, jinshui):
    pairing = PairingFactory(organization=tax_office)
    url, today = f"{PAIRINGS}{pairing.reference}/", timezone.localdate().isoformat()

    assert at_work.post(f"{url}end/", {"on": today, "reason": ""}).status_code == 422
    assert at_work.post(f"{url}end/", {"on": "1990-01-01", "reason": "任务调整"}).status_code == 422
    ended = at_work.post(f"{url}end/", {"on": today, "reason": "任务调整"}, follow=True)
    assert "任务调整" in text(ended)
    assert at_work.post(f"{url}void/", {"void-reason": "无"}).status_code == 422
    assert at_work.post(f"{url}void/", {"void-reason": ""}).status_code == 422
    voided = at_work.post(f"{url}void/", {"void-reason": "录错小区了"}, follow=True)
    assert "录错小区了" in text(voided)


def test_a_unit_reads_its_pairing_and_changes_nothing(for_unit, tax_office, jinshui):
    pairing = PairingFactory(organization=tax_office)
    url, today = f"{PAIRINGS}{pairing.reference}/", timezone.localdate().isoformat()

    assert for_unit.get(url).context["may_change"] is False
    assert for_unit.post(f"{url}end/", {"on": today, "reason": "任务调整"}).status_code == 422
    assert for_unit.get(f"{PAIRINGS}new/").status_code == 404


def test_the_card_leads_to_who_looks_after_a_place(at_work, client, jinshui, tax_office):
    pairing = PairingFactory(organization=tax_office, reason="内部的原因")
    assert "data:image/svg+xml" in text(at_work.get(f"{PAIRINGS}{pairing.reference}/card/"))

    client.logout()
    page = text(client.get(f"/b/{pairing.reference}/"))
    assert ("盐湖区税务局" in page, "内部的原因" in page) == (True, False)


def test_an_ended_card_says_so_and_a_wrong_one_is_counted(client, jinshui):
    ended = PairingFactory(ends_on=date(2025, 2, 1), ended_at=AT)

    assert client.get(f"/b/{ended.reference}/").context["holds"] is False
    assert client.get("/b/BAAAAAAAA/").status_code == 404
    for _n in range(30):
        answer = client.get("/b/BAAAAAAAA/")
    assert answer.status_code == 429


# --- places without a unit -----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_places_without_a_unit_cost_the_same(
    at_work, jinshui, count, django_assert_num_queries
):
    PairingFactory(area=jinshui)
    for number in range(count):
        area(f"{jinshui.pk}-000{number}")
    with django_assert_num_queries(4):
        page = at_work.get(f"{PAIRINGS}without/")

    assert len(page.context["page"].rows) == page.context["lacking"] == count
    assert page.context["all"] == count + 1


def test_places_without_a_unit_are_filtered_and_exported(at_work, jinshui):
    compound = area(f"{jinshui.pk}-0001", "槐香里")

    def found(query):
        return [row.pk for row in at_work.get(f"{PAIRINGS}without/{query}").context["page"].rows]

    assert found("") == [jinshui.pk, compound.pk]
    assert found("?kind=compound") == found("?q=槐香") == found(f"?area={compound.pk}")
    assert found("?kind=compound") == [compound.pk]
    rows = cells(at_work.get(f"{PAIRINGS}without/export/?kind=compound"))
    assert rows[1:] == [[compound.pk, "金税社区", "槐香里"]]


def test_villages_are_listed_when_asked(at_work, jinshui):
    jinshui.rural = True
    jinshui.save()

    def found(query):
        return [row.pk for row in at_work.get(f"{PAIRINGS}without/{query}").context["page"].rows]

    assert (found(""), found("?villages=1")) == ([], [jinshui.pk])


def test_the_map_gets_places_with_a_point(at_work, jinshui):
    jinshui.longitude, jinshui.latitude = 111, 35
    jinshui.save()
    area(f"{jinshui.pk}-0001")
    PairingFactory(area=jinshui)

    assert at_work.get(f"{PAIRINGS}without/map/").status_code == 200
    assert at_work.get(f"{PAIRINGS}without/points/").json() == {
        "places": [{"code": jinshui.pk, "name": "金税社区", "point": [111.0, 35.0], "paired": True}]
    }


# --- a unit's own page ---------------------------------------------------------------------------


def test_a_units_page_says_what_it_looks_after(for_unit, tax_office, jinshui):
    PairingFactory(organization=tax_office, area=jinshui)
    ended = area(f"{jinshui.pk}-0001", "早先的小区")
    PairingFactory(organization=tax_office, area=ended, ends_on=date(2025, 2, 1), ended_at=AT)

    page = for_unit.get(f"/work/units/{tax_office.pk}/")

    assert [row.area for row in page.context["pairings"]] == [jinshui]


def test_a_keeper_changes_what_a_unit_is_called(coordinating, tax_office):
    url = f"/work/units/{tax_office.pk}/change/"
    assert coordinating.get(url).status_code == 200
    given = {"name": "盐湖区税务所", "short_name": "", "kind": "public"}

    assert coordinating.post(url, {**given, "name": ""}).status_code == 422
    sent = coordinating.post(url, given, follow=True)

    assert "盐湖区税务局" in text(sent)
    units = coordinating.get("/work/units/?q=税务局").context["page"].rows
    assert [unit.name for unit in units] == ["盐湖区税务所"]


def test_a_name_that_another_unit_has_is_refused(coordinating, tax_office):
    from tests.factories import OrganizationFactory

    OrganizationFactory(name="别的单位")
    sent = coordinating.post(
        f"/work/units/{tax_office.pk}/change/", {"name": "别的单位", "kind": "public"}
    )

    assert list(sent.context["form"].errors) == ["name"]
