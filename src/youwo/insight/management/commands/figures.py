"""Print the programme's figures for a place and a cut-off day."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime

from youwo.areas import queries as areas
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.insight.asking import asked
from youwo.insight.definitions import DEFINITIONS, as_markdown
from youwo.insight.queries import Child, Cut, Overview, overview


class Command(BaseCommand):
    help = "Print the figures of a place, with their definitions' versions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--area", default=settings.CITY, help="the place's code (the city's)")
        parser.add_argument("--as-of", help="the cut-off day, 2025-04-30 (today)")
        parser.add_argument("--since", help="the first day (1 January of the cut-off day's year)")
        parser.add_argument("--known-at", help="leave out what was recorded after this moment")
        parser.add_argument("--by-child", action="store_true", help="also each place below")
        parser.add_argument("--format", choices=["table", "json"], default="table")
        parser.add_argument(
            "--definitions", action="store_true", help="print the definitions instead (Markdown)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["definitions"]:
            with translation.override("en"):
                self.stdout.write(as_markdown(), ending="")
            return
        now = timezone.now()
        try:
            cut = asked(
                as_of=_day(options["as_of"], "--as-of"),
                since=_day(options["since"], "--since"),
                known_at=_moment(options["known_at"]),
                now=now,
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        area = Area.objects.filter(pk=options["area"]).first()
        if area is None:
            raise CommandError(f"There is no area with the code {options['area']}.")
        below = list(areas.children(area.code, local_day(now))) if options["by_child"] else []
        found = overview(area.code, cut, children=below)
        known_at = timezone.localtime(cut.known_at or now)
        if options["format"] == "json":
            answer = _as_json(area, cut, known_at, found, below=options["by_child"])
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self._table(area, cut, known_at, found)

    def _table(self, area: Area, cut: Cut, known_at: datetime, found: Overview) -> None:
        self.stdout.write(
            f"{area.code} {area.name}, as of {cut.as_of}, since {cut.since},"
            f" known at {known_at:%Y-%m-%d %H:%M}"
        )
        for figure in found.figures:
            self.stdout.write(
                f"{figure.definition.label:<22} {figure.value:>12,}   "
                f"(a year before: {figure.past:,})"
            )
        if found.children:
            self.stdout.write("")
            self.stdout.write(" ".join([f"{'':<14}", *(f"{name:>16}" for name in DEFINITIONS)]))
        for child in found.children:
            code = child.area.code if child.area else "-"
            cells = (f"{child.values[name]:>16,}" for name in DEFINITIONS)
            self.stdout.write(
                " ".join([f"{code:<14}", *cells, child.area.name if child.area else ""])
            )


def _as_json(
    area: Area, cut: Cut, known_at: datetime, found: Overview, *, below: bool
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "area": {"code": area.code, "name": area.name},
        "as_of": cut.as_of.isoformat(),
        "since": cut.since.isoformat(),
        "known_at": known_at.isoformat(),
        "figures": {
            figure.definition.name: {
                "value": figure.value,
                "year_before": figure.past,
                "version": figure.definition.version,
                "title": str(figure.definition.title),
                "unit": str(figure.definition.unit),
                "clock": figure.definition.clock.value,
            }
            for figure in found.figures
        },
    }
    if below:
        answer["children"] = [_child(child) for child in found.children]
    return answer


def _child(child: Child) -> dict[str, Any]:
    place = {"code": child.area.code, "name": child.area.name} if child.area else None
    return {"area": place, "figures": child.values}


def _day(text: str | None, option: str) -> date | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{option} is a day such as 2025-04-30, not {text!r}.")
    return day


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(
            f"--known-at is a moment such as 2025-05-06T12:00 or 2025-05-06T12:00+08:00,"
            f" not {text!r}."
        )
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
