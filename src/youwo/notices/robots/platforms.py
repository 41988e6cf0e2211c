"""What each platform takes: its address, its body, its signature, its limits.

After the documents of the platforms: WeCom 91770 (群机器人配置说明), DingTalk (自定义机器人接入,
安全设置), Feishu (自定义机器人使用指南).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, parse_qs, quote_plus, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.notices.models import Robot

# Markup that a title could bring along: turned into its full-width twin, which is only text. It
# mentions everybody in some of the groups.
_PLAIN = str.maketrans("<>[]*_`#@\\", "＜＞［］＊＿｀＃＠＼")


@dataclass(frozen=True)
class Line:
    """One thing to be told: what, a little more, and where to read on."""

    subject: str
    body: str = ""
    url: str = ""


@dataclass(frozen=True)
class Request:
    """What is posted, and where."""

    url: str
    body: bytes


@dataclass(frozen=True)
class _Rules:
    """Where a platform listens, and how long a body may be, in bytes."""

    host: str
    path: str
    key: str
    most_bytes: int


RULES = {
    Robot.Platform.WECOM: _Rules("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key", 4096),
    Robot.Platform.DINGTALK: _Rules("oapi.dingtalk.com", "/robot/send", "access_token", 20_000),
    Robot.Platform.FEISHU: _Rules("open.feishu.cn", "/open-apis/bot/v2/hook/", "", 20_000),
}


def is_test_host(parts: SplitResult) -> bool:
    """Say whether an address leads to a host that stands in for the platforms in a trial."""
    return parts.netloc in settings.ROBOT_TEST_HOSTS


def is_allowed(platform: str, address: str) -> bool:
    """Say whether an address is one that this platform gives to its robots."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    rules = RULES[Robot.Platform(platform)]
    if is_test_host(parts):
        place = parts.scheme in ("http", "https")
    else:
        place = parts.scheme == "https" and parts.netloc.lower() == rules.host and port is None
    if rules.key:
        return place and parts.path == rules.path and bool(parse_qs(parts.query).get(rules.key))
    token = parts.path.removeprefix(rules.path)
    return place and token not in ("", parts.path) and "/" not in token and not parts.query


def compose(robot: Robot, lines: Sequence[Line], *, at: datetime) -> Request:
    """Make the request that tells a group some things at once.

    What does not fit into the platform's limit is counted at the end; it is the last that is left
    out.
    """
    platform = Robot.Platform(robot.platform)
    title = f"{_('Youwo')} · {robot.keyword}" if robot.keyword else _("Youwo")
    for shown in range(len(lines), 0, -1):
        content = _CONTENT[platform](title, list(lines[:shown]), _more(len(lines) - shown))
        if _length(platform, content) <= RULES[platform].most_bytes or shown == 1:
            break
    return _signed(robot, platform, content, at)


def _more(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "and %(count)d more, in your queue", "and %(count)d more, in your queue", count
    ) % {"count": count}


def _plain(text: str) -> str:
    return text.translate(_PLAIN)


def _markdown(title: str, lines: list[Line], more: str) -> str:
    rows = [f"**{_plain(title)}**"]
    for line in lines:
        subject = _plain(line.subject)
        row = f"[{subject}]({line.url})" if line.url else subject
        rows.append(f"{row}\n\n> {_plain(line.body)}" if line.body else row)
    if more:
        rows.append(f"[{more}]({settings.PUBLIC_URL}/work/)")
    return "\n\n".join(rows)


def _wecom(title: str, lines: list[Line], more: str) -> dict[str, object]:
    return {"msgtype": "markdown", "markdown": {"content": _markdown(title, lines, more)}}


def _dingtalk(title: str, lines: list[Line], more: str) -> dict[str, object]:
    # The title is what the list of groups shows.
    shown = f"{_plain(title)}: {_plain(lines[0].subject)}"
    text = _markdown(title, lines, more)
    return {"msgtype": "markdown", "markdown": {"title": shown, "text": text}}


def _feishu(title: str, lines: list[Line], more: str) -> dict[str, object]:
    rows: list[list[dict[str, str]]] = []
    for line in lines:
        tag = {"tag": "a", "href": line.url} if line.url else {"tag": "text"}
        rows.append([{**tag, "text": line.subject}])
        if line.body:
            rows.append([{"tag": "text", "text": line.body}])
    if more:
        rows.append([{"tag": "a", "href": f"{settings.PUBLIC_URL}/work/", "text": more}])
    post = {"zh_cn": {"title": title, "content": rows}}
    return {"msg_type": "post", "content": {"post": post}}


_CONTENT: dict[str, Callable[[str, list[Line], str], dict[str, object]]] = {
    Robot.Platform.WECOM: _wecom,
    Robot.Platform.DINGTALK: _dingtalk,
    Robot.Platform.FEISHU: _feishu,
}


def _encoded(content: dict[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _length(platform: str, content: dict[str, object]) -> int:
    """Return what the platform measures: WeCom the text, the others the whole body."""
    if platform == Robot.Platform.WECOM:
        markdown: dict[str, str] = content["markdown"]  # type: ignore[assignment]
        return len(markdown["content"].encode())
    # Room for timestamp and signature.
    return len(_encoded(content)) + 100


def _digest(key: str, message: str) -> str:
    return base64.b64encode(
        hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    ).decode()


def _signed(robot: Robot, platform: str, content: dict[str, object], at: datetime) -> Request:
    if platform == Robot.Platform.DINGTALK and robot.secret:
        # Milliseconds, in the address; the secret is the key, and stands in the message as well.
        moment = round(at.timestamp() * 1000)
        sign = _digest(robot.secret, f"{moment}\n{robot.secret}")
        url = f"{robot.address}&timestamp={moment}&sign={quote_plus(sign)}"
        return Request(url, _encoded(content))
    if platform == Robot.Platform.FEISHU and robot.secret:
        # Seconds, in the body; timestamp and secret are the key of an empty message.
        second = str(int(at.timestamp()))
        sign = _digest(f"{second}\n{robot.secret}", "")
        return Request(robot.address, _encoded({"timestamp": second, "sign": sign, **content}))
    return Request(robot.address, _encoded(content))
