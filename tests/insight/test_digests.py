"""The week at a glance, and what groups hear of what is overdue."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from tests.factories import OrganizationFactory, PersonFactory, granted, mandated
from tests.ledger.factories import deed
from tests.notices.factories import RobotFactory
from tests.side_by_side import at_once, on_postgresql
from tests.turns.factories import wanted
from youwo.insight import digests
from youwo.ledger import actions as ledger
from youwo.notices import tasks
from youwo.notices.models import Digest, Habits, Message, Post
from youwo.people.models import Grant
from youwo.turns import actions as turns

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday, just after the quiet hours.
MONDAY = datetime(2025, 6, 9, 8, 0, tzinfo=SHANGHAI)


def did(person, community, source, *, at, **values):
    return deed(community, source, at=at, hands=[(person, values.pop("spent", 60))], **values)


def body() -> str:
    return Message.objects.get().body


def test_it_says_what_was_done_what_waits_and_how_the_year_goes(worker, jinshui, resident):
    Habits.objects.create(person=worker, digest_on=1)
    worker.language = "en"
    worker.save()
    last_year = MONDAY - timedelta(days=370)
    did(worker, jinshui, resident, at=last_year, title="去年的事")
    did(worker, jinshui, jinshui, at=MONDAY - timedelta(days=2), title="帮老人挂号", spent=90)
    turns.put(worker, [wanted(MONDAY, hours=-2), wanted(MONDAY, hours=3), wanted(MONDAY, hours=50)])
    turns.put(resident, [wanted(MONDAY, hours=24 * 30)])

    assert digests.tell_weeks(MONDAY) == 1
    message = Message.objects.get()
    assert message.subject == "My week: 1 fact of my own, 4 things wait"
    assert message.body == (
        "Done by me, Jun 2 to Jun 8\n"
        "· 帮老人挂号\n"
        "· 1 h 30 min altogether\n\n"
        "Recorded where I work, Jun 2 to Jun 8\n"
        "· 金税社区: 1 deeds, 0 activities\n\n"
        "What waits for me\n"
        "· 1 is late\n"
        "· 1 is due on Monday, Jun 9\n"
        "· 1 is due on Wednesday, Jun 11\n"
        "· 1 has more time\n\n"
        "My year so far\n"
        "· 1 facts, 1 h 30 min\n"
        "· by this day last year: 1 facts, 1 hour"
    )


def test_what_was_taken_back_is_not_told(worker, jinshui):
    entry = did(worker, jinshui, jinshui, at=MONDAY - timedelta(days=2))
    ledger.reverse(entry, reason="记错了", by=worker, at=MONDAY - timedelta(days=1))
    turns.put(worker, [wanted(MONDAY)])
    digests.tell_weeks(MONDAY)

    assert "我做的事" not in body()
    assert "我负责的地方记下的事" not in body()


def test_more_than_ten_titles_are_counted(worker, jinshui, elsewhere, resident):
    for source in PersonFactory.create_batch(12):
        did(worker, jinshui, source, at=MONDAY - timedelta(days=1))
    digests.tell_weeks(MONDAY)

    assert (body().count("陪诊"), "还有 2 件" in body()) == (10, True)


def test_units_hear_of_their_own(jinshui):
    unit = OrganizationFactory(name="市税务局")
    person = mandated(unit)
    deed(jinshui, unit, at=MONDAY - timedelta(days=1), organization=unit)
    turns.put(person, [wanted(MONDAY, role="", organization=unit.pk)])
    digests.tell_weeks(MONDAY)

    assert "市税务局：实事 1 件，活动 0 场" in body()
    assert Message.objects.get().subject == "我的一周：自己做了 0 件，1 件等着办"


def test_what_waits_is_what_the_queue_shows(worker, coordinator, jinshui, elsewhere, resident):
    from youwo.turns.queries import count_queue

    county = jinshui.parent.parent.pk
    Grant.objects.create(
        person=coordinator,
        role="worker",
        area=jinshui.parent.parent,
        starts_on=MONDAY.date(),
        granted_at=MONDAY,
    )
    unit = OrganizationFactory()
    acting = mandated(unit)
    turns.put(
        resident,
        [
            wanted(MONDAY),
            wanted(MONDAY, not_persons=(worker.pk,)),
            wanted(MONDAY, area=county, role="coordinator"),
            wanted(MONDAY, area="140881001001"),
            wanted(MONDAY, role="", person=worker.pk),
            wanted(MONDAY, role="", organization=unit.pk),
            wanted(MONDAY, role="", organization=unit.pk, not_organizations=(unit.pk,)),
        ],
    )
    people = [worker, coordinator, acting, resident]
    told = [week.waiting.total for week in digests.weeks(people, at=MONDAY)]

    assert told == [count_queue(person, MONDAY).total for person in people] == [2, 3, 1, 0]


# --- when, and for whom ------------------------------------------------------------------------
def test_people_without_role_or_unit_are_told_when_they_chose_a_day(resident, jinshui):
    did(resident, jinshui, jinshui, at=MONDAY - timedelta(days=2))
    assert digests.tell_weeks(MONDAY) == 0

    Habits.objects.create(person=resident, digest_on=2)
    assert digests.tell_weeks(MONDAY) == 0
    assert digests.tell_weeks(MONDAY + timedelta(days=1)) == 1


def test_who_wants_none_gets_none(worker, jinshui):
    Habits.objects.create(person=worker, digest_on=None)
    turns.put(worker, [wanted(MONDAY)])

    assert digests.tell_weeks(MONDAY) == 0


def test_nothing_is_told_before_eight(worker):
    assert digests.tell_weeks(MONDAY - timedelta(minutes=1)) == 0


def test_the_day_is_the_city_s(worker, jinshui):
    """Half past eight on Monday in the city is Monday's small hours in UTC, not Sunday."""
    turns.put(worker, [wanted(MONDAY)])
    moment = MONDAY.replace(minute=30).astimezone(ZoneInfo("UTC"))

    assert digests.tell_weeks(moment) == 1


def test_a_week_in_which_nothing_is_told_makes_no_message(worker):
    assert digests.tell_weeks(MONDAY) == 1
    assert (Message.objects.count(), Digest.objects.count()) == (0, 1)


def test_nobody_is_told_twice_in_a_week(worker, jinshui):
    turns.put(worker, [wanted(MONDAY)])
    digests.tell_weeks(MONDAY)
    assert digests.tell_weeks(MONDAY + timedelta(hours=1)) == 0

    Habits.objects.create(person=worker, digest_on=3)
    assert digests.tell_weeks(MONDAY + timedelta(days=2)) == 0
    assert digests.tell_weeks(MONDAY + timedelta(days=9)) == 1


def test_those_who_left_are_told_nothing(worker):
    worker.is_active = False
    worker.save()

    assert digests.tell_weeks(MONDAY) == 0


def test_it_comes_by_e_mail_as_text_and_html(worker, jinshui):
    worker.email = "worker@example.org"
    worker.save()
    turns.put(worker, [wanted(MONDAY)])
    digests.tell_weeks(MONDAY)
    tasks.deliver_due(MONDAY)
    (email,) = mail.outbox

    assert email.subject == "我的一周：自己做了 0 件，1 件等着办"
    assert "<li>6 月 9 日（星期一）到期 1 件</li>" in email.alternatives[0][0]


@pytest.mark.parametrize("count", [1, 3])
def test_telling_three_costs_as_much_as_one(count, jinshui, django_assert_num_queries):
    unit = OrganizationFactory()
    people = [granted("worker", jinshui, email=f"{n}@example.org") for n in range(count)]
    for person in people:
        from tests.factories import mandate

        mandate(person, unit)
        did(person, jinshui, person, at=MONDAY - timedelta(days=1))
    turns.put(jinshui, [wanted(MONDAY)])
    digests.weeks(people, at=MONDAY)
    # Two find who is due (the second time nobody), nine read, two write, two keep transactions.
    with django_assert_num_queries(15):
        digests.tell_weeks(MONDAY)

    assert Message.objects.count() == count


@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_two_workers_at_once_tell_it_once(jinshui):
    people = [granted("worker", jinshui, email=f"{n}@example.org") for n in range(3)]
    turns.put(jinshui, [wanted(MONDAY)])
    moments = [MONDAY, MONDAY + timedelta(seconds=1)]

    for told in at_once(*[partial(digests.tell_weeks, moment) for moment in moments]):
        assert isinstance(told, int)
    assert Message.objects.count() == len(people)
    assert tasks.deliver_due(MONDAY + timedelta(minutes=1)) == {"sent": len(people)}


# --- what groups hear --------------------------------------------------------------------------
LATER = MONDAY.replace(hour=9)


def test_groups_hear_once_a_day_what_is_overdue(jinshui, elsewhere):
    unit = OrganizationFactory()
    here = RobotFactory(area=jinshui)
    theirs = RobotFactory(area=None, organization=unit.pk)
    RobotFactory(area=elsewhere)
    RobotFactory(area=jinshui, wanted=["new"])
    turns.put(
        jinshui,
        [
            wanted(LATER, hours=-1),
            wanted(LATER, hours=-100),
            wanted(LATER, hours=2),
            wanted(LATER, hours=-1, role="", organization=unit.pk),
        ],
    )

    assert digests.tell_overdue(LATER) == 2
    assert digests.tell_overdue(LATER + timedelta(minutes=10)) == 0
    subjects = dict(Post.objects.values_list("robot", "subject"))
    assert subjects == {
        here.pk: "有 2 件已超期，1 件今天到期，请看看。",
        theirs.pk: "有 1 件已超期，0 件今天到期，请看看。",
    }


@pytest.mark.parametrize(
    "moment", [LATER.replace(hour=8), LATER.replace(hour=18), LATER - timedelta(days=1)]
)
def test_groups_hear_nothing_out_of_hours_or_on_free_days(moment, jinshui):
    RobotFactory(area=jinshui)
    turns.put(jinshui, [wanted(moment, hours=-1)])

    assert digests.tell_overdue(moment) == 0


def test_it_asks_nothing_where_no_group_listens(db, django_assert_num_queries):
    digests.tell_overdue(LATER)
    with django_assert_num_queries(0):
        digests.tell_overdue(LATER)
