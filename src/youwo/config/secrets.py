"""Secrets for the demo city, made once and kept beside its database."""

from __future__ import annotations

import base64
import os
from pathlib import Path


def development_secret(home: Path, name: str) -> str:
    """Return 32 random bytes in base64, made at the first call and then read from a file."""
    path = home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = base64.b64encode(os.urandom(32)).decode()
        # Created for its owner alone, and never half-written: two processes may start together.
        draft = path.with_name(f"{name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
