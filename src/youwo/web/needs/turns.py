"""What the queue says of wishes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from youwo.web.work.words import Words

TURNS = {
    "wish.review": Words("clipboard-check", _("Review: %(title)s"), _("Review"), "needs:staff"),
    "wish.unanswered": Words("phone", _("No answer yet: %(title)s"), _("Ring them"), "needs:staff"),
    "wish.unclaimed": Words(
        "users", _("Nobody has promised: %(title)s"), _("Find somebody"), "needs:staff"
    ),
    "wish.unconfirmed": Words(
        "phone", _("Not yet confirmed: %(title)s"), _("Ring them"), "needs:staff"
    ),
    "wish.call_back": Words("phone", _("Call back: %(title)s"), _("Ring them"), "needs:staff"),
    "wish.answer": Words(
        "message-report",
        _("The community asks about your wish: %(title)s"),
        _("Give the answer"),
        "needs:case",
    ),
    "wish.confirm": Words(
        "circle-check",
        _("You wished: %(title)s. Is it done?"),
        _("Confirm or say what is missing"),
        "needs:case",
    ),
    "wish.missing": Words(
        "heart-handshake",
        _("Something is still missing: %(title)s"),
        _("Say it is done"),
        "needs:deliver",
        about="needs:detail",
    ),
    "wish.promised": Words(
        "heart-handshake",
        _("You promised: %(title)s"),
        _("Say it is done"),
        "needs:deliver",
        about="needs:detail",
        silent=_("No time agreed yet"),
    ),
}
