"""The official codes that come with the product."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from django.utils.translation import gettext as _

from youwo.core.refused import Refused

_COLUMNS = {"code", "name", "level"}


def read(file: Path | None = None, *, city: str = "1408") -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file with the columns code, name and level.

    Without a file, those that come with the product: National Bureau of Statistics, 2023.
    """
    source = file or files("youwo.areas") / "data" / f"areas-{city}.csv"
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            _("The file %(file)s cannot be read as text in UTF-8.") % {"file": source}
        ) from error
    table = csv.DictReader(text.splitlines())
    if not set(table.fieldnames or ()) >= _COLUMNS:
        raise Refused(_("The first row must name the columns code, name and level."))
    yield from table
