"""Read back what `youwo backup` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from youwo.config.backup import restore
from youwo.core.refused import Refused


class Command(BaseCommand):
    help = "Read a backup into an empty installation, with the server and the worker stopped."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="let the backup take the place of what is there, uploads included",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["file"].resolve(), replace=options["replace"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Restored what was there at {manifest.made_at}.")
        self.stdout.write("Run `youwo migrate` before you serve it with a later release.")
