"""What the log must not hold."""

from __future__ import annotations

import logging
import re

# Whoever reads a one-time link before it is used can set somebody's password.
_LINK = re.compile(r"(/account/welcome/)[^\s?]+")


class LinksHidden(logging.Filter):
    """Write addresses down without the token of a one-time link."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, its arguments without tokens."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                _LINK.sub(r"\1…", value) if isinstance(value, str) else value
                for value in record.args
            )
        return True
