"""What the queue says of meetings and service items."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from youwo.web.work.words import Words

TURNS = {
    "meeting.prepare": Words(
        "users", _("Prepare the joint meeting in %(title)s"), _("Agenda"), "service:meeting"
    ),
    "meeting.run": Words(
        "users", _("Joint meeting in %(title)s"), _("Run it"), "service:run", "service:meeting"
    ),
    "meeting.close": Words(
        "users", _("Close the joint meeting in %(title)s"), _("Go on"), "service:run"
    ),
    "invitation.answer": Words(
        "mail", _("Invited to the joint meeting in %(title)s"), _("Answer"), "service:answer"
    ),
    "item.assign": Words(
        "list-check", _("Nobody has it yet: %(title)s"), _("Find somebody"), "service:item"
    ),
    "item.start": Words("list-check", _("To be begun: %(title)s"), _("Begin"), "service:item"),
    "item.deliver": Words(
        "list-check",
        _("To be done: %(title)s"),
        _("Say it is done"),
        "service:deliver",
        "service:item",
    ),
    "item.help": Words(
        "heart-handshake",
        _("Your unit helps: %(title)s"),
        _("Say what you did"),
        "service:deliver",
        "service:item",
    ),
    "item.close": Words(
        "clipboard-check",
        _("Done, to be accepted: %(title)s"),
        _("Accept"),
        "service:close",
        "service:item",
    ),
}
