"""`youwo import WHAT [FILE]`: take over tables that others keep."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from youwo.areas import actions as areas
from youwo.areas import tables
from youwo.core.refused import Refused


@dataclass(frozen=True)
class Kind:
    """One thing that can be imported: its sentence of help, its arguments, and what it does."""

    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[BaseCommand, dict[str, Any]], None]


def _area_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="A CSV file with the columns code, name and level; without one, the city's own.",
    )


def _import_areas(command: BaseCommand, options: dict[str, Any]) -> None:
    rows = tables.read(options["file"], city=settings.CITY)
    done = areas.load(rows, timezone.now())
    command.stdout.write(
        f"{done.added} places added, {done.changed} changed, {done.unchanged} as they were."
    )
    if done.missing:
        command.stdout.write(
            f"{len(done.missing)} codes are no longer in the table and still in force: "
            + ", ".join(done.missing[:20])
            + (" …" if len(done.missing) > 20 else "")
        )


KINDS: dict[str, Kind] = {
    "areas": Kind("official area codes and names", _area_arguments, _import_areas),
}


class Command(BaseCommand):
    help = "Take over tables that others keep: " + ", ".join(KINDS) + "."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="WHAT")
        for name, kind in KINDS.items():
            kind.arguments(kinds.add_parser(name, help=kind.help))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            KINDS[options["kind"]].run(self, options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
