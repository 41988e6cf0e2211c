"""What chat groups hear of new wishes and problems."""

from __future__ import annotations

import pytest

from tests.needs.factories import received
from tests.needs.problem_factories import reported
from tests.notices.factories import RobotFactory
from youwo.notices.models import Post


@pytest.fixture
def group(jinshui):
    return RobotFactory(area=jinshui)


def test_a_new_wish_is_told_without_a_word_of_it(group, jinshui, at):
    wish = received(jinshui, at)
    post = Post.objects.get()

    assert (post.robot, post.kind, post.link) == (group, "new", f"/work/wishes/{wish.reference}/")
    assert post.subject == "金税社区有一个新心愿等着看，06-05 09:12 前看完。"
    assert post.body == ""


def test_a_new_problem_is_told_and_a_further_voice_is_not(group, worker, jinshui, at):
    report = reported(jinshui, at)
    reported(jinshui, at, problem=report.problem)
    post = Post.objects.get()

    assert post.link == f"/work/problems/{report.problem.reference}/"
    assert post.subject.startswith("金税社区有一个新问题等着看，")
