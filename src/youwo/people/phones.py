"""Telephone numbers of the mainland as people type them, and the one form that is kept."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from youwo.core.refused import Refused

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}")
# What people put between digits, and the marks of direction that phones' address books paste along.
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2066-\u2069.·()_/]+")


def normalise(text: str, field: str = "phone") -> str:
    """Return the digits of a mobile number or a landline with its area code.

    Spaces, dashes, brackets, full-width digits and the country's own prefix are no matter.
    Refuses everything else.
    """
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(?:\+|00)86", "", digits)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if _LANDLINE.fullmatch(f"0{digits}"):
        # After the country's prefix the area code stands without its zero.
        digits = f"0{digits}"
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return digits
    if digits.isdigit() and len(digits) in (7, 8):
        raise Refused(_("Please add the area code, for example 0359-2022333."), field)
    if digits.isdigit() and digits.startswith("1"):
        raise Refused(_("A mobile number has 11 digits. Please check the number."), field)
    raise Refused(
        _("This is not a telephone number. Please enter a mobile number or a landline."), field
    )


def is_number(text: str) -> bool:
    """Say whether a text is a number that `normalise` takes."""
    try:
        normalise(text)
    except Refused:
        return False
    return True


def is_mobile(number: str) -> bool:
    """Say whether a kept number is a mobile one."""
    return _MOBILE.fullmatch(number) is not None
