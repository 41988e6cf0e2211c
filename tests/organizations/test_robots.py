"""Keeping the robots of chat groups."""

from __future__ import annotations

import pytest

from tests.factories import OrganizationFactory, PersonFactory, mandated
from tests.notices.conftest import platform, robot_at  # noqa: F401
from tests.notices.factories import PostFactory, RobotFactory
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.notices import queries
from youwo.notices.models import Post, Robot
from youwo.organizations import robots
from youwo.organizations.robots import Wished

ADDRESS = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=633a31f6"


def wished(**values):
    return Wished(**{"name": "工作群", "wanted": ["new"], "address": ADDRESS, **values})


def add(by, at, **values):
    owner = {key: values.pop(key) for key in ("area", "organization") if key in values}
    return robots.add("wecom", wished(**values), by=by, at=at, **owner)


def test_a_worker_enters_the_group_of_the_community(worker, jinshui, at):
    robot = add(worker, at, area=jinshui, secret=" s ", keyword=" 有我 ")
    robot.refresh_from_db()

    assert (robot.address, robot.secret, robot.keyword, robot.wanted) == (
        ADDRESS,
        "s",
        "有我",
        ["new"],
    )
    assert [group.key for group in queries.groups()] == [robot.pk]
    line = Line.objects.get()
    assert (line.verb, line.target_label) == ("add", "notices.robot")


def test_the_address_stands_sealed_in_the_database(worker, jinshui, at):
    from django.db import connection

    add(worker, at, area=jinshui, secret="秘密")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, secret FROM notices_robot")
        row = cursor.fetchone()

    assert not any(b"633a31f6" in bytes(value) or "秘密".encode() in bytes(value) for value in row)


def test_a_unit_s_coordinator_enters_its_group(at, db):
    unit = OrganizationFactory()
    robot = add(mandated(unit), at, organization=unit)

    assert (robot.area, robot.organization) == (None, unit.pk)


def test_nobody_enters_the_group_of_others(worker, stranger, jinshui, at):
    unit = OrganizationFactory()
    for by, owner in [(stranger, {"area": jinshui}), (worker, {"organization": unit})]:
        with pytest.raises(Refused):
            add(by, at, **owner)


def test_an_auditor_keeps_no_robots(jinshui, at):
    from tests.factories import granted

    auditor = granted("auditor", jinshui)
    RobotFactory(area=jinshui)

    assert list(robots.robots_kept_by(auditor, local_day(at))) == []


def test_other_addresses_are_refused_at_the_field(worker, jinshui, at):
    with pytest.raises(Refused) as refusal:
        add(worker, at, area=jinshui, address="https://10.0.0.1/cgi-bin/webhook/send?key=x")

    assert refusal.value.field == "address"


def test_the_same_group_is_not_entered_twice(worker, jinshui, at):
    add(worker, at, area=jinshui)
    with pytest.raises(Refused) as refusal:
        add(worker, at, area=jinshui)

    assert refusal.value.field == "address"


def test_changing_keeps_what_is_left_empty_and_lets_it_go_on(worker, jinshui, at):
    robot = add(worker, at, area=jinshui, secret="s")
    Robot.objects.update(paused="refusal")
    robots.change(robot, wished(name="新群", address="", secret=""), by=worker, at=at)
    robot.refresh_from_db()

    assert (robot.name, robot.address, robot.secret, robot.paused) == ("新群", ADDRESS, "s", "")


def test_a_keeper_s_pause_outlives_a_change(worker, jinshui, at):
    robot = add(worker, at, area=jinshui)
    robots.pause(robot, by=worker, at=at)
    robots.change(robot, wished(), by=worker, at=at)
    robot.refresh_from_db()

    assert (robot.paused, queries.groups()) == ("keeper", [])


def test_what_is_paused_can_go_on(worker, jinshui, at):
    robot = add(worker, at, area=jinshui)
    robots.pause(robot, by=worker, at=at)
    robots.resume(robot, by=worker, at=at)

    assert len(queries.groups()) == 1


def test_removing_forgets_address_secret_and_what_waits(worker, jinshui, at):
    robot = add(worker, at, area=jinshui, secret="s")
    PostFactory(robot=robot)
    sent = PostFactory(robot=robot, state="sent")
    robots.remove(robot, by=worker, at=at)
    robot.refresh_from_db()

    assert (robot.address, robot.secret, robot.address_index) == ("", "", None)
    assert list(Post.objects.all()) == [sent]
    assert list(robots.robots_kept_by(worker, local_day(at))) == []
    with pytest.raises(Refused):
        robots.resume(robot, by=worker, at=at)


def test_strangers_change_nothing(stranger, jinshui, at):
    robot = RobotFactory(area=jinshui)
    for act in (robots.pause, robots.resume, robots.remove, robots.try_out):
        with pytest.raises(Refused):
            act(robot, by=stranger, at=at)


def test_people_see_their_own_groups_alone(worker, coordinator, stranger, jinshui, at):
    unit = OrganizationFactory()
    here = RobotFactory(area=jinshui)
    theirs = RobotFactory(area=None, organization=unit.pk)
    today = local_day(at)

    assert list(robots.robots_kept_by(worker, today)) == [here]
    assert list(robots.robots_kept_by(coordinator, today)) == [here]
    assert list(robots.robots_kept_by(mandated(unit), today)) == [theirs]
    assert list(robots.robots_kept_by(stranger, today)) == []
    assert list(robots.robots_kept_by(PersonFactory(), today)) == []


def test_a_test_reaches_the_group(robot_at, platform, worker, at):  # noqa: F811
    robot = robot_at("dingtalk", paused="refusal", keyword="有我")
    answer = robots.try_out(robot, by=worker, at=at)
    robot.refresh_from_db()

    assert (answer, robot.answer, robot.answered_at, robot.paused) == ("ok", "ok", at, "")
    (request,) = platform.received
    assert request["body"]["markdown"]["text"].startswith("**有我 · 有我**\n\n测试")


def test_a_test_that_is_refused_says_why(robot_at, platform, worker, at):  # noqa: F811
    platform.keyword = "报警"
    robot = robot_at("feishu")

    assert robots.try_out(robot, by=worker, at=at) == "no_keyword"


def test_tests_are_not_faster_than_the_platform_allows(
    robot_at,  # noqa: F811
    platform,  # noqa: F811
    worker,
    at,
):
    robot = robot_at("wecom")
    robots.try_out(robot, by=worker, at=at)
    with pytest.raises(Refused):
        robots.try_out(robot, by=worker, at=at)

    assert len(platform.received) == 1
