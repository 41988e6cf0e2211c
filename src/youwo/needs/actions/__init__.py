"""What happens to a wish, from the first words to the call-back: a module for each stretch."""

from youwo.needs.actions.done import call_back, confirm, contest, deliver, reopen
from youwo.needs.actions.ended import decline, hand_over, outlive, withdraw
from youwo.needs.actions.moving import standing_delivery, take_over
from youwo.needs.actions.outside import (
    Matter,
    add_outside_matter,
    change_outside_matter,
    may_keep_outside,
    switch_outside_matter,
)
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
from youwo.needs.actions.suggested import (
    answer_suggestion,
    reveal_suggestion_phone,
    suggest,
)

__all__ = [
    "Contact",
    "Matter",
    "add_outside_matter",
    "answer",
    "answer_suggestion",
    "ask",
    "call_back",
    "change_outside_matter",
    "claim",
    "confirm",
    "contest",
    "decline",
    "deliver",
    "hand_over",
    "may_keep_outside",
    "outlive",
    "publish",
    "receive",
    "record_hand_over",
    "release",
    "reopen",
    "reveal",
    "reveal_suggestion_phone",
    "standing_delivery",
    "suggest",
    "switch_outside_matter",
    "take_over",
    "withdraw",
]
