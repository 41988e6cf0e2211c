import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.needs.problem_factories import (
    PHONE,
    TITLE,
    accepted,
    closed,
    done,
    in_hand,
    kind,
    reported,
)
from youwo.core.references import spaced
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.needs import queries
from youwo.needs.actions import Contact, problems
from youwo.needs.defaults import load_outside_matters
from youwo.needs.models import (
    HandOver,
    OutsideMatter,
    Problem,
    ProblemMover,
    ProblemStatus,
    Report,
    Voice,
)
from youwo.needs.sweep import sweep
from youwo.notices.models import Message
from youwo.notices.outbox import put_into_inboxes
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def again(row):
    return type(row).objects.get(pk=row.pk)


def turns() -> list[tuple[str, str]]:
    return list(Turn.objects.order_by("pk").values_list("kind", "reference"))


def test_a_report_begins_a_problem_that_waits_for_the_community(jinshui, at):
    problem = reported(jinshui, at).problem
    assert (problem.status, problem.mover, problem.due_at) == (
        ProblemStatus.RECEIVED,
        ProblemMover.WORKER,
        at + timedelta(days=2),
    )


def test_a_report_and_its_problem_have_references_of_their_own(jinshui, at):
    report = reported(jinshui, at)
    assert (report.reference[0], report.problem.reference[0]) == ("R", "P")


def test_the_community_has_the_turn_of_a_new_problem(jinshui, at):
    report = reported(jinshui, at)
    assert turns() == [("problem.review", report.problem.reference)]


def test_the_same_try_makes_one_report(jinshui, at):
    nonce = uuid.uuid4()
    first, second = (reported(jinshui, at, nonce=nonce) for _ in range(2))
    assert (first.pk, Problem.objects.count(), Voice.objects.count()) == (second.pk, 1, 1)


def test_the_form_filled_in_anew_after_going_back_makes_a_second_report_once(jinshui, at):
    nonce = uuid.uuid4()
    reported(jinshui, at, nonce=nonce)
    second, third = (reported(jinshui, at, nonce=nonce, said="井盖丢了") for _ in range(2))
    assert (second.pk, Report.objects.count()) == (third.pk, 2)


def test_reporting_costs_five_inserts(jinshui, at, django_assert_num_queries):
    reported(jinshui, at)
    consent, lamp = factories.ConsentTextFactory(), kind()
    with django_assert_num_queries(7):  # five, and the two ends of the savepoint in tests
        reported(jinshui, at, consent=consent, kind=lamp)


def test_somebody_may_speak_without_saying_who_they_are(jinshui, at):
    assert reported(jinshui, at, contact=None).voice is None


def test_a_childs_words_need_the_guardian(jinshui, at):
    with pytest.raises(Refused) as refused:
        reported(jinshui, at, contact=Contact(PHONE, minor=True))
    assert refused.value.field == "consent"


def test_a_worker_enters_what_was_said_on_the_telephone(worker, jinshui, at):
    report = reported(jinshui, at, by=worker, channel="telephone")
    assert (report.recorded_by, report.voice.person) == (worker, None)


def test_a_worker_of_another_community_enters_nothing(stranger, jinshui, at):
    with pytest.raises(Refused) as refused:
        reported(jinshui, at, by=stranger, channel="telephone")
    assert refused.value.field == "community"


def test_one_more_voice_joins_what_is_known(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    reported(jinshui, at, said="我家楼下的灯也不亮", problem=problem)
    assert (problem.reports.count(), Problem.objects.count()) == (2, 1)


def test_the_words_of_one_more_voice_are_found(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    reported(jinshui, at, said="孩子夜里摔过跤", problem=problem)
    found = queries.staff_problems(worker, at.date(), words="摔过跤")
    assert list(found) == [problem]


def test_one_more_voice_follows_a_problem_to_what_it_was_joined_with(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    problems.merge(problem, into=into, by=worker, at=at)
    assert reported(jinshui, at, problem=problem).problem == into


def test_one_more_voice_about_what_has_ended_begins_anew(worker, jinshui, at):
    problem = closed(worker, jinshui, at)
    report = reported(jinshui, at, problem=problem)
    assert (report.problem == problem, report.problem.status) == (False, ProblemStatus.RECEIVED)


def test_one_more_voice_about_what_is_done_is_asked_as_well(worker, resident, jinshui, at):
    problem = done(worker, jinshui, at)
    report = reported(jinshui, at, problem=problem, by=resident)
    assert turns() == [("problem.judge", report.reference)]


def test_an_accepted_problem_has_the_time_of_its_kind(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    # 15 working hours are two days of 7.5.
    assert (problem.status, problem.due_at) == (ProblemStatus.OPEN, at + timedelta(days=2))


def test_what_is_accepted_is_public_and_waits_to_be_carried(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    assert (list(queries.public_problems()), turns()) == (
        [problem],
        [("problem.carry", problem.reference)],
    )


@pytest.mark.parametrize(
    ("title", "field"),
    [("张敬之家门口的灯", "public_title"), ("灯不亮，电话 138-0000-1234", "public_title")],
)
def test_public_words_name_nobody(title, field, worker, jinshui, at):
    with pytest.raises(Refused) as refused:
        accepted(worker, jinshui, at, title=title)
    assert refused.value.field == field


def test_only_the_community_accepts(stranger, jinshui, at):
    with pytest.raises(Refused):
        accepted(stranger, jinshui, at)


def test_every_voice_with_an_account_is_told(worker, resident, volunteer, jinshui, at):
    problem = reported(jinshui, at, by=resident).problem
    reported(jinshui, at, by=volunteer, problem=problem)
    problems.decline(problem, reason="属市政规划，今年不在计划内", by=worker, at=at)
    put_into_inboxes(at)
    told = Message.objects.order_by("pk").values_list("recipient", flat=True)
    assert list(told) == [resident.pk, volunteer.pk]


def test_what_is_declined_needs_an_explanation(worker, jinshui, at):
    with pytest.raises(Refused) as refused:
        problems.decline(reported(jinshui, at).problem, reason=" ", by=worker, at=at)
    assert refused.value.field == "reason"


def test_a_problem_without_public_words_is_told_by_its_reference(worker, resident, jinshui, at):
    report = reported(jinshui, at, by=resident)
    problems.decline(report.problem, reason="已修好", by=worker, at=at)
    put_into_inboxes(at)
    assert Message.objects.get(recipient=resident).body == f"反映 {spaced(report.reference)}"


def test_what_is_declined_is_nobodys_turn(worker, jinshui, at):
    problem = problems.decline(reported(jinshui, at).problem, reason="做不了", by=worker, at=at)
    assert (problem.closed_at, problem.due_at, turns()) == (at, None, [])


def test_what_belongs_elsewhere_is_recorded_as_handed_over(worker, jinshui, at):
    load_outside_matters()
    matter = OutsideMatter.objects.first()
    problem = problems.hand_over(reported(jinshui, at).problem, matter=matter, by=worker, at=at)
    assert (problem.reason, HandOver.objects.get().problem) == (matter.where_to_go, problem)


def test_what_is_in_hand_is_no_turn_of_the_communitys(worker, jinshui, at):
    problem = in_hand(worker, jinshui, at)
    assert (problem.mover, turns()) == (ProblemMover.CARRIER, [])


def test_what_is_put_back_waits_to_be_carried_and_says_why(worker, jinshui, at):
    problem = problems.put_back(in_hand(worker, jinshui, at), reason="经费没批", by=worker, at=at)
    assert (problem.status, problem.reason) == (ProblemStatus.OPEN, "经费没批")


def test_what_is_overdue_falls_to_the_community(worker, jinshui, at):
    problem = in_hand(worker, jinshui, at)
    sweep(problem.due_at)
    assert (again(problem).mover, turns()) == (
        ProblemMover.WORKER,
        [("problem.chase", problem.reference)],
    )


def test_before_its_time_nothing_falls_to_the_community(worker, jinshui, at):
    problem = in_hand(worker, jinshui, at)
    assert sweep(problem.due_at - timedelta(minutes=1)) == 0


def test_who_reported_it_is_asked_when_it_is_done(worker, resident, jinshui, at):
    problem = done(worker, jinshui, at, by=resident)
    assert (problem.mover, turns()) == (
        ProblemMover.RESIDENT,
        [("problem.judge", problem.reports.get().reference)],
    )


def test_residents_who_look_at_no_page_are_asked_by_the_community(worker, jinshui, at):
    given = {"by": worker, "channel": "telephone"}
    problem = done(worker, jinshui, at, **given)
    assert (problem.mover, turns()) == (
        ProblemMover.WORKER,
        [("problem.close", problem.reference)],
    )


def test_residents_who_say_nothing_are_asked_by_the_community(worker, jinshui, at):
    problem = done(worker, jinshui, at)
    sweep(problem.due_at)
    assert turns() == [("problem.close", problem.reference)]


def test_the_first_word_brings_it_to_the_community(worker, jinshui, at):
    problem = done(worker, jinshui, at)
    problems.judge(problem.reports.get(), satisfied=True, words="", by=None, at=at)
    assert turns() == [("problem.close", problem.reference)]


def test_a_problem_is_closed_with_a_residents_yes(worker, jinshui, at):
    problem = closed(worker, jinshui, at)
    assert (problem.status, problem.closed_at, turns()) == (ProblemStatus.CLOSED, at, [])


def test_without_a_residents_word_it_is_written_down_who_was_asked(worker, jinshui, at):
    problem = done(worker, jinshui, at)
    with pytest.raises(Refused) as refused:
        problems.close(problem, by=worker, at=at)
    assert refused.value.field == "asked"
    said = problems.close(problem, asked="打电话问过张师傅，说亮了", by=worker, at=at).asked
    assert said == "打电话问过张师傅，说亮了"


def test_one_no_keeps_a_problem_from_being_closed_by_a_yes(worker, jinshui, at):
    problem = done(worker, jinshui, at)
    second = reported(jinshui, at, problem=problem)
    first = problem.reports.order_by("pk").first()
    problems.judge(first, satisfied=True, words="", by=None, at=at)
    problems.judge(second, satisfied=False, words="还是不亮", by=None, at=at)
    with pytest.raises(Refused):
        problems.close(problem, by=worker, at=at)


def test_nobody_judges_what_is_not_done(worker, jinshui, at):
    problem = in_hand(worker, jinshui, at)
    with pytest.raises(Refused):
        problems.judge(problem.reports.get(), satisfied=True, words="", by=None, at=at)


def test_who_says_no_after_the_end_brings_it_back(worker, jinshui, at):
    problem = closed(worker, jinshui, at)
    problems.judge(problem.reports.get(), satisfied=False, words="又不亮了", by=None, at=at)
    problem = again(problem)
    assert (problem.status, problem.mover, problem.closed_at) == (
        ProblemStatus.DONE,
        ProblemMover.WORKER,
        None,
    )


def test_who_says_yes_after_the_end_changes_nothing(worker, jinshui, at):
    problem = closed(worker, jinshui, at)
    problems.judge(problem.reports.get(), satisfied=True, words="", by=None, at=at)
    assert again(problem).status == ProblemStatus.CLOSED


def test_what_is_not_done_yet_goes_on(worker, jinshui, at):
    problem = done(worker, jinshui, at)
    until = at + timedelta(days=3)
    problem = problems.contest(problem, reason="只亮了一半", due_at=until, by=worker, at=at)
    assert (problem.status, problem.due_at, problem.reason) == (
        ProblemStatus.IN_HAND,
        until,
        "只亮了一半",
    )


def test_what_is_opened_again_asks_anew(worker, jinshui, at):
    problem = problems.reopen(closed(worker, jinshui, at), reason="又坏了", by=worker, at=at)
    report = problem.reports.get()
    assert (problem.status, report.satisfied, report.answered_at) == (
        ProblemStatus.OPEN,
        None,
        None,
    )


def test_what_is_public_is_changed_found_and_written_down(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    changed = problems.rephrase(
        problem, public_title="路灯不亮", public_text="凉亭旁边", by=worker, at=at
    )
    assert (changed.title, str(changed)) == ("路灯不亮", "路灯不亮")
    assert "凉亭" in again(problem).public_terms.replace(" ", "")
    assert Turn.objects.get(reference=problem.reference).title == "路灯不亮"
    assert Line.objects.filter(verb="rephrase", target_key=str(problem.pk)).count() == 1


@pytest.mark.parametrize("make", [done, closed])
def test_what_has_been_done_is_not_put_in_other_words(make, worker, jinshui, at):
    problem = make(worker, jinshui, at)
    with pytest.raises(Refused):
        problems.rephrase(problem, public_title="别的灯", public_text="", by=worker, at=at)


def test_others_do_not_change_what_is_public(worker, stranger, jinshui, at):
    problem = accepted(worker, jinshui, at)
    with pytest.raises(Refused):
        problems.rephrase(problem, public_title="别的灯", public_text="", by=stranger, at=at)


def test_joined_problems_have_all_their_voices_in_one(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    problems.merge(problem, into=into, by=worker, at=at)
    assert (again(problem).status, problem.reports.count(), into.reports.count()) == (
        ProblemStatus.MERGED,
        0,
        2,
    )


def test_joining_is_undone_voice_by_voice_and_with_the_time_as_before(worker, jinshui, at):
    problem = reported(jinshui, at).problem
    into = accepted(worker, jinshui, at + timedelta(hours=1))
    own, others = problem.reports.get(), into.reports.get()
    merge = problems.merge(problem, into=into, by=worker, at=at + timedelta(hours=2))
    back = again(problems.undo_merge(merge, by=worker, at=at + timedelta(hours=3)))
    assert (back.reports.get(), into.reports.get()) == (own, others)
    assert (back.status, back.since, back.due_at) == (problem.status, at, problem.due_at)


def test_voices_that_came_later_stay_when_joining_is_undone(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    merge = problems.merge(problem, into=into, by=worker, at=at)
    later = reported(jinshui, at, problem=problem)
    problems.undo_merge(merge, by=worker, at=at)
    assert again(later).problem == into


def test_joining_is_not_undone_once_the_other_has_moved_on(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    merge = problems.merge(problem, into=into, by=worker, at=at)
    later = at + timedelta(hours=1)
    problems.take_up(into, due_at=at + timedelta(days=5), by=worker, at=later)
    with pytest.raises(Refused):
        problems.undo_merge(merge, by=worker, at=later)


def test_joining_is_not_undone_once_its_voices_were_split_off(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    own = problem.reports.get()
    merge = problems.merge(problem, into=into, by=worker, at=at)
    problems.split(into, reports=[own], title="另一盏灯", by=worker, at=at)
    with pytest.raises(Refused):
        problems.undo_merge(merge, by=worker, at=at)


def test_joining_is_not_undone_where_nobody_would_be_left(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    own = into.reports.get()
    merge = problems.merge(problem, into=into, by=worker, at=at)
    assert queries.standing_merges(into).get().can_undo
    problems.split(into, reports=[own], title="另一盏灯", by=worker, at=at)

    with pytest.raises(Refused):
        problems.undo_merge(merge, by=worker, at=at)
    assert into.reports.count() == 1
    assert not queries.standing_merges(into).get().can_undo


def test_joining_is_undone_once(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    merge = problems.merge(problem, into=into, by=worker, at=at)
    problems.undo_merge(merge, by=worker, at=at)
    with pytest.raises(Refused):
        problems.undo_merge(merge, by=worker, at=at)


def test_a_problem_is_not_joined_with_itself(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    with pytest.raises(Refused):
        problems.merge(problem, into=problem, by=worker, at=at)


def test_problems_of_two_communities_stay_apart(coordinator, jinshui, at):
    here = accepted(coordinator, jinshui, at)
    there = accepted(coordinator, factories.community("140802005023", "学苑社区"), at)
    with pytest.raises(Refused):
        problems.merge(here, into=there, by=coordinator, at=at)


def test_what_somebody_has_taken_on_is_not_joined_with_another(worker, jinshui, at):
    problem, into = in_hand(worker, jinshui, at), accepted(worker, jinshui, at)
    with pytest.raises(Refused):
        problems.merge(problem, into=into, by=worker, at=at)


def test_a_refusal_to_join_names_the_other_and_where_it_stands(worker, jinshui, at):
    into = accepted(worker, jinshui, at, title="路灯坏了")
    carried = in_hand(worker, jinshui, at, title="院里的灯不亮")
    with pytest.raises(Refused, match=r"“院里的灯不亮”.*“办理中”"):
        problems.merge(carried, into=into, by=worker, at=at)
    over = closed(worker, jinshui, at, title="灯已经修好")
    with pytest.raises(Refused, match=r"“灯已经修好”.*“已办结”"):
        problems.merge(over, into=into, by=worker, at=at)
    with pytest.raises(Refused, match=r"“灯已经修好”.*“已办结”"):
        problems.merge(into, into=over, by=worker, at=at)


def test_nothing_is_joined_with_what_has_ended(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), closed(worker, jinshui, at)
    with pytest.raises(Refused):
        problems.merge(problem, into=into, by=worker, at=at)


def test_what_is_public_is_not_joined_with_what_is_not(worker, jinshui, at):
    problem, into = accepted(worker, jinshui, at), reported(jinshui, at).problem
    with pytest.raises(Refused):
        problems.merge(problem, into=into, by=worker, at=at)


def test_voices_are_set_apart_as_a_problem_of_their_own(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    second = reported(jinshui, at, problem=problem, said="地下车库的灯不亮")
    apart = problems.split(problem, reports=[second], title="地下车库灯不亮", by=worker, at=at)
    assert (apart.status, apart.split_from, again(second).problem) == (
        ProblemStatus.OPEN,
        problem,
        apart,
    )


def test_what_is_set_apart_began_when_the_first_of_its_voices_spoke(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    later = at + timedelta(days=2)
    second = reported(jinshui, later, problem=problem)
    third = reported(jinshui, later + timedelta(days=1), problem=problem)
    now = later + timedelta(days=2)
    apart = problems.split(problem, reports=[third, second], title="另一盏灯", by=worker, at=now)
    assert (apart.received_at, again(problem).received_at) == (later, at)
    assert apart.due_at > now


def test_what_is_set_apart_from_an_unreviewed_problem_is_not_public(worker, jinshui, at):
    problem = reported(jinshui, at).problem
    second = reported(jinshui, at, problem=problem)
    apart = problems.split(problem, reports=[second], title="另一盏灯", by=worker, at=at)
    assert (apart.status, apart.public_title) == (ProblemStatus.RECEIVED, "")


def test_what_was_set_apart_is_put_together_again(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    second = reported(jinshui, at, problem=problem)
    apart = problems.split(problem, reports=[second], title="另一盏灯", by=worker, at=at)
    problems.merge(apart, into=problem, by=worker, at=at)
    assert problem.reports.count() == 2


@pytest.mark.parametrize("chosen", ["none", "all", "another's"])
def test_splitting_needs_some_voices_and_leaves_some(chosen, worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    reported(jinshui, at, problem=problem)
    reports = {
        "none": [],
        "all": list(problem.reports.all()),
        "another's": [reported(jinshui, at)],
    }[chosen]
    with pytest.raises(Refused) as refused:
        problems.split(problem, reports=reports, title="另一盏灯", by=worker, at=at)
    assert refused.value.field == "reports"


def test_nothing_is_split_from_what_has_ended(worker, jinshui, at):
    problem = closed(worker, jinshui, at)
    with pytest.raises(Refused):
        problems.split(problem, reports=[], title="另一盏灯", by=worker, at=at)


def test_seeing_who_spoke_is_journalled_with_its_reason(worker, jinshui, at):
    report = reported(jinshui, at)
    contact = problems.reveal(report, reason="回访", by=worker, at=at)
    assert (contact.phone, Line.objects.get(verb="unmask").reason) == (PHONE, "回访")


def test_strangers_do_not_see_who_spoke(stranger, jinshui, at):
    with pytest.raises(Refused):
        problems.reveal(reported(jinshui, at), reason="看看", by=stranger, at=at)


def test_there_is_nobody_to_see_behind_an_unnamed_voice(worker, jinshui, at):
    with pytest.raises(Refused):
        problems.reveal(reported(jinshui, at, contact=None), reason="回访", by=worker, at=at)


def test_the_journal_holds_no_words_and_no_name(worker, jinshui, at):
    closed(worker, jinshui, at)
    kept = "".join(f"{line.reason}{line.data}" for line in Line.objects.all())
    assert [word for word in ("张敬之", PHONE, "路灯") if word in kept] == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": "merged", "mover": "nobody"},
        {"public_title": ""},
        {"status": "declined", "mover": "nobody", "reason": ""},
        {"status": "closed", "mover": "nobody"},
        {"due_at": None},
        {"longitude": "111.0"},
        {"reason": "x", "closed_at": "2025-06-03T09:12+08:00"},
    ],
)
def test_the_database_refuses_impossible_problems(change, worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(**change)


def test_the_database_refuses_an_answer_without_its_moment(jinshui, at):
    report = reported(jinshui, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(satisfied=True)


def test_voices_are_counted_in_the_list(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    reported(jinshui, at, problem=problem)
    assert [row.voices for row in queries.public_problems().with_voices()] == [2]


def test_what_is_open_in_a_place_is_what_nobody_has_taken_on(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    in_hand(worker, jinshui, at)
    assert list(queries.open_problems(jinshui.pk)) == [problem]


def test_near_a_compound_is_what_lies_in_it(worker, jinshui, at):
    compound = factories.area("140802005022-001", "金税小区")
    problem = accepted(worker, jinshui, at, compound=compound)
    accepted(worker, jinshui, at)
    assert list(queries.problems_near(jinshui.pk, compound.pk)) == [problem]


def test_strangers_read_no_problem(stranger, jinshui, at):
    reported(jinshui, at)
    assert list(queries.readable_problems(stranger, at.date())) == []


def test_somebodys_own_reports_are_found(resident, jinshui, at):
    report = reported(jinshui, at, by=resident)
    reported(jinshui, at)
    assert list(queries.reported_by(resident)) == [report]


def test_the_title_begins_as_the_first_words(jinshui, at):
    assert reported(jinshui, at, said="井盖 丢了").problem.title == "井盖 丢了"


def test_the_title_of_a_public_problem_is_the_public_one(worker, jinshui, at):
    assert str(accepted(worker, jinshui, at)) == TITLE
