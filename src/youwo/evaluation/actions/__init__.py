"""What happens in an evaluation: templates, rounds, sheets, results, appeals: a module for each."""

from youwo.evaluation.actions.appeals import appeal, reject, uphold, withdraw_appeal
from youwo.evaluation.actions.results import publish, reply
from youwo.evaluation.actions.rounds import cancel, close, extend, plan, start
from youwo.evaluation.actions.sheets import Said, fill_in, fill_in_many, say
from youwo.evaluation.actions.templates import Asking, load_templates, publish_template

__all__ = [
    "Asking",
    "Said",
    "appeal",
    "cancel",
    "close",
    "extend",
    "fill_in",
    "fill_in_many",
    "load_templates",
    "plan",
    "publish",
    "publish_template",
    "reject",
    "reply",
    "say",
    "start",
    "uphold",
    "withdraw_appeal",
]
