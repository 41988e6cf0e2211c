"""Filling in sheets: by whom, little by little, for somebody, and by residents."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.evaluation.factories import STEPS, enrolled_member, filled, planned, said, template
from youwo.core.refused import Refused
from youwo.evaluation import actions, queries
from youwo.evaluation.actions import Asking, Said
from youwo.evaluation.models import Answer, Question, Sheet
from youwo.evaluation.sweep import sweep
from youwo.journal.models import Line
from youwo.notices.models import Message
from youwo.people.models import Grant
from youwo.turns import queries as turns
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def community_sheet(open_round):
    return Sheet.objects.get(viewpoint="community")


def test_a_sheet_that_is_filled_in_is_nobodys_turn_any_more(community_sheet, worker, at):
    sheet = actions.fill_in(community_sheet, said=said(community_sheet), by=worker, at=at)
    assert (sheet.state, sheet.filled_by) == ("done", worker)
    assert not Turn.objects.filter(role="worker").exists()


def test_a_turn_says_how_many_sheets_are_left(worker, unit, jinshui, at):
    enrolled_member(unit, jinshui)
    enrolled_member(unit, jinshui)
    round_ = planned(
        worker, template(jinshui, at, subject="member", weights={"community": 1}), jinshui, at
    )
    sheet = round_.stacks.get().sheets.first()
    actions.fill_in(sheet, said=said(sheet), by=worker, at=at)
    assert Turn.objects.get().detail == "社区评 · 待填 1 份"


def test_what_is_typed_is_kept_before_it_counts(community_sheet, worker, at):
    question = Question.objects.get(viewpoint="community")
    actions.fill_in(community_sheet, said=Said({question.pk: 1}), by=worker, at=at, done=False)
    community_sheet.refresh_from_db()
    assert (community_sheet.state, Answer.objects.get().step) == ("begun", 1)
    assert Turn.objects.filter(role="worker").exists()


def test_a_sheet_that_counts_is_not_undone_by_typing(community_sheet, worker, at):
    actions.fill_in(community_sheet, said=said(community_sheet), by=worker, at=at)
    question = Question.objects.get(viewpoint="community")
    actions.fill_in(community_sheet, said=Said({question.pk: 0}), by=worker, at=at, done=False)
    community_sheet.refresh_from_db()
    assert (community_sheet.state, Answer.objects.get().step) == ("done", 2)


def test_a_sheet_can_be_changed_until_the_close(community_sheet, worker, at):
    for step in (2, None):
        actions.fill_in(community_sheet, said=said(community_sheet, step), by=worker, at=at)
    assert Answer.objects.get().step is None


def test_a_question_without_an_answer_is_refused(community_sheet, worker, at):
    question = Question.objects.get(viewpoint="community")
    with pytest.raises(Refused) as refused:
        actions.fill_in(community_sheet, said=Said(), by=worker, at=at)
    assert refused.value.field == f"q{question.pk}"


@pytest.mark.parametrize("step", [3, -1])
def test_steps_that_the_scale_does_not_have_are_refused(community_sheet, worker, at, step):
    with pytest.raises(Refused):
        actions.fill_in(community_sheet, said=said(community_sheet, step), by=worker, at=at)


def test_questions_of_another_viewpoint_are_refused(community_sheet, worker, at):
    other = Question.objects.get(viewpoint="self")
    with pytest.raises(Refused):
        actions.fill_in(community_sheet, said=Said({other.pk: 1}), by=worker, at=at, done=False)


def test_after_the_close_nothing_is_filled_in(community_sheet, open_round, worker, at):
    actions.close(open_round, by=worker, at=at)
    with pytest.raises(Refused):
        actions.fill_in(community_sheet, said=said(community_sheet), by=worker, at=at)


def test_strangers_fill_in_nothing(community_sheet, stranger, at):
    with pytest.raises(Refused):
        actions.fill_in(community_sheet, said=said(community_sheet), by=stranger, at=at)


def test_a_worker_who_acts_for_the_unit_leaves_it_to_colleagues(
    community_sheet, unit, worker, open_round, at
):
    factories.mandate(worker, unit)
    with pytest.raises(Refused):
        actions.fill_in(community_sheet, said=said(community_sheet), by=worker, at=at)
    assert [sheet.viewpoint for sheet in queries.sheets_before(worker, open_round, at.date())] == [
        "self"
    ]


def test_nobody_judges_themselves_as_their_units_leader(worker, unit, acting, jinshui, at):
    from tests.organizations.factories import MemberEnrolmentFactory

    MemberEnrolmentFactory(person=acting, organization=unit, community=jinshui)
    sheet = template(jinshui, at, subject="member", weights={"self": 1, "leader": 1})
    round_ = planned(worker, sheet, jinshui, at)
    with pytest.raises(Refused):
        filled(round_, "leader", acting, at)
    assert filled(round_, "self", acting, at).state == "done"


def test_the_community_enters_an_own_view_from_paper(open_round, worker, at):
    sheet = Sheet.objects.get(viewpoint="self")
    with pytest.raises(Refused):
        actions.fill_in(sheet, said=said(sheet), by=worker, at=at)
    entered = actions.fill_in(sheet, said=said(sheet), by=worker, at=at, entered_from="paper")
    assert (entered.state, entered.entered_from) == ("done", "paper")


def test_only_own_views_are_entered_for_somebody(community_sheet, worker, at):
    with pytest.raises(Refused):
        actions.fill_in(
            community_sheet, said=said(community_sheet), by=worker, at=at, entered_from="paper"
        )


@pytest.fixture
def asking(worker, acting, jinshui, at):
    """The unit in a round that asks residents, too."""
    sheet = template(jinshui, at, weights={"public": 1}, asks_public=True)
    return planned(worker, sheet, jinshui, at).evaluated.get()


def spoken(asking, step=2, words=""):
    question = Question.objects.get(viewpoint="public")
    return Said({question.pk: step}, words)


def test_residents_say_it_once_a_try(asking, resident, at):
    nonce = uuid.uuid4()
    first = actions.say(asking, said=spoken(asking), nonce=nonce, by=resident, at=at)
    assert actions.say(asking, said=spoken(asking), nonce=nonce, by=resident, at=at) == first


def test_nobody_can_find_out_which_resident_spoke(asking, resident, at):
    sheet = actions.say(asking, said=spoken(asking), nonce=uuid.uuid4(), by=resident, at=at)
    line = Line.objects.get(verb="fill_in")
    assert (sheet.filled_by, line.actor_key) == (None, "")


def test_the_evaluated_do_not_speak_for_the_public(asking, acting, at):
    with pytest.raises(Refused):
        actions.say(asking, said=spoken(asking), nonce=uuid.uuid4(), by=acting, at=at)


def test_residents_answer_all_questions(asking, at):
    with pytest.raises(Refused):
        actions.say(asking, said=Said(), nonce=uuid.uuid4(), by=None, at=at)


def test_residents_are_not_asked_where_the_sheet_does_not(open_round, at):
    with pytest.raises(Refused):
        actions.say(open_round.evaluated.get(), said=Said(), nonce=uuid.uuid4(), by=None, at=at)


def test_three_residents_make_the_publics_view(asking, worker, at):
    for step in (0, 1, 2):
        actions.say(asking, said=spoken(asking, step), nonce=uuid.uuid4(), by=None, at=at)
    actions.close(asking.round, by=worker, at=at + timedelta(hours=1))
    actions.publish(asking.round, by=worker, at=at + timedelta(hours=1))
    assert asking.results.get().tenths == 500


# --- several at once ---------------------------------------------------------------------------
@pytest.fixture
def stack(worker, unit, jinshui, at):
    """Four members before the community's workers, two questions each."""
    for name in ("安01", "安02", "安03", "安04"):
        enrolled_member(unit, jinshui, name=name)
    asked = [Asking("community", text, STEPS) for text in ("来了吗", "办了吗")]
    kind = template(jinshui, at, subject="member", weights={"community": 1}, questions=asked)
    return planned(worker, kind, jinshui, at).stacks.get()


def rows(stack, *steps):
    """What the first sheets of a stack say: the step of each question."""
    keys = list(Question.objects.order_by("number").values_list("pk", flat=True))
    sheets = stack.sheets.order_by("pk").values_list("pk", flat=True)
    return {
        sheet: Said(dict(zip(keys, chosen, strict=False)))
        for sheet, chosen in zip(sheets, steps, strict=False)
    }


def test_several_sheets_are_taken_in_at_once(stack, worker, jinshui, at):
    filled = actions.fill_in_many(rows(stack, (2, 1), (0, None)), by=worker, at=at)
    assert [sheet.evaluated.person.name for sheet in filled] == ["安01", "安02"]
    assert list(Answer.objects.order_by("sheet", "question").values_list("step", flat=True)) == [
        2, 1, 0, None,
    ]  # fmt: skip
    states = stack.sheets.order_by("pk").values_list("state", "filled_by", "filled_at")
    assert list(states) == [("done", worker.pk, at)] * 2 + [("waiting", None, None)] * 2
    lines = Line.objects.filter(verb="fill_in", area_code=jinshui.pk)
    assert {line.target_key for line in lines} == {str(sheet.pk) for sheet in filled}


def test_several_sheets_are_one_turn_that_opens_the_stack(stack, worker, at):
    assert Turn.objects.get().kind == "evaluation.judge_many"
    assert Turn.objects.get().reference == str(stack.pk)
    actions.fill_in_many(rows(stack, (2, 1), (0, 0), (1, 1)), by=worker, at=at)
    turn = Turn.objects.get()
    assert (turn.kind, turn.reference) == ("evaluation.judge", stack.round.reference)
    last = {stack.sheets.get(state="waiting").pk: rows(stack, (1, 1)).popitem()[1]}
    actions.fill_in_many(last, by=worker, at=at)
    assert not Turn.objects.exists()


def test_a_row_left_in_the_middle_is_refused_and_nothing_is_taken_in(stack, worker, at):
    said = rows(stack, (2, 1), (1,))
    with pytest.raises(Refused) as refused:
        actions.fill_in_many(said, by=worker, at=at)
    second = Question.objects.get(number=2)
    assert refused.value.field == f"s{list(said)[1]}-q{second.pk}"
    assert not Answer.objects.exists()


def test_what_was_begun_and_not_touched_stays_begun(stack, worker, at):
    said = rows(stack, (2, 1), (1,))
    begun = Sheet.objects.get(pk=list(said)[1])
    actions.fill_in(begun, said=said[begun.pk], by=worker, at=at, done=False)
    actions.fill_in_many(said, by=worker, at=at)
    begun.refresh_from_db()
    assert begun.state == "begun"
    assert stack.sheets.filter(state="done").count() == 1


def test_words_that_were_kept_stay(stack, worker, at):
    sheet = stack.sheets.order_by("pk").first()
    actions.fill_in(sheet, said=Said(words="有一次下雨也来了"), by=worker, at=at, done=False)
    actions.fill_in_many(rows(stack, (2, 1)), by=worker, at=at)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.words) == ("done", "有一次下雨也来了")


def test_what_a_colleague_judged_in_the_meantime_stands(stack, worker, jinshui, at):
    colleague = factories.granted("worker", jinshui)
    actions.fill_in_many(rows(stack, (2, 2)), by=colleague, at=at)
    [filled] = actions.fill_in_many(rows(stack, (0, 0), (1, 1)), by=worker, at=at)
    first = stack.sheets.order_by("pk").first()
    assert first.filled_by == colleague
    assert set(first.answers.values_list("step", flat=True)) == {2}
    assert filled != first
    assert actions.fill_in_many(rows(stack, (0, 0)), by=worker, at=at) == []


def test_nobody_judges_themselves_among_many(stack, jinshui, at):
    member = stack.sheets.order_by("pk").first().evaluated.person
    Grant.objects.create(
        person=member, role="worker", area=jinshui, starts_on=at.date(), granted_at=at
    )
    with pytest.raises(Refused):
        actions.fill_in_many(rows(stack, (2, 2)), by=member, at=at)
    assert not Answer.objects.exists()


def as_worker(person, place, at) -> None:
    Grant.objects.create(
        person=person, role="worker", area=place, starts_on=at.date(), granted_at=at
    )


def in_queue(person, at) -> list[str]:
    return [turn.kind for waiting in turns.waiting_lists(person, at) for turn in waiting]


def test_no_turn_waits_for_whom_the_last_sheet_is_about(stack, worker, jinshui, at):
    colleague = factories.granted("worker", jinshui)
    member = stack.sheets.order_by("pk").last().evaluated.person
    as_worker(member, jinshui, at)
    assert in_queue(member, at) == ["evaluation.judge_many"]
    actions.fill_in_many(rows(stack, (2, 1), (0, 0), (1, 1)), by=worker, at=at)
    assert in_queue(member, at) == []
    assert in_queue(colleague, at) == ["evaluation.judge"]
    actions.extend(stack.round, days=1, reason="补充", by=worker, at=at)
    assert in_queue(member, at) == []


def test_a_stack_of_one_sheet_is_nobodys_turn_who_acts_for_its_unit(
    open_round, unit, worker, jinshui, at
):
    colleague = factories.granted("worker", jinshui)
    factories.mandate(worker, unit)
    assert in_queue(colleague, at) == ["evaluation.judge"]
    # Their own view alone.
    assert in_queue(worker, at) == ["evaluation.judge"]
    assert [sheet.viewpoint for sheet in queries.sheets_before(worker, open_round, at.date())] == [
        "self"
    ]


def test_who_has_their_own_sheet_alone_before_them_is_not_reminded(stack, worker, jinshui, at):
    colleague = factories.granted("worker", jinshui)
    member = stack.sheets.order_by("pk").last().evaluated.person
    as_worker(member, jinshui, at)
    actions.fill_in_many(rows(stack, (2, 1), (0, 0), (1, 1)), by=worker, at=at)
    sweep(stack.round.closes_at - timedelta(hours=1))
    reminded = set(Message.objects.filter(kind="reminder").values_list("recipient", flat=True))
    assert reminded == {worker.pk, colleague.pk}


def test_several_sheets_are_refused_from_strangers_after_the_close_and_of_two_stacks(
    stack, stranger, worker, open_round, at
):
    with pytest.raises(Refused):
        actions.fill_in_many(rows(stack, (2, 2)), by=stranger, at=at)
    other = Sheet.objects.get(evaluated__round=open_round, viewpoint="community")
    with pytest.raises(Refused):
        actions.fill_in_many({**rows(stack, (2, 2)), other.pk: Said()}, by=worker, at=at)
    with pytest.raises(Refused):
        actions.fill_in_many({}, by=worker, at=at)
    with pytest.raises(Refused):
        actions.fill_in_many(rows(stack, (2, 9)), by=worker, at=at)
    actions.close(stack.round, by=worker, at=at)
    with pytest.raises(Refused):
        actions.fill_in_many(rows(stack, (2, 2)), by=worker, at=at)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_taking_in_many_costs_what_taking_in_one_does(stack, worker, at, count):
    said = rows(stack, *[(2, 1)] * count)
    with CaptureQueriesContext(connection) as counted:
        actions.fill_in_many(said, by=worker, at=at)
    statements = [row["sql"] for row in counted if "SAVEPOINT" not in row["sql"]]
    assert len(statements) == 7
