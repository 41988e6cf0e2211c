"""The pages of a meeting: the list, the call, the answer, the day, the minutes."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import docx
import pytest
from python_calamine import CalamineWorkbook

from tests import factories
from tests.needs.problem_factories import accepted
from tests.service import factories as made
from tests.web.needs.people import signed_in
from youwo.core.references import spaced
from youwo.needs.models import ProblemStatus
from youwo.service.actions import meetings
from youwo.service.models import JointMeeting, MeetingSeries, ServiceItem

pytestmark = pytest.mark.django_db


def call_form(unit, **changes):
    return {
        "reason": "商量围栏的事",
        "on": "2025-06-06",
        "begins": "15:00",
        "place": "社区会议室",
        "organizations": [unit.pk],
        "nonce": uuid.uuid4(),
        **changes,
    }


def item_form(**changes):
    return {
        "title": "西门加装围栏",
        "organization": "",
        "due_on": "2025-06-20",
        "field": "safety",
        "things-TOTAL_FORMS": "1",
        "things-INITIAL_FORMS": "0",
        "things-0-thing": "围栏",
        "things-0-quantity": "60",
        "things-0-unit": "米",
        **changes,
    }


def rows(response):
    book = CalamineWorkbook.from_object(io.BytesIO(b"".join(response.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


# --- the list ---------------------------------------------------------------------------------
def test_the_list_is_searched_and_filtered(at_work, worker, jinshui, at):
    made.called(worker, jinshui, at, reason="围栏")
    made.ended(worker, jinshui, at, reason="停车")

    assert len(at_work.get("/meetings/?q=停车").context["page"].rows) == 1
    assert len(at_work.get("/meetings/?status=called").context["page"].rows) == 1
    assert len(at_work.get("/meetings/?area=140802&status=nonsense").context["page"].rows) == 2
    assert at_work.get("/meetings/?q=没有这个").context["page"].rows == []


def test_meetings_elsewhere_are_not_shown(elsewhere_at_work, worker, jinshui, at):
    meeting = made.called(worker, jinshui, at)

    assert elsewhere_at_work.get("/meetings/").context["page"].rows == []
    assert elsewhere_at_work.get(f"/meetings/{meeting.reference}/").status_code == 404


def test_a_unit_sees_the_meetings_it_is_invited_to(at_the_unit, tax_office, worker, jinshui, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])
    made.called(worker, jinshui, at)

    assert at_the_unit.get("/meetings/").context["page"].rows == [meeting]


def test_the_list_is_exported(at_work, worker, jinshui, at):
    meeting = made.called(worker, jinshui, at)

    table = rows(at_work.get("/meetings/export/"))

    assert table[1][:2] == [spaced(meeting.reference), "金税社区"]


# --- calling ----------------------------------------------------------------------------------
def test_a_worker_calls_a_meeting(at_work, tax_office, jinshui):
    response = at_work.post("/meetings/new/", call_form(tax_office))

    meeting = JointMeeting.objects.get()
    assert response.url == f"/meetings/{meeting.reference}/agenda/"
    assert [one.organization for one in meeting.invitations.all()] == [tax_office]


def test_the_form_begins_with_who_is_enrolled(at_work, tax_office):
    form = at_work.get("/meetings/new/").context["form"]

    assert form.initial["organizations"] == [tax_office.pk]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": "2025-06-02"}, "on"),
        ({"on": "nonsense"}, "on"),
        ({"reason": ""}, "reason"),
        ({"organizations": ["999999"]}, "organizations"),
    ],
)
def test_what_is_wrong_with_a_call_stands_at_the_field(at_work, tax_office, changes, field):
    response = at_work.post("/meetings/new/", call_form(tax_office, **changes))

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_whoever_works_in_many_places_chooses_first(coordinator, jinshui):
    county = signed_in(coordinator)

    assert county.get("/meetings/new/").context["communities"] == [jinshui]
    assert county.get(f"/meetings/new/?area={jinshui.pk}").context["community"] == jinshui
    assert "community" not in county.get("/meetings/new/?area=140881001001").context


def test_a_rhythm_is_set_changed_and_ended(at_work, jinshui):
    given = {"day_of_month": "22", "begins": "15:00", "place": "会议室"}
    assert at_work.post("/meetings/rhythm/", {**given, "day_of_month": "40"}).status_code == 422

    at_work.post("/meetings/rhythm/", given)
    assert JointMeeting.objects.get().starts_at.day == 23
    page = at_work.get("/meetings/rhythm/")
    assert page.context["next"].day == 23
    at_work.post("/meetings/rhythm/", {"end": "1"})
    assert MeetingSeries.objects.get().ends_on is not None


# --- before the day ---------------------------------------------------------------------------
@pytest.fixture
def meeting(worker, jinshui, tax_office, at):
    return made.called(worker, jinshui, at, organizations=[tax_office])


def test_problems_are_found_and_picked(at_work, meeting, worker, jinshui, at):
    lamp = accepted(worker, jinshui, at, title="路灯不亮")
    accepted(worker, jinshui, at, title="车辆乱停", said="东门停满了车，进不来")
    page = f"/meetings/{meeting.reference}/agenda/"

    assert at_work.get(f"{page}?q=乱停").context["problems"] != [lamp]
    assert len(at_work.get(page).context["problems"]) == 2
    at_work.post(page, {"problems": [lamp.pk, "x"]}, follow=True)

    assert [item.problem for item in meeting.agenda.all()] == [lamp]
    nothing = at_work.post(page, {}, follow=True)
    assert "还没有勾选，请先选要议的问题。" in nothing.content.decode()
    assert "已列入议题" not in nothing.content.decode()
    assert at_work.get(f"{page}?q=没有").context["problems"] == []


def test_the_agenda_is_put_in_order_and_changed(at_work, meeting):
    address = f"/meetings/{meeting.reference}"
    for title in ("甲事", "乙事"):
        at_work.post(f"{address}/matter/", {"title": title})
    first, second = meeting.agenda.order_by("number")

    at_work.post(f"{address}/up/", {"item": second.pk})
    at_work.post(f"{address}/down/", {"item": second.pk})
    at_work.post(f"{address}/remove/", {"item": first.pk})

    assert [item.title for item in meeting.agenda.all()] == ["乙事"]
    assert at_work.post(f"{address}/remove/", {"item": "x"}).status_code == 404
    assert at_work.post(f"{address}/matter/", {"title": ""}).status_code == 422


def test_guests_are_invited_noted_and_taken_back(at_work, meeting, jinshui):
    hospital = made.enrolled(made.unit("二院"), jinshui)
    address = f"/meetings/{meeting.reference}"

    assert at_work.post(f"{address}/guests/", {}).status_code == 422
    at_work.post(f"{address}/guests/", {"organizations": [hospital.pk]})
    at_work.post(f"{address}/guest/", {"name": "樊师傅，居民代表"})
    assert meeting.invitations.count() == 3
    assert at_work.get(f"{address}/guests/").context["others"] == []

    invitation = meeting.invitations.get(organization=hospital)
    at_work.post(f"{address}/uninvite/", {"invitation": invitation.pk})
    assert meeting.invitations.count() == 2


def test_a_meeting_is_moved_and_called_off(at_work, meeting, at):
    address = f"/meetings/{meeting.reference}"
    when = {"on": "2025-06-09", "begins": "09:00", "place": "凉亭"}

    past = at_work.post(f"{address}/change/", {**when, "on": "2025-06-01"})
    assert (past.status_code, list(past.context["form"].errors)) == (422, ["on"])
    at_work.post(f"{address}/change/", when)
    meeting.refresh_from_db()
    assert (meeting.place, meeting.starts_at > at + timedelta(days=5)) == ("凉亭", True)
    at_work.post(f"{address}/cancel/", {"reason": "大雨"})
    for page in ("agenda", "guests", "change", "run", "minutes"):
        assert at_work.get(f"{address}/{page}/").status_code == 302


def test_verbs_are_posts_that_exist(at_work, meeting):
    assert at_work.post(f"/meetings/{meeting.reference}/dance/").status_code == 404
    assert at_work.get(f"/meetings/{meeting.reference}/hold/").status_code == 302


def test_a_coordinator_elsewhere_and_an_auditor_press_nothing(meeting, jinshui):
    auditor = signed_in(factories.granted("auditor", jinshui))

    assert auditor.get(f"/meetings/{meeting.reference}/").status_code == 200
    assert auditor.post(f"/meetings/{meeting.reference}/hold/").status_code == 404


# --- answers ----------------------------------------------------------------------------------
def test_a_unit_answers(at_the_unit, meeting, tax_office):
    page = f"/meetings/{meeting.reference}/answer/"
    invitation = meeting.invitations.get()

    assert at_the_unit.post(page, {"invitation": invitation.pk}).status_code == 422
    nameless = at_the_unit.post(page, {"invitation": invitation.pk, "answer": "deputy"})
    assert list(nameless.context["form"].errors) == ["who"]
    at_the_unit.post(
        page, {"invitation": invitation.pk, "answer": "deputy", "who": "孟师傅", "words": "好"}
    )

    invitation.refresh_from_db()
    assert (invitation.answer, invitation.who, invitation.on_behalf) == ("deputy", "孟师傅", False)
    assert at_the_unit.get(page).context["form"].initial["who"] == "孟师傅"


def test_the_community_answers_for_a_unit(at_work, meeting):
    invitation = meeting.invitations.get()
    page = f"/meetings/{meeting.reference}/answer/?for={invitation.pk}"

    assert at_work.get(page).context["on_behalf"]
    at_work.post(page, {"invitation": invitation.pk, "answer": "yes"})

    invitation.refresh_from_db()
    assert invitation.on_behalf


def test_nobody_answers_for_others(at_the_unit, meeting, jinshui, worker, at):
    other = made.unit("二院")
    foreign = made.called(worker, jinshui, at, organizations=[other])

    assert at_the_unit.get(f"/meetings/{foreign.reference}/answer/").status_code == 404
    assert at_the_unit.get(f"/meetings/{meeting.reference}/answer/?for=0").status_code == 404


def test_letters_hold_the_invited_and_a_code(at_work, meeting):
    invitation = meeting.invitations.get()
    address = f"/meetings/{meeting.reference}/letters/"

    for page in (address, f"{address}?for={invitation.pk}"):
        assert at_work.get(page).context["invitations"] == [invitation]
    assert "data:image/svg+xml" in at_work.get(address).context["qr"]


# --- the day ----------------------------------------------------------------------------------
@pytest.fixture
def going_on(worker, jinshui, tax_office, at):
    """A meeting that goes on, with a problem and another matter."""
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])
    meetings.pick(meeting, problems=[accepted(worker, jinshui, at)], by=worker, at=at)
    meetings.add_matter(meeting, title="充电棚", by=worker, at=at)
    return meetings.hold(meeting, by=worker, at=at)


def test_a_meeting_begins_on_its_page(at_work, meeting):
    at_work.post(f"/meetings/{meeting.reference}/matter/", {"title": "充电棚"})

    response = at_work.post(f"/meetings/{meeting.reference}/hold/")

    assert response.url == f"/meetings/{meeting.reference}/run/"
    assert [item.title for item in at_work.get(response.url).context["open"]] == ["充电棚"]


def test_who_is_here_is_noted(at_work, going_on):
    invitation = going_on.invitations.get()
    address = f"/meetings/{going_on.reference}"

    at_work.post(
        f"{address}/attendance/",
        {f"came-{invitation.pk}": "yes", f"who-{invitation.pk}": "孟师傅"},
    )

    invitation.refresh_from_db()
    assert (invitation.came, invitation.who) == (True, "孟师傅")
    assert at_work.get(f"{address}/attendance/").status_code == 302


def test_the_form_of_a_matter_is_filled_from_its_problem(at_work, going_on, tax_office):
    matter = going_on.agenda.order_by("number")[0]

    form = at_work.get(f"/meetings/{going_on.reference}/decide/{matter.pk}/").context["form"]

    assert form.initial["title"] == matter.title
    assert form.initial["organization"] == tax_office.pk


def test_a_matter_becomes_a_service_item(at_work, going_on, tax_office):
    matter = going_on.agenda.order_by("number")[0]
    page = f"/meetings/{going_on.reference}/decide/{matter.pk}/"

    bad = at_work.post(page, item_form(due_on="2025-06-01"))
    assert (bad.status_code, list(bad.context["form"].errors)) == (422, ["due_on"])
    half = at_work.post(page, item_form(**{"things-0-quantity": ""}))
    assert half.status_code == 422
    nameless = at_work.post(page, item_form(**{"things-0-thing": ""}))
    assert nameless.status_code == 422
    at_work.post(page, item_form(organization=tax_office.pk))

    item = ServiceItem.objects.get()
    assert item.problem.status == ProblemStatus.IN_HAND
    assert [thing.name for thing in item.resources.all()] == ["围栏"]
    assert at_work.get(page).status_code == 302


def test_a_matter_is_left_with_a_reason_or_talked_about_again(at_work, going_on):
    matter = going_on.agenda.order_by("number")[1]
    address = f"/meetings/{going_on.reference}"

    assert at_work.post(f"{address}/decide/{matter.pk}/", {"explain": "1"}).status_code == 422
    given = {"explain": "1", "reason": "等选址"}
    left = at_work.post(f"{address}/decide/{matter.pk}/", given, follow=True)
    assert "已记下原因，暂不办理，写进纪要。" in left.content.decode()
    matter.refresh_from_db()
    assert matter.reason == "等选址"
    at_work.post(f"{address}/talk-again/", {"item": matter.pk})
    matter.refresh_from_db()
    assert matter.is_open


# --- minutes ----------------------------------------------------------------------------------
@pytest.fixture
def ended(going_on, worker, tax_office, at):
    """A meeting that has ended: one item with all that belongs to it, one matter left open."""
    first = going_on.agenda.order_by("number")[0]
    meetings.decide(
        first,
        title="换灯",
        field="troubles",
        due_on=at.date() + timedelta(days=7),
        organization=tax_office,
        helpers=[made.unit("安和物业")],
        resources=[("灯头", 3, "个", None)],
        by=worker,
        at=at,
    )
    invitation = going_on.invitations.get()
    meetings.note_attendance(going_on, came={invitation.pk: (True, "孟师傅")}, by=worker, at=at)
    meetings.invite_guest(going_on, name="樊玉琴", by=worker, at=at)
    return meetings.close(going_on, by=worker, at=at)


def test_a_meeting_is_closed_on_its_page(at_work, going_on):
    response = at_work.post(f"/meetings/{going_on.reference}/close/")

    assert response.url == f"/meetings/{going_on.reference}/minutes/"


def test_minutes_say_what_was_agreed_and_by_whom(at_work, ended):
    minutes = at_work.get(f"/meetings/{ended.reference}/minutes/").context["minutes"]

    assert minutes.present == ["市税务局（孟师傅）", "樊玉琴"]
    assert minutes.lines[0].text == "承办：市税务局；安和物业协办；2025 年 6 月 10 日前；灯头 3 个"
    assert [line.outcome for line in minutes.lines] == ["列入服务清单", "转下次会议"]


def test_units_read_the_minutes_with_names_masked(at_the_unit, ended):
    minutes = at_the_unit.get(f"/meetings/{ended.reference}/minutes/").context["minutes"]

    assert minutes.present == ["市税务局（孟*）", "樊*"]


def test_minutes_are_a_real_word_file(at_work, ended):
    response = at_work.get(f"/meetings/{ended.reference}/minutes.docx")

    paper = docx.Document(io.BytesIO(b"".join(response.streaming_content)))
    words = [paragraph.text for paragraph in paper.paragraphs]
    assert words[0] == "金税社区联席会议纪要"
    assert any(spaced(ended.reference) in line for line in words)
    table = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert [row[1] for row in table[1:]] == ["3号楼门口路灯不亮", "充电棚"]


def test_there_are_no_minutes_before_the_meeting(at_work, meeting):
    for page in ("minutes/", "minutes.docx"):
        assert at_work.get(f"/meetings/{meeting.reference}/{page}").status_code == 302


def test_the_two_columns_of_a_meeting(at_work, ended):
    agenda = at_work.get(f"/meetings/{ended.reference}/list/").context["agenda"]

    assert [[item.title for item in matter.items] for matter in agenda] == [["换灯"], []]
