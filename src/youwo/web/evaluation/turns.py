"""What the queue says of evaluations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from youwo.web.work.words import Words

TURNS = {
    "evaluation.judge": Words(
        "clipboard-check", _("Fill in: %(title)s"), _("Fill in"), "evaluation:sheets"
    ),
    "evaluation.judge_many": Words(
        "clipboard-check", _("Fill in: %(title)s"), _("Fill in"), "evaluation:stack"
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
