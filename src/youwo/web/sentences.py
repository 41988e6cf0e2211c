"""Sentences of Django itself that people read here in the words of our own catalogue."""

from __future__ import annotations

from django.utils.translation import ngettext_lazy

# They stand here as Django writes them, so that they are found and translated with ours: of the
# two translations ours is taken.
OURS = [
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
]
