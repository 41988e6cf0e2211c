"""Two people at one problem in the same instant, each in a transaction of their own."""

from datetime import timedelta

import pytest

from tests.needs.problem_factories import accepted, reported
from tests.side_by_side import meanwhile, on_postgresql
from youwo.needs.actions import problems
from youwo.needs.models import Merge, Problem, ProblemStatus

pytestmark = [
    pytest.mark.django_db(transaction=True),
    on_postgresql,
]


def again(problem):
    return Problem.objects.get(pk=problem.pk)


def test_two_who_join_each_with_the_other_make_one(worker, jinshui, at):
    one, other = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    late = at + timedelta(hours=1)

    refused = meanwhile(
        lambda: problems.merge(one, into=other, by=worker, at=late),
        lambda: problems.merge(again(other), into=again(one), by=worker, at=late),
    )

    assert (len(refused), Merge.objects.count()) == (1, 1)
    assert other.reports.count() == 2


def test_taken_on_twice_at_once_it_is_carried_once(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    late, due_at = at + timedelta(hours=1), at + timedelta(days=5)

    def take_up():
        problems.take_up(again(problem), due_at=due_at, by=worker, at=late)

    refused = meanwhile(take_up, take_up)

    assert (len(refused), again(problem).status) == (1, ProblemStatus.IN_HAND)


def test_accepted_while_it_is_handed_over_comes_too_late(worker, jinshui, at):
    problem = reported(jinshui, at).problem
    late = at + timedelta(hours=1)

    refused = meanwhile(
        lambda: problems.hand_over(problem, matter=outside(), by=worker, at=late),
        lambda: problems.accept(
            again(problem),
            public_title="路灯不亮",
            public_text="",
            kind=problem.kind,
            by=worker,
            at=late,
        ),
    )

    assert (len(refused), again(problem).status) == (1, ProblemStatus.HANDED_OVER)


def outside():
    from youwo.needs.defaults import load_outside_matters
    from youwo.needs.models import OutsideMatter

    load_outside_matters()
    return OutsideMatter.objects.order_by("pk").first()
