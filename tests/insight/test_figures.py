"""The five figures, one fact each."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories import OrganizationFactory, PersonFactory, area
from tests.insight.factories import entry, member_enrolment, reversal, unit_enrolment
from youwo.areas.models import Area
from youwo.insight import actions, queries

pytestmark = pytest.mark.django_db
TO = date(2025, 4, 30)
LATER = datetime(2025, 5, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def value(name, code="1408", as_of=TO, **kwargs):
    return queries.figure(name, code, as_of, **kwargs).value


def test_a_deed_counts_in_every_place_above_it(jinshui):
    entry(jinshui)
    codes = ["1408", "140802", "140802005", "140802005022"]
    assert [value("deeds", code) for code in codes] == [1, 1, 1, 1]


def test_a_deed_in_a_compound_counts_in_the_compound_and_its_community(jinshui):
    entry(area("140802005022-001", "金税家属院"))
    assert [value("deeds", code) for code in ["140802005022-001", "140802005022"]] == [1, 1]


def test_a_deed_of_the_town_does_not_count_in_its_communities(jinshui):
    entry(jinshui.parent)
    assert value("deeds", jinshui.code) == 0


def test_a_deed_elsewhere_does_not_count(jinshui, elsewhere):
    entry(elsewhere)
    assert value("deeds", "140802") == 0


def test_a_deed_counts_on_the_cut_off_day_itself(jinshui):
    entry(jinshui, occurred_on=TO)
    assert value("deeds") == 1


def test_a_deed_after_the_cut_off_does_not_count(jinshui):
    entry(jinshui, occurred_on=TO + timedelta(days=1))
    assert value("deeds") == 0


def test_a_deed_of_last_year_does_not_count(jinshui):
    entry(jinshui, occurred_on=date(2024, 12, 31))
    assert value("deeds") == 0


def test_a_deed_of_last_year_counts_when_asked_since_then(jinshui):
    entry(jinshui, occurred_on=date(2024, 12, 31))
    assert value("deeds", since=date(2024, 12, 31)) == 1


def test_a_deed_of_last_year_is_in_the_own_past(jinshui):
    entry(jinshui, occurred_on=date(2024, 4, 30))
    assert queries.figure("deeds", "1408", TO).past == 1


def test_an_activity_is_no_deed(jinshui):
    entry(jinshui, kind="activity")
    assert (value("deeds"), value("activities")) == (0, 1)


def test_person_times_add_up_over_deeds_and_activities(jinshui):
    entry(jinshui, served=2)
    entry(jinshui, kind="activity", served=40)
    assert value("person_times") == 42


def test_a_reversed_deed_counts_no_more(jinshui):
    reversal(entry(jinshui, served=5))
    assert (value("deeds"), value("person_times")) == (0, 0)


def test_a_reversed_deed_still_counts_as_known_before(jinshui, at):
    reversal(entry(jinshui), at=LATER)
    assert value("deeds", known_at=LATER - timedelta(seconds=1)) == 1


def test_a_deed_recorded_later_is_not_known_before(jinshui):
    entry(jinshui, recorded_at=LATER)
    assert value("deeds", known_at=LATER - timedelta(seconds=1)) == 0


def test_a_unit_enrolled_twice_counts_once_where_both_lie(jinshui):
    unit = OrganizationFactory()
    unit_enrolment(jinshui, unit)
    unit_enrolment(area("140802005023"), unit)
    codes = ["140802005022", "140802005023", "140802005"]
    assert [value("enrolled_units", code) for code in codes] == [1, 1, 1]


def test_a_unit_is_not_enrolled_on_the_day_its_enrolment_ends(jinshui):
    unit_enrolment(jinshui, ends_on=TO, ended_at=LATER)
    assert value("enrolled_units") == 0


def test_an_end_recorded_later_is_not_known_before(jinshui):
    unit_enrolment(jinshui, ends_on=TO, ended_at=LATER)
    assert value("enrolled_units", known_at=LATER - timedelta(seconds=1)) == 1


def test_a_voided_enrolment_does_not_count(jinshui):
    unit_enrolment(jinshui, voided_at=LATER)
    assert value("enrolled_units") == 0


def test_a_voided_enrolment_counts_as_known_before(jinshui):
    unit_enrolment(jinshui, voided_at=LATER)
    assert value("enrolled_units", known_at=LATER - timedelta(seconds=1)) == 1


def test_a_member_enrolled_twice_is_one_person(jinshui, elsewhere):
    person = PersonFactory()
    member_enrolment(jinshui, person)
    member_enrolment(elsewhere, person)
    assert value("enrolled_members") == 1


def test_a_member_counts_in_the_compound_where_they_live(jinshui):
    compound = area("140802005022-001", "金税家属院")
    member_enrolment(jinshui, compound=compound)
    assert value("enrolled_members", compound.code) == 1


def test_members_of_last_year_are_the_own_past(jinshui):
    member_enrolment(jinshui, starts_on=date(2024, 1, 1))
    member_enrolment(jinshui, starts_on=date(2025, 1, 1))
    figure = queries.figure("enrolled_members", "1408", TO)
    assert (figure.value, figure.past) == (2, 1)


def test_deeds_of_an_ended_community_count_under_its_successor(jinshui, elsewhere):
    entry(jinshui)
    Area.objects.filter(pk=jinshui.pk).update(valid_to=TO, successor=elsewhere)
    assert (value("deeds", "140802"), value("deeds", "140881")) == (0, 1)


def test_children_stand_in_code_order_whatever_their_figures(jinshui, elsewhere):
    entry(elsewhere)
    rows = queries.by_child("1408", TO)
    assert [(row.area.code, row.values["deeds"]) for row in rows] == [("140802", 0), ("140881", 1)]


def test_what_lies_in_no_child_stands_in_its_own_row(jinshui):
    entry(jinshui)
    entry(area("1408"))
    rows = queries.by_child("1408", TO)
    assert [(row.area and row.area.code, row.values["deeds"]) for row in rows] == [
        ("140802", 1),
        (None, 1),
    ]


def test_communities_of_a_statistical_town_stand_under_the_county(jinshui):
    Area.objects.filter(pk="140802005").update(statistical=True)
    entry(jinshui)
    member_enrolment(jinshui)
    (row,) = queries.by_child("140802", TO)
    assert (row.area.code, row.values["deeds"], row.values["enrolled_members"]) == (
        "140802005022",
        1,
        1,
    )


def test_months_without_deeds_are_listed_too(jinshui):
    entry(jinshui, occurred_on=date(2025, 3, 5))
    months = queries.by_month("1408", TO)
    assert [(m.label, m.values["deeds"]) for m in months] == [
        ("2025-01", 0),
        ("2025-02", 0),
        ("2025-03", 1),
        ("2025-04", 0),
    ]


def test_months_stand_beside_the_same_month_of_the_year_before(jinshui):
    entry(jinshui, occurred_on=date(2024, 3, 5))
    assert queries.by_month("1408", TO)[2].past["deeds"] == 1


def test_long_periods_are_shown_by_year(jinshui):
    entry(jinshui, occurred_on=date(2021, 3, 5))
    months = queries.by_month("1408", TO, since=date(2021, 1, 1))
    assert [(m.label, m.values["deeds"]) for m in months] == [
        ("2021", 1),
        ("2022", 0),
        ("2023", 0),
        ("2024", 0),
        ("2025", 0),
    ]


def test_fields_in_which_nothing_was_done_are_left_out(jinshui):
    entry(jinshui, field="lectures")
    assert [(f.field, f.values["deeds"]) for f in queries.by_field("1408", TO)] == [("lectures", 1)]


def test_29_february_is_compared_with_28_february(jinshui):
    entry(jinshui, occurred_on=date(2023, 2, 28))
    assert queries.figure("deeds", "1408", date(2024, 2, 29)).past == 1


def test_all_five_figures_take_four_statements(jinshui, django_assert_num_queries):
    entry(jinshui)
    with django_assert_num_queries(4):
        queries.figures("1408", TO)


@pytest.mark.parametrize("count", [1, 3])
def test_children_take_six_statements(jinshui, count, django_assert_num_queries):
    for n in range(count):
        entry(area(f"14080200{n + 1}001"))
    with django_assert_num_queries(6):
        queries.by_child("140802", TO)


def test_rolling_up_twice_adds_nothing_twice(jinshui):
    entry(jinshui)
    actions.rebuild(at=LATER)
    actions.roll_up(at=LATER)
    actions.roll_up(at=LATER)
    assert value("deeds") == 1
