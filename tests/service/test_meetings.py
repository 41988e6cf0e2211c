"""A meeting is called, prepared, held and closed; what stays open rolls over."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import localtime

from tests import factories
from tests.needs.problem_factories import accepted, in_hand
from tests.organizations.factories import PairingFactory
from tests.service import factories as made
from youwo.core.refused import Refused
from youwo.needs.models import ProblemStatus
from youwo.notices.models import Message
from youwo.notices.outbox import put_into_inboxes
from youwo.service.actions import meetings
from youwo.service.models import AgendaItem, Invitation, JointMeeting, MeetingSeries, MeetingStatus
from youwo.service.queries import occurrence, to_pick
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db

CITY = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def tax_office(db):
    return made.unit()


@pytest.fixture
def acting(tax_office):
    """Who acts for the tax office."""
    return factories.mandated(tax_office, name="周立")


def kinds(*subjects):
    return sorted(
        Turn.objects.filter(
            subject_label__in={one._meta.label_lower for one in subjects},
            subject_key__in={str(one.pk) for one in subjects},
        ).values_list("kind", flat=True)
    )


def outcomes(meeting):
    return list(meeting.agenda.order_by("number").values_list("title", "outcome"))


# --- the rhythm -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("month", "meets"),
    [
        # A Sunday; the Monday after it is a working day.
        (date(2025, 6, 1), datetime(2025, 6, 23, 15, tzinfo=CITY)),
        (date(2025, 7, 1), datetime(2025, 7, 22, 15, tzinfo=CITY)),
        # A Saturday.
        (date(2025, 11, 1), datetime(2025, 11, 24, 15, tzinfo=CITY)),
    ],
)
def test_a_free_day_moves_the_meeting_to_the_next_working_day(month, meets):
    series = MeetingSeries(day_of_month=22, begins=time(15))

    assert occurrence(series, month) == meets


def test_a_holiday_moves_it_beyond_the_whole_holiday():
    series = MeetingSeries(day_of_month=1, begins=time(9))

    assert occurrence(series, date(2025, 10, 1)) == datetime(2025, 10, 9, 9, tzinfo=CITY)


def test_a_short_month_meets_on_its_last_day():
    series = MeetingSeries(day_of_month=31, begins=time(9))

    assert occurrence(series, date(2025, 4, 1)) == datetime(2025, 4, 30, 9, tzinfo=CITY)


def rhythm(worker, jinshui, at, day=22):
    return meetings.set_series(
        jinshui, day_of_month=day, begins=time(15), place="会议室", by=worker, at=at
    )


def test_setting_a_rhythm_calls_the_next_meeting(worker, jinshui, at):
    series = rhythm(worker, jinshui, at)

    meeting = series.meetings.get()
    assert meeting.starts_at == datetime(2025, 6, 23, 15, tzinfo=CITY)
    assert (meeting.called_by, kinds(meeting)) == (None, ["meeting.prepare"])


def test_a_new_rhythm_ends_the_one_before(worker, jinshui, at):
    before = rhythm(worker, jinshui, at)

    rhythm(worker, jinshui, at, day=10)

    before.refresh_from_db()
    assert before.ends_on == at.date()
    assert MeetingSeries.objects.filter(ends_on__isnull=True).count() == 1


def test_meetings_are_called_two_weeks_ahead_and_once(worker, jinshui, at):
    series = rhythm(worker, jinshui, at)

    assert meetings.call_ahead(at) == 0
    assert meetings.call_ahead(datetime(2025, 7, 7, 9, tzinfo=CITY)) == 0
    assert meetings.call_ahead(datetime(2025, 7, 8, 9, tzinfo=CITY)) == 1
    assert meetings.call_ahead(datetime(2025, 7, 8, 9, tzinfo=CITY)) == 0
    assert series.meetings.count() == 2


def test_an_ended_rhythm_calls_no_more(worker, jinshui, at):
    meetings.end_series(rhythm(worker, jinshui, at), by=worker, at=at)

    assert meetings.call_ahead(datetime(2025, 7, 8, 9, tzinfo=CITY)) == 0


def test_a_meeting_of_the_rhythm_invites_who_is_paired(worker, jinshui, tax_office, at):
    PairingFactory(organization=tax_office, area=jinshui)
    committee = made.unit("金税居委会", kind="committee", area=jinshui)

    meeting = rhythm(worker, jinshui, at).meetings.get()

    assert sorted(meeting.invitations.values_list("organization", "seat")) == sorted(
        [(tax_office.pk, "unit"), (committee.pk, "committee")]
    )


# --- calling ----------------------------------------------------------------------------------
def test_the_same_nonce_calls_no_second_meeting(worker, jinshui, at):
    nonce = uuid.uuid4()

    first = made.called(worker, jinshui, at, nonce=nonce)

    assert made.called(worker, jinshui, at, nonce=nonce) == first
    assert JointMeeting.objects.count() == 1


def test_nobody_calls_a_meeting_in_the_past(worker, jinshui, at):
    with pytest.raises(Refused) as refused:
        made.called(worker, jinshui, at, starts_at=at - timedelta(hours=1))

    assert refused.value.field == "starts_at"


def test_nobody_calls_a_meeting_of_another_community(stranger, jinshui, at):
    with pytest.raises(Refused):
        made.called(stranger, jinshui, at)


def test_the_invited_are_told_and_asked(worker, jinshui, tax_office, acting, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])

    invitation = meeting.invitations.get()
    assert kinds(invitation) == ["invitation.answer"]
    put_into_inboxes(at)
    message = Message.objects.get(recipient=acting)
    assert message.link == f"/meetings/{meeting.reference}/answer/"
    when = f"{localtime(meeting.starts_at):%Y-%m-%d %H:%M}"
    assert message.body == f"{jinshui.name} · {when} · {meeting.place}"


def test_moving_a_meeting_tells_the_invited(worker, jinshui, tax_office, acting, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])

    meetings.change(
        meeting,
        starts_at=at + timedelta(days=5),
        place="凉亭",
        by=worker,
        at=at + timedelta(hours=1),
    )

    meeting.refresh_from_db()
    assert meeting.place == "凉亭"
    put_into_inboxes(at + timedelta(hours=1))
    assert Message.objects.filter(recipient=acting).count() == 2
    with pytest.raises(Refused):
        meetings.change(meeting, starts_at=at, place="凉亭", by=worker, at=at)


def test_calling_off_needs_a_reason_and_frees_everybody(worker, jinshui, tax_office, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])
    with pytest.raises(Refused):
        meetings.cancel(meeting, reason=" ", by=worker, at=at)

    meetings.cancel(meeting, reason="台风", by=worker, at=at)

    assert kinds(meeting, meeting.invitations.get()) == []


# --- answers ----------------------------------------------------------------------------------
def test_an_answer_is_the_units_or_the_communitys_for_it(
    worker, jinshui, tax_office, acting, stranger, at
):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])
    invitation = meeting.invitations.get()
    with pytest.raises(Refused):
        meetings.answer(invitation, answer="yes", by=stranger, at=at)

    own = meetings.answer(invitation, answer="yes", by=acting, at=at)
    assert (own.answer, own.on_behalf, kinds(own)) == ("yes", False, [])
    told = meetings.answer(invitation, answer="no", words="电话告知", by=worker, at=at)
    assert (told.answer, told.on_behalf) == ("no", True)


def test_a_deputy_is_named(worker, jinshui, tax_office, acting, at):
    invitation = made.called(worker, jinshui, at, organizations=[tax_office]).invitations.get()

    with pytest.raises(Refused) as refused:
        meetings.answer(invitation, answer="deputy", by=acting, at=at)

    assert refused.value.field == "who"
    answered = meetings.answer(invitation, answer="deputy", who="孟师傅", by=acting, at=at)
    assert Invitation.objects.get(pk=answered.pk).who == "孟师傅"


def test_nobody_answers_once_the_meeting_goes_on(worker, jinshui, tax_office, acting, at):
    meeting = made.held(worker, jinshui, at, organizations=[tax_office])

    with pytest.raises(Refused):
        meetings.answer(meeting.invitations.get(), answer="yes", by=acting, at=at)


def test_an_invitation_is_taken_back_with_its_turn(worker, jinshui, tax_office, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])
    invitation = meeting.invitations.get()

    meetings.uninvite(invitation, by=worker, at=at)

    assert (meeting.invitations.count(), Turn.objects.filter(kind="invitation.answer").count()) == (
        0,
        0,
    )


def test_who_is_invited_already_is_invited_no_second_time(worker, jinshui, tax_office, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])

    meetings.invite(meeting, organizations=[tax_office, made.unit("二院")], by=worker, at=at)

    assert meeting.invitations.count() == 2


# --- the agenda -------------------------------------------------------------------------------
def test_open_problems_are_picked_once(worker, jinshui, at):
    meeting = made.called(worker, jinshui, at)
    problem = accepted(worker, jinshui, at)

    meetings.pick(meeting, problems=[problem], by=worker, at=at)
    meetings.pick(meeting, problems=[problem], by=worker, at=at)

    assert [item.problem for item in meeting.agenda.all()] == [problem]
    assert list(to_pick(meeting)) == []


def test_only_open_problems_of_the_community_can_be_picked(
    worker, stranger, jinshui, elsewhere, at
):
    meeting = made.called(worker, jinshui, at)
    taken = in_hand(worker, jinshui, at)
    foreign = accepted(stranger, elsewhere, at)

    for problem in (taken, foreign):
        with pytest.raises(Refused):
            meetings.pick(meeting, problems=[problem], by=worker, at=at)


def test_a_prepared_meeting_waits_to_be_run(worker, jinshui, tax_office, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])
    assert kinds(meeting) == ["meeting.prepare"]

    matter = meetings.add_matter(meeting, title="充电棚", by=worker, at=at)
    assert kinds(meeting) == ["meeting.run"]
    meetings.remove(matter, by=worker, at=at)
    assert kinds(meeting) == ["meeting.prepare"]


def test_matters_change_places(worker, jinshui, at):
    meeting = made.called(worker, jinshui, at)
    first, second = (
        meetings.add_matter(meeting, title=title, by=worker, at=at) for title in ("甲", "乙")
    )

    meetings.reorder(second, up=True, by=worker, at=at)
    assert [title for title, _ in outcomes(meeting)] == ["乙", "甲"]
    meetings.reorder(second, up=False, by=worker, at=at)
    assert [title for title, _ in outcomes(meeting)] == ["甲", "乙"]
    # There is nothing before the first and nothing after the last.
    meetings.reorder(first, up=True, by=worker, at=at)
    meetings.reorder(second, up=False, by=worker, at=at)
    assert [title for title, _ in outcomes(meeting)] == ["甲", "乙"]


# --- the day ----------------------------------------------------------------------------------
def test_a_matter_becomes_a_service_item_and_its_problem_is_in_hand(
    worker, jinshui, tax_office, at
):
    meeting = made.called(worker, jinshui, at)
    problem = accepted(worker, jinshui, at)
    meetings.pick(meeting, problems=[problem], by=worker, at=at)
    meetings.hold(meeting, by=worker, at=at)

    item = meetings.decide(
        meeting.agenda.get(),
        title="修灯",
        field="troubles",
        due_on=at.date() + timedelta(days=7),
        organization=tax_office,
        by=worker,
        at=at,
    )

    problem.refresh_from_db()
    assert (item.problem, item.agenda_item) == (problem, meeting.agenda.get())
    assert problem.status == ProblemStatus.IN_HAND
    with pytest.raises(Refused):
        meetings.explain(meeting.agenda.get(), reason="晚了", by=worker, at=at)
    with pytest.raises(Refused):
        meetings.talk_again(meeting.agenda.get(), by=worker, at=at)


def test_a_reason_can_be_taken_back_while_the_meeting_lasts(worker, jinshui, at):
    meeting = made.held(worker, jinshui, at, matters=["电梯"])
    with pytest.raises(Refused):
        meetings.explain(meeting.agenda.get(), reason=" ", by=worker, at=at)

    meetings.explain(meeting.agenda.get(), reason="等维修资金", by=worker, at=at)
    assert outcomes(meeting) == [("电梯", "reason")]
    meetings.talk_again(meeting.agenda.get(), by=worker, at=at)
    assert outcomes(meeting) == [("电梯", "open")]


def test_attendance_knows_present_absent_and_not_noted(worker, jinshui, tax_office, at):
    meeting = made.held(worker, jinshui, at, organizations=[tax_office, made.unit("二院")])
    first, second = meeting.invitations.order_by("pk")

    meetings.note_attendance(
        meeting, came={first.pk: (True, "孟师傅"), second.pk: (None, "")}, by=worker, at=at
    )
    guest = meetings.invite_guest(meeting, name="樊师傅", by=worker, at=at)

    rows = meeting.invitations.order_by("pk")
    assert [(row.came, row.who) for row in rows] == [
        (True, "孟师傅"),
        (None, ""),
        (True, "樊师傅"),
    ]
    assert guest.organization is None


def test_what_stays_open_goes_to_the_next_meeting_first(worker, jinshui, at):
    meeting = made.held(worker, jinshui, at, matters=["甲", "乙"])
    following = made.called(worker, jinshui, at, starts_at=at + timedelta(days=20))
    later = made.called(worker, jinshui, at, starts_at=at + timedelta(days=30))
    first = meeting.agenda.order_by("number")[0]
    meetings.explain(first, reason="不用了", by=worker, at=at)

    meetings.close(meeting, by=worker, at=at)

    assert outcomes(meeting) == [("甲", "reason"), ("乙", "rolled")]
    assert [item.rolled_from.title for item in following.agenda.all()] == ["乙"]
    assert later.agenda.count() == 0


def test_the_next_of_the_same_rhythm_comes_before_an_earlier_one(worker, jinshui, at):
    series = rhythm(worker, jinshui, at)
    meeting = series.meetings.get()
    meetings.add_matter(meeting, title="甲", by=worker, at=at)
    made.called(worker, jinshui, at, starts_at=at + timedelta(days=21))
    meetings.call_ahead(datetime(2025, 7, 8, 9, tzinfo=CITY))
    meetings.hold(meeting, by=worker, at=at)

    meetings.close(meeting, by=worker, at=at)

    assert meeting.agenda.get().rolled_to.meeting.series == series


def test_what_no_meeting_takes_waits_for_the_next_that_is_called(worker, jinshui, at):
    made.ended(worker, jinshui, at, matters=["甲"])

    following = made.called(worker, jinshui, at)

    assert [item.title for item in following.agenda.all()] == ["甲"]
    # Once it has a meeting to go to, no other takes it.
    assert made.called(worker, jinshui, at).agenda.count() == 0


def test_what_was_seen_to_otherwise_does_not_come_along(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    meeting = made.called(worker, jinshui, at)
    meetings.pick(meeting, problems=[problem], by=worker, at=at)
    meetings.hold(meeting, by=worker, at=at)
    meetings.close(meeting, by=worker, at=at)
    made.agreed(worker, jinshui, at, problem=problem)

    assert made.called(worker, jinshui, at).agenda.count() == 0


def test_what_was_left_open_is_offered_first(worker, jinshui, at):
    first, second = (accepted(worker, jinshui, at, title=title) for title in ("灯坏", "门坏"))
    AgendaItem.objects.create(
        meeting=made.ended(worker, jinshui, at),
        problem=second,
        number=1,
        title="门坏",
        outcome="rolled",
        decided_at=at,
    )
    meeting = JointMeeting.objects.get(status=MeetingStatus.CLOSED)

    assert list(to_pick(meeting)) == [second, first]


def test_a_closed_meeting_is_nobodys_turn(worker, jinshui, tax_office, at):
    meeting = made.ended(worker, jinshui, at, organizations=[tax_office])

    assert kinds(meeting, meeting.invitations.get()) == []
    with pytest.raises(Refused):
        meetings.add_matter(meeting, title="晚了", by=worker, at=at)
