"""The same lines from two devices, and two people who close at once, on PostgreSQL."""

import threading
import uuid

import pytest
from django.db import connection

from tests.needs.hearing_factories import BOOKING, kind, opened, typed, written
from youwo.needs.actions import hearings
from youwo.needs.models import HearingLine, Report, Wish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite writes one at a time."),
]


def at_once(*acts) -> list[BaseException]:
    """Do several things at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(len(acts))
    failures: list[BaseException] = []

    def run(act) -> None:
        try:
            barrier.wait(timeout=20)
            act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failures


def test_the_same_lines_sent_by_four_at_once_stand_once(worker, jinshui, at):
    kind()
    hearing = opened(worker, jinshui, at)
    lines = [typed(f"{n}号楼的灯坏了", nonce=uuid.uuid4()) for n in range(12)]
    send = lambda: hearings.write(hearing, lines, by=worker, at=at)  # noqa: E731
    assert at_once(send, send, send, send) == []
    numbers = HearingLine.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 13))


def test_different_lines_of_two_devices_have_different_numbers(worker, jinshui, at):
    kind()
    hearing = opened(worker, jinshui, at)
    acts = [
        lambda n=n: hearings.write(hearing, [typed(f"{n}号楼的灯坏了")], by=worker, at=at)
        for n in range(4)
    ]
    assert at_once(*acts) == []
    assert sorted(HearingLine.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_closed_by_three_at_once_nothing_is_twice(worker, jinshui, at):
    kind()
    hearing = opened(worker, jinshui, at)
    written(hearing, worker, at, typed(), typed(BOOKING))
    close = lambda: hearings.close(hearing, by=worker, at=at)  # noqa: E731
    assert at_once(close, close, close) == []
    assert (Wish.objects.count(), Report.objects.count()) == (1, 1)
