"""The same lines from two devices, and two people who close at once, on PostgreSQL."""

import uuid

import pytest

from tests.needs.hearing_factories import BOOKING, kind, opened, typed, written
from tests.side_by_side import at_once, on_postgresql
from youwo.needs.actions import hearings
from youwo.needs.models import HearingLine, Report, Wish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    on_postgresql,
]


def failures(*acts) -> list[Exception]:
    return [ended for ended in at_once(*acts) if isinstance(ended, Exception)]


def test_the_same_lines_sent_by_four_at_once_stand_once(worker, jinshui, at):
    kind()
    hearing = opened(worker, jinshui, at)
    lines = [typed(f"{n}号楼的灯坏了", nonce=uuid.uuid4()) for n in range(12)]
    send = lambda: hearings.write(hearing, lines, by=worker, at=at)  # noqa: E731
    assert failures(send, send, send, send) == []
    numbers = HearingLine.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 13))


def test_different_lines_of_two_devices_have_different_numbers(worker, jinshui, at):
    kind()
    hearing = opened(worker, jinshui, at)
    acts = [
        lambda n=n: hearings.write(hearing, [typed(f"{n}号楼的灯坏了")], by=worker, at=at)
        for n in range(4)
    ]
    assert failures(*acts) == []
    assert sorted(HearingLine.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_closed_by_three_at_once_nothing_is_twice(worker, jinshui, at):
    kind()
    hearing = opened(worker, jinshui, at)
    written(hearing, worker, at, typed(), typed(BOOKING))
    close = lambda: hearings.close(hearing, by=worker, at=at)  # noqa: E731
    assert failures(close, close, close) == []
    assert (Wish.objects.count(), Report.objects.count()) == (1, 1)
