"""Deadlines against tables worked out by hand from the official notices for 2025 and 2026."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from youwo.almanac import actions, queries
from youwo.core.refused import Refused
from youwo.journal.models import Line

CITY = ZoneInfo("Asia/Shanghai")
JINSHUI = "140802005022"

pytestmark = pytest.mark.django_db


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


def up(start, hours, area_code=JINSHUI):
    return queries.deadline(moment(start), hours=hours, area_code=area_code)


def free(first, last):
    count = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return [date.fromisoformat(first) + timedelta(days=number) for number in range(count)]


# --- days --------------------------------------------------------------------------------------

FREE_WEEKDAYS_AND_HOLIDAYS = {
    2025: [
        *free("2025-01-01", "2025-01-01"),
        *free("2025-01-28", "2025-02-04"),
        *free("2025-04-04", "2025-04-06"),
        *free("2025-05-01", "2025-05-05"),
        *free("2025-05-31", "2025-06-02"),
        *free("2025-10-01", "2025-10-08"),
    ],
    2026: [
        *free("2026-01-01", "2026-01-03"),
        *free("2026-02-15", "2026-02-23"),
        *free("2026-04-04", "2026-04-06"),
        *free("2026-05-01", "2026-05-05"),
        *free("2026-06-19", "2026-06-21"),
        *free("2026-09-25", "2026-09-27"),
        *free("2026-10-01", "2026-10-07"),
    ],
}
MADE_UP = {
    2025: ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
    2026: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
}


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_days_of_a_year_are_those_of_the_official_notice(year):
    made_up = [date.fromisoformat(text) for text in MADE_UP[year]]
    for on in free(f"{year}-01-01", f"{year}-12-31"):
        expected = on in made_up or (
            on.weekday() < 5 and on not in FREE_WEEKDAYS_AND_HOLIDAYS[year]
        )
        found = queries.day(on)
        assert (found.working, found.source) == (expected, "calendar"), on


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ("2025-06-03", ""),
        ("2025-06-07", "weekend"),
        ("2025-05-03", "Labour Day holiday"),
        ("2025-10-06", "Mid-Autumn Festival holiday"),
        ("2025-04-27", "make-up working day for Labour Day"),
    ],
)
def test_a_day_says_why_it_is_free_or_worked(on, reason):
    with translation.override("en"):
        assert queries.day(date.fromisoformat(on)).reason == reason


@pytest.mark.parametrize(
    ("on", "working"), [("2027-10-01", True), ("2027-10-02", False), ("2003-05-01", True)]
)
def test_years_that_the_calendar_does_not_know_are_guessed(on, working):
    day = queries.day(date.fromisoformat(on))
    assert (day.working, day.source) == (working, "guess")


def test_a_rule_goes_before_the_calendar(at):
    actions.set_day(on=date(2025, 6, 3), working=False, name="停水放假", by=None, at=at)
    day = queries.day(date(2025, 6, 3))
    assert (day.working, day.reason, day.source) == (False, "停水放假", "rule")


def test_a_rule_that_is_taken_away_leaves_the_calendar(at):
    rule = actions.set_day(on=date(2025, 6, 3), working=False, name="停水放假", by=None, at=at)
    actions.clear_day(rule, by=None, at=at)
    assert queries.day(date(2025, 6, 3)).source == "calendar"


def test_entering_a_years_notice_ends_the_guessing(at):
    actions.set_day(on=date(2027, 10, 1), working=False, name="国庆节", by=None, at=at)
    assert queries.day(date(2027, 6, 3)).source == "calendar"
    assert queries.day(date(2028, 6, 1)).source == "guess"


def test_setting_a_day_again_changes_the_one_rule(at):
    actions.set_day(on=date(2025, 6, 3), working=False, name="放假", by=None, at=at)
    actions.set_day(on=date(2025, 6, 3), working=True, name="上班", by=None, at=at)
    assert queries.day(date(2025, 6, 3)).working is True


def test_a_rule_needs_a_reason(at):
    with pytest.raises(Refused):
        actions.set_day(on=date(2025, 6, 3), working=False, name=" ", by=None, at=at)


def test_entering_rules_and_hours_is_journalled(worker, jinshui, at):
    actions.set_day(on=date(2025, 6, 3), working=False, name="放假", by=worker, at=at)
    hours(jinshui, at, "2025-05-01")
    lines = Line.objects.order_by("id")
    assert [(line.verb, line.target_label) for line in lines] == [
        ("set", "almanac.dayrule"),
        ("set", "almanac.officehours"),
    ]


# --- deadlines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        # Within a day, and over lunch.
        ("2025-06-03 09:12", 2, "2025-06-03 11:12"),
        ("2025-06-03 11:00", 2, "2025-06-03 15:30"),
        ("2025-06-03 12:45", 1, "2025-06-03 15:30"),
        ("2025-06-03 06:00", 1, "2025-06-03 09:00"),
        # Exactly at lunch and at closing the time is up there.
        ("2025-06-03 09:00", 3, "2025-06-03 12:00"),
        ("2025-06-03 08:00", 7.5, "2025-06-03 18:00"),
        # From closing on, time begins the next morning.
        ("2025-06-03 18:00", 1, "2025-06-04 09:00"),
        ("2025-06-03 22:30", 1, "2025-06-04 09:00"),
        ("2025-06-03 17:30", 1, "2025-06-04 08:30"),
        ("2025-06-06 17:00", 2, "2025-06-09 09:00"),
        # No time at all.
        ("2025-06-07 10:00", 0, "2025-06-07 10:00"),
        # Spring Festival 2025: 26 January and 8 February are worked, 28 January to 4 February free.
        ("2025-01-24 17:00", 2, "2025-01-26 09:00"),
        ("2025-01-27 17:00", 2, "2025-02-05 09:00"),
        ("2025-01-30 10:00", 7.5, "2025-02-05 18:00"),
        ("2025-02-05 08:00", 30, "2025-02-08 18:00"),
        # Labour Day 2025: Sunday 27 April is worked, 1 to 5 May free.
        ("2025-04-25 09:00", 15, "2025-04-28 09:00"),
        ("2025-04-30 09:00", 15, "2025-05-07 09:00"),
        ("2025-05-03 23:59", 1, "2025-05-06 09:00"),
        # National Day and Mid-Autumn 2025: 28 September and 11 October are worked.
        ("2025-09-26 18:00", 22.5, "2025-09-30 18:00"),
        ("2025-09-30 17:59", 7.5, "2025-10-09 17:59"),
        ("2025-10-10 09:00", 15, "2025-10-13 09:00"),
        # 2026: New Year, Spring Festival, Mid-Autumn and National Day apart.
        ("2025-12-31 17:00", 2, "2026-01-04 09:00"),
        ("2026-02-14 17:00", 2, "2026-02-24 09:00"),
        ("2026-02-27 17:00", 2, "2026-02-28 09:00"),
        ("2026-09-24 17:00", 2, "2026-09-28 09:00"),
        ("2026-09-30 17:00", 9.5, "2026-10-09 09:00"),
        # A year that nobody knows: 1 January 2027 is a Friday and counts.
        ("2026-12-31 17:00", 9.5, "2027-01-04 09:00"),
    ],
)
def test_time_is_up(start, hours, end):
    found = up(start, hours)
    assert found.at == moment(end)
    assert sum(part.minutes for part in found.parts) == hours * 60


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2025-06-03 09:12", "2025-06-03 09:12", 0),
        ("2025-06-03 09:12", "2025-06-03 09:11", 0),
        ("2025-06-04 09:12", "2025-06-03 09:12", 0),
        ("2025-06-03 11:30", "2025-06-03 15:00", 60),
        ("2025-06-03 12:00", "2025-06-03 14:30", 0),
        ("2025-06-03 00:00", "2025-06-04 00:00", 450),
        ("2025-04-26 00:00", "2025-05-07 00:00", 5 * 450),
        ("2025-09-28 00:00", "2025-10-12 00:00", 6 * 450),
        ("2025-01-01 00:00", "2026-01-01 00:00", 248 * 450),
        ("2026-01-01 00:00", "2027-01-01 00:00", 248 * 450),
    ],
)
def test_working_time_between_two_moments(start, end, minutes):
    found = queries.working_minutes(moment(start), moment(end), area_code=JINSHUI)
    assert found == minutes


def test_seconds_count(at):
    found = up("2025-06-03 17:59:30", 1)
    assert found.at == moment("2025-06-04 08:59:30")
    assert sum(part.minutes for part in found.parts) == 60


def test_a_moment_in_another_zone_is_the_same_moment():
    start = datetime(2025, 6, 3, 1, 12, tzinfo=ZoneInfo("UTC"))
    found = queries.deadline(start, hours=2, area_code=JINSHUI)
    assert found.at == moment("2025-06-03 11:12")


@given(
    start=st.datetimes(datetime(2024, 12, 1), datetime(2027, 2, 1), timezones=st.just(CITY)),
    quarters=st.integers(0, 400),
)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_deadline_lies_exactly_its_working_time_away(start, quarters):
    found = queries.deadline(start, hours=quarters / 4, area_code=JINSHUI)
    assert queries.working_minutes(start, found.at, area_code=JINSHUI) == quarters * 15
    assert sum(part.minutes for part in found.parts) == quarters * 15


def test_time_cannot_be_negative():
    with pytest.raises(ValueError):
        up("2025-06-03 09:12", -1)


def test_time_without_end_is_refused():
    with pytest.raises(ValueError):
        up("2025-06-03 09:12", 10**6)
    with pytest.raises(ValueError):
        queries.working_minutes(
            moment("1900-01-01 00:00"), moment("2025-06-03 00:00"), area_code=JINSHUI
        )


def test_deadlines_cost_two_queries_a_minute(django_assert_num_queries):
    with django_assert_num_queries(2):
        up("2025-06-03 09:12", 15)
    with django_assert_num_queries(0):
        up("2025-04-30 09:12", 150)


# --- office hours ------------------------------------------------------------------------------


def hours(area, at, valid_from, morning=(time(8), time(12)), afternoon=(time(15), time(18, 30))):
    return actions.set_office_hours(
        area,
        valid_from=date.fromisoformat(valid_from),
        morning=morning,
        afternoon=afternoon,
        by=None,
        at=at,
    )


def test_summer_and_winter_are_dated_rows(jinshui, at):
    city = factories.area("1408")
    hours(city, at, "2025-05-01")
    hours(city, at, "2025-10-01", afternoon=(time(14), time(17, 30)))
    assert up("2025-04-30 11:00", 2).at == moment("2025-04-30 15:30")
    assert up("2025-06-03 11:00", 2).at == moment("2025-06-03 16:00")
    assert up("2025-10-09 11:00", 2).at == moment("2025-10-09 15:00")


def test_the_nearest_place_above_sets_the_hours(jinshui, elsewhere, at):
    hours(factories.area("1408"), at, "2025-01-01")
    hours(jinshui.parent, at, "2025-01-01", morning=(time(9), time(12)))
    assert up("2025-06-03 07:00", 1, f"{JINSHUI}-0001").at == moment("2025-06-03 10:00")
    assert up("2025-06-03 07:00", 1, elsewhere.code).at == moment("2025-06-03 09:00")


def test_until_the_nearest_begins_the_one_above_holds(jinshui, at):
    hours(factories.area("1408"), at, "2025-01-01", morning=(time(9), time(12)))
    hours(jinshui, at, "2025-07-01")
    assert up("2025-06-03 07:00", 1).at == moment("2025-06-03 10:00")


def test_hours_out_of_order_are_refused(jinshui, at):
    with pytest.raises(Refused):
        hours(jinshui, at, "2025-01-01", morning=(time(12), time(8)))


# --- explanations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "sentence"),
    [
        ("2025-06-03 09:12", 2, "2 working hours"),
        ("2025-06-03 09:12", 1, "1 working hour"),
        ("2025-06-03 09:12", 7.5, "1 working day"),
        ("2025-06-06 09:12", 16, "16 working hours; 2 days of weekend left out"),
        ("2025-04-30 09:00", 15, "2 working days; 5 days of Labour Day holiday left out"),
        (
            "2025-04-25 09:00",
            15,
            "2 working days; 1 day of weekend left out; 1 make-up working day counted",
        ),
        (
            "2025-09-30 09:00",
            7.5,
            "1 working day; 7 days of National Day holiday left out;"
            " 1 day of Mid-Autumn Festival holiday left out",
        ),
        (
            "2026-12-31 09:00",
            15,
            "2 working days; 2 days of weekend left out;"
            " the holidays of 2027 are not known yet, so Monday to Friday count",
        ),
    ],
)
def test_a_deadline_explains_itself(start, hours, sentence):
    with translation.override("en"):
        assert up(start, hours).explained == sentence


def test_the_parts_name_every_day_between():
    with translation.override("en"):
        parts = [
            (f"{part.on:%m-%d}", part.minutes, part.left_out, part.reason)
            for part in up("2025-04-25 18:30", 8).parts
        ]
    assert parts == [
        ("04-25", 0, False, "after office hours"),
        ("04-26", 0, True, "weekend"),
        ("04-27", 450, False, "make-up working day for Labour Day"),
        ("04-28", 30, False, ""),
    ]


def test_only_a_deadline_that_touches_an_unknown_year_is_guessed():
    assert up("2026-12-31 09:00", 2).guessed is False
    assert up("2026-12-31 09:00", 15).guessed is True
