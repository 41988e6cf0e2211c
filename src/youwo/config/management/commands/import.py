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
from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.dispatch.actions import load_ladder
from youwo.evaluation.actions import load_templates
from youwo.needs.defaults import load_outside_matters, load_problem_kinds
from youwo.organizations import imports
from youwo.people.actions import load_defaults


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


def _no_arguments(parser: ArgumentParser) -> None:
    pass


def _load_evaluation_sheets() -> int:
    """Publish the usual sheets for the city, once it is there."""
    city = Area.objects.filter(pk=settings.CITY).first()
    return load_templates(city, at=timezone.now()) if city is not None else 0


def _import_defaults(command: BaseCommand, options: dict[str, Any]) -> None:
    load_defaults(at=timezone.now())
    added, kinds = load_outside_matters(), load_problem_kinds()
    load_ladder(at=timezone.now())
    sheets = _load_evaluation_sheets()
    command.stdout.write(
        f"Consent texts and skills are there; {added} outside matters, {kinds} kinds of problems"
        f" and {sheets} evaluation sheets added."
        " Please read them: each city has its own."
    )


def _table_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="An Excel file with the columns of the template.")
    parser.add_argument(
        "--area", default=settings.CITY, help="The code of the place that the rows belong to."
    )
    parser.add_argument("--check", action="store_true", help="Only say what the file would do.")


def _import_table(subject: str) -> Callable[[BaseCommand, dict[str, Any]], None]:
    def run(command: BaseCommand, options: dict[str, Any]) -> None:
        area = Area.objects.filter(pk=options["area"]).first()
        if area is None:
            raise CommandError("There is no place with this code: " + options["area"])
        done = imports.take_file(
            options["file"],
            subject,
            area,
            None,
            timezone.now(),
            write=not options["check"],
        )
        for problem in done.problems:
            command.stdout.write(f"row {problem.row}, {problem.column}: {problem.sentence}")
        command.stdout.write(
            f"{done.rows} rows: {done.created} new, {done.changed} changed,"
            f" {done.unchanged} as they were, {done.bad_rows} left out."
        )

    return run


KINDS: dict[str, Kind] = {
    "areas": Kind("official area codes and names", _area_arguments, _import_areas),
    "defaults": Kind(
        "consent texts, skills, the catalogue, evaluation sheets and what lies outside",
        _no_arguments,
        _import_defaults,
    ),
    "units": Kind("units and their enrolments", _table_arguments, _import_table("units")),
    "members": Kind("members and their enrolments", _table_arguments, _import_table("members")),
    "compounds": Kind("compounds and what they have", _table_arguments, _import_table("compounds")),
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
