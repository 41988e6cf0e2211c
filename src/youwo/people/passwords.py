"""What a password must be."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """A password of some length, refused in words that the catalogue has."""

    def get_error_message(self) -> str:
        """Return what is wrong with a password that is too short."""
        return ngettext(
            "The password is too short: it needs %(count)s character.",
            "The password is too short: it needs at least %(count)s characters.",
            self.min_length,
        ) % {"count": self.min_length}
