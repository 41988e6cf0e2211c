from datetime import timedelta

import pytest

from tests.needs.factories import claimed, delivered, published, received
from youwo.capacity.models import Claim
from youwo.journal.models import Line
from youwo.needs import actions
from youwo.needs.models import Mover, Status, Wish
from youwo.needs.sweep import sweep
from youwo.notices.models import Message

pytestmark = pytest.mark.django_db


def test_before_its_time_nothing_moves(worker, volunteer, jinshui, at):
    claimed(worker, volunteer, jinshui, at)
    assert sweep(at + timedelta(hours=1)) == 0


def test_a_promise_runs_out_and_is_open_again(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    sweep(wish.due_at)
    wish.refresh_from_db()
    assert (wish.status, wish.claimed_by, Claim.objects.get().state) == (
        Status.PUBLISHED,
        None,
        "released",
    )


def test_who_let_it_run_out_is_told(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    sweep(wish.due_at)
    assert Message.objects.get(cause__contains="expire").recipient == volunteer


def test_who_promised_is_reminded_once(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    sweep(wish.due_at - timedelta(hours=2))
    sweep(wish.due_at - timedelta(hours=1))
    assert Message.objects.filter(kind="reminder").count() == 1


@pytest.mark.parametrize("make", [published, None])
def test_what_rests_falls_to_the_community(make, worker, jinshui, at):
    if make:
        wish = make(worker, jinshui, at)
    else:
        wish = actions.ask(received(jinshui, at), question="您住几号楼", by=worker, at=at)
    sweep(wish.due_at)
    wish.refresh_from_db()
    assert (wish.mover, Line.objects.filter(verb="take_over").count()) == (Mover.WORKER, 1)


def test_an_unconfirmed_delivery_falls_to_the_community(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    sweep(wish.due_at)
    wish.refresh_from_db()
    assert (wish.status, wish.mover) == (Status.DELIVERED, Mover.WORKER)


def test_what_the_community_has_stays_with_it(worker, jinshui, at):
    wish = received(jinshui, at)
    sweep(wish.due_at + timedelta(days=3))
    wish.refresh_from_db()
    assert wish.due_at < at + timedelta(days=3)


def test_a_sweep_costs_the_same_for_one_and_three(
    worker, volunteer, jinshui, at, django_assert_max_num_queries
):
    for count in (1, 3):
        for _ in range(count):
            wish = published(worker, jinshui, at)
        with django_assert_max_num_queries(20):
            sweep(wish.due_at)
        Wish.objects.filter(mover=Mover.WORKER).update(due_at=at + timedelta(days=365))
