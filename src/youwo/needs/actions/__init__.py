"""What happens to a wish, from the first words to the call-back: a module for each stretch."""

from youwo.needs.actions.done import call_back, confirm, contest, deliver, reopen
from youwo.needs.actions.ended import decline, hand_over, outlive, withdraw
from youwo.needs.actions.moving import standing_delivery, take_over
from youwo.needs.actions.promised import claim, release
from youwo.needs.actions.received import (
    Contact,
    answer,
    ask,
    publish,
    receive,
    record_hand_over,
    reveal,
)
from youwo.needs.actions.suggested import answer_suggestion, suggest

__all__ = [
    "Contact",
    "answer",
    "answer_suggestion",
    "ask",
    "call_back",
    "claim",
    "confirm",
    "contest",
    "decline",
    "deliver",
    "hand_over",
    "outlive",
    "publish",
    "receive",
    "record_hand_over",
    "release",
    "reopen",
    "reveal",
    "standing_delivery",
    "suggest",
    "take_over",
    "withdraw",
]
