"""What happens to a whistle, from the call to the end: a module for each stretch."""

from youwo.dispatch.actions.answered import answer, decide, object_to
from youwo.dispatch.actions.blown import blow, call, withdraw
from youwo.dispatch.actions.followed import as_its_item, carrier, follow, let_rest
from youwo.dispatch.actions.ladders import MOST_LEVELS, Rung, load_ladder, remove_ladder, set_ladder
from youwo.dispatch.actions.moving import lock_first
from youwo.dispatch.actions.shared import ask_help, hand_on, help_out, say_no, take_over
from youwo.dispatch.actions.timed import decide_extension, extend, pause, resume, set_time

__all__ = [
    "MOST_LEVELS",
    "Rung",
    "answer",
    "as_its_item",
    "ask_help",
    "blow",
    "call",
    "carrier",
    "decide",
    "decide_extension",
    "extend",
    "follow",
    "hand_on",
    "help_out",
    "let_rest",
    "load_ladder",
    "lock_first",
    "object_to",
    "pause",
    "remove_ladder",
    "resume",
    "say_no",
    "set_ladder",
    "set_time",
    "take_over",
    "withdraw",
]
