"""What the platforms answer, and what it means for the post and for the robot."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from youwo.notices.models import Robot


class Answer(models.TextChoices):
    """How posting to a group ended, as its keeper reads it."""

    OK = "ok", _("The group has it.")
    TOO_FAST = "too_fast", _("Too many posts in a minute. It is tried again by itself.")
    BUSY = "busy", _("The platform is busy. It is tried again by itself.")
    SERVER_ERROR = "server_error", _("The platform has an error. It is tried again by itself.")
    UNREACHABLE = "unreachable", _("The platform cannot be reached. It is tried again by itself.")
    NO_ANSWER = "no_answer", _("The platform did not answer in time. The post may be there or not.")
    BAD_ADDRESS = "bad_address", _("The platform does not know this address. Copy it once more.")
    BAD_SIGN = "bad_sign", _("The signature is wrong. Copy the secret once more; check the clock.")
    NO_KEYWORD = "no_keyword", _("The group demands a keyword. Enter the same word here.")
    BAD_SOURCE = "bad_source", _("The group takes posts from certain IP addresses only. Add ours.")
    SWITCHED_OFF = "switched_off", _("The robot was switched off or removed, or the group is gone.")
    TOO_LONG = "too_long", _("The platform found the post too long.")
    BAD_CONTENT = "bad_content", _("The platform did not like the words or the link.")
    REFUSED = "refused", _("The platform refused the post, for a reason of its own.")


# Sent again later by itself.
AGAIN = {Answer.TOO_FAST, Answer.BUSY, Answer.SERVER_ERROR, Answer.UNREACHABLE}
# Somebody must change something first: until then the robot is paused.
STOPS = {
    Answer.BAD_ADDRESS,
    Answer.BAD_SIGN,
    Answer.NO_KEYWORD,
    Answer.BAD_SOURCE,
    Answer.SWITCHED_OFF,
}

_WECOM = {
    0: Answer.OK,
    -1: Answer.BUSY,
    45009: Answer.TOO_FAST,
    45033: Answer.TOO_FAST,
    93000: Answer.BAD_ADDRESS,
    93004: Answer.SWITCHED_OFF,
    93008: Answer.SWITCHED_OFF,
    40058: Answer.TOO_LONG,
    45002: Answer.TOO_LONG,
}
_DINGTALK = {
    0: Answer.OK,
    -1: Answer.BUSY,
    130101: Answer.TOO_FAST,
    410100: Answer.TOO_FAST,
    300001: Answer.BAD_ADDRESS,
    300005: Answer.BAD_ADDRESS,
    400101: Answer.BAD_ADDRESS,
    400013: Answer.SWITCHED_OFF,
    400102: Answer.SWITCHED_OFF,
    460101: Answer.TOO_LONG,
    430101: Answer.BAD_CONTENT,
    430102: Answer.BAD_CONTENT,
    430104: Answer.BAD_CONTENT,
}
# One number for all that the security settings of a robot refuse; the words tell which.
_DINGTALK_SECURITY = 310000
_FEISHU = {
    0: Answer.OK,
    11232: Answer.TOO_FAST,
    19001: Answer.BAD_ADDRESS,
    19002: Answer.BAD_ADDRESS,
    19007: Answer.SWITCHED_OFF,
    19021: Answer.BAD_SIGN,
    19022: Answer.BAD_SOURCE,
    19024: Answer.NO_KEYWORD,
    19036: Answer.TOO_LONG,
    9499: Answer.BAD_CONTENT,
}
_MEANINGS = {
    Robot.Platform.WECOM: _WECOM,
    Robot.Platform.DINGTALK: _DINGTALK,
    Robot.Platform.FEISHU: _FEISHU,
}


def read(platform: str, status: int, body: bytes) -> Answer:
    """Return what an HTTP answer of a platform means."""
    if status == 429:
        return Answer.TOO_FAST
    if status >= 500:
        return Answer.SERVER_ERROR
    said = _parsed(body)
    # Feishu's older robots answer with StatusCode, without code.
    number = said.get("errcode", said.get("code", said.get("StatusCode")))
    if not isinstance(number, int):
        return Answer.SERVER_ERROR if status == 200 else Answer.REFUSED
    if platform == Robot.Platform.DINGTALK and number == _DINGTALK_SECURITY:
        return _security(str(said.get("errmsg", "")).lower())
    return _MEANINGS[Robot.Platform(platform)].get(number, Answer.REFUSED)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _security(words: str) -> Answer:
    if "keyword" in words:
        return Answer.NO_KEYWORD
    if "whitelist" in words:
        return Answer.BAD_SOURCE
    return Answer.BAD_SIGN
