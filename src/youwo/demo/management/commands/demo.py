"""`youwo demo`: build the demo city, keep it fresh, and say who can sign in."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from youwo.core.refused import Refused
from youwo.demo import city, signins
from youwo.people.models import Person

_SEED = 1408


class Command(BaseCommand):
    help = (
        "Build the demo city of invented people, or bring it up to today (script/demo serves it)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--build-only",
            action="store_true",
            help="what this command does anyway; script/demo serves without it",
        )
        parser.add_argument("--seed", type=int, default=None, help="another city of the same size")
        parser.add_argument("--rebuild", action="store_true", help="throw the old one away first")
        parser.add_argument("--part", type=float, default=1.0, help="build only a part of it")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("Set YOUWO_DEMO=1: the demo has open sign-ins."))
        if options["rebuild"]:
            _throw_away()
        call_command("migrate", verbosity=0, interactive=False)
        try:
            self._build(options["seed"], options["part"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self._say_who_signs_in()

    def _build(self, seed: int | None, part: float) -> None:
        now, found = timezone.now(), city.built()
        if found is not None and seed not in (None, found.seed):
            raise CommandError(
                _("This city was built with the seed %(seed)s. Add --rebuild for another one.")
                % {"seed": found.seed}
            )
        layout = "{desc} {bar} {percentage:3.0f}% {elapsed}"
        with tqdm(total=100, bar_format=layout, desc=_("demo city"), leave=False) as bar:

            def progress(stage: str, done: float) -> None:
                bar.set_description(stage)
                bar.update(min(done * 100, 100 - bar.n))

            if found is None:
                city.build(_SEED if seed is None else seed, now=now, progress=progress, part=part)
            else:
                city.refresh(found, now=now, progress=progress)

    def _say_who_signs_in(self) -> None:
        self.stdout.write(_("The demo city is ready. The people in it are invented."))
        self.stdout.write(
            _("Password of all sign-ins: %(password)s") % {"password": signins.PASSWORD}
        )
        for one in signins.ALL:
            self.stdout.write(f"  {one.username:<10} {one.label}")


def _throw_away() -> None:
    """Empty the demo's database. Only ever called for a demo that this command has built."""
    if connection.introspection.table_names() and _is_foreign():
        raise CommandError(_("This database was not built by the demo, so it is left alone."))
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(name + ending).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")


def _is_foreign() -> bool:
    """Say whether the database holds people without having been built by the demo."""
    tables = connection.introspection.table_names()
    if "people_person" not in tables or "journal_line" not in tables:
        return False
    return city.built() is None and Person.objects.exists()
