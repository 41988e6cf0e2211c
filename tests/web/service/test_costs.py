"""The dearest steps of a service item and of a meeting, with all that there can be at once.

Each request of these tests is counted (`tests/web/statements.py`): none may cost more than any
other, whatever stands around the case.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.dispatch.factories import answered
from tests.needs.problem_factories import accepted, reported
from tests.notices.factories import RobotFactory
from tests.organizations.factories import MembershipFactory
from tests.service import factories as made
from tests.web.needs.people import signed_in
from tests.web.service.test_items import close_form, done_form
from tests.web.service.test_meetings import item_form
from youwo.dispatch import actions as dispatch
from youwo.dispatch.models import Extension, Status
from youwo.dispatch.sweep import follow_moved
from youwo.ledger.models import Entry
from youwo.needs.actions import problems
from youwo.needs.models import ProblemStatus
from youwo.organizations.models import Membership
from youwo.service import actions
from youwo.service.actions import meetings
from youwo.service.models import AgendaItem, Delivery, ItemStatus, ServiceItem
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def reachable(**kwargs):
    return factories.PersonFactory(email="somebody@example.test", **kwargs)


@pytest.fixture
def groups(jinshui, tax_office):
    """Everybody who can listen does."""
    RobotFactory(area=jinshui, name="金税社区群")
    RobotFactory(area=factories.area("1408"), name="运城市群")
    RobotFactory(area=None, organization=tax_office.pk, name="税务群")


@pytest.fixture
def helper(jinshui):
    helper = made.enrolled(made.unit("水务局"), jinshui)
    factories.mandated(helper, email="water@example.test")
    return helper


@pytest.fixture
def matter(worker, jinshui, at):
    """A problem with voices of every kind: with an account, with none, at the counter."""
    problem = accepted(worker, jinshui, at, by=reachable())
    for by in (reachable(), reachable(), None):
        reported(jinshui, at, problem=problem, by=by)
    return problem


@pytest.fixture
def whistled(groups, worker, acting, tax_office, helper, jinshui, matter, at):
    """The item of an answered whistle, for a problem, with a helper, and with an open request."""
    factories.mandated(tax_office, email="tax@example.test")
    whistle = answered(worker, acting, jinshui, [tax_office], at, problem=matter)
    dispatch.ask_help(whistle, organizations=[helper], words="一起来", by=acting, at=at)
    whistle.refresh_from_db()
    dispatch.help_out(
        whistle, organization=helper, by=factories.mandated(helper), at=at, who="两位师傅"
    )
    dispatch.extend(whistle, hours=500, reason="等材料", by=acting, at=at)
    return whistle


def members_of(unit, count=3):
    return [MembershipFactory(organization=unit).person.pk for _ in range(count)]


def said(unit, **changes):
    return done_form(
        unit,
        **{
            "hands": changes.pop("hands", None) or members_of(unit),
            "things-TOTAL_FORMS": "2",
            "things-1-thing": "垃圾桶",
            "things-1-quantity": "40",
            "things-1-unit": "个",
            **changes,
        },
    )


def delivered(at_the_unit, tax_office, whistle):
    page = f"/service/{whistle.item.reference}/"
    assert at_the_unit.post(f"{page}deliver/", said(tax_office)).url == page
    return page


def test_saying_that_it_is_done(at_the_unit, tax_office, whistled, matter, at):
    delivered(at_the_unit, tax_office, whistled)

    matter.refresh_from_db()
    assert (matter.status, Delivery.objects.get().hands.count()) == (ProblemStatus.DONE, 3)
    assert Turn.objects.filter(kind="problem.judge").count() == 3
    assert not Turn.objects.filter(subject_label="dispatch.whistle").exists()
    follow_moved(at=at)
    whistled.refresh_from_db()
    assert (whistled.status, Extension.objects.get().granted) == (Status.DELIVERED, False)


def test_what_helps_says_its_part(helper, whistled):
    browser = signed_in(factories.mandated(helper))
    page = f"/service/{whistled.item.reference}/"
    assert browser.post(f"{page}deliver/", said(helper)).url == page
    assert Delivery.objects.get().organization == helper


def test_the_community_says_it_for_a_unit(at_work, tax_office, whistled, at):
    joined = MembershipFactory(organization=tax_office).person
    actions.join(whistled.item, by=joined, at=at)
    page = f"/service/{whistled.item.reference}/"
    sent = said(tax_office, hands=[joined.pk], source="税务局周立来电")
    assert at_work.post(f"{page}deliver/", sent).url == page


def test_members_whose_membership_began_anew_are_known(at_the_unit, tax_office, whistled, at):
    """Who left and came back after that day was a member on it all the same."""
    day = at.date()
    person = MembershipFactory(organization=tax_office, ends_on=day + timedelta(days=1)).person
    MembershipFactory(organization=tax_office, person=person, starts_on=day + timedelta(days=1))
    assert Membership.objects.filter(person=person).count() == 2
    sent = said(tax_office, hands=[person.pk])
    at_the_unit.post(f"/service/{whistled.item.reference}/deliver/", sent)
    assert Delivery.objects.get().hands.get().person == person


def test_what_is_accepted_not_done_after_all_and_done_again(
    at_the_unit, colleague, tax_office, helper, whistled, matter, at
):
    part = signed_in(factories.mandated(helper))
    page = f"/service/{whistled.item.reference}/"
    part.post(f"{page}deliver/", said(helper))
    delivered(at_the_unit, tax_office, whistled)
    colleague.post(f"{page}contest/", {"reason": "还差一段"})
    delivered(at_the_unit, tax_office, whistled)
    part.post(f"{page}deliver/", said(helper))
    for report in matter.reports.all():
        problems.judge(report, satisfied=True, words="好了", by=None, at=at)

    assert colleague.post(f"{page}close/", close_form(asked="都问过")).url == page
    entry = Entry.objects.get()
    assert (entry.participations.count(), entry.goods.count()) == (6, 4)
    follow_moved(at=at)
    assert colleague.post(f"{page}reopen/", {"reason": "又坏了"}).url == page

    matter.refresh_from_db()
    whistled.refresh_from_db()
    assert (matter.status, whistled.item.status) == (ProblemStatus.IN_HAND, ItemStatus.STARTED)
    assert set(matter.reports.values_list("satisfied", flat=True)) == {None}
    assert Entry.objects.count() == 2
    follow_moved(at=at)
    whistled.refresh_from_db()
    assert whistled.status == Status.ANSWERED


def test_dropping_what_a_whistle_carries(at_work, whistled, matter):
    page = f"/service/{whistled.item.reference}/"
    assert at_work.post(f"{page}drop/", {"reason": "要拆迁了"}).url == page
    matter.refresh_from_db()
    assert matter.status == ProblemStatus.OPEN
    assert not Turn.objects.filter(subject_label="dispatch.whistle").exists()


def test_a_meeting_agrees_on_it(groups, at_work, worker, tax_office, helper, jinshui, matter, at):
    meeting = made.called(worker, jinshui, at, organizations=[tax_office, helper])
    [agenda] = meetings.pick(meeting, problems=[matter], by=worker, at=at)
    meetings.hold(meeting, by=worker, at=at)
    form = item_form(organization=tax_office.pk, helpers=[helper.pk])
    page = f"/meetings/{meeting.reference}/decide/{agenda.pk}/"
    assert at_work.post(page, form).status_code == 302
    item = ServiceItem.objects.get()
    assert (item.helpers.count(), item.resources.count(), item.problem) == (1, 1, matter)


def test_it_is_agreed_without_a_meeting(groups, at_work, tax_office, helper, matter):
    form = item_form(
        organization=tax_office.pk,
        helpers=[helper.pk],
        nonce="6a0e0c36-5a57-4b9b-8f5c-0f6a1d7f2a10",
    )
    page = f"/service/new/?problem={matter.reference}"
    assert at_work.post(page, form).status_code == 302
    assert ServiceItem.objects.get().helpers.count() == 1


def test_a_meeting_ends_and_what_is_open_goes_to_the_next(
    groups, at_work, worker, tax_office, helper, jinshui, matter, at
):
    units = [tax_office, helper]
    made.called(worker, jinshui, at, organizations=units)
    meeting = made.called(worker, jinshui, at, organizations=units)
    meetings.pick(meeting, problems=[matter], by=worker, at=at)
    meetings.add_matter(meeting, title="停车", by=worker, at=at)
    meetings.hold(meeting, by=worker, at=at)
    page = f"/meetings/{meeting.reference}/"
    assert at_work.post(f"{page}close/").status_code == 302
    assert AgendaItem.objects.filter(rolled_from__isnull=False).count() == 2


def test_the_next_meeting_is_prepared_where_nothing_comes_along(
    at_work, worker, tax_office, jinshui, matter, at
):
    other = made.called(worker, jinshui, at, organizations=[tax_office])
    meeting = made.called(worker, jinshui, at, organizations=[tax_office])
    meetings.pick(meeting, problems=[matter], by=worker, at=at)
    meetings.hold(meeting, by=worker, at=at)
    made.agreed(worker, jinshui, at, problem=matter, organization=tax_office)
    assert at_work.post(f"/meetings/{meeting.reference}/close/").status_code == 302
    assert Turn.objects.get(reference=other.reference, area=jinshui, role="worker").kind == (
        "meeting.prepare"
    )


def test_a_meeting_is_called_off_and_its_agenda_goes_to_the_next(
    groups, at_work, worker, tax_office, helper, jinshui, matter, at
):
    units = [tax_office, helper]
    other = made.called(worker, jinshui, at, organizations=units)
    meeting = made.called(worker, jinshui, at, organizations=units)
    meetings.pick(meeting, problems=[matter], by=worker, at=at)
    page = f"/meetings/{meeting.reference}/"
    assert at_work.post(f"{page}cancel/", {"reason": "会议室停电"}).status_code == 302
    assert other.agenda.get().problem == matter
    waiting = Turn.objects.get(kind="meeting.run")
    assert waiting.reference == other.reference
    assert not Turn.objects.filter(reference=meeting.reference).exists()
