"""What chat groups hear of whistles."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.dispatch.factories import MONDAY, answered, blown
from tests.factories import OrganizationFactory, mandated
from tests.notices.factories import RobotFactory
from youwo.dispatch import sweep
from youwo.notices.models import Post
from youwo.notices.outbox import put_into_inboxes


@pytest.fixture
def unit(db):
    return OrganizationFactory(name="区供电所")


def posts(robot) -> list[tuple[str, str]]:
    put_into_inboxes(MONDAY + timedelta(days=2))
    return list(Post.objects.filter(robot=robot).order_by("pk").values_list("kind", "subject"))


def test_the_groups_of_place_and_unit_hear_of_a_whistle_and_who_comes(worker, jinshui, unit):
    here = RobotFactory(area=jinshui)
    theirs = RobotFactory(area=None, organization=unit.pk)
    whistle = answered(worker, mandated(unit), jinshui, [unit])

    assert posts(theirs) == [("whistle", f"金税社区吹哨：{whistle.title}")]
    assert posts(here) == [
        ("whistle", f"金税社区吹哨：{whistle.title}"),
        ("whistle", f"区供电所已报到：{whistle.title}"),
    ]


def test_what_climbs_is_told_with_its_title(worker, coordinator, jinshui, unit):
    here = RobotFactory(area=jinshui, wanted=["escalation"])
    whistle = blown(worker, jinshui, [unit])
    sweep.climb(MONDAY + timedelta(days=1))

    assert posts(here) == [("escalation", f"金税社区的一个哨单升了一级：{whistle.title}")]


def test_several_that_climb_in_a_place_are_one_line(worker, coordinator, jinshui, unit):
    here = RobotFactory(area=jinshui, wanted=["escalation"])
    for _ in range(3):
        blown(worker, jinshui, [unit])
    sweep.climb(MONDAY + timedelta(days=1))

    assert posts(here) == [("escalation", "金税社区有 3 个哨单升了一级。")]
