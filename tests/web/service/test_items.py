"""The pages of service items: lists, steps, deliveries, acceptance, and what led to what."""

from __future__ import annotations

import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests import factories
from tests.needs.problem_factories import accepted, reported
from tests.organizations.factories import MembershipFactory
from tests.service import factories as made
from tests.web.needs.people import following, signed_in, words
from tests.web.service.test_meetings import item_form
from youwo.ledger.models import Entry
from youwo.needs.actions import problems
from youwo.needs.models import ProblemStatus
from youwo.service import actions
from youwo.service.models import Delivery, ItemStatus, ServiceItem

pytestmark = pytest.mark.django_db


def rows(response):
    book = CalamineWorkbook.from_object(io.BytesIO(b"".join(response.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


def done_form(unit=None, **changes):
    return {
        "organization": unit.pk if unit else "",
        "what": "装好围栏 60 米",
        "occurred_on": "2025-06-03",
        "minutes": "90",
        "people": "4",
        "source": "",
        "nonce": uuid.uuid4(),
        "things-TOTAL_FORMS": "1",
        "things-INITIAL_FORMS": "0",
        "things-0-thing": "围栏",
        "things-0-quantity": "60",
        "things-0-unit": "",
        **changes,
    }


def titles(nodes):
    return [node.title for node in nodes]


@pytest.fixture
def item(worker, jinshui, tax_office, at):
    return made.agreed(worker, jinshui, at, organization=tax_office)


@pytest.fixture
def carried(worker, jinshui, tax_office, at):
    """An item that carries a problem."""
    problem = accepted(worker, jinshui, at)
    return made.agreed(worker, jinshui, at, organization=tax_office, problem=problem)


# --- lists ------------------------------------------------------------------------------------
def test_the_list_is_searched_and_filtered(at_work, at_the_unit, item, worker, jinshui, at):
    other = made.agreed(worker, jinshui, at, title="讲医保政策")

    def found(browser, query):
        return set(browser.get(f"/service/?{query}").context["page"].rows)

    assert found(at_work, "q=医保") == {other}
    assert found(at_work, "status=agreed&area=140802") == {item, other}
    assert found(at_work, "status=closed") == set()
    assert found(at_the_unit, "own=1") == {item}


def test_a_unit_sees_what_it_owns_or_helps_with(at_the_unit, item, worker, jinshui, tax_office, at):
    helped = made.agreed(worker, jinshui, at, helpers=[tax_office])
    alien = made.agreed(worker, jinshui, at)

    assert set(at_the_unit.get("/service/").context["page"].rows) == {item, helped}
    assert at_the_unit.get(f"/service/{alien.reference}/").status_code == 404


def test_items_elsewhere_do_not_exist(elsewhere_at_work, item):
    for page in ("", "deliver/", "close/", "hand_on/"):
        assert elsewhere_at_work.get(f"/service/{item.reference}/{page}").status_code == 404


def test_the_list_is_exported(at_work, item):
    assert rows(at_work.get("/service/export/"))[1][3:5] == [made.TITLE, "市税务局"]


def test_problem_list_and_service_list_stand_side_by_side(at_work, carried, worker, jinshui, at):
    accepted(worker, jinshui, at, title="门坏了")
    beside = made.agreed(worker, jinshui, at, title="讲政策")

    page = at_work.get("/service/list/").context

    assert [[one.title for one in row.on_the_list] for row in page["page"].rows] == [
        [],
        [made.TITLE],
    ]
    assert page["beside"] == [beside]


def test_the_two_columns_are_exported(at_work, carried, worker, jinshui, at):
    accepted(worker, jinshui, at, title="门坏了")

    table = rows(at_work.get("/service/list/export/?area=140802005022"))

    assert [(row[1], row[5]) for row in table[1:]] == [
        ("门坏了", ""),
        ("3号楼门口路灯不亮", made.TITLE),
    ]


# --- agreeing ---------------------------------------------------------------------------------
def test_an_item_is_agreed_for_a_problem(at_work, worker, jinshui, tax_office, at):
    problem = accepted(worker, jinshui, at)
    page = f"/service/new/?problem={problem.reference}"

    assert at_work.get(page).context["form"].initial["title"] == str(problem)
    at_work.post(page, item_form(organization=tax_office.pk))

    assert ServiceItem.objects.get().problem == problem
    # It is in hand now: nobody makes a second one.
    assert at_work.get(page).status_code == 422


def test_an_item_without_a_problem_is_agreed_once(at_work, jinshui):
    given = item_form(nonce=uuid.uuid4())

    for _ in range(2):
        at_work.post("/service/new/", given)

    assert ServiceItem.objects.count() == 1


def test_what_is_wrong_with_an_item_stands_at_the_field(at_work, jinshui):
    late = at_work.post("/service/new/", item_form(due_on="2025-06-01"))
    assert (late.status_code, list(late.context["form"].errors)) == (422, ["due_on"])
    nameless = at_work.post("/service/new/", item_form(title=""))
    assert list(nameless.context["form"].errors) == ["title"]
    assert at_work.get("/service/new/?problem=P22222222").status_code == 404


def test_a_county_chooses_the_community_first(coordinator, jinshui):
    assert signed_in(coordinator).get("/service/new/").context["communities"] == [jinshui]


def test_where_there_are_many_a_community_is_found_by_its_name(coordinator, jinshui, monkeypatch):
    monkeypatch.setattr("youwo.web.service.shared._LISTED", 1)
    factories.community("140802005023", "银税社区")
    county = signed_in(coordinator)

    assert county.get("/service/new/").context["communities"] == []
    assert county.get("/service/new/?q=金税").context["communities"] == [jinshui]
    assert "没找到这个名字的社区" in words(county.get("/service/new/?q=无名"))


# --- steps ------------------------------------------------------------------------------------
def test_the_unit_begins(at_the_unit, item):
    at_the_unit.post(f"/service/{item.reference}/start/")

    item.refresh_from_db()
    assert item.status == ItemStatus.STARTED
    assert at_the_unit.get(f"/service/{item.reference}/start/").status_code == 302


def test_an_item_is_handed_on_with_a_reason(at_work, item, jinshui):
    property_company = made.enrolled(made.unit("安和物业"), jinshui)
    page = f"/service/{item.reference}/hand_on/"

    silent = at_work.post(page, {"organization": property_company.pk})
    assert list(silent.context["form"].errors) == ["reason"]
    at_work.post(page, {"organization": property_company.pk, "reason": "物业更合适"})

    item.refresh_from_db()
    assert item.organization == property_company


def test_what_nobody_has_is_given_without_a_reason(at_work, worker, jinshui, tax_office, at):
    item = made.agreed(worker, jinshui, at)

    at_work.post(f"/service/{item.reference}/hand_on/", {"organization": tax_office.pk})

    item.refresh_from_db()
    assert item.organization == tax_office


def test_one_more_unit_helps_once(at_the_unit, item, jinshui):
    helper = made.enrolled(made.unit("安和物业"), jinshui)
    page = f"/service/{item.reference}/add_helper/"

    at_the_unit.post(page, {"organization": helper.pk})
    assert item.helpers.get().organization == helper
    assert at_the_unit.post(page, {"organization": helper.pk}).status_code == 422


def test_dropping_opens_the_problem_again(at_work, carried):
    page = f"/service/{carried.reference}/drop/"

    assert at_work.post(page, {"reason": ""}).status_code == 422
    at_work.post(page, {"reason": "街道已统一安排"})

    carried.refresh_from_db()
    assert carried.problem.status == ProblemStatus.OPEN


def test_a_unit_cannot_do_what_is_the_communitys(at_the_unit, item):
    assert at_the_unit.post(f"/service/{item.reference}/drop/", {"reason": "不想办"}).url == (
        f"/service/{item.reference}/"
    )
    item.refresh_from_db()
    assert item.status == ItemStatus.AGREED
    assert at_the_unit.get(f"/service/{item.reference}/dance/").status_code == 404


# --- done -------------------------------------------------------------------------------------
def test_the_unit_says_what_was_done_with_members_and_goods(
    at_the_unit, acting, carried, tax_office
):
    member = MembershipFactory(organization=tax_office).person
    page = f"/service/{carried.reference}/deliver/"
    assert (acting.pk, "周立") in at_the_unit.get(page).context["form"].fields["hands"].choices

    at_the_unit.post(page, done_form(tax_office, hands=[acting.pk, member.pk]))

    delivery = Delivery.objects.get()
    assert sorted(delivery.hands.values_list("person", "minutes")) == sorted(
        [(acting.pk, 90), (member.pk, 90)]
    )
    assert [(one.item, one.unit) for one in delivery.goods.all()] == [("围栏", "件")]
    carried.refresh_from_db()
    assert carried.problem.status == ProblemStatus.DONE


@pytest.fixture
def joined(item, tax_office, at):
    """A member of the owner who put their name down, and a stranger who did so, too."""
    member = MembershipFactory(organization=tax_office, person__name="安小平").person
    MembershipFactory(organization=tax_office, person__name="白云")
    for person in (member, factories.PersonFactory(name="路人")):
        actions.join(item, by=person, at=at)
    return member


def test_members_who_joined_are_ticked_already(at_the_unit, acting, item, joined):
    form = at_the_unit.get(f"/service/{item.reference}/deliver/").context["form"]

    assert form["hands"].value() == [joined.pk]
    assert form["people"].value() == 1
    assert [name for _key, name in form.fields["hands"].choices] == ["安小平", "周立", "白云"]
    assert [bound.label for bound in form.parts] == ["安小平"]
    assert not form.has_parts


def test_who_took_their_name_back_is_not_ticked(at_the_unit, item, joined, at):
    actions.leave(item, by=joined, at=at)
    form = at_the_unit.get(f"/service/{item.reference}/deliver/").context["form"]
    assert (form["hands"].value(), form["people"].value(), form.parts) == ([], None, [])


def test_a_helper_does_not_read_who_joined(worker, jinshui, item, joined, at):
    helper = made.enrolled(made.unit("水务局"), jinshui)
    MembershipFactory(organization=helper, person=joined)
    actions.add_helper(item, organization=helper, by=worker, at=at)
    page = f"/service/{item.reference}/deliver/"
    form = signed_in(factories.mandated(helper)).get(page).context["form"]
    assert form["hands"].value() == []


@pytest.mark.parametrize(("typed", "minutes"), [("", 90), ("40", 40)])
def test_who_joined_gets_the_minutes_of_the_whole_or_their_own(
    at_the_unit, item, joined, tax_office, typed, minutes
):
    sent = done_form(tax_office, hands=[joined.pk], **{f"minutes_{joined.pk}": typed})
    at_the_unit.post(f"/service/{item.reference}/deliver/", sent)
    assert list(Delivery.objects.get().hands.values_list("person", "minutes")) == [
        (joined.pk, minutes)
    ]


@pytest.mark.parametrize("whole", ["90", ""])
def test_nobody_was_there_for_longer_than_the_whole(at_the_unit, item, joined, tax_office, whole):
    part = f"minutes_{joined.pk}"
    sent = done_form(tax_office, hands=[joined.pk], minutes=whole, **{part: "91"})
    response = at_the_unit.post(f"/service/{item.reference}/deliver/", sent)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ([part] if whole else ["minutes"])
    assert response.context["form"].has_parts


def test_the_community_names_of_a_units_members_who_joined(at_work, item, joined, tax_office):
    page = f"/service/{item.reference}/deliver/"
    fields = at_work.get(page).context["form"].fields
    assert fields["hands"].choices == [(joined.pk, "安小平")]

    at_work.post(page, done_form(tax_office, hands=[joined.pk], source="周立来电"))

    assert [hand.person for hand in Delivery.objects.get().hands.all()] == [joined]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"occurred_on": "2025-06-04"}, "occurred_on"),
        ({"occurred_on": "2025-06-01"}, "occurred_on"),
        ({"minutes": "0"}, "minutes"),
        ({"people": "x"}, "people"),
        ({"hands": ["999999"]}, "hands"),
    ],
)
def test_what_is_wrong_with_a_delivery_stands_at_the_field(
    at_the_unit, item, tax_office, changes, field
):
    response = at_the_unit.post(
        f"/service/{item.reference}/deliver/", done_form(tax_office, **changes)
    )

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_the_community_names_who_told_it(at_work, item, tax_office):
    page = f"/service/{item.reference}/deliver/"

    silent = at_work.post(page, done_form(tax_office))
    assert list(silent.context["form"].errors) == ["source"]
    at_work.post(page, done_form(tax_office, source="周立，电话"))

    assert Delivery.objects.get().source == "周立，电话"


def test_the_same_form_sent_twice_is_one_delivery(at_the_unit, item, tax_office):
    given = done_form(tax_office)

    for _ in range(2):
        at_the_unit.post(f"/service/{item.reference}/deliver/", given)

    assert Delivery.objects.count() == 1


def test_the_community_does_what_nobody_has_itself(at_work, worker, jinshui, at):
    item = made.agreed(worker, jinshui, at)

    at_work.post(f"/service/{item.reference}/deliver/", done_form())

    assert Delivery.objects.get().organization is None


def test_a_reader_writes_nothing(item, jinshui):
    auditor = signed_in(factories.granted("auditor", jinshui))

    assert auditor.get(f"/service/{item.reference}/").status_code == 200
    assert auditor.get(f"/service/{item.reference}/deliver/").status_code == 403


# --- accepted ---------------------------------------------------------------------------------
@pytest.fixture
def delivered(carried, acting, tax_office, at):
    made.deliver(carried, acting, tax_office, at, hands=[(acting, 80)])
    carried.refresh_from_db()
    return carried


def close_form(**changes):
    return {"served": "96", "counted_how": "counted", **changes}


def test_residents_are_heard_before_it_is_accepted(at_work, delivered, at):
    page = f"/service/{delivered.reference}/close/"
    silent = at_work.post(page, close_form(asked=""))
    assert (silent.status_code, list(silent.context["form"].errors)) == (422, ["asked"])

    report = delivered.problem.reports.get()
    problems.judge(report, satisfied=True, words="亮了", by=None, at=at)
    assert at_work.get(page).context["agreed"]
    at_work.post(page, close_form())

    entry = Entry.objects.get()
    assert (entry.kind, entry.served, entry.programme) == ("deed", 96, 1)
    delivered.refresh_from_db()
    assert (delivered.status, delivered.problem.status) == ("closed", "closed")


def test_an_item_without_a_problem_names_who_accepted_it(colleague, item, acting, tax_office, at):
    made.deliver(item, acting, tax_office, at)
    page = f"/service/{item.reference}/close/"

    assert list(colleague.post(page, close_form()).context["form"].errors) == ["accepted_by"]
    colleague.post(page, close_form(accepted_by="张敬之"))

    assert Entry.objects.count() == 1
    assert colleague.get(page).status_code == 302


def test_the_problems_own_page_leaves_the_end_to_the_item(at_work, delivered):
    page = f"/work/problems/{delivered.problem.reference}/"

    shown = at_work.get(page).context
    assert (shown["carrier"], "close" in shown["may"]) == (delivered, False)
    refused = at_work.post(f"{page}close/", {"asked": "问过了"})
    assert refused.status_code == 422
    delivered.refresh_from_db()
    assert delivered.problem.status == ProblemStatus.DONE


def test_a_solved_problem_is_opened_again_at_the_item_that_solved_it(
    at_work, delivered, worker, at
):
    actions.close(delivered, asked="问过张师傅", by=worker, at=at)
    page = f"/work/problems/{delivered.problem.reference}/"

    shown = at_work.get(page)
    assert (shown.context["carrier"], "reopen" in shown.context["may"]) == (delivered, False)
    assert f'href="/service/{delivered.reference}/reopen/"' in shown.content.decode()
    refused = at_work.post(f"{page}reopen/", {"reopen-reason": "又坏了"})
    assert refused.status_code == 422
    assert Entry.objects.count() == 1


def test_what_is_not_done_yet_goes_on(at_work, delivered):
    at_work.post(f"/service/{delivered.reference}/contest/", {"reason": "门还没装"})

    delivered.refresh_from_db()
    assert (delivered.status, delivered.problem.status) == ("started", "in_hand")


def test_a_deed_is_taken_back_with_a_reason(at_work, delivered, worker, at):
    actions.close(delivered, asked="问过张师傅", by=worker, at=at)

    at_work.post(f"/service/{delivered.reference}/reopen/", {"reason": "又倒了"})

    delivered.refresh_from_db()
    assert (delivered.status, delivered.problem.status) == ("started", "in_hand")
    assert [entry.sign for entry in Entry.objects.order_by("pk")] == [1, -1]


# --- what led to what -------------------------------------------------------------------------
def test_an_item_shows_all_that_led_to_it(at_work, delivered, worker, at):
    actions.close(delivered, asked="问过张师傅", by=worker, at=at)

    nodes = at_work.get(f"/service/{delivered.reference}/").context["lineage"]

    assert [node.kind for node in nodes] == [
        "voices",
        "problem",
        "item",
        "delivery",
        "goods",
        "deed",
        "solved",
    ]
    assert nodes[1].href == f"/work/problems/{delivered.problem.reference}/"
    assert str(Entry.objects.get().pk) in nodes[5].href


def test_what_was_dropped_or_taken_back_is_shown_as_such(at_work, worker, delivered, at):
    actions.contest(delivered, reason="没装完", by=worker, at=at)
    nodes = at_work.get(f"/service/{delivered.reference}/").context["lineage"]
    assert [node.state for node in nodes if node.kind == "delivery"] == ["ended"]

    actions.drop(delivered, reason="另有安排", by=worker, at=at)
    nodes = at_work.get(f"/service/{delivered.reference}/").context["lineage"]
    assert "dropped" in [node.kind for node in nodes]


def test_the_problems_page_leads_to_its_item(at_work, delivered):
    linked = at_work.get(f"/work/problems/{delivered.problem.reference}/").context["linked"]

    assert [row.href for row in linked] == [f"/service/{delivered.reference}/"]


def test_everybody_reads_what_was_done_without_links_or_names(client, delivered):
    linked = client.get(f"/problems/{delivered.problem.reference}/").context["linked"]

    assert [(row.title, row.href) for row in linked] == [
        (made.TITLE, ""),
        ("装好围栏 60 米，门口留出消防通道", ""),
    ]


def test_who_judges_reads_what_was_done_when_and_by_which_unit(delivered, acting):
    report = delivered.problem.reports.get()
    shown = following(report).get(f"/follow/{report.reference}/")

    assert [(row.title, row.text) for row in shown.context["done"]] == [
        ("装好围栏 60 米，门口留出消防通道", "6 月 3 日 · 市税务局 · 围栏 60 米")
    ]
    assert [row.done for row in shown.context["linked"]] == [False]
    assert acting.name not in words(shown)


def test_what_was_taken_back_is_not_judged(delivered, at):
    report = delivered.problem.reports.get()
    actions.contest(delivered, reason="还差一段", by=None, at=at)

    assert following(report).get(f"/follow/{report.reference}/").context["done"] == []


def test_accepting_costs_the_same_for_one_voice_and_many(
    colleague, carried, acting, tax_office, jinshui, at
):
    costs = []
    for voices in (1, 1, 4):
        problem = accepted(carried.agreed_by, jinshui, at)
        for _ in range(voices - 1):
            reported(jinshui, at, problem=problem)
        given = {"organization": tax_office, "problem": problem}
        item = made.agreed(carried.agreed_by, jinshui, at, **given)
        made.deliver(item, acting, tax_office, at)
        page = f"/service/{item.reference}/close/"
        with CaptureQueriesContext(connection) as captured:
            response = colleague.post(page, close_form(asked="都问过"))
        assert response.status_code == 302
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in captured))

    assert costs[1] == costs[2] <= 12
