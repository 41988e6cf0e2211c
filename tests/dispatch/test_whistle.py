"""A whistle from the call to the end: what each act does, and what it refuses."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import factories
from tests.dispatch.factories import answered, blown, kind, moment, open_intervals, problem
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.dispatch import actions, queries
from youwo.dispatch.models import Call, Extension, Objection, Status, Whistle
from youwo.dispatch.sweep import sweep
from youwo.journal.models import Line
from youwo.needs.defaults import load_outside_matters
from youwo.notices.outbox import put_into_inboxes
from youwo.organizations.models import Pairing, UnitEnrolment
from youwo.service import actions as service
from youwo.service.models import ServiceItem
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def kinds(whistle) -> list[str]:
    """What the turns of a whistle ask."""
    rows = Turn.objects.filter(subject_label="dispatch.whistle", subject_key=str(whistle.pk))
    return sorted(rows.values_list("kind", flat=True))


def report(whistle, unit, by, at):
    return actions.answer(
        whistle, organization=unit, who="两位师傅", arrives_at=at + timedelta(hours=1), by=by, at=at
    )


def deliver(whistle, unit, by, at):
    whistle.refresh_from_db()
    return service.deliver(
        whistle.item,
        organization=unit,
        occurred_on=at.date(),
        minutes=60,
        people=2,
        what="换了灯",
        by=by,
        at=at,
    )


# Blowing


def test_the_first_unit_called_is_responsible(worker, jinshui, lamps, water, at):
    whistle = blown(worker, jinshui, [lamps, water], at)

    calls = list(whistle.calls.order_by("pk").values_list("organization", "responsible"))
    assert calls == [(lamps.pk, True), (water.pk, False)]


def test_every_unit_called_has_its_turn(worker, jinshui, lamps, water, at):
    whistle = blown(worker, jinshui, [lamps, water], at)

    assert kinds(whistle) == ["whistle.answer", "whistle.answer"]


def test_the_same_form_sent_twice_blows_once(worker, jinshui, lamps, at):
    nonce, about = uuid.uuid4(), problem(jinshui)
    first = blown(worker, jinshui, [lamps], at, nonce=nonce, problem=about)
    second = blown(worker, jinshui, [lamps], at, nonce=nonce, problem=about)

    assert (first.pk, Whistle.objects.count()) == (second.pk, 1)


@pytest.mark.parametrize("matter", ["电话 138 3590 0001，请先联系", "身份证140802195001011234"])
def test_numbers_of_people_do_not_go_to_units(matter, worker, jinshui, lamps, at):
    with pytest.raises(Refused) as refused:
        blown(worker, jinshui, [lamps], at, matter=matter)

    assert (refused.value.field, Whistle.objects.count()) == ("matter", 0)


def test_units_are_told(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)
    put_into_inboxes(at)

    assert [message.link for message in speaker.messages.all()] == [
        f"/work/whistles/{whistle.reference}/"
    ]


def test_a_higher_level_asks_its_office_too(worker, town, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at, rung=2)

    assert kinds(whistle) == ["whistle.answer", "whistle.see_to"]


def test_an_office_without_a_coordinator_leaves_it_to_the_one_above(
    worker, county, jinshui, lamps, at
):
    whistle = blown(worker, jinshui, [lamps], at, rung=2)

    office = Turn.objects.get(kind="whistle.see_to", subject_key=str(whistle.pk))
    assert office.area_id == "140802"


@pytest.mark.parametrize("words", ["楼道里着火了，快来", "居民要上访", "涉及国家秘密的文件"])
def test_what_belongs_outside_is_not_whistled_for(worker, jinshui, lamps, at, words):
    load_outside_matters()

    with pytest.raises(Refused) as refused:
        blown(worker, jinshui, [lamps], at, matter=words)

    assert (refused.value.field, Whistle.objects.count()) == ("matter", 0)


def test_a_matter_outside_the_duties_is_not_pushed_onto_a_committee(worker, jinshui, at):
    committee = factories.OrganizationFactory(name="居委会", kind="committee", area=jinshui)
    outside = problem(jinshui, kind=kind("demolition", duty=False))

    with pytest.raises(Refused) as refused:
        blown(worker, jinshui, [committee], at, problem=outside)

    assert refused.value.field == "organizations"


def test_a_matter_within_the_duties_may_be_put_to_a_committee(worker, jinshui, at):
    committee = factories.OrganizationFactory(name="居委会", kind="committee", area=jinshui)

    assert blown(worker, jinshui, [committee], at).calls.count() == 1


def test_nobody_else_can_push_it_down_later(worker, jinshui, lamps, speaker, town, at):
    committee = factories.OrganizationFactory(name="居委会", kind="committee", area=jinshui)
    outside = problem(jinshui, kind=kind("demolition", duty=False))
    whistle = blown(worker, jinshui, [lamps], at, problem=outside)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.decide(objection, upheld=True, reason="属实", instead=[committee], by=town, at=at)
    with pytest.raises(Refused):
        actions.call(whistle, organizations=[committee], by=worker, at=at)
    report(whistle, lamps, worker, at)
    with pytest.raises(Refused):
        actions.hand_on(whistle, organization=committee, reason="转", by=speaker, at=at)
    with pytest.raises(Refused):
        actions.ask_help(whistle, organizations=[committee], words="帮", by=speaker, at=at)


def test_a_stranger_does_not_whistle(jinshui, lamps, at):
    stranger = factories.granted("worker", factories.community("140881001001", "别处社区"))

    with pytest.raises(Refused):
        blown(stranger, jinshui, [lamps], at)


def test_a_problem_in_hand_is_whistled_for_at_its_item(worker, jinshui, lamps, at):
    with pytest.raises(Refused):
        blown(worker, jinshui, [lamps], at, problem=problem(jinshui, status="in_hand"))


def test_one_matter_has_one_whistle(worker, jinshui, lamps, at):
    about = problem(jinshui)
    blown(worker, jinshui, [lamps], at, problem=about)

    with pytest.raises(Refused):
        blown(worker, jinshui, [lamps], at, problem=about)


def test_a_whistle_is_about_something(worker, jinshui, lamps, at):
    with pytest.raises(ValueError, match="None"):
        blown(worker, jinshui, [lamps], at, problem=None)


@pytest.mark.parametrize("count", [0, 9])
def test_some_units_are_called_but_not_too_many(worker, jinshui, at, count):
    units = [factories.OrganizationFactory() for _ in range(count)]

    with pytest.raises(Refused) as refused:
        blown(worker, jinshui, units, at)

    assert refused.value.field == "organizations"


def test_levels_that_no_longer_hold_are_refused(worker, jinshui, lamps, at, rungs):
    administrator = factories.granted("administrator", factories.area("1408"))
    actions.set_ladder(
        [_rung("一般")], valid_from=date(2025, 3, 11), basis="新规定", by=administrator, at=at
    )

    with pytest.raises(Refused) as refused:
        actions.blow(
            "灯", "灯", level=rungs[0], community=jinshui, organizations=[lamps],
            field="troubles", nonce=uuid.uuid4(), problem=problem(jinshui), by=worker,
            at=moment("2025-03-12 09:00"),
        )  # fmt: skip

    assert refused.value.field == "level"


# Answering


def test_who_answers_is_responsible_and_owns_the_item(worker, jinshui, lamps, water, plumber, at):
    whistle = blown(worker, jinshui, [lamps, water], at)

    report(whistle, water, plumber, at)

    whistle.refresh_from_db()
    assert (whistle.status, whistle.item.organization_id) == (Status.ANSWERED, water.pk)
    assert list(
        whistle.calls.order_by("pk").values_list("organization", "status", "responsible")
    ) == [(lamps.pk, "relieved", False), (water.pk, "answered", True)]


def test_an_answer_takes_the_problem_up(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    item = ServiceItem.objects.get()
    assert (item.problem_id, item.clocked, whistle.item_id) == (whistle.problem_id, True, item.pk)


def test_one_line_in_the_units_queue(worker, jinshui, lamps, speaker, at):
    answered(worker, speaker, jinshui, [lamps], at)

    rows = Turn.objects.filter(organization=lamps)
    assert list(rows.values_list("kind", "due_at")) == [
        ("whistle.solve", moment("2025-03-17 09:00"))
    ]


def test_the_second_to_answer_is_told_and_may_join(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    whistle = answered(worker, speaker, jinshui, [lamps, water], at)

    with pytest.raises(Refused):
        report(whistle, water, plumber, at)
    actions.help_out(whistle, organization=water, by=plumber, at=at)

    assert list(whistle.item.helpers.values_list("organization", flat=True)) == [water.pk]


def test_the_community_writes_down_an_answer_by_telephone(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert report(whistle, lamps, worker, at).answered_by == worker


def test_nobody_answers_for_another_unit(worker, jinshui, lamps, plumber, at):
    whistle = blown(worker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        report(whistle, lamps, plumber, at)


def test_a_unit_that_was_not_called_does_not_answer(worker, jinshui, lamps, water, plumber, at):
    whistle = blown(worker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        report(whistle, water, plumber, at)


def test_nobody_comes_in_the_past(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)

    with pytest.raises(Refused) as refused:
        actions.answer(
            whistle, organization=lamps, who="人", arrives_at=at - timedelta(hours=1), by=speaker,
            at=at,
        )  # fmt: skip

    assert refused.value.field == "arrives_at"


def test_a_whistle_from_an_item_gives_it_an_owner(worker, jinshui, lamps, speaker, at):
    item = service.agree(
        "修路灯", community=jinshui, field="troubles", due_on=date(2025, 4, 1), by=worker, at=at
    )
    whistle = blown(worker, jinshui, [lamps], at, item=item)

    report(whistle, lamps, speaker, at)

    item.refresh_from_db()
    assert (item.organization_id, item.clocked) == (lamps.pk, True)


def test_an_owner_who_answers_for_its_item_keeps_it(worker, jinshui, lamps, speaker, at):
    item = service.agree(
        "修路灯", community=jinshui, field="troubles", due_on=date(2025, 4, 1), by=worker, at=at,
        organization=lamps,
    )  # fmt: skip
    whistle = blown(worker, jinshui, [lamps], at, item=item)

    report(whistle, lamps, speaker, at)

    item.refresh_from_db()
    assert (item.organization_id, item.clocked, item.reason) == (lamps.pk, True, "")


def test_an_item_that_is_done_is_not_whistled_for(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    deliver(whistle, lamps, speaker, at)
    whistle.item.refresh_from_db()

    with pytest.raises(Refused):
        blown(worker, jinshui, [lamps], at, item=whistle.item)


def test_one_item_has_one_whistle(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        blown(worker, jinshui, [lamps], at, item=whistle.item)


# Objections


def test_an_objection_lies_with_the_next_level(worker, jinshui, lamps, speaker, town, county, at):
    whistle = blown(worker, jinshui, [lamps], at)

    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    assert (objection.office_id, kinds(whistle)) == ("140802005", ["whistle.decide"])


def test_an_upheld_objection_excuses_and_calls_another(
    worker, jinshui, lamps, water, speaker, town, at
):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    later = at + timedelta(hours=1)

    actions.decide(objection, upheld=True, reason="属供水公司", instead=[water], by=town, at=later)

    whistle.refresh_from_db()
    assert list(
        whistle.calls.order_by("pk").values_list("organization", "status", "responsible")
    ) == [(lamps.pk, "excused", False), (water.pk, "called", True)]
    # Four hours from ten o'clock.
    assert whistle.due_at == moment("2025-03-10 16:30")


def test_the_next_one_called_takes_the_place_of_an_excused_first(
    worker, jinshui, lamps, water, speaker, town, at
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    actions.decide(objection, upheld=True, reason="属实", by=town, at=at)

    assert whistle.calls.get(responsible=True).organization == water


def test_without_any_unit_the_community_calls_another(worker, jinshui, lamps, speaker, town, at):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    actions.decide(objection, upheld=True, reason="属实", by=town, at=at)

    assert kinds(whistle) == ["whistle.call"]


def test_a_rejected_objection_gives_a_new_time(worker, jinshui, lamps, speaker, town, at):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    later = at + timedelta(hours=2)

    actions.decide(objection, upheld=False, reason="按清单归贵单位", by=town, at=later)

    whistle.refresh_from_db()
    assert (whistle.due_at, kinds(whistle)) == (moment("2025-03-10 17:30"), ["whistle.answer"])


def test_a_unit_objects_once(worker, jinshui, lamps, speaker, town, at):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    actions.decide(objection, upheld=False, reason="归", by=town, at=at)

    with pytest.raises(Refused):
        actions.object_to(whistle, organization=lamps, reason="还是不归", by=speaker, at=at)


def test_an_objection_is_decided_once(worker, jinshui, lamps, speaker, town, at):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    actions.decide(objection, upheld=False, reason="归", by=town, at=at)

    with pytest.raises(Refused):
        actions.decide(objection, upheld=True, reason="不归", by=town, at=at)


def test_who_objects_does_not_decide(worker, jinshui, lamps, speaker, town, at):
    factories.mandate(town, lamps)
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.decide(objection, upheld=True, reason="属实", by=town, at=at)


def test_the_community_does_not_decide_on_objections(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.decide(objection, upheld=False, reason="归", by=worker, at=at)


def test_an_answer_settles_open_objections(
    worker, jinshui, lamps, water, speaker, plumber, town, at
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    report(whistle, water, plumber, at)

    # Its call is from the database, as the answer left it.
    objection = Objection.objects.get(pk=objection.pk)
    assert (objection.is_overtaken, objection.is_open) == (True, False)
    assert kinds(whistle) == ["whistle.solve"]
    assert not Objection.objects.open().exists()


@pytest.mark.parametrize("upheld", [True, False])
def test_what_an_answer_has_settled_is_not_decided(
    worker, jinshui, lamps, water, speaker, plumber, town, at, upheld
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    objection = actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    report(whistle, water, plumber, at)

    with pytest.raises(Refused):
        actions.decide(objection, upheld=upheld, reason="属实", by=town, at=at)


def test_withdrawing_does_not_change_what_an_answer_has_settled(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)
    report(whistle, water, plumber, at)

    actions.withdraw(whistle, reason="修好了", by=worker, at=at)

    objection = Objection.objects.get()
    assert (objection.is_overtaken, objection.decision) == (True, "")


def test_withdrawing_settles_an_objection_with_its_reason(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)
    actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    actions.withdraw(whistle, reason="修好了", by=worker, at=at)

    objection = Objection.objects.get()
    assert (objection.granted, objection.is_open, objection.is_overtaken) == (True, False, False)


def test_a_unit_that_objected_may_answer_all_the_same(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)
    actions.object_to(whistle, organization=lamps, reason="不归我们", by=speaker, at=at)

    assert report(whistle, lamps, speaker, at).responsible


# Several units


def test_a_unit_called_already_is_not_called_again(worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        actions.call(whistle, organizations=[lamps], by=worker, at=at)


def test_more_units_are_called_with_a_new_time(worker, jinshui, lamps, water, at):
    whistle = blown(worker, jinshui, [lamps], at)

    actions.call(whistle, organizations=[water], by=worker, at=moment("2025-03-10 15:00"))

    whistle.refresh_from_db()
    assert whistle.due_at == moment("2025-03-11 09:00")


def test_the_first_receiver_stays_responsible_until_another_agrees(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    actions.hand_on(whistle, organization=water, reason="是水管漏", by=speaker, at=at)
    assert whistle.calls.get(responsible=True).organization == lamps

    actions.take_over(whistle, organization=water, who="抢修班", arrives_at=at, by=plumber, at=at)
    whistle.item.refresh_from_db()
    assert whistle.calls.get(responsible=True).organization == water
    assert whistle.item.organization == water


def test_the_clock_goes_on_when_another_takes_over(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    later = at + timedelta(hours=2)
    actions.hand_on(whistle, organization=water, reason="是水管漏", by=speaker, at=later)
    actions.take_over(
        whistle, organization=water, who="抢修班", arrives_at=later, by=plumber, at=later
    )

    before = whistle.due_at
    whistle.refresh_from_db()
    assert whistle.due_at == before


def test_a_unit_asked_to_take_over_may_say_no(worker, jinshui, lamps, water, speaker, plumber, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.hand_on(whistle, organization=water, reason="是水管漏", by=speaker, at=at)

    call = actions.say_no(whistle, organization=water, reason="不在管网内", by=plumber, at=at)

    assert (call.status, kinds(whistle)) == ("declined", ["whistle.solve"])


def test_only_one_unit_is_asked_to_take_over_at_a_time(worker, jinshui, lamps, water, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.hand_on(whistle, organization=water, reason="是水管漏", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.hand_on(
            whistle, organization=factories.OrganizationFactory(), reason="转", by=speaker, at=at
        )


def test_nobody_takes_over_unasked(worker, jinshui, lamps, water, speaker, plumber, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.ask_help(whistle, organizations=[water], words="借一台车", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.take_over(
            whistle, organization=water, who="抢修班", arrives_at=at, by=plumber, at=at
        )


def test_nobody_takes_over_in_the_past(worker, jinshui, lamps, water, speaker, plumber, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.hand_on(whistle, organization=water, reason="是水管漏", by=speaker, at=at)

    with pytest.raises(Refused) as refused:
        actions.take_over(
            whistle, organization=water, who="班", arrives_at=at - timedelta(hours=1), by=plumber,
            at=at,
        )  # fmt: skip

    assert refused.value.field == "arrives_at"


def test_a_unit_that_is_asked_helps(worker, jinshui, lamps, water, speaker, plumber, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.ask_help(whistle, organizations=[water], words="借一台车", by=speaker, at=at)

    actions.help_out(whistle, organization=water, who="一辆车", by=plumber, at=at)

    assert whistle.calls.get(organization=water).status == "helping"
    assert list(whistle.item.helpers.values_list("organization", flat=True)) == [water.pk]


def test_a_helper_may_be_asked_to_take_over(worker, jinshui, lamps, water, speaker, plumber, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.ask_help(whistle, organizations=[water], words="借一台车", by=speaker, at=at)
    actions.help_out(whistle, organization=water, who="一辆车", by=plumber, at=at)

    actions.hand_on(whistle, organization=water, reason="主要是水管", by=speaker, at=at)
    actions.take_over(whistle, organization=water, who="抢修班", arrives_at=at, by=plumber, at=at)

    whistle.item.refresh_from_db()
    assert (whistle.item.organization, whistle.item.helpers.count()) == (water, 0)


def test_who_is_asked_to_take_over_says_yes_or_no(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.hand_on(whistle, organization=water, reason="是水管漏", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.help_out(whistle, organization=water, by=plumber, at=at)
    with pytest.raises(Refused):
        actions.object_to(whistle, organization=water, reason="不归", by=plumber, at=at)


def test_a_unit_with_a_part_is_not_asked_again(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        actions.ask_help(whistle, organizations=[lamps], words="帮", by=speaker, at=at)


# The clock held and stretched


def test_a_pause_ends_in_the_future(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    with pytest.raises(Refused) as refused:
        actions.pause(whistle, reason="等", last=at, by=speaker, at=at)

    assert refused.value.field == "last"


def test_a_pause_has_a_limit(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    with pytest.raises(Refused) as refused:
        actions.pause(whistle, reason="等", last=at + timedelta(days=30), by=speaker, at=at)

    assert refused.value.field == "last"


def test_another_unit_does_not_pause(worker, jinshui, lamps, speaker, plumber, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        actions.pause(whistle, reason="等", last=at + timedelta(days=1), by=plumber, at=at)


def test_a_short_extension_holds_at_once(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    extension = actions.extend(
        whistle, hours=Decimal("7.5"), reason="还要挖一段", by=speaker, at=at
    )

    whistle.refresh_from_db()
    assert (extension.granted, whistle.due_at) == (True, moment("2025-03-18 09:00"))


def test_extensions_add_up_to_the_limit(worker, jinshui, lamps, speaker, town, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.extend(whistle, hours=Decimal(15), reason="还要挖一段", by=speaker, at=at)

    extension = actions.extend(whistle, hours=Decimal(1), reason="再一点", by=speaker, at=at)

    assert (extension.granted, kinds(whistle)) == (None, ["whistle.grant", "whistle.solve"])


@pytest.mark.parametrize(
    ("granted", "due_at"), [(True, "2025-03-20 18:00"), (False, "2025-03-17 09:00")]
)
def test_the_level_above_decides_on_more(
    worker, jinshui, lamps, speaker, town, at, granted, due_at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    extension = actions.extend(whistle, hours=Decimal(29), reason="要等材料", by=speaker, at=at)

    actions.decide_extension(extension, granted=granted, reason="情况属实", by=town, at=at)

    whistle.refresh_from_db()
    assert whistle.due_at == moment(due_at)


def test_time_granted_during_a_pause_is_there_afterwards(worker, jinshui, lamps, speaker, town, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    extension = actions.extend(whistle, hours=Decimal(30), reason="要等", by=speaker, at=at)
    actions.pause(whistle, reason="等", last=moment("2025-03-11 09:00"), by=speaker, at=at)
    actions.decide_extension(extension, granted=True, reason="属实", by=town, at=at)

    actions.resume(whistle, by=speaker, at=moment("2025-03-10 10:00"))

    whistle.refresh_from_db()
    # 67.5 h from ten o'clock: nine working days.
    assert whistle.due_at == moment("2025-03-21 10:00")


def test_only_one_wish_for_time_at_a_time(worker, jinshui, lamps, speaker, town, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    extension = actions.extend(whistle, hours=Decimal(30), reason="要等", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.extend(whistle, hours=Decimal(1), reason="再要", by=speaker, at=at)
    actions.decide_extension(extension, granted=False, reason="不必", by=town, at=at)
    with pytest.raises(Refused):
        actions.decide_extension(extension, granted=True, reason="也行", by=town, at=at)


def test_who_asks_for_time_does_not_grant_it(worker, jinshui, lamps, speaker, at):
    factories.mandate(worker, lamps)
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    extension = actions.extend(whistle, hours=Decimal(30), reason="要等", by=speaker, at=at)

    with pytest.raises(Refused):
        actions.decide_extension(extension, granted=True, reason="行", by=worker, at=at)


# The end


def test_what_the_unit_delivers_the_whistle_follows(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    done_at = at + timedelta(hours=3)
    deliver(whistle, lamps, speaker, done_at)

    actions.follow(whistle.item, at=done_at + timedelta(hours=5))

    whistle.refresh_from_db()
    assert (whistle.status, whistle.delivered_at, whistle.rings_at) == (
        Status.DELIVERED,
        done_at,
        None,
    )
    assert not open_intervals(whistle)


def test_the_journal_says_who_moved_it(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    deliver(whistle, lamps, speaker, at)
    actions.follow(whistle.item, at=at)

    line = Line.objects.get(verb="deliver", target_label="dispatch.whistle")
    assert line.actor_key == str(speaker.pk)


def test_a_unit_that_delivers_while_paused_is_followed(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    actions.pause(whistle, reason="等", last=at + timedelta(days=1), by=speaker, at=at)
    deliver(whistle, lamps, speaker, at + timedelta(hours=1))

    actions.follow(whistle.item, at=at + timedelta(hours=2))

    whistle.refresh_from_db()
    assert whistle.status == Status.DELIVERED


def test_what_the_resident_contests_goes_on_with_the_time_anew(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    deliver(whistle, lamps, speaker, at)
    actions.follow(whistle.item, at=at)
    later = moment("2025-03-11 08:00")
    service.contest(whistle.item, reason="还是不亮", by=worker, at=later)

    actions.follow(whistle.item, at=later)

    whistle.refresh_from_db()
    assert (whistle.status, whistle.due_at, whistle.reason) == (
        Status.ANSWERED,
        moment("2025-03-17 18:00"),
        "还是不亮",
    )


def test_the_community_closes_it_with_the_resident(worker, jinshui, lamps, speaker, at):
    second = factories.granted("worker", jinshui)
    item = service.agree(
        "修路灯", community=jinshui, field="troubles", due_on=date(2025, 4, 1), by=worker, at=at
    )
    whistle = blown(worker, jinshui, [lamps], at, item=item)
    report(whistle, lamps, speaker, at)
    deliver(whistle, lamps, speaker, at)
    closed_at = at + timedelta(days=1)
    service.close(item, accepted_by="张敬之", by=second, at=closed_at)

    actions.follow(item, at=closed_at + timedelta(hours=1))

    whistle.refresh_from_db()
    assert (whistle.status, whistle.closed_at, kinds(whistle)) == (Status.CLOSED, closed_at, [])


def test_an_item_dropped_takes_its_whistle_along(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    service.drop(whistle.item, reason="拆迁，不用修了", by=worker, at=at)

    actions.follow(whistle.item, at=at)

    whistle.refresh_from_db()
    assert (whistle.status, whistle.reason) == (Status.WITHDRAWN, "拆迁，不用修了")


def test_an_item_contested_and_dropped_takes_its_whistle_along(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    deliver(whistle, lamps, speaker, at)
    actions.follow(whistle.item, at=at)
    service.contest(whistle.item, reason="还是不亮", by=worker, at=at)
    service.drop(whistle.item, reason="不用修了", by=worker, at=at)

    actions.follow(whistle.item, at=at)

    whistle.refresh_from_db()
    assert whistle.status == Status.WITHDRAWN


def test_an_item_without_a_whistle_is_nobodys(worker, jinshui, at):
    item = service.agree(
        "修路灯", community=jinshui, field="troubles", due_on=date(2025, 4, 1), by=worker, at=at
    )

    assert actions.follow(item, at=at) is None


def test_following_what_has_not_changed_changes_nothing(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    lines = Line.objects.count()
    actions.follow(whistle.item, at=at + timedelta(hours=1))

    assert Line.objects.count() == lines


@pytest.mark.parametrize("status", [Status.BLOWN, Status.ANSWERED, Status.PAUSED])
def test_a_whistle_is_withdrawn_with_a_reason(worker, jinshui, lamps, speaker, at, status):
    whistle = blown(worker, jinshui, [lamps], at)
    if status != Status.BLOWN:
        report(whistle, lamps, speaker, at)
    if status == Status.PAUSED:
        actions.pause(whistle, reason="等", last=at + timedelta(days=1), by=speaker, at=at)

    actions.withdraw(whistle, reason="物业已经修好了", by=worker, at=at)

    whistle.refresh_from_db()
    assert (whistle.status, whistle.reason, kinds(whistle)) == (
        Status.WITHDRAWN,
        "物业已经修好了",
        [],
    )
    assert not open_intervals(whistle)
    assert set(Call.objects.values_list("status", flat=True)) == {"relieved"}


def test_withdrawing_drops_the_item_it_made(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    actions.withdraw(whistle, reason="物业已经修好了", by=worker, at=at)

    assert ServiceItem.objects.get().status == "dropped"


def test_withdrawing_leaves_an_item_that_was_there_before(worker, jinshui, lamps, speaker, at):
    item = service.agree(
        "修路灯", community=jinshui, field="troubles", due_on=date(2025, 4, 1), by=worker, at=at
    )
    whistle = blown(worker, jinshui, [lamps], at, item=item)
    report(whistle, lamps, speaker, at)

    actions.withdraw(whistle, reason="改由物业修", by=worker, at=at)

    item.refresh_from_db()
    assert (item.status, item.clocked) == ("agreed", False)


def test_others_do_not_withdraw(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)

    with pytest.raises(Refused):
        actions.withdraw(whistle, reason="不想办", by=speaker, at=at)


def test_what_is_withdrawn_is_answered_no_more(worker, jinshui, lamps, speaker, at):
    whistle = blown(worker, jinshui, [lamps], at)
    actions.withdraw(whistle, reason="修好了", by=worker, at=at)

    with pytest.raises(Refused):
        report(whistle, lamps, speaker, at)


# Residents


def test_residents_read_units_and_reasons_and_no_person(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    about = problem(jinshui)
    whistle = blown(worker, jinshui, [lamps], at, problem=about)
    actions.call(whistle, organizations=[water], by=worker, at=at + timedelta(minutes=10))
    report(whistle, lamps, speaker, at + timedelta(minutes=20))
    actions.help_out(whistle, organization=water, by=plumber, at=at + timedelta(minutes=25))
    actions.pause(
        whistle, reason="等配件到货", last=at + timedelta(days=1), by=speaker,
        at=at + timedelta(minutes=30),
    )  # fmt: skip
    actions.resume(whistle, by=speaker, at=at + timedelta(minutes=40))
    actions.extend(
        whistle, hours=Decimal(2), reason="还要挖一段", by=speaker, at=at + timedelta(minutes=50)
    )
    actions.withdraw(whistle, reason="修好了", by=worker, at=at + timedelta(minutes=60))

    told = queries.told_to_residents(about)

    assert [(one.what, one.units, one.reason) for one in told] == [
        ("called", ("路灯所",), ""),
        ("called", ("供水公司",), ""),
        ("answered", ("路灯所",), ""),
        ("helps", ("供水公司",), ""),
        ("paused", (), "等配件到货"),
        ("extended", (), "还要挖一段"),
        ("withdrawn", (), "修好了"),
    ]


# The ladder


def _rung(name, answers="unit", **hours):
    given = {"reply_hours": 4, "solve_hours": 30, "extend_hours": 8, **hours}
    return actions.Rung(
        code=name, name=name, colour="blue", answers=answers,
        **{key: Decimal(value) for key, value in given.items()},
    )  # fmt: skip


@pytest.fixture
def administrator(jinshui):
    return factories.granted("administrator", factories.area("1408"))


def test_a_city_names_its_levels_by_colours(administrator, worker, jinshui, lamps, at, rungs):
    actions.set_ladder(
        [_rung("蓝哨"), _rung("黄哨", "town"), _rung("红哨", "county")],
        valid_from=date(2025, 3, 11), basis="哨源管理办法", by=administrator, at=at,
    )  # fmt: skip

    assert queries.ladder(date(2025, 3, 10))[0].name == "一般"
    assert [level.name for level in queries.ladder(date(2025, 3, 11))] == ["蓝哨", "黄哨", "红哨"]


def test_a_whistle_keeps_the_ladder_on_which_it_was_blown(
    administrator, worker, jinshui, lamps, at
):
    whistle = blown(worker, jinshui, [lamps], at)
    actions.set_ladder(
        [_rung("蓝哨"), _rung("红哨", "county")],
        valid_from=date(2025, 3, 11), basis="哨源管理办法", by=administrator, at=at,
    )  # fmt: skip

    assert queries.next_level(whistle).name == "重要"


@pytest.mark.parametrize(
    ("rungs_", "valid_from"),
    [
        ([], date(2025, 3, 11)),
        (["一级", "一级"], date(2025, 3, 11)),
        (["一级"], date(2025, 3, 10)),
    ],
)
def test_ladders_that_cannot_be_are_refused(administrator, at, rungs_, valid_from):
    with pytest.raises(Refused):
        actions.set_ladder(
            [_rung(name) for name in rungs_], valid_from=valid_from, basis="无", by=administrator,
            at=at,
        )  # fmt: skip


def test_levels_climb(administrator, at):
    with pytest.raises(Refused):
        actions.set_ladder(
            [_rung("红哨", "county"), _rung("黄哨", "town")],
            valid_from=date(2025, 3, 11), basis="无", by=administrator, at=at,
        )  # fmt: skip


def test_one_ladder_begins_on_a_day(administrator, at):
    given = {"valid_from": date(2025, 3, 11), "basis": "无", "by": administrator, "at": at}
    actions.set_ladder([_rung("蓝哨")], **given)

    with pytest.raises(Refused):
        actions.set_ladder([_rung("黄哨")], **given)


def test_a_ladder_to_come_is_taken_back(administrator, at):
    ladder = actions.set_ladder(
        [_rung("蓝哨")], valid_from=date(2025, 3, 11), basis="无", by=administrator, at=at
    )

    with pytest.raises(Refused):
        actions.remove_ladder(ladder, by=administrator, at=moment("2025-03-11 09:00"))
    actions.remove_ladder(ladder, by=administrator, at=at)

    assert queries.ladder(date(2025, 3, 11)) == []


def test_only_the_citys_administrators_set_levels(worker, town, administrator, at):
    given = {"valid_from": date(2025, 3, 11), "basis": "无", "at": at}
    with pytest.raises(Refused):
        actions.set_ladder([_rung("蓝哨")], by=town, **given)
    ladder = actions.set_ladder([_rung("蓝哨")], by=administrator, **given)
    with pytest.raises(Refused):
        actions.remove_ladder(ladder, by=worker, at=at)


def test_the_usual_levels_are_loaded_once(at):
    assert (actions.load_ladder(at=at), actions.load_ladder(at=at)) == (True, False)


# Whom to call


def test_paired_units_are_offered_first_then_whose_duty_it_is(jinshui, lamps, at):
    paired = factories.OrganizationFactory(name="税务局")
    enrolled = factories.OrganizationFactory(name="图书馆", kind="social")
    Pairing.objects.create(
        reference="B23456789", organization=paired, area=jinshui, starts_on=date(2025, 1, 1),
        recorded_at=at,
    )  # fmt: skip
    UnitEnrolment.objects.create(
        reference="E23456789", organization=enrolled, community=jinshui,
        starts_on=date(2025, 1, 1), recorded_at=at,
    )  # fmt: skip

    found = queries.suggested(jinshui, at.date(), kind=kind())

    assert (found.paired, found.duty, found.near) == ([paired], [lamps], [enrolled])


def test_the_property_company_of_the_community_is_offered(jinshui, at):
    company = factories.OrganizationFactory(name="金税物业", kind="property", area=jinshui)

    found = queries.suggested(jinshui, at.date(), kind=kind("lift", responsible_kind="property"))

    assert found.duty == [company]


def test_a_committee_is_not_offered_what_lies_outside_its_duties(jinshui, at):
    factories.OrganizationFactory(name="居委会", kind="committee", area=jinshui)
    lies_outside = kind("demolition", responsible_kind="committee", duty=False)

    assert queries.suggested(jinshui, at.date(), kind=lies_outside).everybody() == []


def test_units_are_found_by_their_names(jinshui, at):
    found = factories.OrganizationFactory(name="盐湖区燃气公司", search_terms=terms("燃气公司"))
    factories.OrganizationFactory(name="别的单位", search_terms=terms("别的单位"))

    assert queries.suggested(jinshui, at.date(), words="燃气").everybody() == [found]


def test_a_unit_that_was_let_go_and_helps_when_asked_helps_once(
    worker, speaker, plumber, jinshui, lamps, water, at
):
    whistle = answered(worker, speaker, jinshui, [lamps, water], at)
    actions.ask_help(whistle, organizations=[water], words="借一台车", by=speaker, at=at)
    actions.help_out(whistle, organization=water, who="一辆车", by=plumber, at=at)

    with pytest.raises(Refused, match="没有待答复"):
        actions.help_out(whistle, organization=water, who="一辆车", by=plumber, at=at)

    calls = whistle.calls.filter(organization=water).order_by("pk")
    assert list(calls.values_list("status", flat=True)) == ["relieved", "helping"]


def test_who_helps_with_the_item_already_joins_without_a_second_word(
    worker, jinshui, lamps, water, speaker, plumber, at
):
    whistle = answered(worker, speaker, jinshui, [lamps, water], at)
    service.add_helper(whistle.item, organization=water, by=worker, at=at)

    actions.help_out(whistle, organization=water, by=plumber, at=at)

    assert whistle.calls.get(organization=water).status == "helping"
    assert whistle.item.helpers.count() == 1
    assert Line.objects.filter(verb="add_helper").count() == 1


def test_withdrawing_settles_a_wish_for_more_time(worker, jinshui, lamps, speaker, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    extension = actions.extend(whistle, hours=Decimal(60), reason="等材料", by=speaker, at=at)

    actions.withdraw(whistle, reason="修好了", by=worker, at=at)

    extension = Extension.objects.get(pk=extension.pk)
    assert (extension.is_overtaken, kinds(whistle)) == (True, [])
    assert not Extension.objects.open().exists()
    # No office is asked any more, however long nobody decides.
    sweep(at + timedelta(days=30))
    found = Extension.objects.get()
    assert (found.office_id, found.granted, kinds(whistle)) == (extension.office_id, False, [])
    assert found.decision == "哨已撤回。"
    with pytest.raises(Refused):
        actions.decide_extension(extension, granted=True, reason="好", by=worker, at=at)
