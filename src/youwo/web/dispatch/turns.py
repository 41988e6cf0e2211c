"""What the queue says of whistles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from youwo.web.work.words import Words

_PAGE = "dispatch:whistle"

TURNS = {
    "whistle.answer": Words(
        "speakerphone",
        _("A community calls: %(title)s"),
        _("We report"),
        "dispatch:answer",
        about=_PAGE,
    ),
    "whistle.take_over": Words(
        "arrow-right", _("Will you take over: %(title)s"), _("Yes or no"), _PAGE
    ),
    "whistle.help": Words("heart-handshake", _("Can you help: %(title)s"), _("Yes or no"), _PAGE),
    "whistle.solve": Words("tool", _("In your hands: %(title)s"), _("Say it is done"), _PAGE),
    "whistle.decide": Words(
        "scale", _("An objection: %(title)s"), _("Give a decision"), "dispatch:decide"
    ),
    "whistle.grant": Words(
        "hourglass", _("More time is asked for: %(title)s"), _("Give a decision"), "dispatch:decide"
    ),
    "whistle.see_to": Words(
        "alarm", _("Nobody has reported yet: %(title)s"), _("See to it"), _PAGE
    ),
    "whistle.overdue": Words("alarm", _("Not solved in time: %(title)s"), _("See to it"), _PAGE),
    "whistle.call": Words(
        "speakerphone", _("No unit is called any more: %(title)s"), _("Call another"), _PAGE
    ),
}
