"""The `youwo` command: Django's management commands under one name."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command given on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youwo.config.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("YOUWO_DEMO", "1")
    execute_from_command_line(sys.argv)
