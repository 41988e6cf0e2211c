"""Judging many in one go, as people press it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.evaluation.factories import STEPS, enrolled_member, planned, template
from tests.organizations.factories import MemberEnrolmentFactory
from tests.web.needs.people import signed_in, words
from youwo.evaluation import actions
from youwo.evaluation.actions import Asking, Said
from youwo.evaluation.models import Answer, Question, Stack
from youwo.people.models import Grant
from youwo.web.evaluation import stacks

pytestmark = pytest.mark.django_db


@pytest.fixture
def lay_out(worker, unit, jinshui, at):
    """Sheets about some members before the community's workers, two questions each."""

    def build(members: int, viewpoint: str = "community") -> Stack:
        for number in range(members):
            enrolled_member(unit, jinshui, name=f"安{number:02}")
        asked = [Asking(viewpoint, text, STEPS) for text in ("来了吗", "办了吗")]
        kind = template(jinshui, at, subject="member", weights={viewpoint: 1}, questions=asked)
        return planned(worker, kind, jinshui, at).stacks.get()

    return build


def page(stack):
    return f"/work/evaluations/stacks/{stack.pk}/"


def row(sheet, *steps):
    """What is sent of a row: the step of each question, in their order."""
    questions = Question.objects.order_by("number").values_list("pk", flat=True)
    return {
        f"s{sheet.pk}-q{key}": str(step)
        for key, step in zip(questions, steps, strict=False)
        if step != ""
    }


def sheets(stack):
    return list(stack.sheets.order_by("pk"))


def shown(response):
    return [one.who for one in response.context["rows"]]


def test_sheets_that_wait_are_listed_some_at_a_time(at_work, lay_out):
    stack = lay_out(21)
    first = at_work.get(page(stack))
    assert (len(shown(first)), shown(first)[0]) == (20, "安00")
    rest = at_work.get(f"{page(stack)}?cursor={first.context['page'].after}")
    assert shown(rest) == ["安20"]
    assert "已评 0 份，共 21 份" in words(first)


def test_the_sheet_about_oneself_is_counted_nowhere(lay_out, jinshui, at):
    stack = lay_out(3)
    member = sheets(stack)[0].evaluated.person
    Grant.objects.create(
        person=member, role="worker", area=jinshui, starts_on=at.date(), granted_at=at
    )
    browser = signed_in(member)
    assert "社区评 · 待填 2 份" in words(browser.get("/work/"))
    assert "已评 0 份，共 2 份" in words(browser.get(page(stack)))


def test_a_row_shows_the_facts_and_every_step_of_each_question(at_work, lay_out):
    [only] = at_work.get(page(lay_out(1))).context["rows"]
    assert [fact.name for fact in only.facts] == ["办成实事", "志愿活动", "服务时长"]
    assert [asked.text for asked in only.asked] == ["来了吗", "办了吗"]
    assert [str(step) for _value, step in only.asked[0].steps] == [
        "常常",
        "有时",
        "从不",
        "说不上来",
    ]


def test_filled_rows_are_saved_together_and_empty_ones_stay(at_work, lay_out):
    stack = lay_out(3)
    first, second, third = sheets(stack)
    sent = row(first, 2, "none") | row(third, 0, 1)
    response = at_work.post(page(stack), sent, follow=True)
    assert shown(response) == ["安01"]
    assert "已保存 2 份" in words(response)
    assert "已评 2 份，共 3 份" in words(response)
    assert list(first.answers.order_by("question").values_list("step", flat=True)) == [2, None]
    assert not second.answers.exists()


def test_saving_stays_at_the_place_in_the_list(at_work, lay_out):
    stack = lay_out(21)
    after = at_work.get(page(stack)).context["page"].after
    last = sheets(stack)[-1]
    there = f"{page(stack)}?cursor={after}"
    assert at_work.post(there, row(last, 2, 2)).url == there


def test_a_row_with_a_missing_answer_is_refused_there_and_everything_survives(at_work, lay_out):
    stack = lay_out(3)
    first, second, third = sheets(stack)
    sent = row(first, 2, 1) | row(second, "", 1)
    keys = [sheet.pk for sheet in (first, second, third)]
    response = at_work.post(page(stack), sent | {"shown": [*keys, "x"]})
    assert (response.status_code, Answer.objects.count()) == (422, 0)
    rows = response.context["rows"]
    assert [[asked.chosen for asked in one.asked] for one in rows] == [
        ["2", "1"],
        ["", "1"],
        ["", ""],
    ]
    assert [one.who for one in response.context["wrong"]] == ["安01"]
    assert rows[1].wrong is rows[1].asked[0]
    assert "还没有保存，请看一下这几处" in words(response)


def test_what_was_begun_stands_in_its_row_and_may_stay_so(at_work, worker, lay_out, at):
    stack = lay_out(2)
    first, second = sheets(stack)
    questions = list(Question.objects.order_by("number").values_list("pk", flat=True))
    actions.fill_in(first, said=Said({questions[0]: 1}), by=worker, at=at, done=False)
    rows = at_work.get(page(stack)).context["rows"]
    assert [asked.chosen for asked in rows[0].asked] == ["1", ""]

    response = at_work.post(page(stack), row(first, 1) | row(second, 2, 2), follow=True)

    assert shown(response) == ["安00"]
    assert "另有 1 份保持原样" in words(response)


def test_a_begun_row_is_not_wrong_where_another_one_is(at_work, worker, lay_out, at):
    stack = lay_out(2)
    first, second = sheets(stack)
    questions = list(Question.objects.order_by("number").values_list("pk", flat=True))
    actions.fill_in(first, said=Said({questions[0]: 1}), by=worker, at=at, done=False)
    response = at_work.post(page(stack), row(first, 1) | row(second, 2))
    assert [one.who for one in response.context["wrong"]] == ["安01"]


def test_what_a_colleague_judged_in_the_meantime_is_said(at_work, jinshui, lay_out):
    stack = lay_out(2)
    sent = row(sheets(stack)[0], 2, 2)
    signed_in(factories.granted("worker", jinshui)).post(page(stack), sent)
    response = words(at_work.post(page(stack), sent, follow=True))
    assert "另有 1 份保持原样" in response
    assert "已保存" not in response


def test_nothing_chosen_is_said_plainly(at_work, lay_out):
    response = at_work.post(page(lay_out(2)), {"s1-q": "2", "s1-q1": "many", "sx-q1": "1"})
    assert response.status_code == 422
    assert "请至少选好一行再保存" in words(response)


def test_rows_of_other_stacks_are_refused(at_work, lay_out, open_round):
    stack = lay_out(2)
    other = open_round.stacks.get(viewpoint="community").sheets.get()
    response = at_work.post(page(stack), row(sheets(stack)[0], 2, 2) | row(other, 1, 1))
    assert (response.status_code, Answer.objects.count()) == (422, 0)


def test_after_the_last_one_the_list_is_offered(at_work, lay_out):
    stack = lay_out(1)
    response = at_work.post(page(stack), row(sheets(stack)[0], 2, 2), follow=True)
    assert "都评完了" in words(response)
    assert f"/work/evaluations/{stack.round.reference}/sheets/" in words(response)


def test_the_own_sheet_is_left_to_a_colleague(worker, unit, jinshui, at):
    MemberEnrolmentFactory(person=worker, organization=unit, community=jinshui)
    kind = template(jinshui, at, subject="member", weights={"community": 1})
    response = signed_in(worker).get(page(planned(worker, kind, jinshui, at).stacks.get()))
    assert shown(response) == []
    assert "剩下的一份评的是您本人，由同事来评" in words(response)


def test_nothing_of_what_was_said_stands_on_the_page_afterwards(at_work, lay_out):
    stack = lay_out(2)
    response = at_work.post(page(stack), row(sheets(stack)[0], 2, 2), follow=True)
    assert "安00" not in words(response)


def test_a_stack_of_a_closed_round_takes_in_nothing(at_work, worker, lay_out, at):
    stack = lay_out(2)
    actions.close(stack.round, by=worker, at=at)
    assert "这次评价的填表已经截止" in words(at_work.get(page(stack)))
    assert at_work.post(page(stack), row(sheets(stack)[0], 2, 2)).status_code == 422


def test_the_leader_of_a_unit_judges_its_members_on_one_page(acting, lay_out):
    stack = lay_out(2, "leader")
    client = signed_in(acting)
    client.post(page(stack), row(sheets(stack)[1], 2, 2))
    assert shown(client.get(page(stack))) == ["安00"]


def test_strangers_and_impossible_stacks_are_not_found(at_work, stranger, lay_out):
    stack = lay_out(2)
    assert signed_in(stranger).get(page(stack)).status_code == 404
    for wrong in ("0", "x", "9" * 30):
        assert at_work.get(f"/work/evaluations/stacks/{wrong}/").status_code == 404


def test_the_queue_leads_to_the_stack_while_several_wait(at_work, lay_out):
    stack = lay_out(2)
    assert page(stack) in words(at_work.get("/work/"))
    at_work.post(page(stack), row(sheets(stack)[0], 2, 2))
    assert page(stack) not in words(at_work.get("/work/"))
    assert f"/work/evaluations/{stack.round.reference}/sheets/" in words(at_work.get("/work/"))


def test_the_list_and_the_single_sheet_lead_to_the_stack(at_work, lay_out):
    stack = lay_out(2)
    listed = words(at_work.get(f"/work/evaluations/{stack.round.reference}/sheets/"))
    assert "集中评议：社区评，还有 2 份" in listed
    single = f"/work/evaluations/sheets/{sheets(stack)[0].pk}/"
    assert page(stack) in words(at_work.get(single))
    assert single in words(at_work.get(page(stack)))


def test_who_came_from_the_stack_to_write_a_comment_goes_back_there(at_work, lay_out):
    stack = lay_out(2)
    [first, second] = Question.objects.order_by("number")
    single = f"/work/evaluations/sheets/{sheets(stack)[0].pk}/?many=1"
    assert single in words(at_work.get(page(stack)))
    sent = {f"q{first.pk}": "2", f"q{second.pk}": "1", "words": "下雨也来了"}
    assert at_work.post(single, sent).url == page(stack)
    assert shown(at_work.get(page(stack))) == ["安01"]


def test_a_page_shows_no_more_rows_than_one_can_send(monkeypatch, at_work, lay_out):
    monkeypatch.setattr(stacks, "_MOST", 1)
    stack = lay_out(3)
    first, second, third = sheets(stack)
    sent = row(first, 2) | row(second, 2) | {"shown": [third.pk]}
    assert shown(at_work.post(page(stack), sent)) == ["安00", "安02"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_and_the_saving_cost_the_same_for_one_and_for_three(at_work, lay_out, rows):
    stack = lay_out(rows + 1)
    ones = sheets(stack)
    whole = {name: step for one in ones[:rows] for name, step in row(one, 2, 2).items()}
    half = {name: step for one in ones[:rows] for name, step in row(one, 2).items()}
    got = {}
    at_work.get(page(stack))
    for name, act in (
        ("shown", lambda: at_work.get(page(stack))),
        ("refused", lambda: at_work.post(page(stack), half)),
        ("saved", lambda: at_work.post(page(stack), whole)),
    ):
        with CaptureQueriesContext(connection) as counted:
            act()
        got[name] = len([one for one in counted if "SAVEPOINT" not in one["sql"]])
    assert got == {"shown": 6, "refused": 8, "saved": 8}
