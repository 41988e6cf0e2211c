"""What happens to a problem, from the first voice to the residents' word that it is solved."""

from youwo.needs.actions.problems.carried import contest, mark_done, put_back, take_up
from youwo.needs.actions.problems.joined import gather, merge, split, undo_merge
from youwo.needs.actions.problems.judged import close, is_agreed, judge, reopen, reveal
from youwo.needs.actions.problems.moving import fresh, take_over
from youwo.needs.actions.problems.received import report
from youwo.needs.actions.problems.reviewed import accept, decline, hand_over, rephrase
from youwo.needs.problems_waiting import voices_of

__all__ = [
    "accept",
    "close",
    "contest",
    "decline",
    "fresh",
    "gather",
    "hand_over",
    "is_agreed",
    "judge",
    "mark_done",
    "merge",
    "put_back",
    "reopen",
    "rephrase",
    "report",
    "reveal",
    "split",
    "take_over",
    "take_up",
    "undo_merge",
    "voices_of",
]
