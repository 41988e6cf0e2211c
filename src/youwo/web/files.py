"""Files made on the spot and sent in pieces."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from django.http import FileResponse
from django.utils import timezone

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_answer(name: str, write: Callable[[Any], object]) -> FileResponse:
    """Send an Excel file that `write` fills; it is on disk, not in memory, while it is sent."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it)
    write(file)
    file.seek(0)
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    return FileResponse(
        file, as_attachment=True, filename=f"{name}-{stamp}.xlsx", content_type=_EXCEL
    )
