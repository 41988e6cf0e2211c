"""Posting to groups what is due, at most once, and never faster than a platform allows.

As with e-mails (`notices.tasks`): posts are marked as being sent in a short transaction, sent
outside of any, then marked. All that is due in a group goes as one post; so nothing is lost to the
platforms' limit of 20 a minute.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy, override

from youwo.journal import actions as journal
from youwo.notices import actions, queries
from youwo.notices.models import Kind, Post, Robot
from youwo.notices.robots import platforms, posting
from youwo.notices.robots.answers import AGAIN, STOPS, Answer
from youwo.notices.robots.platforms import Line
from youwo.notices.tasks import UNKNOWN, give_up_the_lost, mark, try_later

_log = logging.getLogger(__name__)

# Platforms take 20 posts a minute, that is one in three seconds; a post may leave a little later
# than its moment says, so one second is left over.
GAP = timedelta(seconds=4)
# After "too fast", DingTalk takes nothing for ten minutes.
REST = timedelta(minutes=10)
MOST_AT_ONCE = 50


def post_due(at: datetime, *, most: int = 100) -> Counter[str]:
    """Post to up to `most` groups what is due there, and count posts by the state they end in.

    Any number of processes may do so at once.
    """
    ended: Counter[str] = Counter()
    ended[Post.State.FAILED] += give_up_the_lost(Post, at)
    for _turn in range(most):
        posts = _take(at)
        if not posts:
            break
        ended[_post(posts, at)] += len(posts)
    return +ended


@transaction.atomic
def _take(at: datetime) -> list[Post]:
    """Mark all that is due in one group as being sent, and return it, the oldest first."""
    skip = connection.features.has_select_for_update_skip_locked
    waiting = Post.objects.filter(state=Post.State.WAITING, next_at__lte=at)
    free = Q(robot__free_at__lte=at, robot__paused="", robot__removed_at__isnull=True)
    # A group that another process is just posting to is passed over, so that two do not post there
    # in the same second.
    keys = waiting.filter(free).order_by("next_at", "id").values_list("robot", flat=True)[:500]
    robots = Robot.objects.select_for_update(skip_locked=skip).filter(
        pk__in=list(dict.fromkeys(keys)), free_at__lte=at, paused=""
    )
    robot = robots.order_by("free_at", "id").first()
    if robot is None:
        return []
    robot.free_at = at + GAP
    robot.save(update_fields=["free_at"])
    posts = list(waiting.filter(robot=robot).order_by("created_at", "id")[:MOST_AT_ONCE])
    for post in posts:
        post.robot = robot
        post.state, post.next_at = Post.State.SENDING, at
        post.attempts += 1
    Post.objects.bulk_update(posts, ["state", "next_at", "attempts"])
    return posts


def _post(posts: list[Post], at: datetime) -> str:
    robot = posts[0].robot
    lines = [Line(post.subject, post.body, _address(post.link)) for post in posts]
    answer = tell(robot, lines, at=at)
    if answer == Answer.OK:
        return mark(posts, state=Post.State.SENT, sent_at=at, error="")
    _log.warning("A group did not take a post.", extra={"robot": robot.pk, "answer": answer.value})
    if answer in STOPS:
        stop(robot, answer, at=at)
        # They wait until the keeper has mended it.
        return mark(posts, state=Post.State.WAITING, next_at=at, error=answer.value)
    if answer == Answer.TOO_FAST:
        Robot.objects.filter(pk=robot.pk).update(free_at=at + REST)
    if answer in AGAIN:
        return try_later(posts, at=at, error=answer.value)
    error = UNKNOWN if answer == Answer.NO_ANSWER else answer.value
    return mark(posts, state=Post.State.FAILED, error=error)


def _address(link: str) -> str:
    return f"{settings.PUBLIC_URL}{link}" if link else ""


def tell(robot: Robot, lines: list[Line], *, at: datetime) -> Answer:
    """Post some lines to a group now, and keep what the platform answered. Not in a transaction."""
    with override(settings.LANGUAGE_CODE):
        request = platforms.compose(robot, lines, at=at)
    answer = posting.post(robot, request)
    Robot.objects.filter(pk=robot.pk).update(answer=answer.value, answered_at=at)
    return answer


@transaction.atomic
def stop(robot: Robot, answer: Answer, *, at: datetime) -> None:
    """Pause a robot that its group refuses, and tell who entered it what to do."""
    paused = Robot.objects.filter(pk=robot.pk, paused="").update(paused=Robot.Paused.BY_REFUSAL)
    if not paused:
        return
    queries.groups.forget_after_change()
    journal.write("pause", robot, by=None, at=at, answer=answer.value)
    actions.tell(
        [robot.added_by],
        kind=Kind.ACCOUNT,
        subject=gettext_lazy("A group robot has been paused: its group does not take its posts."),
        body=answer.label,
        link=f"/work/robots/{robot.pk}/",
        cause=f"robot.{robot.pk}.stop.{int(at.timestamp())}",
        at=at,
    )
