"""Posting to groups over real HTTP: what arrives, what is answered, and what follows from it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from tests.factories import AT
from tests.notices.factories import PostFactory, RobotFactory
from tests.notices.receiver import SECRET
from tests.side_by_side import at_once, meeting_at, on_postgresql
from youwo.core.refused import Refused
from youwo.journal.models import Line as JournalLine
from youwo.notices import actions
from youwo.notices.models import Message, Post, Robot
from youwo.notices.robots import platforms, posting, tasks
from youwo.notices.robots.answers import Answer, read
from youwo.notices.robots.platforms import Line

KINDS = ["wecom", "dingtalk", "feishu"]


def outcome(robot: Robot) -> tuple[str, str, str]:
    robot.refresh_from_db()
    post = robot.posts.get()
    return post.state, post.error, robot.answer


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_gets_the_title_and_the_link(kind, robot_at, platform):
    robot = robot_at(kind)
    PostFactory(robot=robot)

    assert tasks.post_due(AT) == {"sent": 1}
    (request,) = platform.received
    text = json.dumps(request["body"], ensure_ascii=False)
    assert request["type"] == "application/json; charset=utf-8"
    assert text.count("金税社区有一个新心愿等着看") == (2 if kind == "dingtalk" else 1)
    assert text.count("http://127.0.0.1:8000/work/wishes/WK3F9QXD4/") == 1
    assert outcome(robot) == ("sent", "", "ok")


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_the_signature_is_the_documented_one(kind, robot_at, platform):
    platform.signed = True
    robot = robot_at(kind, secret=SECRET)
    PostFactory(robot=robot)

    assert tasks.post_due(AT) == {"sent": 1}


def test_signatures_are_those_of_the_documents():
    """The documents' own way, step by step, for a fixed moment and secret."""
    ding = Robot(platform="dingtalk", address="https://oapi.dingtalk.com/robot/send?access_token=x")
    ding.secret = "this is secret"
    url = platforms.compose(ding, [Line("好")], at=AT).url
    feishu = Robot(platform="feishu", address="https://open.feishu.cn/open-apis/bot/v2/hook/x")
    feishu.secret = "this is secret"
    body = json.loads(platforms.compose(feishu, [Line("好")], at=AT).body)

    assert url == (
        "https://oapi.dingtalk.com/robot/send?access_token=x&timestamp=1735779600000&sign=BXx7i6lro%2BQVBx3q%2FaYAWzk%2BZF7mf51lPebsBhK2x6M%3D"
    )
    assert (body["timestamp"], body["sign"]) == (
        "1735779600",
        "Mal7S2Qysx3ItuxGpHCS8DokPBpdWvBS4NP7gR1CE4g=",
    )


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_wrong_secret_pauses_the_robot_and_its_keeper_hears_of_it(kind, robot_at, platform):
    platform.signed = True
    robot = robot_at(kind, secret="something else")
    PostFactory(robot=robot)

    assert tasks.post_due(AT) == {"waiting": 1}
    assert outcome(robot) == ("waiting", "bad_sign", "bad_sign")
    assert robot.paused == "refusal"
    message = Message.objects.get()
    assert (message.recipient, message.link) == (robot.added_by, f"/work/robots/{robot.pk}/")
    assert JournalLine.objects.get().verb == "pause"
    assert tasks.post_due(AT + timedelta(days=1)) == {}


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_missing_keyword_is_said_and_a_known_one_is_in_every_post(kind, robot_at, platform):
    platform.keyword = "有事"
    robot = robot_at(kind)
    PostFactory(robot=robot)
    tasks.post_due(AT)
    assert outcome(robot) == ("waiting", "no_keyword", "no_keyword")

    Robot.objects.update(paused="", keyword="有事")
    assert tasks.post_due(AT + timedelta(minutes=1)) == {"sent": 1}


def test_a_removed_robot_is_said(robot_at, platform):
    robot = robot_at("wecom")
    robot.address = robot.address.replace("693a91f6", "gone")
    robot.save()
    PostFactory(robot=robot)
    tasks.post_due(AT)

    assert outcome(robot) == ("waiting", "bad_address", "bad_address")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
        ("feishu", {"code": 11232, "msg": "frequency limited"}),
    ],
)
def test_too_fast_rests_for_ten_minutes(kind, said, robot_at, platform):
    robot = robot_at(kind)
    PostFactory(robot=robot)
    platform.answers.append((200, said))

    assert tasks.post_due(AT) == {"waiting": 1}
    assert outcome(robot) == ("waiting", "too_fast", "too_fast")
    assert tasks.post_due(AT + timedelta(minutes=9)) == {}
    assert tasks.post_due(AT + timedelta(minutes=10)) == {"sent": 1}


@pytest.mark.parametrize("said", [(500, b"oops"), (200, b"<html>"), (502, b""), (200, b"[1]")])
def test_an_error_of_the_platform_is_tried_again(said, robot_at, platform):
    robot = robot_at("wecom")
    PostFactory(robot=robot)
    platform.answers.append(said)

    assert tasks.post_due(AT) == {"waiting": 1}
    assert outcome(robot) == ("waiting", "server_error", "server_error")
    assert tasks.post_due(AT + timedelta(minutes=1)) == {"sent": 1}


def test_after_the_sixth_failure_it_is_given_up(robot_at, platform):
    robot = robot_at("wecom")
    PostFactory(robot=robot)
    platform.answers.extend([(500, b"")] * 9)
    moment = AT
    for _turn in range(6):
        tasks.post_due(moment)
        moment = robot.posts.get().next_at

    assert outcome(robot)[:2] == ("failed", "server_error")
    assert len(platform.received) == 6


def test_what_was_sent_without_an_answer_is_not_sent_again(robot_at, platform, monkeypatch):
    monkeypatch.setattr(posting, "PATIENCE_SECONDS", 0.2)
    robot = robot_at("dingtalk")
    PostFactory(robot=robot)
    platform.slow = 0.6

    assert tasks.post_due(AT) == {"failed": 1}
    assert outcome(robot) == ("failed", "unknown", "no_answer")
    assert tasks.post_due(AT + timedelta(days=1)) == {}
    assert len(platform.received) == 1


def test_a_slow_answer_within_patience_counts(robot_at, platform):
    robot = robot_at("feishu")
    PostFactory(robot=robot)
    platform.slow = 0.3

    assert tasks.post_due(AT) == {"sent": 1}


def test_an_answer_without_end_is_no_answer(robot_at, platform, monkeypatch):
    monkeypatch.setattr(posting, "_MOST_READ", 10)
    robot = robot_at("wecom")
    PostFactory(robot=robot)
    platform.answers.append((200, b"x" * 5000))

    assert tasks.post_due(AT) == {"failed": 1}


def test_a_platform_that_cannot_be_reached_is_tried_again(robot_at, platform):
    robot = robot_at("wecom")
    PostFactory(robot=robot)
    platform.server.shutdown()
    platform.server.server_close()

    assert tasks.post_due(AT) == {"waiting": 1}
    assert outcome(robot) == ("waiting", "unreachable", "unreachable")


@pytest.mark.parametrize(
    ("kind", "said", "meaning"),
    [
        ("wecom", {"errcode": -1}, "busy"),
        ("wecom", {"errcode": 93004}, "switched_off"),
        ("wecom", {"errcode": 77777}, "refused"),
        ("dingtalk", {"errcode": 310000, "errmsg": "ip 1.2.3.4 not in whitelist"}, "bad_source"),
        ("dingtalk", {"errcode": 310000, "errmsg": "invalid timestamp"}, "bad_sign"),
        ("dingtalk", {"errcode": 400013, "errmsg": "群已被解散"}, "switched_off"),
        ("dingtalk", {"errcode": 430104}, "bad_content"),
        ("dingtalk", {"errcode": 460101}, "too_long"),
        ("feishu", {"code": 9499, "msg": "Bad Request", "data": {}}, "bad_content"),
        ("feishu", {"code": 19001}, "bad_address"),
        ("feishu", {"code": 19022, "msg": "Ip Not Allowed"}, "bad_source"),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, "ok"),
    ],
)
def test_what_platforms_answer_is_understood(kind, said, meaning):
    assert read(kind, 200, json.dumps(said).encode()) == meaning


def test_statuses_without_a_number_are_understood():
    found = [read("wecom", status, b"{}") for status in (429, 404, 503)]

    assert found == [Answer.TOO_FAST, Answer.REFUSED, Answer.SERVER_ERROR]


def test_a_refusal_of_the_words_gives_up_this_post_alone(robot_at, platform):
    robot = robot_at("dingtalk")
    PostFactory(robot=robot)
    platform.answers.append((200, {"errcode": 430102, "errmsg": "不合适的文本"}))

    assert tasks.post_due(AT) == {"failed": 1}
    assert (outcome(robot), robot.paused) == (("failed", "bad_content", "bad_content"), "")


# --- together, and not too fast ----------------------------------------------------------------
def test_what_is_due_in_one_group_goes_together(robot_at, platform):
    robot = robot_at("wecom")
    PostFactory.create_batch(3, robot=robot)

    assert tasks.post_due(AT) == {"sent": 3}
    assert len(platform.received) == 1


def test_no_group_gets_more_than_twenty_posts_a_minute(robot_at, platform):
    robot = robot_at("wecom")
    for second in range(120):
        moment = AT + timedelta(seconds=second / 2)
        PostFactory(robot=robot, created_at=moment, next_at=moment)
        tasks.post_due(moment)

    assert len(platform.received) <= 20
    tasks.post_due(AT + timedelta(minutes=2))
    assert robot.posts.filter(state="sent").count() == 120


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_fit_is_counted(kind, robot_at, platform):
    robot = robot_at(kind)
    PostFactory.create_batch(50, robot=robot, subject="长" * 120, body="话" * 300)

    assert tasks.post_due(AT) == {"sent": 50}
    (request,) = platform.received
    body = request["body"]
    shown = json.dumps(body, ensure_ascii=False).count("长" * 120) - (kind == "dingtalk")
    more = f"还有 {50 - shown} 条，请到待办里看"
    assert json.dumps(body, ensure_ascii=False).count(more) == 1
    limit = 4096 if kind == "wecom" else 20_000
    size = len(body["markdown"]["content"].encode()) if kind == "wecom" else request["bytes"]
    # One more would not have fitted.
    assert limit - 1500 < size <= limit


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_brings_no_markup_along(kind, robot_at, platform):
    robot = robot_at(kind)
    PostFactory(robot=robot, subject="[点我](http://evil.example) <@all> **快**")
    tasks.post_due(AT)
    (request,) = platform.received
    body = request["body"]
    text = (
        body["markdown"].get("content", body["markdown"].get("text"))
        if kind != "feishu"
        else body["content"]["post"]["zh_cn"]["content"][0][0]["text"]
    )

    if kind == "feishu":
        assert text == "[点我](http://evil.example) <@all> **快**"
    else:
        assert text.split("\n\n")[1] == (
            "[［点我］(http://evil.example) ＜＠all＞ ＊＊快＊＊]"
            "(http://127.0.0.1:8000/work/wishes/WK3F9QXD4/)"
        )


def test_one_slow_group_does_not_take_what_is_another_s(robot_at, platform):
    PostFactory(robot=robot_at("wecom"))
    PostFactory(robot=robot_at("feishu"))

    assert tasks.post_due(AT, most=1) == {"sent": 1}
    assert tasks.post_due(AT) == {"sent": 1}


def test_what_was_lost_on_the_way_counts_as_given_up(db):
    lost = PostFactory(state="sending")

    assert tasks.post_due(AT + timedelta(minutes=16)) == {"failed": 1}
    lost.refresh_from_db()
    assert lost.error == "unknown"


def test_a_keeper_sends_again(robot_at, platform, worker):
    robot = robot_at("wecom")
    post = PostFactory(robot=robot, state="failed", attempts=6)
    actions.send_again(post, by=worker, at=AT)

    assert tasks.post_due(AT) == {"sent": 1}
    with pytest.raises(Refused):
        actions.send_again(post, by=worker, at=AT)


def test_old_posts_are_forgotten(db):
    from youwo.notices.tasks import forget_posts

    PostFactory(state="sent")
    kept = PostFactory()
    forget_posts(at=AT + timedelta(days=91))

    assert list(Post.objects.all()) == [kept]


def test_two_statements_find_that_nothing_is_due(db, django_assert_num_queries):
    # Two of the four keep the transaction.
    with django_assert_num_queries(4):
        assert tasks.post_due(AT) == {}


# --- never into our own network ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"),
        ("wecom", "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=x"),
        ("wecom", "https://qyapi.weixin.qq.com@127.0.0.1/cgi-bin/webhook/send?key=x"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=x"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/menu/create?key=x"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="),
        ("wecom", "https://127.0.0.1/cgi-bin/webhook/send?key=x"),
        ("wecom", "https://oapi.dingtalk.com/robot/send?access_token=x"),
        ("dingtalk", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/../../auth"),
        ("feishu", "file:///etc/passwd"),
        ("feishu", "https://[::1"),
        ("feishu", ""),
    ],
)
def test_other_addresses_are_no_robots(kind, address, settings):
    settings.ROBOT_TEST_HOSTS = []

    assert platforms.is_allowed(kind, address) is False


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=633a31f6-7f9c"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/bce6a1f1-dd4f"),
    ],
)
def test_the_platforms_own_addresses_are(kind, address):
    assert platforms.is_allowed(kind, address) is True


@pytest.mark.parametrize(
    "found", ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "::1"]
)
def test_a_name_that_leads_into_a_private_network_is_not_followed(found, db, monkeypatch):
    """Even the right name: whoever rules our name service could point it anywhere."""
    robot = RobotFactory()
    family = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", (found, 443))]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *args, **kwargs: family)
    opened = []
    monkeypatch.setattr(posting.socket, "create_connection", lambda *args, **_: opened.append(args))

    assert posting.post(robot, platforms.compose(robot, [Line("好")], at=AT)) == Answer.UNREACHABLE
    assert opened == []


def test_an_address_that_is_no_longer_allowed_is_not_posted_to(db):
    robot = RobotFactory(address="http://127.0.0.1:1/cgi-bin/webhook/send?key=x")

    assert posting.post(robot, platforms.compose(robot, [Line("好")], at=AT)) == Answer.BAD_ADDRESS


# --- two processes at once ---------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_two_processes_post_it_once(robot_at, platform, monkeypatch):
    PostFactory(robot=robot_at("wecom"))
    monkeypatch.setattr(tasks, "_take", meeting_at(tasks._take))

    ended = at_once(*[lambda: tasks.post_due(AT, most=1)] * 2)

    assert (sum(ended, Counter()), len(platform.received)) == ({"sent": 1}, 1)
