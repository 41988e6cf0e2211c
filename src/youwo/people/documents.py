"""Identity numbers and their check digit."""

from __future__ import annotations

import unicodedata
from datetime import date

from django.utils.translation import gettext as _

from youwo.core.refused import Refused

# GB 11643-1999, annex: the weight of each of the first 17 digits, and the check digit by remainder.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def check_digit(body: str) -> str:
    """Return the eighteenth character that belongs to seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def normalise_resident(text: str, field: str = "document_number") -> str:
    """Return a resident identity number in the form that is kept. Refuses one that cannot be."""
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    body = number[:17]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        raise Refused(
            _("An identity number has 18 characters. Please compare it with the card."), field
        )
    if check_digit(body) != number[17] or birth_date(number) is None:
        raise Refused(
            _("One of the digits cannot be right. Please compare the number with the card."), field
        )
    return number


def birth_date(number: str) -> date | None:
    """Return the day of birth in a resident identity number, or None where it is no day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
