"""The pages about office hours."""

from datetime import date, time

import pytest

from youwo.almanac import actions, queries
from youwo.almanac.models import OfficeHours
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db

SUMMER = {
    "valid_from": "2025-05-01",
    "morning_opens": "08:00",
    "morning_closes": "12:00",
    "afternoon_opens": "15:00",
    "afternoon_closes": "18:30",
}


def entered(area, at, valid_from=date(2025, 5, 1)):
    return actions.set_office_hours(
        area,
        valid_from=valid_from,
        morning=(time(8), time(12)),
        afternoon=(time(15), time(18)),
        by=None,
        at=at,
    )


def test_hours_of_a_county_hold_in_its_communities(county_desk, jinshui):
    response = county_desk.post("/work/keep/areas/140802/hours/", SUMMER)
    assert response.status_code == 302
    assert queries.hours_on(date(2025, 6, 3), area_code=jinshui.pk)[1] == (time(15), time(18, 30))


def test_hours_out_of_order_are_refused(county_desk):
    response = county_desk.post(
        "/work/keep/areas/140802/hours/", {**SUMMER, "afternoon_opens": "11:00"}
    )
    assert response.status_code == 422
    assert OfficeHours.objects.count() == 0


def test_a_county_does_not_set_the_hours_of_the_city(county_desk):
    assert county_desk.post("/work/keep/areas/1408/hours/", SUMMER).status_code == 404


def test_the_form_begins_with_the_hours_that_hold(county_desk):
    form = county_desk.get("/work/keep/areas/140802/hours/").context["form"]
    assert form.initial["morning_opens"] == time(8)
    assert form.initial["afternoon_closes"] == time(18)


def test_hours_are_taken_back_and_those_before_hold(county_desk, jinshui, at):
    row = entered(jinshui.parent.parent, at)
    county_desk.post(f"/work/keep/hours/{row.pk}/clear/")
    hours = queries.hours_on(date(2025, 6, 3), area_code=jinshui.pk)
    assert hours == queries.hours_on(date(2024, 6, 3), area_code=jinshui.pk)
    assert Line.objects.filter(verb="clear").values_list("area_code", flat=True).get() == "140802"


def test_hours_of_another_county_do_not_exist(county_desk, elsewhere, at):
    row = entered(elsewhere, at)
    assert county_desk.post(f"/work/keep/hours/{row.pk}/clear/").status_code == 404
    assert county_desk.get("/work/keep/hours/").context["rows"] == []
    assert OfficeHours.objects.count() == 1


def test_each_entry_says_whether_it_holds(county_desk, jinshui, at):
    for day in (date(2020, 5, 1), date(2021, 5, 1), date(2095, 5, 1)):
        entered(jinshui, at, day)
    rows = county_desk.get("/work/keep/hours/").context["rows"]
    assert [state for _row, state in rows] == ["coming", "now", "over"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_many_entries(
    count, county_desk, jinshui, at, django_assert_num_queries
):
    for year in range(count):
        entered(jinshui, at, date(2020 + year, 5, 1))
    with django_assert_num_queries(4):
        county_desk.get("/work/keep/hours/")
