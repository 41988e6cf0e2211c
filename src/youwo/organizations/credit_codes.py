"""Unified social credit codes and their check character."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from youwo.core.refused import Refused

# GB 32100-2015: the 31 characters, and the weight of each of the first 17 places.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def check_character(body: str) -> str:
    """Return the eighteenth character that belongs to seventeen others."""
    total = sum(
        _VALUE[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return _ALPHABET[-total % 31]


def normalise(text: str, field: str = "credit_code") -> str:
    """Return a credit code in the form that is kept. Refuses one that cannot be."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != 18 or any(character not in _VALUE for character in code):
        raise Refused(
            _("A credit code has 18 characters. Please compare it with the licence."), field
        )
    if check_character(code[:17]) != code[17]:
        raise Refused(
            _("One of the characters cannot be right. Please compare the code with the licence."),
            field,
        )
    return code
