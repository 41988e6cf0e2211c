"""What an act at a whistle costs where everything is there at once that it can meet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests import factories
from tests.dispatch.factories import answered, blown, problem
from tests.notices.factories import RobotFactory
from tests.web.dispatch.test_whistles import LIST, act, blow, page
from tests.web.needs.people import signed_in, words
from youwo.dispatch import actions
from youwo.dispatch.models import Call, Objection, Whistle
from youwo.journal.models import Line
from youwo.service import actions as service
from youwo.service.models import ItemHelper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everybody_listens(jinshui, lamps, water, gas):
    """Chat groups of the place, of the city and of the units hear of it."""
    RobotFactory(area=jinshui, name="金税社区群")
    RobotFactory(area=factories.area("1408"), name="运城市群")
    for unit in (lamps, water, gas):
        RobotFactory(area=None, organization=unit.pk, name=f"{unit.name}群")


def taken(send) -> None:
    """Send a form that is taken. Each request is counted (`tests/web/statements.py`)."""
    assert send().status_code == 302


def report(browser, whistle, unit):
    sent = {"organization": unit.pk, "who": "两位师傅", "when": "soon"}
    return browser.post(f"{LIST}{whistle.reference}/answer/", sent)


@pytest.fixture
def gas(jinshui):
    return factories.OrganizationFactory(name="燃气公司", kind="enterprise")


@pytest.fixture
def item(worker, jinshui, lamps, water, gas, at):
    """Agreed on for a problem: gas has it, lamps and water help."""
    about = problem(jinshui, at)
    return service.agree(
        "修路灯", community=jinshui, field="troubles", due_on=at.date() + timedelta(days=9),
        problem=about, organization=gas, helpers=[lamps, water], by=worker, at=at,
    )  # fmt: skip


def objected(worker, speaker, jinshui, units, at, **about):
    """Blown at a level with an office, and the first unit says that it is not for it."""
    whistle = blown(worker, jinshui, units, at, rung=2, **about)
    actions.object_to(whistle, organization=units[0], reason="不归我们", by=speaker, at=at)
    return whistle


@pytest.mark.parametrize("who", ["unit", "community"])
@pytest.mark.parametrize("begun", [False, True])
def test_an_answer_where_an_item_changes_hands(
    at_the_unit, at_work, worker, plumber, speaker, jinshui, lamps, water, gas, item, at, who, begun
):
    if begun:
        service.start(item, by=factories.mandated(gas), at=at)
    units = [water, lamps, gas, factories.OrganizationFactory(name="第四家")]
    whistle = objected(worker, plumber, jinshui, units, at, item=item)
    browser = at_the_unit if who == "unit" else at_work
    page(browser, whistle, "answer/")

    taken(lambda: report(browser, whistle, lamps))

    item.refresh_from_db()
    assert (item.organization, item.clocked) == (lamps, True)
    assert list(ItemHelper.objects.values_list("organization", flat=True)) == [water.pk]


@pytest.mark.parametrize("begun", [False, True])
def test_an_answer_of_who_has_the_item_already(
    worker, plumber, jinshui, lamps, water, gas, item, at, begun
):
    browser = signed_in(gas_speaker := factories.mandated(gas))
    if begun:
        service.start(item, by=gas_speaker, at=at)
    whistle = objected(worker, plumber, jinshui, [water, gas, lamps], at, item=item)
    page(browser, whistle, "answer/")

    taken(lambda: report(browser, whistle, gas))

    item.refresh_from_db()
    assert (item.organization, item.clocked) == (gas, True)


@pytest.mark.parametrize("who", ["unit", "community"])
def test_an_answer_that_makes_an_item(
    at_the_unit, at_work, worker, plumber, jinshui, lamps, water, gas, at, who
):
    whistle = objected(worker, plumber, jinshui, [water, lamps, gas], at)
    browser = at_the_unit if who == "unit" else at_work
    page(browser, whistle, "answer/")

    taken(lambda: report(browser, whistle, lamps))

    assert Whistle.objects.get().item.organization == lamps
    assert sorted(Call.objects.values_list("status", flat=True)) == [
        "answered",
        "relieved",
        "relieved",
    ]


@pytest.mark.parametrize("upheld", ["yes", "no"])
def test_a_decision_with_everything(
    county, town, worker, plumber, jinshui, lamps, water, gas, item, at, upheld
):
    instead = factories.OrganizationFactory(name="第四家")
    whistle = objected(worker, plumber, jinshui, [water, lamps, gas], at, item=item)
    at_the_office = signed_in(county)
    page(at_the_office, whistle, "decide/")
    sent = {"granted": upheld, "reason": "属实", "organizations": [instead.pk]}

    taken(lambda: at_the_office.post(f"{LIST}{whistle.reference}/decide/", sent))

    first = whistle.calls.get(responsible=True).organization
    assert (Objection.objects.get().granted, first) == (
        (True, lamps) if upheld == "yes" else (False, water)
    )


def in_hand(worker, speaker, jinshui, units, at, *, begun, **about):
    """Answered by the first unit, which asks for more time than it may take by itself."""
    whistle = answered(worker, speaker, jinshui, units, at - timedelta(hours=3), **about)
    actions.extend(whistle, hours=Decimal(60), reason="等材料", by=speaker, at=at)
    if begun:
        service.start(whistle.item, by=speaker, at=at)
    return whistle


@pytest.mark.parametrize("who", ["unit", "community"])
@pytest.mark.parametrize("begun", [False, True])
def test_help_with_everything(
    at_work, worker, speaker, plumber, jinshui, lamps, water, gas, at, who, begun
):
    whistle = in_hand(worker, speaker, jinshui, [lamps, water, gas], at, begun=begun)
    service.add_helper(whistle.item, organization=gas, by=worker, at=at)
    browser = signed_in(plumber) if who == "unit" else at_work
    page(browser, whistle)

    taken(lambda: act(browser, whistle, "help", organization=water.pk, who="一辆车"))

    assert ItemHelper.objects.count() == 2
    assert Line.objects.filter(verb="add_helper").count() == 2


@pytest.mark.parametrize("who", ["unit", "community"])
@pytest.mark.parametrize("begun", [False, True])
def test_taking_over_with_everything(
    at_work, worker, speaker, plumber, jinshui, lamps, water, gas, at, who, begun
):
    whistle = in_hand(worker, speaker, jinshui, [lamps, gas], at, begun=begun)
    service.add_helper(whistle.item, organization=water, by=worker, at=at)
    actions.hand_on(whistle, organization=water, reason="是水管", by=speaker, at=at)
    browser = signed_in(plumber) if who == "unit" else at_work
    page(browser, whistle)
    sent = {"organization": water.pk, "who": "抢修班", "when": "soon"}

    taken(lambda: act(browser, whistle, "take_over", **sent))

    assert whistle.calls.get(responsible=True).organization == water
    assert not ItemHelper.objects.exists()


def test_a_whistle_for_an_item_with_everything(at_work, lamps, water, gas, item):
    units = [lamps.pk, water.pk, gas.pk]
    assert blow(at_work, item, organizations=units).status_code == 302
    assert Call.objects.count() == 3


def test_a_whistle_for_a_problem_with_everything(at_work, jinshui, lamps, water, gas, at):
    units = [lamps.pk, water.pk, gas.pk]
    assert blow(at_work, problem(jinshui, at), organizations=units).status_code == 302
    assert Call.objects.count() == 3


def test_withdrawing_what_nobody_has_answered(
    at_work, worker, plumber, jinshui, lamps, water, gas, item, at
):
    whistle = objected(worker, plumber, jinshui, [water, lamps, gas], at, item=item)
    taken(lambda: act(at_work, whistle, "withdraw", reason="修好了"))
    assert Objection.objects.get().granted


def test_withdrawing_what_is_in_hand(at_work, worker, speaker, jinshui, lamps, water, gas, at):
    whistle = in_hand(worker, speaker, jinshui, [lamps, water, gas], at, begun=True)
    service.add_helper(whistle.item, organization=gas, by=worker, at=at)
    actions.ask_help(whistle, organizations=[water], words="来", by=speaker, at=at)
    taken(lambda: act(at_work, whistle, "withdraw", reason="修好了"))
    whistle.item.refresh_from_db()
    assert whistle.item.is_dropped


def test_objecting_and_saying_no_with_everything(
    worker, plumber, speaker, jinshui, lamps, water, gas, item, at
):
    whistle = blown(worker, jinshui, [water, lamps, gas], at, rung=2, item=item)
    browser = signed_in(plumber)
    sent = {"organization": water.pk, "reason": "不归我们"}
    taken(lambda: act(browser, whistle, "object", **sent))

    other = in_hand(worker, speaker, jinshui, [lamps], at, begun=True)
    actions.ask_help(other, organizations=[water], words="来", by=speaker, at=at)
    taken(lambda: act(browser, other, "say_no", **sent))


def test_a_clock_held_and_stretched_with_everything(
    at_the_unit, worker, speaker, jinshui, lamps, water, at
):
    whistle = answered(worker, speaker, jinshui, [lamps, water], at - timedelta(hours=1))
    taken(lambda: act(at_the_unit, whistle, "extend", hours="60", reason="等材料"))
    last = (timezone.localtime(at) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    taken(lambda: act(at_the_unit, whistle, "pause", reason="等材料", last=last))
    taken(lambda: act(at_the_unit, whistle, "resume"))


def test_what_was_withdrawn_says_what_became_of_a_wish_for_more_time(
    at_work, worker, speaker, jinshui, lamps, at
):
    whistle = in_hand(worker, speaker, jinshui, [lamps], at, begun=False)
    actions.withdraw(whistle, reason="修好了", by=worker, at=at)
    shown = " ".join(words(at_work.get(f"{LIST}{whistle.reference}/")).split())
    assert "不同意</b> · 哨已撤回。" in shown
