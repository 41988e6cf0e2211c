"""A hearing: opened, spoken at, closed; every line once, and each case from a line."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.needs.hearing_factories import BOOKING, LAMP, kind, opened, typed, written
from youwo.almanac.queries import deadline
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.needs import guessing, triage
from youwo.needs.actions import hearings
from youwo.needs.hearings import alike, hearing_list, known_problems, lines_of, summary, troubles
from youwo.needs.models import (
    SAID_MOST,
    Hearing,
    HearingLine,
    Problem,
    ProblemKind,
    Report,
    Voice,
    Wish,
)
from youwo.needs.retention import KEPT, forget_lines
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lamp(db):
    return kind()


@pytest.fixture
def hearing(worker, jinshui, at):
    return opened(worker, jinshui, at)


# --- opening ------------------------------------------------------------------------------------
def test_it_waits_to_be_closed_within_a_working_day_of_the_day_it_was_held(hearing, jinshui, at):
    turn = Turn.objects.get()
    midnight = at.replace(hour=0) + timedelta(days=1)
    assert (turn.kind, turn.reference, turn.role, turn.area_id) == (
        "hearing.close",
        hearing.reference,
        "worker",
        jinshui.pk,
    )
    assert turn.due_at == deadline(midnight, hours=7.5, area_code=jinshui.pk).at


def test_one_that_was_held_long_ago_has_a_working_day_from_now(worker, jinshui, at):
    opened(worker, jinshui, at, held_on=at.date() - timedelta(days=9))
    assert Turn.objects.get().due_at == deadline(at, hours=7.5, area_code=jinshui.pk).at


def test_opened_twice_it_is_one(worker, jinshui, at):
    nonce = uuid.uuid4()
    first = opened(worker, jinshui, at, nonce=nonce)
    assert opened(worker, jinshui, at, nonce=nonce) == first
    assert Hearing.objects.count() == 1


def test_the_unit_it_is_held_with_is_among_those_who_are_there(worker, jinshui, at):
    unit = factories.OrganizationFactory(name="市税务局")
    hearing = opened(worker, jinshui, at, organization=unit)
    assert [(one.organization, one.role) for one in hearing.attendees.all()] == [(unit, "unit")]


def test_workers_of_other_communities_open_none_here(stranger, jinshui, at):
    with pytest.raises(Refused) as refused:
        opened(stranger, jinshui, at)
    assert refused.value.field == "community"


def test_what_is_known_of_it_can_be_corrected(hearing, worker, at):
    about = hearings.About(at.date(), "小广场", "第二场", "self")
    hearings.change(hearing, about, by=worker, at=at)
    hearing.refresh_from_db()
    assert (hearing.place, hearing.topic, hearing.consent_given_by) == ("小广场", "第二场", "self")
    assert Turn.objects.get().title == "第二场"


def test_a_closed_one_is_not_corrected(hearing, worker, at):
    hearings.close(hearing, by=worker, at=at)
    with pytest.raises(Refused):
        hearings.change(hearing, hearings.About(at.date(), "x", "y", "self"), by=worker, at=at)


# --- who is there -------------------------------------------------------------------------------
def test_names_are_noted_each_once(hearing, worker, at):
    who = {"role": "resident", "organization": None, "by": worker, "at": at}
    hearings.note_attendees(hearing, ["张敬之", "李桂兰", "张敬之"], **who)
    hearings.note_attendees(hearing, ["李桂兰"], **who)
    assert sorted(one.name for one in hearing.attendees.all()) == ["张敬之", "李桂兰"]


def test_somebody_with_an_account_is_noted_once(hearing, worker, at):
    for role in ("committee", "other"):
        hearings.note_attendees(
            hearing, [], role=role, organization=None, person=worker, by=worker, at=at
        )
    assert [one.person for one in hearing.attendees.all()] == [worker]


def test_an_entry_that_names_nobody_is_refused(hearing, worker, at):
    with pytest.raises(Refused) as refused:
        hearings.note_attendees(hearing, [], role="unit", organization=None, by=worker, at=at)
    assert refused.value.field == "names"


def test_a_list_of_names_without_end_is_refused(hearing, worker, at):
    with pytest.raises(Refused):
        hearings.note_attendees(
            hearing,
            [f"居民{n}" for n in range(101)],
            role="resident",
            organization=None,
            by=worker,
            at=at,
        )


def test_somebody_can_be_taken_off_the_list(hearing, worker, at):
    [one] = hearings.note_attendees(
        hearing, ["张敬之"], role="resident", organization=None, by=worker, at=at
    )
    hearings.drop_attendee(one, by=worker, at=at)
    assert hearing.attendees.count() == 0


# --- typing -------------------------------------------------------------------------------------
def test_lines_are_numbered_in_the_order_they_were_typed(hearing, worker, at):
    written(hearing, worker, at, typed("一号楼的灯坏了"), typed("二号楼的灯坏了"))
    written(hearing, worker, at, typed("三号楼的灯坏了"))
    assert [(line.number, line.said[0]) for line in hearing.lines.order_by("number")] == [
        (1, "一"),
        (2, "二"),
        (3, "三"),
    ]


def test_what_a_line_is_and_its_kind_are_guessed(hearing, worker, at):
    lamp, booking = written(hearing, worker, at)
    assert (lamp.what, lamp.kind) == ("problem", "lamp")
    assert (booking.what, booking.kind) == ("wish", "skill")


@pytest.mark.parametrize(
    ("what", "kind_", "expected"),
    [
        ("note", "", ("note", "")),
        ("wish", "goods", ("wish", "goods")),
        ("wish", "lamp", ("wish", "service")),
        ("problem", "goods", ("problem", "lamp")),
        ("", "lamp", ("problem", "lamp")),
        ("nonsense", "nonsense", ("problem", "lamp")),
    ],
)
def test_what_was_chosen_is_kept_where_it_fits(hearing, worker, at, what, kind_, expected):
    [line] = written(hearing, worker, at, typed(what=what, kind=kind_))
    assert (line.what, line.kind) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("希望把北门的路修平", "problem"),
        ("小区能不能装几盏路灯", "problem"),
        ("家里水龙头漏水，想请人修一下", "wish"),
        ("孩子放学没人接，希望有个地方写作业", "wish"),
        ("电动车乱停堵住门洞", "problem"),
        ("老人腿脚不好，想请人上门理发", "wish"),
    ],
)
def test_a_wish_is_told_from_a_problem(said, expected):
    assert guessing.what_of(said) == expected


def test_sent_again_a_line_is_one(hearing, worker, at):
    line = typed()
    written(hearing, worker, at, line)
    written(hearing, worker, at, replace(line, revision=2))
    assert HearingLine.objects.count() == 1
    assert Line.objects.filter(verb="take_lines").count() == 1


def test_sent_twice_in_one_request_a_line_is_one(hearing, worker, at):
    line = typed()
    written(hearing, worker, at, line, replace(line, said="楼道灯全坏了", revision=2))
    assert [one.said for one in HearingLine.objects.all()] == ["楼道灯全坏了"]


def test_a_slip_is_corrected(hearing, worker, at):
    line = typed(name="张敬之", phone="138 0000 1234")
    written(hearing, worker, at, line)
    written(hearing, worker, at, typed("路灯坏了", nonce=line.nonce, revision=2))
    kept = HearingLine.objects.get()
    assert (kept.said, kept.name, kept.phone) == ("路灯坏了", "张敬之", "13800001234")


def test_a_change_that_arrives_after_a_newer_one_is_refused(hearing, worker, at):
    line = typed()
    written(hearing, worker, at, line)
    written(hearing, worker, at, replace(line, said="路灯坏了", revision=5))
    [saved] = hearings.write(
        hearing, [replace(line, said="路灯没坏", revision=3)], by=worker, at=at
    )
    assert saved.refusal
    assert saved.line == HearingLine.objects.get(said="路灯坏了")


def test_name_and_number_are_taken_from_the_line_above(hearing, worker, jinshui, at):
    compound = factories.area(f"{jinshui.pk}-0001", "金税小区")
    first = typed(name="张敬之", phone="13800001234", building="3号楼", compound=compound.pk)
    written(hearing, worker, at, first, typed("还想学打车", name="同上"))
    second = HearingLine.objects.get(number=2)
    assert (second.name, second.phone, second.building, second.compound) == (
        "张敬之",
        "13800001234",
        "3号楼",
        compound,
    )


def test_a_line_that_was_left_out_is_not_the_line_above(hearing, worker, at):
    first, gone = typed(name="张敬之"), typed("写错了", name="李桂兰", dropped=True)
    written(hearing, worker, at, first, gone, typed("还想学打车", name="〃"))
    assert HearingLine.objects.get(number=3).name == "张敬之"


def test_above_the_first_line_there_is_nobody(hearing, worker, at):
    [line] = written(hearing, worker, at, typed(name="同上"))
    assert line.name == ""


def test_a_later_line_can_take_its_name_from_the_one_above(hearing, worker, at):
    first, second = typed(name="张敬之"), typed("想学打车")
    written(hearing, worker, at, first, second)
    written(hearing, worker, at, replace(second, name="同上", revision=2))
    assert HearingLine.objects.get(number=2).name == "张敬之"


def test_a_name_is_taken_out(hearing, worker, at):
    line = typed(name="张敬之", phone="13800001234")
    written(hearing, worker, at, line)
    written(hearing, worker, at, replace(line, name="-", phone="无", revision=2))
    kept = HearingLine.objects.get()
    assert (kept.name, kept.phone) == ("", "")


def test_a_number_that_is_none_is_kept_and_said(hearing, worker, at):
    [line] = written(hearing, worker, at, typed(phone="1380000"))
    assert line.phone == "1380000"
    assert len(troubles(line)) == 1


def test_a_number_that_is_none_is_mended_or_emptied(hearing, worker, at):
    line = typed(phone="138")
    written(hearing, worker, at, line)
    [mended] = written(hearing, worker, at, replace(line, phone="13800001234", revision=2))
    assert mended.phone == "13800001234"
    written(hearing, worker, at, replace(line, phone="138", revision=3))
    [emptied] = written(hearing, worker, at, replace(line, phone="", revision=4))
    assert emptied.phone == ""


def test_a_number_that_is_right_stays_where_it_is_left_alone(hearing, worker, at):
    line = typed(phone="13800001234")
    written(hearing, worker, at, line)
    [left] = written(hearing, worker, at, replace(line, said="灯又坏了", phone="", revision=2))
    assert left.phone == "13800001234"


def test_a_compound_of_another_community_is_left_away(hearing, worker, elsewhere, at):
    other = factories.area(f"{elsewhere.pk}-0001", "别处")
    [line] = written(hearing, worker, at, typed(compound=other.pk))
    [same] = written(hearing, worker, at, typed(compound=f"{hearing.community_id}-9999"))
    assert (line.compound_id, same.compound_id) == (None, None)


def test_a_line_is_left_out_and_put_back(hearing, worker, at):
    line = typed()
    written(hearing, worker, at, line)
    written(hearing, worker, at, replace(line, dropped=True, revision=2))
    assert HearingLine.objects.get().is_dropped
    written(hearing, worker, at, replace(line, revision=3))
    assert HearingLine.objects.get().is_typed


@pytest.mark.parametrize("said", ["", "  \n ", "长" * (SAID_MOST + 1)])
def test_a_line_without_words_or_without_end_is_refused_alone(hearing, worker, at, said):
    bad, good = hearings.write(hearing, [typed(said), typed()], by=worker, at=at)
    assert (bool(bad.refusal), bad.line) == (True, None)
    assert good.line is not None


def test_a_hearing_holds_only_so_many_lines(hearing, worker, at, monkeypatch):
    monkeypatch.setattr("youwo.needs.actions.hearings.typed.MOST_LINES", 1)
    first, second = hearings.write(hearing, [typed(), typed()], by=worker, at=at)
    assert (first.refusal, bool(second.refusal)) == ("", True)


def test_the_nonce_of_another_hearing_is_refused(hearing, worker, jinshui, at):
    line = typed()
    written(hearing, worker, at, line)
    [saved] = hearings.write(opened(worker, jinshui, at), [line], by=worker, at=at)
    assert (bool(saved.refusal), saved.line) == (True, None)


def test_workers_of_other_communities_write_nothing(hearing, stranger, at):
    with pytest.raises(Refused):
        hearings.write(hearing, [typed()], by=stranger, at=at)


def test_words_are_kept_on_one_line(hearing, worker, at):
    [line] = written(hearing, worker, at, typed(" 灯坏了\n 很黑  "))
    assert line.said == "灯坏了 很黑"


# --- closing ------------------------------------------------------------------------------------
def test_lines_become_wishes_and_problems_from_when_they_were_typed(hearing, worker, at):
    written(
        hearing,
        worker,
        at,
        typed(name="张敬之", phone="13800001234", building="3号楼"),
        typed(BOOKING, name="李桂兰"),
        typed("下次带钥匙", what="note", name="王芳", phone="13800001235"),
        typed("写错了", dropped=True, name="王芳"),
    )
    later = at + timedelta(hours=2)
    hearings.close(hearing, by=worker, at=later)
    wish, report = Wish.objects.get(), Report.objects.get()
    assert (wish.said, wish.voice.name, wish.channel, wish.kind) == (
        BOOKING,
        "李桂兰",
        "hearing",
        "skill",
    )
    assert (wish.received_at, wish.recorded_by, wish.voice.consent_given_by) == (
        at,
        worker,
        "spoken",
    )
    assert (report.said, report.voice.phone, report.problem.kind_id) == (
        LAMP,
        "13800001234",
        "lamp",
    )
    assert (report.problem.hearing, report.problem.building, report.received_at) == (
        hearing,
        "3号楼",
        at,
    )
    assert [line.state for line in lines_of(hearing)] == ["taken", "taken", "typed", "dropped"]


def test_who_spoke_is_kept_with_the_case_alone(hearing, worker, at):
    written(
        hearing,
        worker,
        at,
        typed(name="张敬之", phone="13800001234"),
        typed("写错了", dropped=True, name="王芳"),
        typed("下次带钥匙", what="note", name="王芳", phone="13800001235"),
    )
    hearings.close(hearing, by=worker, at=at)
    assert [(line.name, line.phone) for line in lines_of(hearing)] == [
        ("", ""),
        ("", ""),
        ("王芳", ""),
    ]


def test_a_problem_without_a_name_has_no_voice(hearing, worker, at):
    written(hearing, worker, at, typed(building="3号楼"))
    hearings.close(hearing, by=worker, at=at)
    assert (Report.objects.get().voice, Voice.objects.count()) == (None, 0)


def test_the_cases_wait_for_review_and_the_hearing_no_more(hearing, worker, at):
    written(hearing, worker, at)
    hearings.close(hearing, by=worker, at=at)
    assert sorted(Turn.objects.values_list("kind", flat=True)) == ["problem.review", "wish.review"]


def test_closed_twice_nothing_is_twice(hearing, worker, at):
    written(hearing, worker, at)
    hearings.close(hearing, by=worker, at=at)
    hearings.close(hearing, by=worker, at=at)
    assert (Wish.objects.count(), Report.objects.count()) == (1, 1)


def test_an_empty_one_can_be_closed(hearing, worker, at):
    assert hearings.close(hearing, by=worker, at=at).closed_at == at


def test_it_is_not_closed_before_its_day(worker, jinshui, at):
    hearing = opened(worker, jinshui, at, held_on=at.date() + timedelta(days=1))
    with pytest.raises(Refused):
        hearings.close(hearing, by=worker, at=at)
    closed = hearings.close(hearing, by=worker, at=at + timedelta(days=1))
    assert closed.is_open is False


def test_lines_that_say_the_same_are_voices_of_one_problem(hearing, worker, at):
    written(
        hearing,
        worker,
        at,
        typed(),
        typed("我们楼的灯也坏了", name="李桂兰", building="5号楼"),
        typed("灯都不亮"),
    )
    hearings.close(hearing, same={2: 1, 3: 2}, by=worker, at=at)
    problem = Problem.objects.get()
    assert problem.reports.count() == 3
    assert problem.building == "5号楼"
    assert summary(lines_of(hearing)).different == 1


def test_a_line_joins_a_problem_that_is_known(hearing, worker, jinshui, at):
    earlier = opened(worker, jinshui, at)
    written(earlier, worker, at, typed())
    hearings.close(earlier, by=worker, at=at)
    known = Problem.objects.get()
    written(hearing, worker, at, typed("路灯又灭了"), typed("灯还是不亮"))
    hearings.close(hearing, same={1: known, 2: 1}, by=worker, at=at)
    known.refresh_from_db()
    assert (Problem.objects.count(), known.reports.count()) == (1, 3)
    assert {"路灯", "又灭", "还是"} <= set(known.search_terms.split())


def test_a_problem_of_another_community_is_not_joined(hearing, worker, elsewhere, at):
    far = opened(factories.granted("worker", elsewhere), elsewhere, at)
    written(far, far.recorded_by, at, typed())
    hearings.close(far, by=far.recorded_by, at=at)
    other = Problem.objects.get()
    before = other.search_terms
    written(hearing, worker, at, typed("路灯又灭了"))
    with pytest.raises(Refused):
        hearings.close(hearing, same={1: other}, by=worker, at=at)
    other.refresh_from_db()
    assert (other.search_terms, Report.objects.count()) == (before, 1)


def test_a_kind_that_has_just_been_added_is_known(hearing, worker, at):
    late = kind("late", name="充电桩冒烟")
    written(hearing, worker, at, typed("充电桩冒烟", kind=late.pk))
    # Who closes has read the catalogue before it was there.
    ProblemKind.objects.filter(pk=late.pk).delete()
    triage.catalogue.forget_after_change()
    triage.catalogue()
    late.save(force_insert=True)
    hearings.close(hearing, by=worker, at=at)
    assert Problem.objects.get().kind == late


def test_a_known_problem_that_has_ended_is_not_joined(hearing, worker, jinshui, at):
    earlier = opened(worker, jinshui, at)
    written(earlier, worker, at, typed())
    hearings.close(earlier, by=worker, at=at)
    known = Problem.objects.get()
    Problem.objects.update(status="declined", mover="nobody", reason="不归这里管", closed_at=at)
    written(hearing, worker, at, typed())
    with pytest.raises(Refused):
        hearings.close(hearing, same={1: known}, by=worker, at=at)
    assert Report.objects.count() == 1


@pytest.mark.parametrize("other", [2, 9])
def test_a_line_does_not_join_a_later_one_or_none(hearing, worker, at, other):
    written(hearing, worker, at, typed(), typed("灯都不亮"))
    with pytest.raises(Refused):
        hearings.close(hearing, same={1: other}, by=worker, at=at)


@pytest.mark.parametrize("line", [typed("井盖响", what="problem"), typed(phone="138"), typed("灯")])
def test_a_line_that_lacks_something_holds_the_closing_up(hearing, worker, at, line):
    written(hearing, worker, at, typed(BOOKING), line)
    with pytest.raises(Refused) as refused:
        hearings.close(hearing, by=worker, at=at)
    assert "2" in str(refused.value)
    assert Wish.objects.count() == 0


def test_a_note_lacks_nothing(hearing, worker, at):
    [line] = written(hearing, worker, at, typed("好", what="note", phone="138"))
    assert troubles(line) == []


def test_workers_of_other_communities_close_nothing(hearing, stranger, at):
    with pytest.raises(Refused):
        hearings.close(hearing, by=stranger, at=at)


def test_two_references_that_meet_are_drawn_again(hearing, worker, at, monkeypatch):
    written(hearing, worker, at, typed(BOOKING), typed("想要一把轮椅"))
    drawn = iter(["W22222222", "W22222222", "W33333333", "W44444444"])
    monkeypatch.setattr(
        "youwo.needs.actions.hearings.cases.new_reference", lambda _kind: next(drawn)
    )
    hearings.close(hearing, by=worker, at=at)
    assert Wish.objects.count() == 2


# --- after the closing --------------------------------------------------------------------------
def test_a_line_that_arrives_after_the_closing_is_refused_and_told(hearing, worker, at):
    stands = typed()
    written(hearing, worker, at, stands)
    hearings.close(hearing, by=worker, at=at)
    late, again, changed = hearings.write(
        hearing,
        [typed("迟到的一句"), stands, replace(stands, said="改一下", revision=2)],
        by=worker,
        at=at,
    )
    assert (bool(late.refusal), late.line) == (True, None)
    assert again.refusal == ""
    assert changed.refusal


def test_opened_once_more_it_takes_up_only_what_is_new(hearing, worker, at):
    written(hearing, worker, at)
    hearings.close(hearing, by=worker, at=at)
    hearings.reopen(hearing, by=worker, at=at)
    assert Turn.objects.filter(kind="hearing.close").count() == 1
    written(hearing, worker, at, typed("想要一把轮椅"))
    hearings.close(hearing, by=worker, at=at)
    assert (Wish.objects.count(), Report.objects.count()) == (2, 1)


def test_what_became_a_case_is_corrected_there(hearing, worker, at):
    line = typed()
    written(hearing, worker, at, line)
    hearings.close(hearing, by=worker, at=at)
    hearings.reopen(hearing, by=worker, at=at)
    [saved] = hearings.write(hearing, [replace(line, said="改了", revision=9)], by=worker, at=at)
    assert saved.refusal


def test_an_open_one_need_not_be_opened(hearing, worker, at):
    assert hearings.reopen(hearing, by=worker, at=at).is_open
    assert Line.objects.filter(verb="reopen").count() == 0


# --- lists --------------------------------------------------------------------------------------
def test_the_list_says_how_much_was_said(hearing, worker, at):
    written(hearing, worker, at, typed(), typed(BOOKING), typed("错", dropped=True, what="wish"))
    [row] = hearing_list(worker, at.date(), status="open", words="心愿征集", since=at.date())
    assert (row.wishes_said, row.problems_said, row.notes_said) == (1, 1, 0)


@pytest.mark.parametrize(
    "filters",
    [{"status": "closed"}, {"code": "140881"}, {"words": "联席"}, {"until": "2024-01-01"}],
)
def test_the_list_is_filtered(hearing, worker, at, filters):
    assert list(hearing_list(worker, at.date(), **filters)) == []


def test_others_do_not_see_it(hearing, stranger, resident, at):
    assert list(hearing_list(stranger, at.date())) == []
    assert list(hearing_list(resident, at.date())) == []


def test_what_sounds_alike_is_offered(hearing, worker, jinshui, at):
    earlier = opened(worker, jinshui, at)
    written(earlier, worker, at, typed("3号楼楼道灯坏了"), typed(BOOKING))
    hearings.close(earlier, by=worker, at=at)
    first, second, other = written(
        hearing,
        worker,
        at,
        typed("楼道灯坏了好久"),
        typed("楼道灯坏了"),
        typed("楼上漏水", kind="x"),
    )
    known = known_problems(hearing)
    assert alike(second, [first], known) == [first, *known]
    assert alike(other, [first, second], known) == []


# --- forgetting ---------------------------------------------------------------------------------
def test_what_was_said_is_forgotten_two_years_after_the_closing(hearing, worker, at):
    hearings.note_attendees(
        hearing, ["张敬之"], role="resident", organization=None, by=worker, at=at
    )
    written(hearing, worker, at, typed(), typed("下次带钥匙", what="note", name="王芳"))
    hearings.close(hearing, by=worker, at=at)
    assert forget_lines(at=at + KEPT) == 0
    assert forget_lines(at=at + KEPT + timedelta(days=1)) == 2
    assert {(line.said, line.name) for line in lines_of(hearing)} == {("", "")}
    assert hearing.attendees.get().name == ""


# --- what cannot be -----------------------------------------------------------------------------
@pytest.mark.parametrize("values", [{"state": "taken"}, {"number": 2}])
def test_the_database_refuses_a_line(hearing, worker, at, values):
    lines = written(hearing, worker, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        HearingLine.objects.filter(pk=lines[0].pk).update(**values)


# --- cost ---------------------------------------------------------------------------------------
def _cost(act) -> int:
    with CaptureQueriesContext(connection) as counted:
        act()
    return len(counted)


@pytest.mark.parametrize("rows", [1, 12])
def test_writing_costs_the_same_for_one_line_and_for_twelve(hearing, worker, at, rows):
    triage.problem_kinds()
    lines = [typed(f"{n}号楼的灯坏了") for n in range(rows)]
    # A savepoint and its end, the lock, the lines that stand, the new ones, the journal.
    assert _cost(lambda: hearings.write(hearing, lines, by=worker, at=at)) == 6
    changed = [replace(line, said=f"{line.said}！", revision=2) for line in lines]
    more = [typed(f"{n}号楼漏水") for n in range(rows)]
    assert _cost(lambda: hearings.write(hearing, changed + more, by=worker, at=at)) == 7


@pytest.mark.parametrize("rows", [1, 12])
def test_closing_costs_the_same_for_two_lines_and_for_many(hearing, worker, at, rows):
    for n in range(rows):
        written(hearing, worker, at, typed(f"{n}号楼道灯坏了", name="张敬之"), typed(BOOKING))
    assert _cost(lambda: hearings.close(hearing, by=worker, at=at)) == 12
