"""How the turns of hearings read in the queue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from youwo.web.work.words import Words

TURNS: dict[str, Words] = {
    "hearing.close": Words(
        "users",
        _("“%(title)s”: close the hearing, so that what was said goes its way"),
        _("Go on"),
        "hearings:lines",
    ),
}
