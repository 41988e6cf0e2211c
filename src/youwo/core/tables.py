"""Excel tables in and out, in constant memory."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import python_calamine
import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.refused import Refused

_LONGEST_TEXT = 32767
# The table of all the city's members has 34,000 rows of about ten columns.
_MOST_CELLS = 5_000_000
_MOST_BYTES = 400 * 1024 * 1024
_CHUNK = 1024 * 1024
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")


def _unreadable() -> Refused:
    return Refused(
        _("This is not an Excel file that can be read. Please save it as .xlsx."), "file"
    )


def _extent(sheet: IO[bytes]) -> tuple[int, int]:
    """Return the greatest row and column in which a sheet has a cell."""
    rows, columns, rest = 0, b"", b""
    while chunk := sheet.read(_CHUNK):
        # A place may lie across two chunks.
        for column, row in _PLACE.findall(rest + chunk):
            rows = max(rows, int(row))
            columns = max(columns, column, key=lambda letters: (len(letters), letters))
        rest = chunk[-40:]
    number = 0
    for letter in columns:
        number = number * 26 + letter - ord("A") + 1
    return rows, number


def _refuse_sprawling(data: bytes) -> None:
    """Refuse a workbook whose sheets would not fit into memory.

    The reader lays a sheet out as a rectangle, so one stray cell in the last corner, a small file,
    would otherwise bring the process down.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        if not sheets:
            raise _unreadable()
        too_large = sum(item.file_size for item in book.infolist()) > _MOST_BYTES
        for name in sheets:
            if not too_large:
                with book.open(name) as sheet:
                    rows, columns = _extent(sheet)
                too_large = rows * columns > _MOST_CELLS
    if too_large:
        raise Refused(
            _(
                "This table is too large, or has a cell far away from the others."
                " Please copy its rows into a new table."
            ),
            "file",
        )


def read_rows(file: IO[bytes] | Path) -> Iterator[Sequence[object]]:
    """Yield the rows of the first sheet of an Excel file, as plain Python values.

    Refuses what is not an Excel file, and tables that are too large to be held.
    """
    try:
        data = file.read_bytes() if isinstance(file, Path) else file.read()
        if data.startswith(b"PK"):
            _refuse_sprawling(data)
        book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        IndexError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _unreadable() from error
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
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    file: Any,
    *,
    note: str = "",
    about: Iterable[tuple[str, Any]] = (),
) -> int:
    """Write one sheet to a binary file and return the number of rows. Rows may be a generator.

    Text stays text: nothing that a person typed can become a formula. `note` goes into the
    document's properties; `about`, as names and values, onto a second sheet.
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
    sheet = book.add_worksheet(_("List"))
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(headings) - 1, 0), 18)
    sheet.write_row(0, 0, headings, bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(map(_plain, row)):
            if isinstance(value, str):
                # A cell holds no more; the rest would take the whole text with it.
                sheet.write_string(count, column, value[:_LONGEST_TEXT])
            else:
                sheet.write(count, column, value)
    about = list(about)
    if about:
        _write_about(book, about)
    book.close()
    return count


def _write_about(book: Any, about: Sequence[tuple[str, Any]]) -> None:
    sheet = book.add_worksheet(_("About"))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100, book.add_format({"text_wrap": True}))
    for row, (name, value) in enumerate(about):
        sheet.write_string(row, 0, str(name))
        sheet.write_string(row, 1, str(_plain(value)))
