"""How journal lines read: verbs and kinds of rows in words."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext_lazy as _

_VERBS = {
    "create": _("entered"),
    "set_password": _("set a new password"),
    "invite": _("handed over a one-time link"),
    "grant": _("granted a role"),
    "end_grant": _("ended a role"),
    "publish_consent_text": _("published a consent text"),
    "give_consent": _("recorded a consent"),
    "withdraw_consent": _("withdrew a consent"),
    "unmask": _("looked at a hidden value"),
    "export_own_data": _("exported their own data"),
    "correct_own": _("corrected their own data"),
    "anonymise": _("closed an account"),
}


def verb(name: str) -> str:
    """Return a verb in words; one that has none yet stands as it is."""
    return str(_VERBS.get(name, name.replace("_", " ")))


def kind(label: str) -> str:
    """Return the kind of a row in words."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
