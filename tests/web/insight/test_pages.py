"""The pages of the figures, and who sees what."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.urls import reverse

from tests.factories import OrganizationFactory, PersonFactory, area, granted, mandated
from tests.insight.factories import entry, member_enrolment, reversal, unit_enrolment
from tests.needs.factories import confirmed
from tests.service.factories import delivered
from youwo.ledger.models import Entry
from youwo.service import actions as service

pytestmark = pytest.mark.django_db
ASKED = "?as_of=2025-04-30"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def place(client, code="1408", query=ASKED):
    return client.get(reverse("insight:place", args=[code]) + query)


def figure(client, code, name, query=ASKED):
    return client.get(reverse("insight:figure", args=[code, name]) + query)


def words(response):
    return {card.definition.name: card.now.words for card in response.context["cards"]}


def test_everybody_sees_the_five_figures_of_a_place(client, jinshui):
    for _ in range(4):
        entry(jinshui, served=1000)
    unit_enrolment(jinshui)
    assert words(place(client, "140802")) == {
        "enrolled_units": "1",
        "enrolled_members": "0",
        "activities": "0",
        "deeds": "4",
        "person_times": "4,000",
    }


def test_a_small_number_cannot_be_had_by_taking_its_neighbours_from_the_sum(client, jinshui):
    town = jinshui.parent.code
    more, most = area(f"{town}001"), area(f"{town}002")
    for place_, times in ((jinshui, 2), (more, 5), (most, 9)):
        for _ in range(times):
            entry(place_)
    rows = place(client, town).context["rows"]
    shown = {row.area.code: row.cell("deeds").words for row in rows if row.area}
    assert shown == {more.code: "not told", most.code: "9", jinshui.code: "fewer than 3"}


def test_without_a_place_the_citys_figures_are_shown(client, jinshui):
    entry(jinshui)
    response = client.get(reverse("insight:figures") + ASKED)
    assert response.context["area"].code == "1408"


def test_a_place_nobody_knows_has_no_page(client, jinshui):
    assert place(client, "999999").status_code == 404


def test_a_figure_nobody_defined_has_no_page(client, jinshui):
    assert figure(client, "1408", "points").status_code == 404


def test_small_numbers_of_a_community_are_not_told_to_the_public(client, jinshui):
    entry(jinshui, served=2)
    assert words(place(client, jinshui.code))["deeds"] == "fewer than 3"


def test_small_numbers_of_a_community_are_not_told_in_months_and_fields(client, jinshui):
    entry(jinshui, served=2)
    context = place(client, jinshui.code).context
    assert [row.cells[0].value for row in context["months"]] == [0, 0, None, 0]
    assert [row.cells[0].value for row in context["fields"]] == [None]
    assert context["chart"] is None


def test_a_small_month_is_not_given_away_by_the_others(client, jinshui):
    for month, deeds in ((1, 1), (2, 4), (3, 5)):
        for _ in range(deeds):
            entry(jinshui, occurred_on=date(2025, month, 5))
    months = place(client, jinshui.code).context["months"]
    assert [row.cells[0].value for row in months] == [None, None, 5, 0]


def test_small_numbers_of_a_community_are_not_told_in_its_towns_table(client, jinshui):
    entry(jinshui)
    (row,) = place(client, "140802005").context["rows"]
    assert row.cell("deeds").value is None


def test_small_numbers_are_told_to_those_whose_work_covers_the_place(client, jinshui, worker):
    entry(jinshui, served=2)
    client.force_login(worker)
    assert words(place(client, jinshui.code))["deeds"] == "1"


def test_small_numbers_are_not_told_to_staff_from_elsewhere(client, jinshui, stranger):
    entry(jinshui, served=2)
    client.force_login(stranger)
    assert words(place(client, jinshui.code))["deeds"] == "fewer than 3"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?as_of=2025-02-30", "as_of"),
        ("?as_of=2999-01-01", "as_of"),
        ("?as_of=0001-01-01", "as_of"),
        ("?as_of=<b>", "as_of"),
        ("?as_of=2025-04-30&since=2025-05-01", "since"),
        ("?since=1066-05-01", "since"),
        ("?known_at=2999-01-01T10:00", "known_at"),
        ("?known_at=0001-01-01T00:00", "known_at"),
        ("?known_at=yesterday", "known_at"),
    ],
)
def test_impossible_days_are_answered_at_the_form(client, jinshui, query, field):
    response = place(client, "1408", query)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_impossible_days_are_answered_on_a_figures_page_too(client, jinshui):
    assert figure(client, "1408", "deeds", "?as_of=2025-02-30").status_code == 422


def test_what_was_recorded_later_is_left_out(client, jinshui):
    for _ in range(4):
        entry(jinshui)
    asked = ASKED + "&known_at=2025-01-02T08:00"
    assert words(place(client, "1408", asked))["deeds"] == "0"


def test_days_are_kept_on_the_way_down(client, jinshui):
    entry(jinshui)
    link = reverse("insight:place", args=["140802"]) + ASKED
    assert f'href="{link}"' in place(client).content.decode()


def test_the_facts_are_listed_to_those_whose_work_covers_the_place(client, jinshui, coordinator):
    fact = entry(jinshui)
    client.force_login(coordinator)
    assert figure(client, "140802", "deeds").context["page"].rows == [fact]


def test_the_facts_are_not_listed_to_the_public(client, jinshui):
    fact = entry(jinshui, title="只有自己人看")
    response = figure(client, "140802", "deeds")
    assert "page" not in response.context
    assert fact.title not in response.content.decode()


def test_the_facts_are_not_listed_to_staff_from_elsewhere(client, jinshui, stranger):
    entry(jinshui)
    client.force_login(stranger)
    assert "page" not in figure(client, "140802", "deeds").context


def test_the_facts_are_not_listed_before_a_second_factor(client, jinshui, worker, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    entry(jinshui)
    client.force_login(worker)
    assert "page" not in figure(client, jinshui.code, "deeds").context


def test_members_are_listed_with_masked_names(client, jinshui, worker):
    member_enrolment(jinshui, PersonFactory(name="欧阳修远"))
    client.force_login(worker)
    content = figure(client, jinshui.code, "enrolled_members").content.decode()
    assert ("欧阳*" in content, "欧阳修远" in content) == (True, False)


def test_a_unit_enrolled_twice_is_listed_once(client, jinshui, coordinator):
    unit = OrganizationFactory()
    first = unit_enrolment(jinshui, unit)
    unit_enrolment(area("140802005023"), unit)
    client.force_login(coordinator)
    assert figure(client, "140802", "enrolled_units").context["page"].rows == [first]


def test_long_lists_go_on_on_the_next_page(client, jinshui, coordinator):
    facts = [entry(jinshui, occurred_on=date(2025, 1, n + 1)) for n in range(25)]
    client.force_login(coordinator)
    first = figure(client, "140802", "deeds").context["page"]
    second = figure(client, "140802", "deeds", f"{ASKED}&cursor={first.after}").context["page"]
    assert [*first.rows, *second.rows] == facts[::-1]


def test_one_fact_is_opened_by_those_whose_work_covers_its_place(client, jinshui, worker):
    fact = entry(jinshui)
    client.force_login(worker)
    assert client.get(reverse("insight:fact", args=[fact.pk])).context["entry"] == fact


@pytest.mark.parametrize("who", ["stranger", "volunteer"])
def test_a_fact_does_not_exist_for_others(client, jinshui, who, request):
    fact = entry(jinshui)
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("insight:fact", args=[fact.pk])).status_code == 404


def test_a_fact_asks_the_public_to_sign_in(client, jinshui):
    response = client.get(reverse("insight:fact", args=[entry(jinshui).pk]))
    assert response.status_code == 302


def test_an_impossible_key_is_no_fact(client, jinshui, worker):
    client.force_login(worker)
    assert client.get(f"/figures/facts/{10**30}/").status_code == 404


def test_a_fact_taken_back_says_why(client, jinshui, worker):
    fact = entry(jinshui)
    reversal(fact)
    client.force_login(worker)
    content = client.get(reverse("insight:fact", args=[fact.pk])).content.decode()
    assert "记错了" in content


def test_the_journal_is_shown_to_auditors_alone(client, jinshui, worker):
    fact = entry(jinshui)
    client.force_login(worker)
    assert client.get(reverse("insight:fact", args=[fact.pk])).context["lines"] is None
    client.force_login(granted("auditor", jinshui))
    assert client.get(reverse("insight:fact", args=[fact.pk])).context["lines"] == []


def sheet(response):
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    about = dict(book.worksheets[1].iter_rows(values_only=True))
    book.close()
    response.close()
    return rows, about


def test_the_table_is_given_as_excel_with_its_definitions(client, jinshui):
    for _ in range(4):
        entry(jinshui)
    rows, about = sheet(client.get(reverse("insight:table", args=["1408"]) + ASKED))
    assert rows[1:] == [
        ["1408", "运城市", 0, 0, 0, 4, 4],
        ["140802", "盐湖区", 0, 0, 0, 4, 4],
    ]
    assert about["Until (included)"] == "2025-04-30"
    assert list(about)[-1] == "Person-times served (person_times v1)"


def test_the_excel_table_withholds_what_the_page_withholds(client, jinshui):
    entry(jinshui)
    rows, _about = sheet(client.get(reverse("insight:table", args=["140802005"]) + ASKED))
    assert rows[2][5] == "fewer than 3"


@pytest.mark.parametrize("name", ["deeds", "person_times", "enrolled_units", "enrolled_members"])
def test_all_facts_are_given_as_excel(client, jinshui, coordinator, name):
    for _ in range(3):
        entry(jinshui)
        unit_enrolment(jinshui)
        member_enrolment(jinshui)
    client.force_login(coordinator)
    rows, about = sheet(client.get(reverse("insight:facts", args=["140802", name]) + ASKED))
    assert (len(rows), about["As known at"] != "") == (4, True)


def test_facts_are_not_given_to_staff_from_elsewhere(client, jinshui, stranger):
    client.force_login(stranger)
    assert client.get(reverse("insight:facts", args=["140802", "deeds"])).status_code == 404


@pytest.mark.parametrize("name", ["table", "facts"])
def test_impossible_days_lead_from_the_file_to_the_form(client, jinshui, coordinator, name):
    client.force_login(coordinator)
    args = ["140802"] if name == "table" else ["140802", "deeds"]
    response = client.get(reverse(f"insight:{name}", args=args) + "?as_of=2025-02-30", follow=True)
    assert (response.status_code, response.context["area"].code) == (422, args[0])


def test_every_definition_is_on_the_page_of_definitions(client):
    content = client.get(reverse("insight:definitions")).content.decode()
    assert all(f'id="{name}"' in content for name in ("deeds", "enrolled_units"))


def test_the_map_is_drawn_for_the_city(client, jinshui):
    entry(jinshui)
    assert [c.shape.code for c in place(client).context["map"].counties] == ["140802"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_place_takes_seven_statements(client, jinshui, count, django_assert_num_queries):
    for n in range(count):
        entry(area(f"14080200{n + 1}001"))
    with django_assert_num_queries(7):
        place(client, "140802")


@pytest.mark.parametrize("count", [1, 3])
def test_a_figure_with_its_facts_takes_nine_statements(
    client, jinshui, coordinator, count, django_assert_num_queries
):
    for n in range(count):
        entry(area(f"14080200{n + 1}001"))
    client.force_login(coordinator)
    with django_assert_num_queries(9):
        figure(client, "140802", "deeds")


@pytest.mark.parametrize("count", [1, 3])
def test_members_behind_a_figure_take_nine_statements(
    client, jinshui, coordinator, count, django_assert_num_queries
):
    for n in range(count):
        member_enrolment(area(f"14080200{n + 1}001"))
    client.force_login(coordinator)
    with django_assert_num_queries(9):
        figure(client, "140802", "enrolled_members")


@pytest.mark.parametrize("count", [1, 3])
def test_the_excel_of_facts_takes_four_statements(
    client, jinshui, coordinator, count, django_assert_num_queries
):
    for _ in range(count):
        entry(jinshui)
    client.force_login(coordinator)
    with django_assert_num_queries(4):
        client.get(reverse("insight:facts", args=["140802", "deeds"]) + ASKED).close()


def test_a_deed_leads_to_its_wish(client, jinshui, worker, volunteer, at):
    wish = confirmed(worker, volunteer, jinshui, at)
    client.force_login(worker)
    fact = Entry.objects.get()
    source = client.get(reverse("insight:fact", args=[fact.pk])).context["source"]
    assert source == {"reference": wish.reference, "href": f"/work/wishes/{wish.reference}/"}


def test_a_deed_leads_to_its_service_item(client, jinshui, worker, at):
    owner = OrganizationFactory()
    item = delivered(worker, mandated(owner), owner, jinshui, at)
    fact = service.close(item, accepted_by="张敬之", by=worker, at=at + timedelta(hours=3))
    client.force_login(worker)
    source = client.get(reverse("insight:fact", args=[fact.pk])).context["source"]

    assert source == {"reference": item.reference, "href": f"/service/{item.reference}/"}


def test_an_auditor_reads_what_the_journal_says_about_the_wish(
    client, jinshui, worker, volunteer, at
):
    confirmed(worker, volunteer, jinshui, at)
    client.force_login(granted("auditor", jinshui))
    lines = client.get(reverse("insight:fact", args=[Entry.objects.get().pk])).context["lines"]
    assert [line.verb for line in lines] == ["receive", "publish", "claim", "deliver", "confirm"]


def test_a_fact_takes_six_statements(
    client, jinshui, worker, volunteer, at, django_assert_num_queries
):
    confirmed(worker, volunteer, jinshui, at)
    fact = Entry.objects.get()
    client.force_login(worker)
    with django_assert_num_queries(6):
        client.get(reverse("insight:fact", args=[fact.pk]))
