"""Excel tables in and out, in constant memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.refused import Refused


def read_rows(file: io.BufferedIOBase | Path) -> Iterator[Sequence[object]]:
    """Yield the rows of the first sheet of an Excel file, as plain Python values.

    Refuses what is not an Excel file.
    """
    try:
        source = str(file) if isinstance(file, Path) else io.BytesIO(file.read())
        book = python_calamine.CalamineWorkbook.from_object(source)
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise Refused(
            _("This is not an Excel file that can be read. Please save it as .xlsx."), "file"
        ) from error
    yield from sheet.iter_rows()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, int | float):
        return value
    return str(value)


def write_rows(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], file: Any, *, note: str = ""
) -> int:
    """Write one sheet to a binary file and return the number of rows. Rows may be a generator.

    Text stays text: nothing that a person typed can become a formula. `note` goes into the
    document's properties.
    """
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    if note:
        book.set_properties({"comments": note})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(headings) - 1, 0), 18)
    sheet.write_row(0, 0, headings, bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(map(_plain, row)):
            if isinstance(value, str):
                sheet.write_string(count, column, value)
            else:
                sheet.write(count, column, value)
    book.close()
    return count
