"""Filling in sheets: by whom, little by little, for somebody, and by residents."""

import uuid
from datetime import timedelta

import pytest

from tests import factories
from tests.evaluation.factories import enrolled_member, filled, planned, said, template
from youwo.core.refused import Refused
from youwo.evaluation import actions, queries
from youwo.evaluation.actions import Said
from youwo.evaluation.models import Answer, Question, Sheet
from youwo.journal.models import Line
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
