"""What came out, who reads it, replies, appeals and corrections."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.evaluation.factories import enrolled_member, enrolled_unit, filled, planned, template
from tests.needs.factories import confirmed
from youwo.core.refused import Refused
from youwo.evaluation import actions, queries, rules
from youwo.evaluation.actions.appeals import Change, appeal_until
from youwo.evaluation.models import Appeal, Evaluated, Question, Result, Sheet
from youwo.evaluation.retention import forget_evaluated
from youwo.needs import actions as needs
from youwo.notices.models import Message
from youwo.people import actions as people
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def test_results_are_added_up_by_weight(published_round):
    # 10 × 100.0 + 40 × 50.0 + 20 × 100.0, over 70: nobody called back.
    result = Result.objects.get()
    assert (result.version, result.tenths, result.sums["whole"]) == (1, 714, 70)


def test_the_evaluated_are_told(published_round, acting):
    assert list(Message.objects.values_list("recipient", "link")) == [
        (acting.pk, "/me/evaluations/")
    ]


def test_publishing_leaves_nobodys_turn(published_round):
    assert not Turn.objects.exists()


def test_an_open_round_is_not_published(open_round, worker, at):
    with pytest.raises(Refused):
        actions.publish(open_round, by=worker, at=at)


def test_call_backs_are_the_publics_view(worker, acting, sheet, unit, jinshui, at):
    second = factories.granted("worker", jinshui)
    for day in (3, 4, 5):
        moment = at.replace(month=3, day=day)
        wish = confirmed(worker, acting, jinshui, moment, organization=unit)
        answers = {"came": True, "on_time": day != 3, "again": "yes", "words": ""}
        needs.call_back(wish, **answers, by=second, at=moment + timedelta(days=1))
    round_ = planned(worker, sheet, jinshui, at)
    actions.close(round_, by=worker, at=at)
    actions.publish(round_, by=worker, at=at)
    result = Result.objects.get()
    # (2/3 + 1 + 1) ÷ 3
    assert (result.tenths, result.sums["whole"]) == (889, 30)


def test_who_reads_a_result(
    published_round, acting, worker, coordinator, city_coordinator, stranger, resident, jinshui, at
):
    one, on = published_round.evaluated, at.date()
    auditor = factories.granted("auditor", jinshui.parent)
    readers = [acting, worker, coordinator, city_coordinator, auditor]
    assert [rules.may_read(person, one, on) for person in readers] == [True] * 5
    assert [rules.may_read(person, one, on) for person in (stranger, resident)] == [False] * 2
    assert [one in queries.evaluated_seen_by(person, on) for person in readers] == [True] * 5
    assert one not in queries.evaluated_seen_by(stranger, on)


def test_a_member_reads_their_own_and_their_unit_reads_it_too(worker, unit, acting, jinshui, at):
    member = enrolled_member(unit, jinshui)
    round_ = planned(worker, template(jinshui, at, subject="member"), jinshui, at)
    one = round_.evaluated.get()
    assert (rules.may_read(member, one, at.date()), rules.may_read(acting, one, at.date())) == (
        True,
        True,
    )
    assert (
        rules.is_evaluated(member, one, at.date()),
        rules.is_evaluated(acting, one, at.date()),
    ) == (True, False)


def test_own_results_are_listed_when_they_are_published(open_round, acting, worker, at):
    assert not queries.own(acting, at.date()).exists()
    actions.close(open_round, by=worker, at=at)
    actions.publish(open_round, by=worker, at=at)
    assert queries.own(acting, at.date()).count() == 1


def test_a_result_is_compared_with_its_own_past_alone(worker, sheet, unit, acting, jinshui, at):
    enrolled_unit(jinshui)

    def published(**period):
        round_ = planned(worker, sheet, jinshui, at, **period)
        actions.close(round_, by=worker, at=at)
        return actions.publish(round_, by=worker, at=at)

    first = published()
    second = published(starts_on=date(2025, 4, 1), ends_on=date(2025, 5, 1))
    one = second.evaluated.get(organization=unit)
    past = list(queries.own_past(one))
    assert [result.evaluated for result in past] == [first.evaluated.get(organization=unit)]
    assert not queries.own_past(first.evaluated.get(organization=unit)).exists()


def replied(one, by, at, **given):
    return actions.reply(
        one, words="下季度补上", nonce=given.get("nonce", uuid.uuid4()), by=by, at=at
    )


def test_the_evaluated_reply_once_a_try(published_round, acting, at):
    nonce = uuid.uuid4()
    first = replied(published_round.evaluated, acting, at, nonce=nonce)
    assert replied(published_round.evaluated, acting, at, nonce=nonce) == first


def test_others_do_not_reply(published_round, worker, at):
    with pytest.raises(Refused):
        replied(published_round.evaluated, worker, at)


def test_nobody_replies_before_the_result(open_round, acting, at):
    with pytest.raises(Refused):
        replied(open_round.evaluated.get(), acting, at)


@pytest.fixture
def appeal(published_round, acting, at):
    return actions.appeal(published_round.evaluated, reason="三月的清扫没有算上", by=acting, at=at)


def test_an_appeal_is_decided_by_somebody_above_who_took_no_part(
    appeal, worker, coordinator, city_coordinator, at
):
    # The county's coordinator filled in the department's sheet, so it goes on to the city.
    assert appeal.area_id == "1408"
    may = [rules.may_decide(one, appeal, at.date()) for one in (worker, coordinator)]
    assert may == [False, False]
    assert rules.may_decide(city_coordinator, appeal, at.date())
    turn = Turn.objects.get()
    assert (turn.kind, turn.area_id, f"person.{coordinator.pk} " in turn.barred) == (
        "evaluation.decide",
        "1408",
        True,
    )


def test_a_second_appeal_against_the_same_result_is_refused(appeal, acting, at):
    with pytest.raises(Refused):
        actions.appeal(appeal.evaluated, reason="还有", by=acting, at=at)


def test_a_withdrawn_appeal_can_be_made_again(appeal, acting, at):
    actions.withdraw_appeal(appeal, by=acting, at=at)
    assert not Turn.objects.exists()
    assert actions.appeal(appeal.evaluated, reason="还是有话", by=acting, at=at).status == "open"


def test_others_neither_appeal_nor_withdraw(appeal, worker, at):
    with pytest.raises(Refused):
        actions.withdraw_appeal(appeal, by=worker, at=at)
    with pytest.raises(Refused):
        actions.appeal(appeal.evaluated, reason="不服", by=worker, at=at)


def test_late_appeals_are_refused(published_round, acting, at):
    one = published_round.evaluated
    until = appeal_until(one, one.results.get())
    with pytest.raises(Refused):
        actions.appeal(one, reason="晚了", by=acting, at=until + timedelta(minutes=1))


def test_a_result_stands_with_a_reason(appeal, city_coordinator, acting, at):
    decided = actions.reject(appeal, decision="已经算上了", by=city_coordinator, at=at)
    assert (decided.status, decided.decision) == ("rejected", "已经算上了")
    assert Result.objects.count() == 1
    assert Message.objects.filter(recipient=acting, subject__contains="申诉").exists()


def test_a_decision_without_a_reason_is_refused(appeal, city_coordinator, at):
    with pytest.raises(Refused) as refused:
        actions.reject(appeal, decision=" ", by=city_coordinator, at=at)
    assert refused.value.field == "decision"


def test_who_took_part_decides_nothing(appeal, coordinator, at):
    with pytest.raises(Refused):
        actions.reject(appeal, decision="不改", by=coordinator, at=at)


def corrected(appeal, by, at, step=2):
    sheet = Sheet.objects.get(evaluated=appeal.evaluated, viewpoint="community")
    key = Question.objects.get(viewpoint="community").pk
    return actions.uphold(
        appeal, decision="查实", changes=[Change(sheet.pk, {key: step})], by=by, at=at
    )


def test_a_correction_is_a_further_version_that_says_how_it_differs(appeal, city_coordinator, at):
    result = corrected(appeal, city_coordinator, at)
    assert (result.version, result.tenths, result.appeal) == (2, 1000, appeal)
    assert result.differs == "社区评，“问题community”：“有时”改为“常常”。\n结果由 71.4 改为 100.0。"
    assert Result.objects.get(version=1).tenths == 714


def test_a_sheet_is_corrected_without_being_changed(appeal, city_coordinator, at):
    corrected(appeal, city_coordinator, at)
    sheet = Sheet.objects.get(evaluated=appeal.evaluated, viewpoint="community")
    assert sheet.answers.get().step == 1


def test_a_sheet_set_aside_counts_no_more(appeal, city_coordinator, at):
    sheet = Sheet.objects.get(evaluated=appeal.evaluated, viewpoint="community")
    changes = [Change(sheet.pk, set_aside=True)]
    result = actions.uphold(appeal, decision="查实", changes=changes, by=city_coordinator, at=at)
    rows = {row["viewpoint"]: row["why"] for row in result.sums["viewpoints"]}
    assert (result.tenths, result.sums["whole"], rows["community"]) == (1000, 30, "set_aside")


def test_the_next_appeal_builds_on_the_correction(appeal, acting, city_coordinator, at):
    corrected(appeal, city_coordinator, at)
    again = actions.appeal(appeal.evaluated, reason="自评填错了", by=acting, at=at)
    sheet = Sheet.objects.get(evaluated=appeal.evaluated, viewpoint="self")
    changes = [Change(sheet.pk, set_aside=True)]
    result = actions.uphold(again, decision="查实", changes=changes, by=city_coordinator, at=at)
    assert (result.version, result.sums["whole"], result.tenths) == (3, 60, 1000)


@pytest.mark.parametrize("step", [1, 7])
def test_a_correction_that_changes_nothing_is_refused(appeal, city_coordinator, at, step):
    with pytest.raises(Refused), transaction.atomic():
        corrected(appeal, city_coordinator, at, step)
    appeal.refresh_from_db()
    assert appeal.status == "open"


def test_sheets_about_others_are_not_corrected(appeal, city_coordinator, at):
    changes = [Change(0, set_aside=True)]
    with pytest.raises(Refused):
        actions.uphold(appeal, decision="查实", changes=changes, by=city_coordinator, at=at)


def test_a_decided_appeal_is_not_decided_again(appeal, city_coordinator, at):
    actions.reject(appeal, decision="不改", by=city_coordinator, at=at)
    with pytest.raises(Refused):
        actions.reject(appeal, decision="不改", by=city_coordinator, at=at)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Result, {"tenths": 1001}),
        (Result, {"version": 2}),
        (Appeal, {"status": "rejected"}),
        (Appeal, {"status": "upheld", "decision": "好"}),
    ],
)
def test_the_database_refuses(appeal, model, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


def test_one_appeal_at_a_time(appeal):
    appeal.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        appeal.save(force_insert=True)


def test_words_about_a_closed_account_are_forgotten_and_the_sums_stay(
    worker, unit, acting, city_coordinator, jinshui, at
):
    member = enrolled_member(unit, jinshui)
    sheet = template(jinshui, at, subject="member", weights={"self": 1, "community": 1})
    round_ = planned(worker, sheet, jinshui, at)
    filled(round_, "community", worker, at, 1)
    Sheet.objects.filter(viewpoint="community").update(words="小李人很好")
    actions.close(round_, by=worker, at=at)
    actions.publish(round_, by=worker, at=at)
    one = Evaluated.objects.get()
    replied(one, member, at)
    actions.appeal(one, reason="有话说", by=member, at=at)
    assert Result.objects.get().sums["viewpoints"][1]["words"] == ["小李人很好"]
    people.anonymise(member, by=member, at=at)
    assert (forget_evaluated(at=at), forget_evaluated(at=at)) == (1, 0)
    result = Result.objects.get()
    assert (result.tenths, result.sums["viewpoints"][1]["words"]) == (500, [])
    assert set(Sheet.objects.values_list("words", flat=True)) == {""}
    assert list(Appeal.objects.values_list("status", "reason")) == [("withdrawn", "—")]
    assert list(one.replies.values_list("words", flat=True)) == ["—"]
    assert not Turn.objects.exists()


def test_what_waits_for_a_closed_account_ends(worker, unit, acting, jinshui, at):
    member = enrolled_member(unit, jinshui)
    sheet = template(jinshui, at, subject="member", weights={"self": 1})
    planned(worker, sheet, jinshui, at)
    people.anonymise(member, by=member, at=at)
    forget_evaluated(at=at)
    assert not Turn.objects.exists()
    assert Sheet.objects.get().state == "missed"
