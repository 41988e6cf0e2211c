"""What is told to whoever stands behind an audience, and looked up afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from tests.factories import AT, ON, OrganizationFactory, PersonFactory, mandated
from tests.notices.factories import RobotFactory
from tests.side_by_side import at_once, on_postgresql
from youwo.core.acts import acting
from youwo.notices import actions, audiences, outbox, tasks
from youwo.notices.gathered import Reader
from youwo.notices.models import Delivery, Message, Notice, Post
from youwo.notices.outbox import PAUSES, put_into_inboxes, put_on_their_way
from youwo.organizations.models import Mandate

pytestmark = pytest.mark.django_db
HERE = "140802005022"


@pytest.fixture
def unit():
    return OrganizationFactory()


def tell(*people, at=AT, cause="x", **values):
    actions.tell(people, kind="case", subject="有人认领了心愿", cause=cause, at=at, **values)


def tell_unit(*units, at=AT, cause="x", subject="有人报到", **values):
    keys = [unit.pk for unit in units]
    actions.tell_audience("units", keys, kind="case", subject=subject, cause=cause, at=at, **values)


def holds(unit, person, **days):
    Mandate.objects.create(
        person=person, organization=unit, given_at=AT, **{"starts_on": ON, **days}
    )
    return person


def post(at=AT, **values):
    actions.tell_group(
        HERE, **{"kind": "whistle", "subject": "吹哨", "cause": "x", "at": at, **values}
    )


def tables(act) -> list[str]:
    """Into which tables an act writes, one for each statement."""
    with CaptureQueriesContext(connection) as captured, acting():
        act()
    written = [re.search(r'INTO "(\w+)"|^SELECT.*', query["sql"]) for query in captured]
    return [found[1] or found[0] for found in written if found]


# --- what an act writes --------------------------------------------------------------------------
def test_whoever_is_known_is_told_at_once(resident, volunteer):
    assert tables(lambda: [tell(resident), tell(volunteer)]) == ["notices_message"]
    assert (Message.objects.count(), Notice.objects.count()) == (2, 0)


def test_groups_alone_hear_at_once(jinshui, at):
    RobotFactory(area=jinshui)
    post(cause="before")

    assert tables(lambda: [post(), post(cause="y")]) == ["notices_post"]
    assert Post.objects.count() == 3


def test_people_units_and_groups_cost_one_statement_together(resident, unit, jinshui):
    RobotFactory(area=jinshui)
    post(cause="before")

    assert tables(lambda: [tell(resident), tell_unit(unit), post()]) == ["notices_notice"]
    assert (Message.objects.count(), Post.objects.count()) == (0, 1)


def test_people_and_groups_cost_one_statement_together(resident, jinshui):
    robot = RobotFactory(area=jinshui)
    post(cause="before")

    assert tables(lambda: [tell(resident), post()]) == ["notices_notice"]
    put_into_inboxes(AT)
    assert Message.objects.get().recipient == resident
    assert list(Post.objects.filter(cause="x").values_list("robot", flat=True)) == [robot.pk]


def test_outside_an_act_nobody_is_looked_up_either(unit, django_assert_num_queries):
    with django_assert_num_queries(1):
        tell_unit(unit)
    assert Notice.objects.count() == 1


def test_nobody_is_told_nothing(unit):
    assert tables(lambda: [tell(None), tell_unit()]) == []


# --- who reads it --------------------------------------------------------------------------------
def test_who_acts_for_a_unit_on_the_day_reads_it(unit, at):
    reader, other = mandated(unit), mandated(unit)
    today = at.date()
    holds(unit, PersonFactory(), starts_on=today + timedelta(days=1))
    holds(unit, PersonFactory(), starts_on=today - timedelta(days=9), ends_on=today)
    mandated(OrganizationFactory())
    tell_unit(unit, at=at, link="/x/", body="水来了")
    put_into_inboxes(at + timedelta(days=2))

    read = Message.objects.order_by("recipient").values_list(
        "recipient", "kind", "subject", "body", "link", "cause", "created_at"
    )
    words = ("case", "有人报到", "水来了", "/x/", "x", at)
    assert list(read) == [(reader.pk, *words), (other.pk, *words)]
    assert not Notice.objects.exists()


def test_each_notice_is_for_those_of_its_own_day(unit, at):
    tomorrow = at + timedelta(days=1)
    former = holds(unit, PersonFactory(), ends_on=tomorrow.date())
    new = holds(unit, PersonFactory(), starts_on=tomorrow.date())
    tell_unit(unit, at=at, cause="today")
    tell_unit(unit, at=tomorrow, cause="tomorrow")
    put_into_inboxes(tomorrow)

    assert set(Message.objects.values_list("recipient", "cause")) == {
        (former.pk, "today"),
        (new.pk, "tomorrow"),
    }


def test_who_did_it_or_has_left_is_not_told(unit, at):
    doer, reader = mandated(unit), mandated(unit)
    mandated(unit, is_active=False)
    tell_unit(unit, at=at, but=doer)
    put_into_inboxes(at)

    assert Message.objects.get().recipient == reader


def test_who_acts_for_two_units_is_told_once(unit, at):
    other = OrganizationFactory()
    reader = holds(other, mandated(unit))
    tell_unit(unit, other, at=at)
    tell_unit(unit, at=at)
    put_into_inboxes(at)

    assert Message.objects.get().recipient == reader


def test_each_reads_their_own_language(unit, at):
    english = mandated(unit, language="en")
    chinese = mandated(unit)
    words = gettext_lazy("Monday")
    tell_unit(unit, at=at, subject=words, body=format_lazy("{day}!", day=words))
    put_into_inboxes(at)

    assert dict(Message.objects.values_list("recipient", "subject")) == {
        english.pk: "Monday",
        chinese.pk: "星期一",
    }
    assert Message.objects.get(recipient=english).body == "Monday!"


def test_who_is_told_beside_a_unit_reads_it_as_ever(unit, at):
    known = PersonFactory(language="en", email="somebody@example.org")
    left = PersonFactory()
    with acting():
        tell(known, left, at=at, urgent=True)
        tell_unit(unit, at=at)
    # What was said was said in the language of then.
    type(known).objects.filter(pk=known.pk).update(language="zh-hant")
    type(left).objects.filter(pk=left.pk).update(is_active=False)
    put_into_inboxes(at)

    message = Message.objects.get()
    assert (message.recipient, message.outgoing, message.urgent) == (known, True, True)


def test_what_is_told_leaves_the_house_in_the_same_round(unit, at):
    mandated(unit, email="somebody@example.org")
    tell_unit(unit, at=at)

    assert put_on_their_way(at + timedelta(seconds=5)) == 1
    assert Delivery.objects.get().message.created_at == at


def test_groups_hear_in_the_night_as_ever(unit, jinshui, at):
    night = at.replace(hour=22)
    quiet, awake = RobotFactory(area=jinshui), RobotFactory(area=jinshui.parent, quiet=False)
    gone = RobotFactory(area=jinshui.parent.parent)
    with acting():
        post(at=night, subject="王大爷 13800001234")
        post(at=night, cause="fire", urgent=True)
        tell_unit(unit, at=night)
    type(gone).objects.filter(pk=gone.pk).update(removed_at=night, address_index=None)
    put_into_inboxes(night)

    morning = at.replace(day=4, hour=8, minute=0)
    assert set(Post.objects.values_list("robot", "cause", "subject", "next_at")) == {
        (quiet.pk, "x", "王大爷 138****1234", morning),
        (awake.pk, "x", "王大爷 138****1234", night),
        (quiet.pk, "fire", "吹哨", night),
        (awake.pk, "fire", "吹哨", night),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_many_notices_cost_as_much_as_one(count, jinshui, resident, django_assert_num_queries):
    RobotFactory(area=jinshui)
    post(cause="before")
    for number in range(count):
        unit = OrganizationFactory()
        mandated(unit)
        with acting():
            tell(resident, cause=str(number))
            tell_unit(unit, cause=str(number))
            post(cause=str(number))
    # The transaction and three savepoints begin and end; they are found, people, robots and
    # mandates are looked up; messages of two audiences, posts, and the notices are gone.
    with django_assert_num_queries(2 + 6 + 1 + 3 + 4):
        put_into_inboxes(AT)
    assert (Message.objects.count(), Post.objects.count()) == (count * 2, count + 1)


def test_more_than_go_at_once_all_go(unit, monkeypatch):
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    mandated(unit)
    for cause in range(5):
        tell_unit(unit, cause=str(cause))
    put_into_inboxes(AT)

    assert Message.objects.count() == 5


# --- what cannot be looked up --------------------------------------------------------------------
@pytest.fixture
def moody(monkeypatch, resident):
    """An audience of which the keys below ten cannot be looked up; the resident reads the rest."""

    def find(notices):
        for notice in notices:
            if notice.keys[0] < 10:
                raise LookupError(notice.texts)
            yield notice, Reader(person=resident)

    monkeypatch.setattr(audiences, "_makers", dict(audiences._makers))
    audiences.register("moody", find)

    def tell(key):
        said = {"kind": "case", "subject": "王小明说", "cause": f"moody.{key}", "at": AT}
        actions.tell_audience("moody", [key], **said)

    return tell


def test_what_fails_does_not_stop_the_others(moody, unit, caplog):
    reader = mandated(unit)
    for key in (1, 10, 2, 11):
        moody(key)
    tell_unit(unit)
    put_into_inboxes(AT)

    assert set(Message.objects.values_list("cause", flat=True)) == {"moody.10", "moody.11", "x"}
    assert Message.objects.filter(recipient=reader).count() == 1
    waiting = Notice.objects.order_by("pk").values_list("cause", "tries", "next_at")
    later = AT + PAUSES[0]
    assert list(waiting) == [("moody.1", 1, later), ("moody.2", 1, later)]
    assert {record.error for record in caplog.records} == {"LookupError"}
    assert "王小明" not in caplog.text


def test_it_is_tried_again_and_given_up_in_the_end(moody, caplog):
    moody(1)
    moment, pauses = AT, []
    while moment is not None:
        put_into_inboxes(moment)
        put_into_inboxes(moment)
        following = Notice.objects.get().next_at
        pauses += [following - moment] if following else []
        moment = following

    assert pauses == PAUSES
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 5 + ["ERROR"]
    tasks.forget_posts(at=AT + timedelta(days=90))
    assert Notice.objects.count() == 1
    tasks.forget_posts(at=AT + timedelta(days=91))
    assert Notice.objects.count() == 0


def test_an_audience_that_nobody_knows_waits(resident):
    actions.tell_audience("moon", [1], kind="case", subject="x", cause="x", at=AT)
    put_into_inboxes(AT)

    assert Notice.objects.get().tries == 1


# --- several workers -----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_two_workers_at_once_tell_once():
    unit = OrganizationFactory()
    reader = mandated(unit, email="somebody@example.org")
    for cause in range(20):
        tell_unit(unit, cause=str(cause))
    made = at_once(*[lambda: put_on_their_way(AT)] * 2)

    assert all(isinstance(one, int) for one in made)
    put_on_their_way(AT)
    assert (reader.messages.count(), Delivery.objects.count()) == (20, 20)
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_what_another_worker_has_just_taken_is_passed_over(unit, monkeypatch):
    mandated(unit)
    tell_unit(unit)
    found: list[int] = []

    def deliver(notices):
        (seen,) = at_once(lambda: outbox._look_up(AT)) if not found else (0,)
        found.append(seen)
        return audiences.deliver(notices)

    monkeypatch.setattr(outbox, "deliver", deliver)
    put_into_inboxes(AT)

    assert (found, Message.objects.count()) == ([0], 1)
