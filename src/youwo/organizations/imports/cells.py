"""One cell of a table as a value of ours, or a refusal that says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from youwo.core.refused import Refused
from youwo.organizations.imports.columns import plain

_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+[\d:]+)?")
_EXCEL_BEGINS = date(1899, 12, 30)
_BETWEEN = re.compile(r"[,，、;；/\n]+")


def text(value: object) -> str:
    """Return a cell as text: numbers without the decimals that Excel adds, spaces tidied."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())


def short(value: str, most: int, key: str) -> str:
    """Refuse a text that is longer than its column."""
    if len(value) > most:
        raise Refused(_("This is longer than %(most)d characters.") % {"most": most}, key)
    return value


def day(value: object, key: str = "starts_on") -> date:
    """Return a cell as a day, as Excel keeps it or as people write it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and 30000 <= value <= 70000:
        return _EXCEL_BEGINS + timedelta(days=int(value))
    written = text(value)
    if len(written) == 8 and written.isdigit():
        written = f"{written[:4]}-{written[4:6]}-{written[6:]}"
    found = _DAY.fullmatch(written)
    if found is not None:
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            pass
    if not written:
        raise Refused(_("Please enter the day."), key)
    raise Refused(_("This is not a day. Please write it like 2025-03-01."), key)


def parts(value: str) -> list[str]:
    """Return the items of a cell that holds a list."""
    return [part.strip() for part in _BETWEEN.split(value) if part.strip()]


def nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """Return at most three known names that look like the one wanted, the nearest first."""
    found = process.extract(wanted, known, scorer=fuzz.WRatio, limit=3, score_cutoff=55)
    return [name for name, _score, _place in found]


def unknown(wanted: str, sentence: str, near: list[str]) -> str:
    """Say that a name is not known, and which ones are near."""
    if not near:
        return sentence
    asked = _("Is it %(names)s?") % {"names": _(" or ").join(near)}
    return _("%(said)s %(asked)s") % {"said": sentence, "asked": asked}


def choice(value: str, known: Mapping[str, str], names: Iterable[str], key: str) -> str:
    """Return the stored word of a choice that is written in any language."""
    stored = known.get(plain(value))
    if stored is None:
        raise Refused(
            _("This can be: %(choices)s.") % {"choices": "、".join(str(name) for name in names)},
            key,
        )
    return stored
