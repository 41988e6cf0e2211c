"""Who posts what into which group."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from tests.factories import OrganizationFactory, area
from tests.notices.factories import PostFactory, RobotFactory
from youwo.notices import actions
from youwo.notices.models import GroupKind, Post


def tell(code="140802005022", *, at, **kwargs):
    values = {"kind": GroupKind.NEW, "subject": "有一个新心愿等着看", "cause": "wish.1"}
    actions.tell_group(code, at=at, **{**values, **kwargs})


def test_groups_of_the_place_and_above_it_are_told(jinshui, elsewhere, at):
    here = RobotFactory(area=jinshui)
    county = RobotFactory(area=jinshui.parent.parent)
    RobotFactory(area=elsewhere)
    RobotFactory(area=area("140802005023"))
    tell(at=at)

    assert set(Post.objects.values_list("robot", flat=True)) == {here.pk, county.pk}


def test_the_group_of_a_unit_is_told(jinshui, at):
    unit, other = OrganizationFactory.create_batch(2)
    robot = RobotFactory(area=None, organization=unit.pk)
    RobotFactory(area=None, organization=other.pk)
    tell("", organization=unit.pk, kind=GroupKind.WHISTLE, at=at)

    assert Post.objects.get().robot == robot


def test_the_same_cause_makes_one_post(jinshui, at):
    RobotFactory(area=jinshui)
    tell(at=at)
    tell(at=at)

    assert Post.objects.count() == 1


def test_groups_get_what_they_want(jinshui, at):
    RobotFactory(area=jinshui, wanted=["overdue"])
    tell(at=at)

    assert Post.objects.count() == 0


@pytest.mark.parametrize("values", [{"paused": "keeper"}, {"paused": "refusal"}])
def test_paused_robots_are_told_nothing(values, jinshui, at):
    RobotFactory(area=jinshui, **values)
    tell(at=at)

    assert Post.objects.count() == 0


def test_at_night_groups_wait_unless_it_is_urgent(jinshui, at):
    night = at.replace(hour=22)
    RobotFactory(area=jinshui)
    tell(at=night)
    tell(at=night, cause="fire", urgent=True)
    by_cause = dict(Post.objects.values_list("cause", "next_at"))

    assert by_cause == {"wish.1": at.replace(day=4, hour=8, minute=0), "fire": night}


def test_a_group_that_is_awake_at_night_is_told_at_once(jinshui, at):
    night = at.replace(hour=22)
    RobotFactory(area=jinshui, quiet=False)
    tell(at=night)

    assert Post.objects.get().next_at == night


def test_numbers_do_not_leave(jinshui, at):
    RobotFactory(area=jinshui)
    tell(
        at=at,
        subject="王大爷 13800001234 的心愿",
        body="证号 140802194510011234，电话 0359-2022345",
    )
    post = Post.objects.get()

    assert post.subject == "王大爷 138****1234 的心愿"
    assert post.body == "证号 1408**********1234，电话 0359****45"


def test_it_speaks_the_language_of_the_city(jinshui, at):
    RobotFactory(area=jinshui)
    tell(at=at, subject=gettext_lazy("Monday"))

    assert Post.objects.get().subject == "星期一"


def test_it_costs_nothing_where_no_group_listens(jinshui, at, django_assert_num_queries):
    tell(at=at)
    with django_assert_num_queries(0):
        tell(at=at)


@pytest.mark.parametrize("count", [1, 3])
def test_many_pieces_of_news_cost_one_statement(count, jinshui, at, django_assert_num_queries):
    RobotFactory(area=jinshui)
    tell(at=at)
    news = [
        actions.News(kind="new", subject="x", cause=str(n), area_code=jinshui.pk)
        for n in range(count)
    ]
    with django_assert_num_queries(1):
        actions.tell_groups(news, at=at)

    assert Post.objects.count() == count + 1


# --- what the database refuses -----------------------------------------------------------------
def _refused(make, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**values)


def test_a_robot_belongs_to_a_place_or_a_unit(jinshui):
    _refused(RobotFactory, area=jinshui, organization=1)
    _refused(RobotFactory, area=None)


def test_a_removed_robot_is_not_findable(jinshui, at):
    _refused(RobotFactory, removed_at=at)


def test_a_group_is_entered_once(jinshui):
    RobotFactory(token="x")
    _refused(RobotFactory, token="x")


def test_a_cause_stands_once_in_a_group(jinshui):
    post = PostFactory()
    _refused(PostFactory, robot=post.robot, cause=post.cause)
