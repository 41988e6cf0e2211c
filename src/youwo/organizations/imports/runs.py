"""Reading a file from its first row to its last, and keeping how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.core.tables import read_rows
from youwo.journal.actions import write as write_line
from youwo.organizations.imports import columns
from youwo.organizations.imports.compounds import Compounds
from youwo.organizations.imports.members import Members
from youwo.organizations.imports.table import Cells, Report, Table
from youwo.organizations.imports.units import Units
from youwo.organizations.models import Import
from youwo.people.models import Person

BATCH = 1000
MOST_ROWS = 100_000
_TABLES: dict[str, type[Table]] = {
    Import.Subject.UNITS: Units,
    Import.Subject.MEMBERS: Members,
    Import.Subject.COMPOUNDS: Compounds,
}
# Headings may stand below a title and a note.
_HEADING_WITHIN = 6

Progress = Callable[[int], None]


def _no_progress(rows: int) -> None:
    return


def check(
    path: Path,
    subject: str,
    area: Area,
    by: Person | None,
    at: datetime,
    *,
    progress: Progress = _no_progress,
) -> Report:
    """Say what a file would do, and name every bad row and cell. Writes nothing.

    Refuses a file that is no Excel table, lacks a column, or has no rows.
    """
    return take_file(path, subject, area, by, at, write=False, progress=progress)


def take_file(
    path: Path,
    subject: str,
    area: Area,
    by: Person | None,
    at: datetime,
    *,
    write: bool,
    progress: Progress = _no_progress,
    note: int | None = None,
) -> Report:
    """Check a file and, if asked, write its good rows in batches that stand or fall as a whole.

    `by` is None at the server itself; `note` is the key of the upload, for the journal.
    """
    table = _TABLES[subject](area, by=by, at=at, note=note)
    _walk(path, table, write=write, progress=progress)
    return table.report


def _walk(path: Path, table: Table, *, write: bool, progress: Progress) -> None:
    rows = _rows(path, table.subject)
    while batch := list(islice(rows, BATCH)):
        table.report.rows += len(batch)
        if table.report.rows > MOST_ROWS:
            raise Refused(
                _("More than %(most)d rows. Please split the file.") % {"most": MOST_ROWS}, "file"
            )
        _take(table, batch, write=write)
        progress(table.report.rows)
    with transaction.atomic():
        table.finish(write=write)
    if not table.report.rows:
        raise Refused(_("There is no row below the headings."), "file")


def _take(table: Table, batch: list[Cells], *, write: bool) -> None:
    if not write:
        table.take(batch, write=False)
        return
    with transaction.atomic():
        table.take(batch, write=True)


def _rows(path: Path, subject: str) -> Iterator[Cells]:
    """Yield the rows that hold anything, with their numbers in Excel."""
    numbered = enumerate(read_rows(path), start=1)
    places: dict[str, int] | None = None
    for _number, row in islice(numbered, _HEADING_WITHIN):
        places = columns.find(subject, row)
        if places is not None:
            break
    if places is None:
        raise Refused(
            _("The headings are not those of the template. Please download it and try again."),
            "file",
        )
    columns.refuse_missing(subject, places)
    wanted = list(places.items())
    for number, row in numbered:
        values = {key: row[place] for key, place in wanted if place < len(row)}
        if any(value not in ("", None) for value in values.values()):
            yield Cells(number, values)


# --- with progress, for the pages ----------------------------------------------------------------


def _save(row: Import, report: Report, *fields: str) -> None:
    row.rows, row.rows_done = report.rows, report.rows
    row.created, row.changed = report.created, report.changed
    row.unchanged, row.bad_rows = report.unchanged, report.bad_rows
    row.problems = [[p.row, p.column, p.sentence] for p in report.problems]
    row.save(
        update_fields=[
            "rows",
            "rows_done",
            "created",
            "changed",
            "unchanged",
            "bad_rows",
            "problems",
            *fields,
        ]
    )


def _fail(row: Import, sentence: str, at: datetime) -> Import:
    row.state, row.ended_at = Import.State.FAILED, at
    row.problems = [[0, "", sentence]]
    row.save(update_fields=["state", "ended_at", "problems"])
    return row


def _note_progress(row: Import) -> Progress:
    def note(rows: int) -> None:
        row.rows_done = rows
        row.save(update_fields=["rows_done"])

    return note


def check_row(row: Import, at: datetime) -> Import:
    """Make the dry run of an uploaded file, and keep what it found."""
    row.rows_done = 0
    try:
        report = check(
            Path(row.file.path),
            row.subject,
            row.area,
            row.started_by,
            at,
            progress=_note_progress(row),
        )
    except Refused as refused:
        return _fail(row, str(refused), at)
    row.state = Import.State.CHECKED
    _save(row, report, "state")
    return row


def run(row: Import, at: datetime) -> Import:
    """Import the good rows of a checked file, in batches that each stand or fall as a whole.

    Stopped half-way, it can be run again: what is in already is left as it is. The file is deleted
    afterwards, because it holds what the system now holds.
    """
    Import.objects.filter(pk=row.pk).update(state=Import.State.RUNNING, rows_done=0)
    try:
        report = take_file(
            Path(row.file.path),
            row.subject,
            row.area,
            row.started_by,
            at,
            write=True,
            progress=_note_progress(row),
            note=row.pk,
        )
    except Refused as refused:
        return _fail(row, str(refused), at)
    except IntegrityError:
        return _fail(
            row,
            _("Somebody else has just entered some of the same. Please start again."),
            at,
        )
    with transaction.atomic():
        row.state, row.ended_at = Import.State.DONE, at
        _save(row, report, "state", "ended_at")
        write_line(
            "import",
            row,
            by=row.started_by,
            at=at,
            area_code=row.area_id,
            created=report.created,
            changed=report.changed,
        )
        transaction.on_commit(lambda: row.file.delete(save=True))
    return row
