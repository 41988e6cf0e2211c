"""Planning, opening, extending, closing and cancelling a round; what the clock does."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.evaluation.factories import (
    PERIOD,
    enrolled_member,
    enrolled_unit,
    filled,
    planned,
    template,
)
from tests.ledger.factories import deed
from tests.needs.factories import confirmed
from tests.organizations.factories import UnitEnrolmentFactory
from youwo.core.refused import Refused
from youwo.evaluation import actions, facts, queries
from youwo.evaluation import sweep as sweep_module
from youwo.evaluation.models import Evaluated, Round, Sheet, SheetState, Stack, Status, Template
from youwo.evaluation.sweep import sweep
from youwo.ledger import actions as ledger
from youwo.needs import actions as needs
from youwo.notices.models import Message
from youwo.organizations.models import UnitEnrolment
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def stacks(round_):
    return {
        (stack.viewpoint, stack.role or stack.organization_id or stack.person_id, stack.area_id)
        for stack in Stack.objects.filter(round=round_)
    }


def test_a_round_opens_at_once_when_its_moment_has_come(open_round):
    assert (open_round.status, open_round.title) == (
        Status.OPEN,
        "2025 年一季度 · 单位评价表",
    )


def test_sheets_about_a_unit_lie_before_all_who_have_a_view(open_round, unit, jinshui):
    assert stacks(open_round) == {
        ("self", unit.pk, jinshui.pk),
        ("community", "worker", jinshui.pk),
        ("department", "coordinator", "140802"),
    }


def test_each_stack_is_one_turn_until_the_close(open_round):
    assert set(Turn.objects.values_list("kind", "reference", "due_at")) == {
        ("evaluation.judge", open_round.reference, open_round.closes_at)
    }
    assert Turn.objects.count() == 3


def test_the_leader_of_a_unit_is_the_unit_above_it(worker, jinshui, at):
    above = factories.OrganizationFactory(name="省税务局")
    factories.mandated(above)
    enrolled_unit(jinshui, parent=above)
    sheet = template(jinshui, at, weights={"leader": 1})
    assert stacks(planned(worker, sheet, jinshui, at)) == {("leader", above.pk, jinshui.pk)}


def test_a_unit_for_which_nobody_acts_has_no_own_view(worker, unit, jinshui, at):
    sheet = template(jinshui, at, weights={"self": 1, "community": 1})
    round_ = planned(worker, sheet, jinshui, at)
    assert {viewpoint for viewpoint, _who, _where in stacks(round_)} == {"community"}


def test_sheets_about_members(worker, unit, acting, jinshui, at):
    member = enrolled_member(unit, jinshui)
    weights = {"self": 1, "leader": 1, "community": 1}
    sheet = template(jinshui, at, subject="member", weights=weights)
    assert stacks(planned(worker, sheet, jinshui, at)) == {
        ("self", member.pk, jinshui.pk),
        ("leader", unit.pk, jinshui.pk),
        ("community", "worker", jinshui.pk),
    }


def test_members_whose_account_is_closed_are_not_evaluated(worker, unit, jinshui, at):
    enrolled_member(unit, jinshui)
    gone = enrolled_member(unit, jinshui, anonymised_at=at)
    sheet = template(jinshui, at, subject="member")
    round_ = planned(worker, sheet, jinshui, at)
    assert gone.pk not in round_.evaluated.values_list("person", flat=True)
    assert round_.evaluated.count() == 1


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counts"),
    [
        (date(2025, 3, 31), None, True),
        (date(2025, 4, 1), None, False),
        (date(2024, 1, 1), date(2025, 1, 1), False),
        (date(2024, 1, 1), date(2025, 1, 2), True),
    ],
)
def test_who_was_enrolled_on_a_day_of_the_period_is_evaluated(
    worker, sheet, unit, jinshui, at, starts_on, ends_on, counts
):
    other = factories.OrganizationFactory()
    ended = {"ends_on": ends_on, "ended_at": at} if ends_on else {}
    UnitEnrolmentFactory(organization=other, community=jinshui, starts_on=starts_on, **ended)
    round_ = planned(worker, sheet, jinshui, at)
    assert round_.evaluated.filter(organization=other).exists() is counts


def test_void_enrolments_do_not_count(worker, sheet, unit, jinshui, at):
    other = enrolled_unit(jinshui)
    UnitEnrolment.objects.filter(organization=other).update(voided_at=at)
    assert planned(worker, sheet, jinshui, at).evaluated.count() == 1


def test_facts_are_those_of_the_period_in_the_community(
    worker, sheet, unit, jinshui, elsewhere, volunteer, at
):
    def entry(area, day, **given):
        return deed(area, volunteer, at=at, organization=unit, occurred_on=day, **given)

    hands = [(volunteer, 40)]
    entry(jinshui, date(2025, 3, 31), kind="deed", served=2, hands=hands)
    factories.area(f"{jinshui.pk}-0001")
    ledger.record(
        kind="activity",
        occurred_on=date(2025, 1, 1),
        area=factories.area(f"{jinshui.pk}-0001"),
        programme=1,
        field="visits",
        title="清扫",
        source=worker,
        served=5,
        counted_how="counted",
        organization=unit,
        hands=[(volunteer, 50), (worker, 50)],
        by=None,
        at=at,
    )
    deed(jinshui, jinshui, at=at, organization=unit, occurred_on=date(2025, 4, 1))
    deed(elsewhere, elsewhere, at=at, organization=unit, occurred_on=date(2025, 2, 1))
    one = planned(worker, sheet, jinshui, at).evaluated.get()
    assert one.facts == {"deeds": 1, "activities": 1, "served": 7, "minutes": 140, "people": 2}
    assert facts.entries_of(one).count() == 2


def test_facts_stay_as_they_were_known_when_the_round_opened(
    worker, sheet, unit, jinshui, volunteer, at
):
    entry = deed(jinshui, volunteer, at=at, organization=unit, occurred_on=date(2025, 2, 1))
    one = planned(worker, sheet, jinshui, at + timedelta(hours=1)).evaluated.get()
    later = at + timedelta(hours=2)
    ledger.reverse(entry, by=worker, at=later, reason="记错了")
    deed(jinshui, jinshui, at=later, organization=unit, occurred_on=date(2025, 2, 1))
    assert list(facts.entries_of(one)) == [entry]


def test_facts_about_a_member_are_their_own(worker, unit, jinshui, volunteer, at):
    member = enrolled_member(unit, jinshui)
    hands = [(member, 30), (volunteer, 60)]
    deed(jinshui, unit, at=at, organization=unit, occurred_on=date(2025, 2, 1), hands=hands)
    sheet = template(jinshui, at, subject="member")
    one = planned(worker, sheet, jinshui, at).evaluated.get()
    assert one.facts == {"deeds": 1, "minutes": 30}
    assert facts.entries_of(one).count() == 1


def test_residents_were_heard_when_it_was_done(worker, sheet, unit, acting, jinshui, at):
    second = factories.granted("worker", jinshui)
    day = at.replace(month=3)
    wish = confirmed(worker, acting, jinshui, day, organization=unit)
    answers = {"came": True, "on_time": False, "again": "unsaid", "words": "来了"}
    needs.call_back(wish, **answers, by=second, at=day + timedelta(days=1))
    round_ = planned(worker, sheet, jinshui, at)
    [voice] = facts.public_voices(round_, known_at=at)[unit.pk, jinshui.pk]
    assert list(voice.chosen.values()) == [1, 0, None]
    assert voice.words == ""


def test_opening_costs_the_same_for_one_and_for_three(worker, sheet, jinshui, at):
    def cost(count):
        for _ in range(count):
            enrolled_unit(jinshui)
        with transaction.atomic():
            with CaptureQueriesContext(connection) as counted:
                planned(worker, sheet, jinshui, at)
            transaction.set_rollback(True)
        return len(counted)

    cost(1)
    assert cost(0) == cost(2)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_on": date(2025, 1, 1)}, "ends_on"),
        ({"ends_on": date(2026, 2, 1)}, "ends_on"),
        ({"ends_on": date(2025, 6, 4)}, "opens_at"),
    ],
)
def test_periods_that_cannot_be_judged_are_refused(worker, sheet, unit, jinshui, at, given, field):
    with pytest.raises(Refused) as refused:
        planned(worker, sheet, jinshui, at, **given)
    assert refused.value.field == field


def test_a_second_round_over_the_same_days_is_refused(worker, open_round, sheet, jinshui, at):
    with pytest.raises(Refused):
        planned(worker, sheet, jinshui, at, starts_on=date(2025, 3, 31))
    assert planned(worker, sheet, jinshui, at, starts_on=date(2025, 4, 1), ends_on=date(2025, 6, 1))


def test_a_cancelled_round_leaves_its_days_free(worker, open_round, sheet, jinshui, at):
    actions.cancel(open_round, reason="表用错了", by=worker, at=at)
    assert planned(worker, sheet, jinshui, at).status == Status.OPEN
    assert Sheet.objects.filter(evaluated__round=open_round, state="missed").count() == 3


def test_the_same_try_makes_one_round(worker, sheet, unit, jinshui, at):
    nonce = uuid.uuid4()
    first = planned(worker, sheet, jinshui, at, nonce=nonce)
    assert planned(worker, sheet, jinshui, at, nonce=nonce) == first


def test_an_empty_area_is_refused(worker, sheet, jinshui, at):
    with pytest.raises(Refused):
        planned(worker, sheet, jinshui, at)
    assert not Round.objects.exists()


def test_strangers_open_no_round(stranger, sheet, unit, jinshui, at):
    with pytest.raises(Refused):
        planned(stranger, sheet, jinshui, at)


def test_workers_open_no_round_that_coordinators_open(worker, coordinator, unit, jinshui, at):
    sheet = template(jinshui, at, opens="coordinator")
    with pytest.raises(Refused):
        planned(worker, sheet, jinshui, at)
    assert planned(coordinator, sheet, jinshui, at).status == Status.OPEN


def test_a_retired_version_is_refused(worker, sheet, unit, jinshui, at):
    newer = template(sheet.area, at)
    with pytest.raises(Refused):
        planned(worker, sheet, jinshui, at)
    assert planned(worker, newer, jinshui, at).template.version == 2


def test_closing_costs_the_same_for_few_and_for_many(worker, jinshui, at):
    sheet, costs = template(jinshui, at), []
    for month, count in ((1, 1), (2, 1), (3, 5)):
        for _ in range(count):
            factories.mandated(enrolled_unit(jinshui))
        period = {"starts_on": date(2025, month, 1), "ends_on": date(2025, month + 1, 1)}
        round_ = planned(worker, sheet, jinshui, at, **period)
        with CaptureQueriesContext(connection) as captured:
            actions.close(round_, by=worker, at=at + timedelta(days=1))
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
        assert round_.stacks.count() > count
    # The first time, what is kept for a minute is read as well.
    assert costs[1] == costs[2]


def test_a_planned_round_opens_and_closes_by_itself(worker, sheet, unit, jinshui, at):
    round_ = planned(worker, sheet, jinshui, at, opens_at=at + timedelta(days=1))
    assert (round_.status, Turn.objects.count()) == (Status.PLANNED, 0)
    assert sweep(at) == 0
    assert sweep(at + timedelta(days=1)) == 1
    round_.refresh_from_db()
    assert round_.status == Status.OPEN
    assert sweep(round_.closes_at) == 1
    round_.refresh_from_db()
    assert (round_.status, round_.closed_at) == (Status.CLOSED, round_.closes_at)


def test_a_planned_round_in_which_nobody_is_left_is_cancelled(worker, sheet, unit, jinshui, at):
    round_ = planned(worker, sheet, jinshui, at, opens_at=at + timedelta(days=1))
    UnitEnrolment.objects.update(voided_at=at)
    sweep(at + timedelta(days=1))
    round_.refresh_from_db()
    assert (round_.status, round_.reason != "") == (Status.CANCELLED, True)


def test_what_was_done_by_hand_meanwhile_is_left_alone(worker, sheet, unit, jinshui, at):
    round_ = planned(worker, sheet, jinshui, at, opens_at=at + timedelta(days=1))
    actions.start(round_, by=worker, at=at)
    sweep_module._open(round_, at)
    actions.close(round_, by=worker, at=at)
    sweep_module._close(round_, at)
    round_.refresh_from_db()
    assert round_.status == Status.CLOSED


def test_who_has_sheets_left_is_reminded_once(open_round, worker, coordinator, acting, at):
    filled(open_round, "community", worker, at)
    soon = open_round.closes_at - timedelta(days=1)
    assert (sweep(soon), sweep(soon)) == (1, 0)
    told = Message.objects.filter(kind="reminder").values_list("recipient", flat=True)
    assert set(told) == {coordinator.pk, acting.pk}


def test_members_are_reminded_of_their_own_view(worker, unit, jinshui, at):
    member = enrolled_member(unit, jinshui)
    sheet = template(jinshui, at, subject="member", weights={"self": 1})
    round_ = planned(worker, sheet, jinshui, at)
    sweep(round_.closes_at - timedelta(days=1))
    assert Message.objects.get().recipient == member


def test_more_days_move_the_close_and_the_turns(open_round, worker, at):
    before = open_round.closes_at
    later = actions.extend(open_round, days=5, reason="有人出差", by=worker, at=at)
    assert later.closes_at - before == timedelta(days=7)
    assert set(Turn.objects.values_list("due_at", flat=True)) == {later.closes_at}


@pytest.mark.parametrize("days", [0, 21])
def test_no_days_or_too_many_are_refused(open_round, worker, at, days):
    with pytest.raises(Refused):
        actions.extend(open_round, days=days, reason="有人出差", by=worker, at=at)


def test_after_the_close_the_community_is_to_publish(open_round, worker, jinshui, at):
    actions.close(open_round, by=worker, at=at)
    assert list(Turn.objects.values_list("kind", "role", "area")) == [
        ("evaluation.publish", "worker", jinshui.pk)
    ]
    assert set(Sheet.objects.values_list("state", flat=True)) == {SheetState.MISSED}


def test_what_coordinators_open_they_publish(coordinator, unit, jinshui, at):
    sheet = template(jinshui, at, opens="coordinator")
    round_ = planned(coordinator, sheet, jinshui, at)
    actions.close(round_, by=coordinator, at=at)
    assert list(Turn.objects.values_list("role", "area")) == [("coordinator", "140802")]


def test_strangers_close_nothing(open_round, stranger, at):
    with pytest.raises(Refused):
        actions.close(open_round, by=stranger, at=at)


def test_a_closed_round_is_not_closed_again(open_round, worker, at):
    actions.close(open_round, by=worker, at=at)
    with pytest.raises(Refused):
        actions.close(open_round, by=worker, at=at)


def test_the_nearest_area_has_its_own_sheet(sheet, jinshui, at):
    own = template(jinshui, at)
    city = jinshui.parent.parent.parent
    assert queries.templates_in_force(jinshui.pk) == {"unit": own}
    assert queries.templates_in_force(city.pk) == {"unit": sheet}


def test_the_sheets_of_the_product_are_published_once(jinshui, at):
    assert (actions.load_templates(jinshui, at=at), actions.load_templates(jinshui, at=at)) == (
        2,
        0,
    )
    assert Template.objects.filter(version=1).count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"weights": {}}, "weights"),
        ({"questions": []}, "questions"),
        ({"questions": [actions.Asking("self", "好不好", ("好",))]}, "questions"),
        ({"questions": [actions.Asking("self", "好不好", ("好", "好"))]}, "questions"),
        ({"levels": [(50, "好")]}, "levels"),
    ],
)
def test_sheets_that_cannot_be_used_are_refused(jinshui, at, given, field):
    with pytest.raises(Refused) as refused:
        template(jinshui, at, **{"weights": {"self": 1}} | given)
    assert refused.value.field == field


def test_administrators_alone_publish_sheets(worker, jinshui, at):
    administrator = factories.granted("administrator", jinshui.parent.parent)
    with pytest.raises(Refused):
        template(jinshui, at, by=worker)
    assert template(jinshui, at, by=administrator).version == 1


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Round, {"ends_on": PERIOD["starts_on"]}),
        (Round, {"cut_off": None}),
        (Round, {"status": "closed"}),
        (Round, {"status": "published"}),
        (Round, {"status": "cancelled"}),
        (Sheet, {"stack": None}),
        (Sheet, {"state": "done"}),
        (Stack, {"role": "", "organization": None, "person": None}),
        (Template, {"opens": "auditor"}),
    ],
)
def test_the_database_refuses(open_round, model, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


def test_a_unit_is_evaluated_once_in_a_round_and_community(open_round):
    one = Evaluated.objects.get()
    one.pk, one.reference = None, "KXXXXXXXX"
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()
