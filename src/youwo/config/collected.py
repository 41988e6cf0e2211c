"""Whether the collected static files are those of this release."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

NOTE = ".collected"


def fingerprint() -> str:
    """Return a digest of the names, sizes and times of all static files."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def are_stale() -> bool:
    """Say whether the files must be collected again."""
    note = Path(settings.STATIC_ROOT, NOTE)
    return not note.exists() or note.read_text() != fingerprint()


def note_collected() -> None:
    """Remember that the files of this release have been collected."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    (root / NOTE).write_text(fingerprint())
