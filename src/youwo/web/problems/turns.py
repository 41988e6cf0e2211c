"""What the queue says of problems."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from youwo.web.work.words import Words

TURNS = {
    "problem.review": Words(
        "clipboard-check", _("Review the problem: %(title)s"), _("Review"), "problems:staff"
    ),
    "problem.carry": Words(
        "tool", _("Find somebody for: %(title)s"), _("Arrange it"), "problems:staff"
    ),
    "problem.chase": Words("phone", _("Past its time: %(title)s"), _("Ask them"), "problems:staff"),
    "problem.close": Words(
        "phone", _("Ask whether it is solved: %(title)s"), _("Close it"), "problems:staff"
    ),
    "problem.judge": Words(
        "message-report",
        _("You reported: %(title)s. Is it solved?"),
        _("Have your say"),
        "needs:case",
    ),
}
