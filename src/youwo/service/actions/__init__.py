"""What happens to service items and joint meetings."""

from youwo.service.actions.agreed import (
    add_helper,
    agree,
    drop,
    give_to,
    hand_on,
    keep_time_elsewhere,
)
from youwo.service.actions.done import close, contest, deliver, reopen, start
from youwo.service.actions.joined import join, leave
from youwo.service.actions.moving import fresh, fresh_whole, must_allow

__all__ = [
    "add_helper",
    "agree",
    "close",
    "contest",
    "deliver",
    "drop",
    "fresh",
    "fresh_whole",
    "give_to",
    "hand_on",
    "join",
    "keep_time_elsewhere",
    "leave",
    "must_allow",
    "reopen",
    "start",
]
