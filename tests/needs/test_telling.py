"""Who stood behind a problem when something happened to it, looked up afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import AT, PersonFactory
from tests.needs.problem_factories import accepted, reported
from youwo.needs.actions import problems
from youwo.needs.actions.problems.moving import tell_voices
from youwo.needs.models import Problem, Report
from youwo.notices.models import Message, Notice
from youwo.notices.outbox import put_into_inboxes

SECOND = timedelta(seconds=1)
LATER = AT + timedelta(hours=3)
DUE = AT + timedelta(days=5)


@pytest.fixture
def problem(worker, resident, jinshui):
    """A problem that the resident reported; what was told so far is in the inboxes."""
    made = accepted(worker, jinshui, AT, by=resident)
    put_into_inboxes(AT)
    Message.objects.all().delete()
    return made


@pytest.fixture
def other(worker, volunteer, jinshui):
    """Another one, that the volunteer reported."""
    made = accepted(worker, jinshui, AT, by=volunteer)
    put_into_inboxes(AT)
    Message.objects.all().delete()
    return made


def take_up(problem, worker, at):
    problems.take_up(Problem.objects.get(pk=problem.pk), due_at=DUE, by=worker, at=at)


def told(cause) -> list[int]:
    """Who is told of a deed in the end."""
    put_into_inboxes(LATER)
    found = Message.objects.filter(cause__contains=f".{cause}.")
    return list(found.order_by("recipient").values_list("recipient", flat=True))


def test_each_voice_reads_its_own_link(problem, worker, resident):
    take_up(problem, worker, AT + SECOND)
    put_into_inboxes(LATER)

    report, message = Report.objects.get(), Message.objects.get()
    moment = int((AT + SECOND).timestamp())
    assert (message.recipient, message.created_at) == (resident, AT + SECOND)
    assert message.link == f"/follow/{report.reference}/"
    assert message.body == problem.public_title
    assert message.cause == f"report.{report.pk}.take_up.{moment}"


def test_who_was_joined_with_another_since_still_hears_of_before(problem, other, worker, resident):
    tell_voices(problem, "有消息", cause="news", at=AT + SECOND)
    problems.merge(problem, into=other, by=worker, at=AT + 2 * SECOND)

    assert told("news") == [resident.pk]
    assert told("merge") == [resident.pk]


def test_who_was_joined_since_does_not_hear_of_before(problem, other, worker, resident, volunteer):
    tell_voices(problem, "有消息", cause="news", at=AT + SECOND)
    problems.merge(other, into=problem, by=worker, at=AT + 2 * SECOND)
    tell_voices(problem, "又有消息", cause="more", at=AT + 3 * SECOND)

    assert told("news") == [resident.pk]
    assert told("more") == [resident.pk, volunteer.pk]


def test_who_came_apart_again_hears_of_the_time_together(
    problem, other, worker, resident, volunteer
):
    merge = problems.merge(other, into=problem, by=worker, at=AT + SECOND)
    tell_voices(problem, "有消息", cause="news", at=AT + 2 * SECOND)
    problems.undo_merge(merge, by=worker, at=AT + 3 * SECOND)
    tell_voices(problem, "又有消息", cause="more", at=AT + 4 * SECOND)

    assert told("news") == [resident.pk, volunteer.pk]
    assert told("more") == [resident.pk]


def test_who_was_set_apart_since_hears_of_before_and_of_the_own_matter(
    problem, worker, resident, volunteer, jinshui
):
    report = reported(jinshui, AT, by=volunteer, problem=problem)
    tell_voices(problem, "有消息", cause="news", at=AT + SECOND)
    apart = problems.split(
        problem, reports=[report], title="另一盏灯", by=worker, at=AT + 2 * SECOND
    )
    tell_voices(apart, "又有消息", cause="more", at=AT + 3 * SECOND)
    take_up(apart, worker, AT + 4 * SECOND)

    assert told("news") == [resident.pk, volunteer.pk]
    assert told("more") == [volunteer.pk]
    assert told("take_up") == [volunteer.pk]


def test_who_comes_later_does_not_hear_of_before(problem, worker, resident, volunteer, jinshui):
    take_up(problem, worker, AT + SECOND)
    reported(jinshui, AT + 2 * SECOND, by=volunteer, problem=problem)

    assert told("take_up") == [resident.pk]


def test_without_an_account_nobody_is_told(worker, jinshui):
    problem = accepted(worker, jinshui, AT)
    put_into_inboxes(AT)
    take_up(problem, worker, AT + SECOND)

    assert (Notice.objects.count(), told("take_up")) == (1, [])


def test_where_the_voices_are_known_and_none_has_an_account_nothing_is_written(worker, jinshui):
    problem = accepted(worker, jinshui, AT)
    put_into_inboxes(AT)
    take_up(problem, worker, AT)
    put_into_inboxes(AT)
    problems.mark_done(Problem.objects.get(pk=problem.pk), by=worker, at=AT + SECOND)

    assert not Notice.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_many_problems_cost_as_much_as_one(count, worker, jinshui, django_assert_num_queries):
    for _number in range(count):
        accepted(worker, jinshui, AT, by=PersonFactory())
    # The transaction and a savepoint begin and end; notices are found, moves, titles and voices
    # looked up; messages are written, and the notices gone.
    with django_assert_num_queries(2 + 2 + 1 + 3 + 2):
        put_into_inboxes(AT)
    assert Message.objects.count() == count
