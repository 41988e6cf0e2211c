"""What the queue says of evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from youwo.evaluation import queries
from youwo.evaluation.actions.rounds import sheets_words
from youwo.people.models import Person
from youwo.turns.models import Turn
from youwo.web.evaluation.reach import today
from youwo.web.work.words import Words


def _without_own(person: Person, turns: Sequence[Turn]) -> Mapping[int, str]:
    """Count the sheets of a stack without those about the visitor: a colleague judges them."""
    left = queries.left_for(person, [int(turn.subject_key) for turn in turns], today())
    return {
        turn.pk: sheets_words(*left[int(turn.subject_key)])
        for turn in turns
        if int(turn.subject_key) in left
    }


TURNS = {
    "evaluation.judge": Words(
        "clipboard-check",
        _("Fill in: %(title)s"),
        _("Fill in"),
        "evaluation:sheets",
        details=_without_own,
    ),
    "evaluation.judge_many": Words(
        "clipboard-check",
        _("Fill in: %(title)s"),
        _("Fill in"),
        "evaluation:stack",
        details=_without_own,
    ),
    "evaluation.publish": Words(
        "list-check", _("All sheets are in: %(title)s"), _("Publish"), "evaluation:round"
    ),
    "evaluation.decide": Words(
        "scale", _("Decide an appeal: %(title)s"), _("Decide"), "evaluation:decide"
    ),
    "evaluation.look_back": Words(
        "clipboard-check",
        _("Look back on a whistle: %(title)s"),
        _("Three questions"),
        "evaluation:whistle",
    ),
}
