"""What the queue says of assets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from youwo.web.work.words import Words

TURNS = {
    "asset.receive": Words(
        "package", _("Say that you have it: %(title)s"), _("Look"), "assets:asset"
    ),
    "asset.inspect": Words("eye-check", _("Inspect: %(title)s"), _("Look"), "assets:asset"),
    "asset.repair": Words("tool", _("To be repaired: %(title)s"), _("Look"), "assets:asset"),
    "asset.replace": Words(
        "calendar-x", _("Expires, to be replaced: %(title)s"), _("Look"), "assets:asset"
    ),
}
