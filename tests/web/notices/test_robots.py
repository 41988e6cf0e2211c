"""The pages on which group robots are kept."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import AT, OrganizationFactory, mandated
from tests.notices.conftest import platform, robot_at  # noqa: F401
from tests.notices.factories import PostFactory, RobotFactory
from youwo.notices.models import Post, Robot

INDEX = "/work/robots/"
NEW = "/work/robots/new/"
ENTERED = {
    "platform": "dingtalk",
    "owner": "area.140802005022",
    "name": "金税工作群",
    "address": "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782",
    "wanted": ["new", "overdue"],
    "quiet": "on",
}


@pytest.fixture
def mine(client, worker):
    """A browser in which the worker has signed in."""
    client.force_login(worker)
    return client


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(count, mine, jinshui, django_assert_num_queries):
    RobotFactory.create_batch(count, area=jinshui)
    with django_assert_num_queries(2):
        page = mine.get(INDEX)

    assert page.content.decode().count('class="row-card"') == count


def test_the_list_names_units_in_one_more_statement(client, django_assert_num_queries, db):
    unit = OrganizationFactory(name="市税务局")
    RobotFactory.create_batch(3, area=None, organization=unit.pk)
    client.force_login(mandated(unit))
    with django_assert_num_queries(3):
        page = " ".join(client.get(INDEX).content.decode().split())

    assert page.count("企业微信 · 市税务局") == 3


def test_the_list_is_searched_and_filtered(mine, jinshui):
    RobotFactory(area=jinshui, name="甲群", paused="keeper")
    RobotFactory(area=jinshui, name="乙群")

    def names(**query):
        return [row.name for row, _owner, _answer in mine.get(INDEX, query).context["rows"]]

    assert (names(q="乙"), names(paused="1"), names(q="金税"), names(q="没有")) == (
        ["乙群"],
        ["甲群"],
        ["乙群", "甲群"],
        [],
    )


def test_a_group_is_entered(mine, jinshui):
    answer = mine.post(NEW, ENTERED)
    robot = Robot.objects.get()

    assert answer.url == f"/work/robots/{robot.pk}/"
    assert (robot.area, robot.wanted, robot.quiet) == (jinshui, ["new", "overdue"], True)


def test_a_unit_s_group_is_entered(client, db):
    unit = OrganizationFactory()
    client.force_login(mandated(unit))
    client.post(NEW, {**ENTERED, "owner": f"unit.{unit.pk}"})

    assert Robot.objects.get().organization == unit.pk


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "https://example.org/"}, "address"),
        ({"owner": "area.140881001001"}, "owner"),
        ({"wanted": []}, "wanted"),
        ({"platform": "slack"}, "platform"),
        ({"name": ""}, "name"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(changed, field, mine, elsewhere):
    answer = mine.post(NEW, {**ENTERED, **changed})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Robot.objects.count() == 0


def test_the_page_of_a_robot_shows_no_secret(mine, jinshui, django_assert_num_queries):
    robot = RobotFactory(area=jinshui, secret="SEC123456", answer="ok", answered_at=AT)
    PostFactory.create_batch(3, robot=robot)
    PostFactory(robot=robot, state="failed", error="unknown")
    with django_assert_num_queries(3):
        page = mine.get(reverse("notices:robot", args=[robot.pk])).content.decode()

    assert ("SEC123456" in page, "key=" in page) == (False, False)
    assert page.count("金税社区有一个新心愿等着看") == 4


def test_a_robot_is_changed(mine, jinshui):
    robot = RobotFactory(area=jinshui)
    address = reverse("notices:change-robot", args=[robot.pk])
    page = mine.get(address).content.decode()
    mine.post(address, {"name": "新名", "wanted": ["whistle"]})
    before = robot.address
    robot.refresh_from_db()

    assert before not in page
    assert (robot.name, robot.wanted, robot.quiet, robot.address) == (
        "新名",
        ["whistle"],
        False,
        before,
    )


def test_a_change_is_refused_at_the_field(mine, jinshui):
    robot = RobotFactory(area=jinshui)
    entered = {"name": "新名", "wanted": ["new"], "address": "https://example.org/"}
    answer = mine.post(reverse("notices:change-robot", args=[robot.pk]), entered)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["address"])


def test_a_test_is_sent_and_answered_in_words(mine, robot_at, platform):  # noqa: F811
    robot = robot_at("wecom")
    told = mine.post(reverse("notices:try-robot", args=[robot.pk]), follow=True)
    platform.answers.append((200, {"errcode": 93000, "errmsg": "invalid webhook url"}))
    Robot.objects.update(free_at=AT)
    again = mine.post(reverse("notices:try-robot", args=[robot.pk]), follow=True)

    assert "群里已收到。" in told.content.decode()
    assert "平台不认识这个地址。请重新复制一遍。" in again.content.decode()


def test_a_robot_is_paused_let_go_on_and_removed(mine, jinshui):
    robot = RobotFactory(area=jinshui)
    states = []
    for act in ("pause", "resume", "remove"):
        mine.post(reverse(f"notices:{act}-robot", args=[robot.pk]))
        robot.refresh_from_db()
        states.append((robot.paused, robot.removed_at is None))

    assert states == [("keeper", True), ("", True), ("", False)]
    assert mine.get(reverse("notices:robot", args=[robot.pk])).status_code == 404


def test_a_post_that_was_given_up_is_sent_again(mine, jinshui):
    post = PostFactory(robot=RobotFactory(area=jinshui), state="failed", error="unknown")
    mine.post(reverse("notices:post-again", args=[post.pk]))

    assert Post.objects.get().state == "waiting"


def test_posts_of_others_do_not_exist(mine, elsewhere):
    post = PostFactory(robot=RobotFactory(area=elsewhere), state="failed")

    assert mine.post(reverse("notices:post-again", args=[post.pk])).status_code == 404
