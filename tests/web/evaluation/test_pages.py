"""A round from its plan to the corrected result, as people press it."""

import io
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.evaluation.factories import enrolled_member, enrolled_unit, filled, planned, template
from tests.ledger.factories import deed
from tests.needs.factories import confirmed
from tests.web.needs.people import signed_in, words
from youwo.core import tables
from youwo.evaluation import actions, whistles
from youwo.evaluation.actions import appeals, rounds
from youwo.evaluation.models import (
    Answer,
    Appeal,
    Evaluated,
    Question,
    Reply,
    Result,
    Round,
    Sheet,
    Template,
)
from youwo.people import actions as people
from youwo.web.evaluation.forms import past_periods
from youwo.web.evaluation.turns import TURNS

pytestmark = pytest.mark.django_db


def plan(**changes):
    given = {
        "nonce": str(uuid.uuid4()),
        "subject": "unit",
        "area": "140802005022",
        "period": "quarter",
        "opens_on": "2025-06-03",
    }
    return given | changes


def test_a_worker_plans_a_round_over_the_last_quarter(at_work, sheet, unit):
    response = at_work.post("/work/evaluations/new/", plan())
    round_ = Round.objects.get()
    assert response.url == f"/work/evaluations/{round_.reference}/"
    assert (str(round_.starts_on), str(round_.ends_on), round_.status) == (
        "2025-01-01",
        "2025-04-01",
        "open",
    )


def test_a_round_sent_twice_is_one(at_work, sheet, unit):
    given = plan()
    for _ in range(2):
        at_work.post("/work/evaluations/new/", given)
    assert Round.objects.count() == 1


def test_other_days_can_be_given(at_work, sheet, unit):
    own = {"period": "own", "starts_on": "2025-02-01", "last_on": "2025-02-28"}
    at_work.post("/work/evaluations/new/", plan(**own, opens_on="2025-06-10"))
    round_ = Round.objects.get()
    assert (str(round_.ends_on), round_.status) == ("2025-03-01", "planned")


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "nobody"},
        {"area": "140881001001"},
        {"period": "own"},
        {"period": "own", "starts_on": "2025-05-01", "last_on": "2025-04-01"},
        {"opens_on": "2025-06-02"},
        {"opens_on": ""},
        {"subject": "member"},
        {"nonce": "x", "period": "x"},
    ],
)
def test_bad_plans_keep_what_was_typed(at_work, sheet, unit, changes):
    response = at_work.post("/work/evaluations/new/", plan(**changes))
    assert (response.status_code, Round.objects.count()) == (422, 0)


def test_the_last_whole_periods():
    from datetime import date

    assert past_periods(date(2025, 1, 1)) == {
        "quarter": (date(2024, 10, 1), date(2025, 1, 1)),
        "half": (date(2024, 7, 1), date(2025, 1, 1)),
        "year": (date(2024, 1, 1), date(2025, 1, 1)),
    }
    assert past_periods(date(2025, 9, 9))["half"] == (date(2025, 1, 1), date(2025, 7, 1))


def test_rounds_are_found_by_state_subject_and_words(at_work, open_round):
    def rows(query):
        return open_round.title in words(at_work.get(f"/work/evaluations/{query}"))

    assert [rows(""), rows("?status=open&subject=unit&q=单位"), rows("?q=金税")] == [True] * 3
    assert [rows("?status=planned"), rows("?subject=member"), rows("?q=没有")] == [False] * 3


def test_an_empty_list_says_what_to_do(at_work):
    assert "/work/evaluations/new/" in words(at_work.get("/work/evaluations/"))


def test_a_round_shows_its_sheets_and_never_a_result(at_work, published_round):
    page = words(at_work.get(f"/work/evaluations/{published_round.round.reference}/"))
    assert "3 / 3" not in page
    assert "71.4" not in page


def test_whom_a_round_evaluates_is_found_by_name(at_work, open_round):
    page = f"/work/evaluations/{open_round.reference}/"
    assert "市税务局" in words(at_work.get(f"{page}?q=税务&area=140802005022"))
    assert "市税务局</a>" not in words(at_work.get(f"{page}?q=没有"))


def test_the_table_of_a_round_says_whose_sheets_are_in(at_work, open_round, worker, at):
    filled(open_round, "community", worker, at)
    response = at_work.get(f"/work/evaluations/{open_round.reference}/export/")
    rows = list(tables.read_rows(io.BytesIO(b"".join(response.streaming_content))))
    assert rows[1][1:] == ["金税社区", "市税务局", "", "待填写", "", "已填写", "待填写"]


def act(client, round_, verb, **given):
    return client.post(f"/work/evaluations/{round_.reference}/{verb}/", given)


def status(round_):
    return Round.objects.get(pk=round_.pk).status


def test_an_own_view_does_not_say_that_the_evaluated_will_read_it(open_round, acting, worker):
    own, other = (Sheet.objects.get(viewpoint=viewpoint) for viewpoint in ("self", "community"))
    said_to_themselves = words(signed_in(acting).get(f"/work/evaluations/sheets/{own.pk}/"))
    assert "评价对象会看到" not in said_to_themselves
    assert "随自评一并保留" in said_to_themselves
    assert "评价对象会看到" in words(signed_in(worker).get(f"/work/evaluations/sheets/{other.pk}/"))


def test_a_round_is_closed_and_published_by_hand(at_work, open_round):
    act(at_work, open_round, "close")
    assert status(open_round) == "closed"
    act(at_work, open_round, "publish")
    assert status(open_round) == "published"


def test_a_planned_round_is_opened_by_hand(at_work, worker, sheet, unit, jinshui, at):
    round_ = planned(worker, sheet, jinshui, at, opens_at=at + timedelta(days=3))
    act(at_work, round_, "open")
    assert status(round_) == "open"


def test_a_round_is_extended_and_cancelled_with_a_reason(at_work, open_round):
    before = open_round.closes_at
    act(at_work, open_round, "extend", days="5", reason="有人出差")
    open_round.refresh_from_db()
    assert open_round.closes_at > before
    act(at_work, open_round, "cancel", **{"cancel-reason": "表用错了"})
    assert status(open_round) == "cancelled"


@pytest.mark.parametrize(
    ("verb", "given"),
    [("extend", {"days": "99", "reason": "x"}), ("cancel", {"cancel-reason": ""})],
)
def test_bad_forms_of_a_round_are_shown_again(at_work, open_round, verb, given):
    assert act(at_work, open_round, verb, **given).status_code == 422
    assert status(open_round) == "open"


def test_a_form_that_came_too_late_is_told_so(at_work, open_round, worker, at):
    actions.cancel(open_round, reason="x", by=worker, at=at)
    response = act(at_work, open_round, "extend", days="5", reason="有人出差")
    assert response.status_code == 422


def test_acts_that_do_not_exist_are_not_found(at_work, open_round):
    assert act(at_work, open_round, "destroy").status_code == 404


def test_workers_act_on_no_round_that_coordinators_keep(worker, coordinator, unit, jinshui, at):
    round_ = planned(coordinator, template(jinshui, at, opens="coordinator"), jinshui, at)
    assert act(signed_in(worker), round_, "close").status_code == 403


def community_sheet(round_):
    return Sheet.objects.get(evaluated__round=round_, viewpoint="community")


def question(viewpoint="community"):
    return Question.objects.get(viewpoint=viewpoint)


def test_a_sheet_shows_the_facts_and_is_taken_in(at_work, open_round):
    sheet = community_sheet(open_round)
    page = f"/work/evaluations/sheets/{sheet.pk}/"
    assert "办成实事" in words(at_work.get(page))
    response = at_work.post(page, {f"q{question().pk}": "1", "words": "都好"})
    assert response.url == f"/work/evaluations/{open_round.reference}/sheets/"
    sheet.refresh_from_db()
    assert (sheet.state, sheet.words, Answer.objects.get().step) == ("done", "都好", 1)


def test_after_a_sheet_comes_the_next_one(worker, at_work, unit, jinshui, at):
    enrolled_member(unit, jinshui)
    enrolled_member(unit, jinshui)
    kind = template(jinshui, at, subject="member", weights={"community": 1})
    round_ = planned(worker, kind, jinshui, at)
    first, second = Sheet.objects.filter(evaluated__round=round_).order_by("pk")
    response = at_work.post(f"/work/evaluations/sheets/{first.pk}/", {f"q{question().pk}": "none"})
    assert response.url == f"/work/evaluations/sheets/{second.pk}/"
    assert Answer.objects.get().step is None


def test_a_sheet_without_an_answer_is_shown_again(at_work, open_round):
    page = f"/work/evaluations/sheets/{community_sheet(open_round).pk}/"
    response = at_work.post(page, {"words": "写了一半"})
    assert (response.status_code, "写了一半" in words(response)) == (422, True)


def test_a_sheet_sent_after_the_close_is_refused(at_work, worker, open_round, at):
    actions.close(open_round, by=worker, at=at)
    page = f"/work/evaluations/sheets/{community_sheet(open_round).pk}/"
    assert at_work.post(page, {f"q{question().pk}": "1"}).status_code == 422


def test_what_is_chosen_is_kept_at_once(at_work, open_round):
    sheet = community_sheet(open_round)
    response = at_work.post(
        f"/work/evaluations/sheets/{sheet.pk}/keep/", {f"q{question().pk}": "2"}
    )
    sheet.refresh_from_db()
    assert (words(response), sheet.state) == ("09:12 已暂存，提交后生效。", "begun")


def test_an_own_view_is_entered_from_paper(at_work, open_round):
    sheet = Sheet.objects.get(evaluated__round=open_round, viewpoint="self")
    page = f"/work/evaluations/sheets/{sheet.pk}/"
    assert at_work.post(page, {f"q{question('self').pk}": "1"}).status_code == 422
    at_work.post(page, {f"q{question('self').pk}": "1", "entered_from": "paper"})
    sheet.refresh_from_db()
    assert (sheet.state, sheet.entered_from) == ("done", "paper")


def test_nobody_opens_sheets_of_others(resident, stranger, open_round):
    page = f"/work/evaluations/sheets/{community_sheet(open_round).pk}/"
    assert [signed_in(one).get(page).status_code for one in (resident, stranger)] == [404, 404]


def test_whoever_judges_opens_the_facts(worker, coordinator, sheet, unit, jinshui, at):
    deed(jinshui, unit, at=at, organization=unit, occurred_on=at.replace(month=2).date())
    one = planned(worker, sheet, jinshui, at).evaluated.get()
    page = f"/evaluations/{one.reference}/facts/"
    assert "陪诊" in words(signed_in(coordinator).get(page))


def test_results_do_not_exist_before_they_are_published(acting, open_round):
    one = open_round.evaluated.get()
    assert signed_in(acting).get(f"/evaluations/{one.reference}/").status_code == 404


def test_a_result_is_explained_sum_by_sum(acting, published_round):
    page = words(signed_in(acting).get(f"/evaluations/{published_round.evaluated.reference}/"))
    assert "(10 × 100.0 + 40 × 50.0 + 20 × 100.0) ÷ 70 = 71.4" in page
    assert "计入的权重为 70（共 100）" in page
    assert "这段时间没有做过居民回访" in page


def test_a_result_nobody_spoke_for_says_so(acting, worker, open_round, at):
    actions.close(open_round, by=worker, at=at)
    actions.publish(open_round, by=worker, at=at)
    one = open_round.evaluated.get()
    page = words(signed_in(acting).get(f"/evaluations/{one.reference}/"))
    assert "无结果：没有可计入的意见" in page
    assert "这份表没有填写" in page


def test_two_residents_are_not_shown(worker, acting, sheet, unit, jinshui, at):
    from youwo.needs import actions as needs

    second = factories.granted("worker", jinshui)
    for day in (3, 4):
        moment = at.replace(month=3, day=day)
        wish = confirmed(worker, acting, jinshui, moment, organization=unit)
        answers = {"came": True, "on_time": True, "again": "yes", "words": ""}
        needs.call_back(wish, **answers, by=second, at=moment + timedelta(days=1))
    round_ = planned(worker, sheet, jinshui, at)
    filled(round_, "community", worker, at)
    actions.close(round_, by=worker, at=at)
    actions.publish(round_, by=worker, at=at)
    page = words(signed_in(acting).get(f"/evaluations/{Evaluated.objects.get().reference}/"))
    assert "表达意见的居民不足 3 位" in page
    assert "人来了吗" not in page


def test_three_residents_are_counted_answer_by_answer(asking, acting, worker, at):
    key = question("public").pk
    for step in (0, 2, None):
        said = actions.Said({key: step})
        actions.say(asking, said=said, nonce=uuid.uuid4(), by=None, at=at)
    actions.say(asking, said=actions.Said({key: 2}), nonce=uuid.uuid4(), by=None, at=at)
    actions.close(asking.round, by=worker, at=at)
    actions.publish(asking.round, by=worker, at=at)
    page = words(signed_in(acting).get(f"/evaluations/{asking.reference}/"))
    assert "3 位居民" in page
    assert "(1 × 66.7) ÷ 1 = 66.7" in page


def test_a_closed_account_has_no_name_any_more(worker, unit, jinshui, at):
    member = enrolled_member(unit, jinshui)
    kind = template(jinshui, at, subject="member", weights={"community": 1})
    round_ = planned(worker, kind, jinshui, at)
    actions.close(round_, by=worker, at=at)
    actions.publish(round_, by=worker, at=at)
    people.anonymise(member, by=member, at=at)
    one = round_.evaluated.get()
    page = words(signed_in(worker).get(f"/evaluations/{one.reference}/"))
    assert "已注销账号的党员" in page


def test_own_results_are_listed(acting, resident, published_round):
    title = published_round.round.title
    assert title in words(signed_in(acting).get("/me/evaluations/"))
    assert title not in words(signed_in(resident).get("/me/evaluations/"))


def test_a_result_is_printed_with_who_signs(acting, published_round):
    page = f"/evaluations/{published_round.evaluated.reference}/print/"
    assert "社区党组织书记" in words(signed_in(acting).get(page))


def test_a_result_is_taken_along_as_a_table(acting, published_round):
    page = f"/evaluations/{published_round.evaluated.reference}/export/"
    response = signed_in(acting).get(page)
    rows = list(tables.read_rows(io.BytesIO(b"".join(response.streaming_content))))
    assert rows[1] == ["自评", 10.0, "100.0", "", "", ""]


def reply(client, one, text="下季度补上"):
    given = {"nonce": str(uuid.uuid4()), "words": text}
    return client.post(f"/evaluations/{one.reference}/reply/", given)


def test_a_reply_stands_beside_the_result(acting, at_work, published_round):
    reply(signed_in(acting), published_round.evaluated)
    page = f"/evaluations/{published_round.evaluated.reference}/"
    assert "下季度补上" in words(at_work.get(page))


def test_others_and_empty_replies_are_refused(acting, at_work, published_round):
    one = published_round.evaluated
    answers = [reply(at_work, one).status_code, reply(signed_in(acting), one, "").status_code]
    assert (answers, Reply.objects.count()) == ([422, 422], 0)


def appealed(client, one, reason="有一件事没有算上"):
    return client.post(f"/evaluations/{one.reference}/appeal/", {"reason": reason})


def test_an_appeal_is_sent_and_taken_back(acting, published_round):
    client, one = signed_in(acting), published_round.evaluated
    appealed(client, one)
    assert "有一件事没有算上" in words(client.get(f"/evaluations/{one.reference}/"))
    client.post(f"/evaluations/{one.reference}/withdraw/")
    assert Appeal.objects.get().status == "withdrawn"


def test_others_and_empty_appeals_are_refused(acting, at_work, published_round):
    one = published_round.evaluated
    answers = [appealed(at_work, one).status_code, appealed(signed_in(acting), one, "").status_code]
    assert (answers, Appeal.objects.count()) == ([422, 422], 0)


@pytest.fixture
def deciding(acting, city_coordinator, published_round):
    """The browser of who decides, and the address where they do."""
    appealed(signed_in(acting), published_round.evaluated)
    page = f"/evaluations/{published_round.evaluated.reference}/decide/"
    return signed_in(city_coordinator), page


def decision(**changes):
    return {"outcome": "reject", "decision": "已经算上了"} | changes


def test_an_appeal_is_decided_with_a_reason(deciding, acting, published_round):
    client, page = deciding
    assert "有一件事没有算上" in words(client.get(page))
    response = client.post(page, decision())
    result = f"/evaluations/{published_round.evaluated.reference}/"
    assert response.url == result
    assert "已经算上了" in words(signed_in(acting).get(result))
    assert client.get(page).url == result


def test_a_correction_is_chosen_answer_by_answer(deciding, acting, published_round):
    client, page = deciding
    sheet = community_sheet(published_round.round)
    chosen = {f"s{sheet.pk}q{question().pk}": "2"}
    client.post(page, decision(outcome="uphold", **chosen))
    assert list(Result.objects.values_list("version", "tenths")) == [(1, 714), (2, 1000)]
    result = words(signed_in(acting).get(f"/evaluations/{published_round.evaluated.reference}/"))
    assert "“有时”改为“常常”" in result


def test_a_sheet_is_set_aside(deciding, published_round):
    client, page = deciding
    sheet = community_sheet(published_round.round)
    client.post(page, decision(outcome="uphold", **{f"aside{sheet.pk}": "on"}))
    assert Result.objects.get(version=2).sums["whole"] == 30


@pytest.mark.parametrize("changes", [{"decision": ""}, {"outcome": "uphold"}, {"outcome": "x"}])
def test_decisions_that_say_or_change_nothing_are_refused(deciding, changes):
    client, page = deciding
    assert client.post(page, decision(**changes)).status_code == 422
    assert Appeal.objects.get().status == "open"


@pytest.fixture
def asking(worker, acting, jinshui, at):
    sheet = template(jinshui, at, weights={"public": 1}, asks_public=True)
    return planned(worker, sheet, jinshui, at).evaluated.get()


def test_residents_say_it_without_an_account(asking):
    client, page = Client(), f"/evaluations/{asking.reference}/say/"
    assert client.get(page).status_code == 200
    given = {"nonce": str(uuid.uuid4()), f"q{question('public').pk}": "2"}
    for _ in range(2):
        assert client.post(page, given).status_code == 200
    assert Sheet.objects.get().state == "done"


def test_residents_answer_every_question(asking):
    page = f"/evaluations/{asking.reference}/say/"
    assert Client().post(page, {"words": "好"}).status_code == 422


def test_the_evaluated_are_told_that_it_is_not_theirs(asking, acting):
    given = {f"q{question('public').pk}": "2"}
    page = f"/evaluations/{asking.reference}/say/"
    assert signed_in(acting).post(page, given).status_code == 422


def test_residents_are_told_when_it_is_over(asking, worker, at):
    actions.close(asking.round, by=worker, at=at)
    page = words(Client().get(f"/evaluations/{asking.reference}/say/"))
    assert "这份评价已经截止" in page


def test_the_code_is_printed_by_the_community(asking, at_work):
    page = words(at_work.get(f"/evaluations/{asking.reference}/code/"))
    assert f"/evaluations/{asking.reference}/say/" in page


def test_nothing_is_asked_by_code_where_the_sheet_does_not(at_work, open_round):
    one = open_round.evaluated.get()
    paths = [f"/evaluations/{one.reference}/{page}/" for page in ("say", "code")]
    assert [at_work.get(path).status_code for path in paths] == [404, 404]


@pytest.fixture
def administrator(jinshui):
    return signed_in(factories.granted("administrator", jinshui.parent.parent.parent))


def version(**changes):
    given = {
        "name": "单位评价表",
        "opens": "worker",
        "days": "10",
        "levels": "80 好\n0 有待加强",
        "signatories": "社区党组织书记\n\n单位负责人",
        "weight_community": "60",
        "questions_community": "来没来: 没来 / 来了\n办成没有：没有／一半/都办成了",
        "weight_public": "40",
    }
    return given | changes


def test_an_administrator_publishes_a_version_written_in_lines(administrator, sheet):
    response = administrator.post("/work/evaluations/templates/new/", version())
    made = Template.objects.get(version=2)
    assert response.url == f"/work/evaluations/templates/{made.pk}/"
    assert list(made.questions.values_list("text", "steps")) == [
        ("来没来", ["没来", "来了"]),
        ("办成没有", ["没有", "一半", "都办成了"]),
    ]
    assert made.signatories == ["社区党组织书记", "单位负责人"]
    assert "来没来" in words(administrator.get(response.url))
    assert "单位评价表" in words(administrator.get("/work/evaluations/templates/"))


def test_the_next_version_begins_with_the_one_that_holds(administrator, sheet):
    page = words(administrator.get("/work/evaluations/templates/new/?subject=unit&area=140802"))
    assert "问题community：从不 / 有时 / 常常" in page


def test_a_first_version_begins_empty(administrator):
    assert administrator.get("/work/evaluations/templates/new/?subject=member").status_code == 200


@pytest.mark.parametrize("query", ["?subject=cats", "?area=150000"])
def test_versions_for_nothing_are_not_found(administrator, query):
    assert administrator.get(f"/work/evaluations/templates/new/{query}").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"levels": "好"},
        {"levels": "200 好"},
        {"levels": "80 好"},
        {"questions_community": "来没来"},
        {"questions_community": "来没来: 来了"},
        {"questions_community": ""},
        {"weight_community": "101"},
        {"days": "0"},
    ],
)
def test_bad_versions_are_shown_again(administrator, changes):
    response = administrator.post("/work/evaluations/templates/new/", version(**changes))
    assert (response.status_code, Template.objects.count()) == (422, 0)


def test_versions_elsewhere_do_not_exist(stranger, jinshui, at):
    own = template(jinshui, at)
    page = f"/work/evaluations/templates/{own.pk}/"
    assert signed_in(stranger).get(page).status_code == 404


def test_members_take_their_evaluations_along(worker, unit, acting, jinshui, at):
    member = enrolled_member(unit, jinshui)
    kind = template(jinshui, at, subject="member", weights={"community": 1})
    round_ = planned(worker, kind, jinshui, at)
    actions.close(round_, by=worker, at=at)
    actions.publish(round_, by=worker, at=at)
    data = signed_in(member).post("/me/data/download/", {"format": "json"}).json()
    assert [row["evaluation"] for row in data["evaluations"]] == [round_.title]


def test_every_kind_of_turn_has_words():
    judging = {rounds.JUDGE, rounds.JUDGE_MANY, rounds.PUBLISHING, appeals.DECIDING}
    assert set(TURNS) == judging | {whistles.LOOKING_BACK}


PAGES = {
    ("worker", "/work/evaluations/"): 2,
    ("worker", "/work/evaluations/new/"): 2,
    ("worker", "/work/evaluations/{open}/"): 5,
    ("worker", "/work/evaluations/{open}/export/"): 4,
    ("worker", "/work/evaluations/{open}/sheets/"): 4,
    ("worker", "/work/evaluations/sheets/{sheet}/"): 3,
    ("worker", "/evaluations/{result}/"): 6,
    ("worker", "/evaluations/{result}/print/"): 6,
    ("worker", "/evaluations/{result}/facts/"): 3,
    ("worker", "/work/evaluations/templates/"): 2,
    ("acting", "/me/evaluations/"): 2,
    ("acting", "/evaluations/{result}/"): 6,
    ("visitor", "/evaluations/{open one}/say/"): 1,
}


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_costs_the_same_for_one_and_for_three(
    worker, coordinator, acting, unit, jinshui, at, rows
):
    kind = template(jinshui, at, asks_public=True)
    others = [enrolled_unit(jinshui) for _ in range(rows)]
    for one in others:
        factories.mandate(acting, one)
    open_ = planned(worker, kind, jinshui, at)
    reference = ""
    for month in range(4, 4 + rows):
        day = at.date().replace(year=2024, month=month, day=1)
        for one in (unit, *others):
            one.enrolments.update(starts_on=day.replace(month=1))
        done = planned(
            worker, kind, jinshui, at, starts_on=day, ends_on=day.replace(month=month + 1)
        )
        for sheet in Sheet.objects.filter(evaluated__round=done, viewpoint="community"):
            keys = kind.questions.filter(viewpoint="community").values_list("pk", flat=True)
            said = actions.Said(dict.fromkeys(keys, 1), "好")
            actions.fill_in(sheet, said=said, by=worker, at=at)
        actions.close(done, by=worker, at=at)
        actions.publish(done, by=worker, at=at)
        one = done.evaluated.select_related("round").get(organization=unit)
        actions.reply(one, words="谢谢", nonce=uuid.uuid4(), by=acting, at=at)
        actions.appeal(one, reason="再看看", by=acting, at=at)
        reference = one.reference
        deed(jinshui, one, at=at, organization=unit, occurred_on=day)
    given = {
        "open": open_.reference,
        "open one": open_.evaluated.get(organization=unit).reference,
        "sheet": Sheet.objects.filter(evaluated__round=open_, viewpoint="community").first().pk,
        "result": reference,
    }
    browsers = {"worker": signed_in(worker), "acting": signed_in(acting), "visitor": Client()}
    got = {}
    for who, path in PAGES:
        url = path.format(**given)
        browsers[who].get(url).getvalue()
        with CaptureQueriesContext(connection) as counted:
            response = browsers[who].get(url)
            response.getvalue()
        assert response.status_code == 200
        got[who, path] = len(counted)
    assert got == PAGES
    assert max(got.values()) <= 12
