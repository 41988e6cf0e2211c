"""The calendar page, and entering days."""

from datetime import date

import pytest

from youwo.almanac import actions, queries
from youwo.almanac.models import DayRule
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db

CALENDAR = "/work/keep/calendar/"
NATIONAL = {"first": "2027-10-01", "last": "2027-10-07", "working": "0", "name": "国庆节"}


def spans(response):
    return [(str(span.first), str(span.last), span.source) for span in response.context["spans"]]


def test_the_year_lists_its_official_holidays_and_make_up_days(city_desk):
    response = city_desk.get(CALENDAR, {"month": "2025-10"})
    assert [(str(s.first), s.days, s.working) for s in response.context["spans"]][-5:] == [
        ("2025-09-28", 1, True),
        ("2025-10-01", 5, False),
        ("2025-10-06", 1, False),
        ("2025-10-07", 2, False),
        ("2025-10-11", 1, True),
    ]


def test_a_month_stands_in_whole_weeks(city_desk):
    response = city_desk.get(CALENDAR, {"month": "2025-10"})
    days = [day.on.day for week in response.context["weeks"] for day in week if day]
    assert days == list(range(1, 32))
    assert {len(week) for week in response.context["weeks"]} == {7}


@pytest.mark.parametrize("month", ["", "x", "2025-13", "99999-01", "0001-01", "2025-10\0"])
def test_a_month_that_cannot_be_read_is_a_page_too(month, city_desk):
    assert city_desk.get(CALENDAR, {"month": month}).status_code == 200


@pytest.mark.parametrize(("month", "guessed"), [("2025-06", False), ("2050-06", True)])
def test_a_year_that_is_not_known_yet_is_said_to_be_assumed(month, guessed, city_desk):
    response = city_desk.get(CALENDAR, {"month": month})
    assert response.context["guessed"] is guessed
    assert ("are not known yet" in response.content.decode()) is guessed


def test_the_city_enters_a_holiday_at_once(city_desk, keeper):
    response = city_desk.post(f"{CALENDAR}set/", NATIONAL, follow=True)
    assert spans(response) == [("2027-10-01", "2027-10-07", "rule")]
    assert response.context["guessed"] is False
    lines = Line.objects.filter(verb="set").values_list("actor_key", "data__working")
    assert list(lines) == [(str(keeper.pk), False)] * 7


def test_what_was_just_entered_is_taken_back_with_one_button(city_desk):
    response = city_desk.post(f"{CALENDAR}set/", NATIONAL, follow=True)
    just = response.context["just_set"]
    city_desk.post(f"{CALENDAR}clear/", {name: day.isoformat() for name, day in just.items()})
    assert DayRule.objects.count() == 0
    assert queries.day(date(2027, 10, 1)).source == queries.GUESS
    assert Line.objects.filter(verb="clear").count() == 7


def test_a_single_day_needs_no_last_day(city_desk):
    city_desk.post(f"{CALENDAR}set/", {**NATIONAL, "last": "", "working": "1"})
    assert list(DayRule.objects.values_list("on", "working")) == [(date(2027, 10, 1), True)]


def test_an_entry_that_replaces_another_offers_no_undo(city_desk, keeper, at):
    actions.set_day(on=date(2027, 10, 2), working=True, name="上班", by=keeper, at=at)
    response = city_desk.post(f"{CALENDAR}set/", NATIONAL, follow=True)
    assert response.context["just_set"] is None
    assert DayRule.objects.filter(working=False).count() == 7


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last": "2027-09-30"}, "last"),
        ({"last": "2027-12-31"}, "last"),
        ({"name": " "}, "name"),
        ({"first": "0207-10-01"}, "first"),
        ({"working": "2"}, "working"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field(wrong, field, city_desk):
    response = city_desk.post(f"{CALENDAR}set/", {**NATIONAL, **wrong})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert DayRule.objects.count() == 0


def test_the_form_begins_with_the_day_that_was_chosen(city_desk, keeper, at):
    actions.set_day(on=date(2025, 6, 3), working=False, name="停水", by=keeper, at=at)
    form = city_desk.get(f"{CALENDAR}set/", {"on": "2025-06-03"}).context["form"]
    assert form.initial == {"first": date(2025, 6, 3), "working": "0", "name": "停水"}


@pytest.mark.parametrize("path", ["set/", "clear/"])
def test_a_county_sees_the_calendar_but_does_not_change_it(path, county_desk):
    response = county_desk.get(CALENDAR, {"month": "2025-10"})
    assert f"{CALENDAR}set/" not in response.content.decode()
    assert county_desk.post(f"{CALENDAR}{path}", NATIONAL).status_code == 403
    assert DayRule.objects.count() == 0


def test_nothing_is_cleared_without_days(city_desk):
    assert city_desk.post(f"{CALENDAR}clear/", {"first": "x"}).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_many_entries(count, city_desk, at, django_assert_num_queries):
    actions.set_days(
        first=date(2027, 3, 1), last=date(2027, 3, count), working=False, name="x", by=None, at=at
    )
    with django_assert_num_queries(2):
        city_desk.get(CALENDAR, {"month": "2027-03"})


def test_a_month_of_days_is_entered_within_the_budget(city_desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        city_desk.post(f"{CALENDAR}set/", {**NATIONAL, "last": "2027-10-31"})
    assert DayRule.objects.count() == 31
