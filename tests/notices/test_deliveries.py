"""Sending what is due: at most once, again after a failure, and given up in the end."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail

from tests.factories import AT
from tests.notices.factories import DeliveryFactory
from tests.notices.mail import FlakyBackend, busy
from tests.side_by_side import at_once, meeting_at, on_postgresql
from youwo.core.refused import Refused
from youwo.notices import actions, queries, tasks
from youwo.notices.models import Delivery


@pytest.fixture
def flaky(settings):
    settings.EMAIL_BACKEND = "tests.notices.mail.FlakyBackend"
    FlakyBackend.errors.clear()
    FlakyBackend.accepted.clear()
    return FlakyBackend


def test_what_is_due_is_sent(db):
    delivery = DeliveryFactory()

    assert tasks.deliver_due(AT) == {"sent": 1}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at, delivery.attempts) == ("sent", AT, 1)


def test_what_is_not_due_waits(db):
    DeliveryFactory()
    DeliveryFactory(next_at=AT + timedelta(minutes=1))

    assert tasks.deliver_due(AT) == {"sent": 1}
    assert tasks.deliver_due(AT) == {}


def test_the_mail_says_what_and_where(db):
    delivery = DeliveryFactory(message__recipient__language="en")
    tasks.deliver_due(AT)

    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("您认领的心愿明天到期", ["somebody@example.org"])
    assert sent.extra_headers["Message-ID"] == f"<delivery-{delivery.pk}@127.0.0.1>"
    assert sent.body == (
        "北城街道的一位老人还在等着。\n\n"
        "Open it here: http://127.0.0.1:8000/work/wishes/WK3F9QXD4/\n\n"
        "You choose what you get by e-mail: http://127.0.0.1:8000/me/messages/preferences/"
    )


def test_a_line_break_in_a_subject_breaks_nothing(db):
    DeliveryFactory(message__subject="到期\r\nBcc: other@example.org")

    assert tasks.deliver_due(AT) == {"sent": 1}
    assert mail.outbox[0].subject == "到期 Bcc: other@example.org"


def test_after_a_failure_it_is_tried_again_later(db, flaky):
    delivery = DeliveryFactory()
    flaky.errors.append(busy())

    assert tasks.deliver_due(AT) == {"waiting": 1}
    delivery.refresh_from_db()
    assert (delivery.next_at, delivery.error) == (
        AT + timedelta(minutes=1),
        "SMTPServerDisconnected",
    )
    assert tasks.deliver_due(AT + timedelta(minutes=1)) == {"sent": 1}
    assert len(flaky.accepted) == 1


def test_one_failure_does_not_stop_the_others(db, flaky):
    DeliveryFactory.create_batch(3)
    flaky.errors.append(busy())

    assert tasks.deliver_due(AT) == {"waiting": 1, "sent": 2}


def test_after_the_sixth_failure_it_is_given_up(db, flaky):
    delivery = DeliveryFactory()
    flaky.errors.extend(busy() for _ in range(9))
    moment, pauses = AT, []
    while tasks.deliver_due(moment)["failed"] == 0:
        delivery.refresh_from_db()
        pauses.append(delivery.next_at - moment)
        moment = delivery.next_at

    delivery.refresh_from_db()
    assert pauses == tasks.PAUSES
    assert (delivery.state, delivery.error) == ("failed", "SMTPServerDisconnected")
    assert tasks.deliver_due(moment + timedelta(days=30)) == {}


def test_an_error_that_nobody_expected_is_not_sent_twice(db, flaky):
    delivery = DeliveryFactory()
    flaky.errors.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        tasks.deliver_due(AT)

    assert tasks.deliver_due(AT + timedelta(minutes=14)) == {}
    delivery.refresh_from_db()
    assert delivery.state == "sending"


def test_what_was_lost_on_the_way_counts_as_given_up(db, flaky):
    lost = DeliveryFactory(state="sending")
    DeliveryFactory(state="sending", next_at=AT + timedelta(minutes=10))

    assert tasks.deliver_due(AT + timedelta(minutes=16)) == {"failed": 1}
    assert [(row.pk, row.error) for row in queries.given_up()] == [(lost.pk, "unknown")]
    assert flaky.accepted == []


def test_without_an_address_it_is_given_up(db):
    DeliveryFactory(message__recipient__email="")

    assert tasks.deliver_due(AT) == {"failed": 1}
    assert queries.given_up().get().error == "no_address"


def test_an_administrator_sends_again(worker):
    delivery = DeliveryFactory(state="failed", attempts=6, error="unknown")
    actions.send_again(delivery, by=worker, at=AT)

    assert tasks.deliver_due(AT) == {"sent": 1}


def test_what_is_on_its_way_is_not_sent_again(worker):
    with pytest.raises(Refused):
        actions.send_again(DeliveryFactory(state="sending"), by=worker, at=AT)


def test_one_run_sends_no_more_than_it_may(db):
    DeliveryFactory.create_batch(3)

    assert tasks.deliver_due(AT, most=2) == {"sent": 2}


# --- two processes at once ---------------------------------------------------------------------


def _race(monkeypatch, take) -> int:
    """Let two deliverers take the one due delivery together; return how many mails left."""
    monkeypatch.setattr(tasks, "_take", meeting_at(take))
    for ended in at_once(*[lambda: tasks.deliver_due(AT, most=1)] * 2):
        assert isinstance(ended, Counter)
    return len(FlakyBackend.accepted)


@pytest.mark.django_db(transaction=True)
@on_postgresql
@pytest.mark.usefixtures("flaky")
def test_two_processes_send_it_once(monkeypatch):
    DeliveryFactory()

    assert _race(monkeypatch, tasks._take) == 1


@pytest.mark.django_db(transaction=True)
@on_postgresql
@pytest.mark.usefixtures("flaky")
def test_without_the_lock_it_would_be_sent_twice(monkeypatch):
    DeliveryFactory()
    both = meeting_at(lambda: None)

    def take_without_lock(at):
        delivery = (
            Delivery.objects.select_related("message__recipient")
            .filter(state="waiting", next_at__lte=at)
            .first()
        )
        both()
        delivery.state = "sending"
        delivery.save(update_fields=["state"])
        return [delivery]

    assert _race(monkeypatch, take_without_lock) == 2
