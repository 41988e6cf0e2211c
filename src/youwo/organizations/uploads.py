"""Excel tables that people upload: received, confirmed, started again, forgotten."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal.actions import write
from youwo.organizations import rules, tasks
from youwo.organizations.models import Import
from youwo.people.models import Person
from youwo.people.rules import powers

# A task that has shown nothing for this long is not coming back.
PATIENCE = timedelta(minutes=15)
# They hold personal data that nobody needs any more.
FILES_ARE_KEPT = timedelta(days=30)
_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def areas_for(person: Person, on: date) -> list[str]:
    """Return the codes of the areas that somebody may import into.

    Who acts for a unit may import into the whole city: its members live anywhere.
    """
    codes = powers(person, on).codes(*rules.KEEPERS)
    if rules.mandates(person, on) and settings.CITY not in codes:
        codes = [settings.CITY, *codes]
    return codes


@acting()
def receive(
    file: File[Any], *, file_name: str, subject: str, area: Area, by: Person, at: datetime
) -> Import:
    """Take an uploaded table and have it checked in the background.

    Refuses files that are too large or no Excel tables by their first bytes.
    """
    if file.size > settings.TABLE_MAX_BYTES:
        raise Refused(
            _("The file is larger than %(most)d MB. Please split it.")
            % {"most": settings.TABLE_MAX_BYTES // 1024 // 1024},
            "file",
        )
    beginning = file.read(4)
    file.seek(0)
    if beginning not in _BEGINNINGS:
        raise Refused(
            _("This is not an Excel file that can be read. Please save it as .xlsx."), "file"
        )
    row = Import(
        subject=subject,
        area=area,
        file_name=file_name[-120:],
        started_by=by,
        started_at=at,
    )
    # The name that people gave the file stays out of the file system.
    row.file.save(f"{secrets.token_hex(16)}.xlsx", file, save=False)
    row.save()
    write("upload", row, by=by, at=at, area_code=area.pk)
    tasks.check_import.enqueue(row.pk)
    return row


@acting()
def confirm(row: Import, *, by: Person, at: datetime) -> Import:
    """Have the good rows of a checked table imported. Pressed twice, it is done once."""
    row = Import.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state != Import.State.CHECKED:
        raise Refused(_("This table is being imported already."))
    if not (row.created or row.changed):
        raise Refused(_("There is nothing new in this table."))
    row.state, row.rows_done, row.started_at = Import.State.RUNNING, 0, at
    row.save(update_fields=["state", "rows_done", "started_at"])
    write("confirm_upload", row, by=by, at=at, area_code=row.area_id)
    tasks.run_import.enqueue(row.pk)
    return row


def is_stuck(row: Import, at: datetime) -> bool:
    """Say whether a table has been on its way for so long that somebody should start it again."""
    moving = (Import.State.CHECKING, Import.State.RUNNING)
    return row.state in moving and at - row.started_at > PATIENCE


@acting()
def start_again(row: Import, *, by: Person, at: datetime) -> Import:
    """Start once more what got stuck; what is in already is left as it is."""
    row = Import.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not is_stuck(row, at):
        raise Refused(_("This table is still on its way."))
    row.rows_done, row.started_at = 0, at
    row.save(update_fields=["rows_done", "started_at"])
    write("restart_upload", row, by=by, at=at, area_code=row.area_id)
    checking = row.state == Import.State.CHECKING
    (tasks.check_import if checking else tasks.run_import).enqueue(row.pk)
    return row


def forget_files(*, at: datetime) -> int:
    """Delete the files of tables that nobody has imported for a month, and count them."""
    rows = Import.objects.filter(started_at__lt=at - FILES_ARE_KEPT).exclude(file="")
    found = list(rows.exclude(state__in=[Import.State.CHECKING, Import.State.RUNNING]))
    for row in found:
        row.file.delete(save=True)
    return len(found)
