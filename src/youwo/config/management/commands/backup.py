"""Write everything to one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from youwo.config.backup import back_up
from youwo.core.refused import Refused


class Command(BaseCommand):
    help = "Write the database and the uploads to one file, while people go on working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a new file, such as youwo-2025-06-03.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].resolve()
        try:
            manifest = back_up(target, at=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        size = target.stat().st_size / 1e6
        self.stdout.write(f"{len(manifest.parts)} parts, {size:.1f} MB: {target}")
        self.stdout.write(
            "Keep the keys (YOUWO_FIELD_KEYS, YOUWO_BLIND_KEY) in another safe place:"
            " without them nobody can read the phone numbers in this file."
        )
