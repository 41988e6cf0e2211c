"""Quiet hours: what waits until when, and how it arrives afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import PersonFactory
from tests.notices.mail import FlakyBackend, busy
from youwo.core.refused import Refused
from youwo.notices import actions, tasks
from youwo.notices.models import Delivery, Habits, Message
from youwo.notices.outbox import put_on_their_way
from youwo.notices.quiet import NIGHT, Quiet, free_from

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON_REST = Quiet(time(12), time(14, 30))


def in_city(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("quiet", "at", "free"),
    [
        (NIGHT, in_city(3, 20, 59), in_city(3, 20, 59)),
        (NIGHT, in_city(3, 21), in_city(4, 8)),
        (NIGHT, in_city(3, 23, 59), in_city(4, 8)),
        (NIGHT, in_city(4, 0), in_city(4, 8)),
        (NIGHT, in_city(4, 7, 59), in_city(4, 8)),
        (NIGHT, in_city(4, 8), in_city(4, 8)),
        (NOON_REST, in_city(4, 11, 59), in_city(4, 11, 59)),
        (NOON_REST, in_city(4, 12), in_city(4, 14, 30)),
        (NOON_REST, in_city(4, 14, 30), in_city(4, 14, 30)),
    ],
)
def test_the_end_of_the_quiet_hours_is_the_moment(quiet, at, free):
    assert free_from(at, quiet) == free


def test_the_clock_is_the_city_s_whatever_the_moment_s_own_zone():
    evening = datetime(2025, 6, 3, 13, 30, tzinfo=UTC)

    assert free_from(evening, NIGHT) == in_city(4, 8)


@pytest.mark.parametrize(
    ("at", "free"),
    [
        # The clocks go forward at 2 on 30 March 2025, and back at 3 on 26 October.
        (datetime(2025, 3, 29, 22, 0), datetime(2025, 3, 30, 8, 0)),
        (datetime(2025, 10, 25, 22, 0), datetime(2025, 10, 26, 8, 0)),
    ],
)
def test_where_clocks_change_it_is_the_time_on_the_wall_that_counts(at, free, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    berlin = ZoneInfo("Europe/Berlin")

    assert free_from(at.replace(tzinfo=berlin), NIGHT) == free.replace(tzinfo=berlin)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.times().map(lambda t: t.replace(microsecond=0)),
)
def test_what_waits_waits_less_than_a_day_and_is_then_free(at, since, until):
    quiet = Quiet(since, until)
    if since == until:
        return
    free = free_from(at, quiet)

    assert timedelta(0) <= free - at < timedelta(days=1)
    assert not quiet.holds(free.astimezone(SHANGHAI).time())


# --- e-mail ------------------------------------------------------------------------------------
@pytest.fixture
def somebody(db):
    return PersonFactory(email="somebody@example.org", language="en")


def tell(person, *, at, cause="x", subject="到期", **kwargs):
    actions.tell([person], kind="case", subject=subject, cause=cause, at=at, **kwargs)


def test_at_night_the_inbox_has_it_and_the_e_mail_waits(somebody):
    tell(somebody, at=in_city(3, 22))

    assert Message.objects.get().created_at == in_city(3, 22)
    put_on_their_way(in_city(3, 22))
    delivery = Delivery.objects.get()
    assert (delivery.next_at, delivery.held) == (in_city(4, 8), True)


def test_what_is_urgent_does_not_wait(somebody):
    tell(somebody, at=in_city(3, 22), urgent=True)
    put_on_their_way(in_city(3, 22))

    delivery = Delivery.objects.get()
    assert (delivery.next_at, delivery.held) == (in_city(3, 22), False)


def test_people_choose_their_own_quiet_hours(somebody):
    Habits.objects.create(person=somebody, quiet_from=time(12), quiet_until=time(14, 30))
    tell(somebody, at=in_city(3, 22), cause="night")
    put_on_their_way(in_city(3, 22))
    tell(somebody, at=in_city(4, 13), cause="noon")
    put_on_their_way(in_city(4, 13))

    assert list(Delivery.objects.order_by("pk").values_list("next_at", flat=True)) == [
        in_city(3, 22),
        in_city(4, 14, 30),
    ]


def test_who_wants_no_quiet_hours_has_none(somebody):
    Habits.objects.create(person=somebody, quiet=False)
    tell(somebody, at=in_city(3, 22))
    put_on_their_way(in_city(3, 22))

    assert Delivery.objects.get().next_at == in_city(3, 22)


def test_what_waited_comes_as_one_e_mail(somebody):
    other = PersonFactory(email="other@example.org", language="en")
    for hour in (21, 22, 23):
        tell(somebody, at=in_city(3, hour), cause=str(hour), subject=f"{hour} 点的事", body="话")
    tell(other, at=in_city(3, 22), cause="22", subject="另一个人的事")

    assert tasks.deliver_due(in_city(4, 7, 59)) == {}
    assert tasks.deliver_due(in_city(4, 8)) == {"sent": 4}
    one, another = sorted(mail.outbox, key=lambda email: -len(email.body))
    assert (one.subject, another.subject) == ("3 messages from the quiet hours", "另一个人的事")
    assert one.body == (
        "21 点的事\n\n话\n\n22 点的事\n\n话\n\n23 点的事\n\n话\n\n"
        "You choose what you get by e-mail: http://127.0.0.1:8000/me/messages/preferences/"
    )


@pytest.mark.parametrize(
    ("told", "put_out", "leaves"),
    [
        # Told in quiet hours and put out long after: it waited, and comes with the others.
        (in_city(3, 22), in_city(4, 8, 5), in_city(4, 8, 5)),
        # Told by day, but nobody put it out until the night.
        (in_city(3, 20), in_city(3, 22), in_city(4, 8)),
    ],
)
def test_nothing_leaves_in_quiet_hours_however_late_it_is_put_out(told, put_out, leaves, somebody):
    tell(somebody, at=told)
    put_on_their_way(put_out)

    delivery = Delivery.objects.get()
    assert (delivery.next_at, delivery.held) == (leaves, True)


def test_what_did_not_wait_comes_alone(somebody):
    tell(somebody, at=in_city(3, 22), cause="night")
    tell(somebody, at=in_city(4, 8), cause="day")

    assert tasks.deliver_due(in_city(4, 8)) == {"sent": 2}
    assert len(mail.outbox) == 2


def test_what_failed_together_is_tried_again_together(somebody, settings):
    settings.EMAIL_BACKEND = "tests.notices.mail.FlakyBackend"
    FlakyBackend.errors[:], FlakyBackend.accepted[:] = [busy()], []
    tell(somebody, at=in_city(3, 22), cause="a")
    tell(somebody, at=in_city(3, 23), cause="b")

    assert tasks.deliver_due(in_city(4, 8)) == {"waiting": 2}
    assert tasks.deliver_due(in_city(4, 8, 1)) == {"sent": 2}
    assert len(FlakyBackend.accepted) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_taking_three_that_waited_costs_as_much_as_one(count, somebody, django_assert_num_queries):
    for cause in range(count):
        tell(somebody, at=in_city(3, 22), cause=str(cause))
    put_on_their_way(in_city(3, 22))
    # Three find no notice, three nothing to put out, two are for the lost and the end, two for the
    # transaction of each taking.
    with django_assert_num_queries(16):
        tasks.deliver_due(in_city(4, 8))


def test_the_e_mail_is_html_as_well(somebody):
    body = "说明 <b>\n\n等着的事\n· 一\n· 二"
    tell(somebody, at=in_city(4, 9), subject="一件事 <script>", body=body, link="/work/")
    tasks.deliver_due(in_city(4, 9))
    ((html, kind),) = mail.outbox[0].alternatives

    assert kind == "text/html"
    assert "<p>说明 &lt;b&gt;</p><p>等着的事</p><ul><li>一</li><li>二</li></ul>" in html
    assert '<h2 style="font-size:18px">一件事 &lt;script&gt;</h2>' in html
    assert 'href="http://127.0.0.1:8000/work/"' in html


def choose(person, at, **values):
    kept = {"quiet": True, "quiet_from": time(22), "quiet_until": time(7), "digest_on": 5}
    actions.choose(by=person, wanted=set(), at=at, **{**kept, **values})


def test_choices_are_kept(somebody, at):
    choose(somebody, at)
    choose(somebody, at, digest_on=None)
    habits = Habits.objects.get()

    assert (habits.quiet_from, habits.quiet_until, habits.digest_on) == (time(22), time(7), None)


def test_quiet_hours_have_an_end(somebody, at):
    with pytest.raises(Refused) as refusal:
        choose(somebody, at, quiet_until=time(22))

    assert refusal.value.field == "quiet_until"


@pytest.mark.parametrize("values", [{"quiet_until": time(21)}, {"digest_on": 8}, {"digest_on": 0}])
def test_the_database_refuses_habits_that_mean_nothing(values, somebody):
    with pytest.raises(IntegrityError), transaction.atomic():
        Habits.objects.create(person=somebody, **values)
