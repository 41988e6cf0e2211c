"""The ladder as a city sets it: a new version from a day on; earlier whistles keep theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files

from django.conf import settings
from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import queries
from youwo.dispatch.models import Ladder, Level, Office
from youwo.journal import actions as journal
from youwo.people.models import Person, Role
from youwo.people.rules import powers

_ORDER = list(Office.values)
MOST_LEVELS = 6


@dataclass(frozen=True)
class Rung:
    """One level as somebody enters it."""

    code: str
    name: str
    colour: str
    answers: str
    reply_hours: Decimal
    solve_hours: Decimal
    extend_hours: Decimal


@acting()
def set_ladder(
    rungs: Sequence[Rung], *, valid_from: date, basis: str, by: Person, at: datetime
) -> Ladder:
    """Set the levels of whistles from a day on. A day that has begun keeps its levels.

    Refuses others than the city's administrators, and levels that do not climb.
    """
    if not powers(by, local_day(at)).cover(settings.CITY, Role.ADMINISTRATOR):
        raise Refused(_("Only the city's administrators set the levels."))
    if valid_from <= local_day(at):
        raise Refused(_("New levels hold from tomorrow on at the earliest."), "valid_from")
    if Ladder.objects.filter(valid_from=valid_from).exists():
        raise Refused(_("Other levels hold from this day already."), "valid_from")
    if not 1 <= len(rungs) <= MOST_LEVELS:
        raise Refused(_("There are one to %(count)s levels.") % {"count": MOST_LEVELS})
    if len({rung.name for rung in rungs}) < len(rungs):
        raise Refused(_("Two levels have the same name."))
    places = [_ORDER.index(rung.answers) for rung in rungs]
    if places != sorted(places):
        raise Refused(
            _("Each level is answered for by the same office as the one below, or higher.")
        )
    ladder = Ladder.objects.create(
        valid_from=valid_from, basis=basis, recorded_by=by, recorded_at=at
    )
    _add(ladder, rungs)
    journal.write(
        "set", ladder, by=by, at=at, area_code=settings.CITY, valid_from=valid_from.isoformat()
    )
    queries.ladders.forget_after_change()
    return ladder


def _add(ladder: Ladder, rungs: Sequence[Rung]) -> None:
    Level.objects.bulk_create(
        Level(
            ladder=ladder,
            number=number,
            code=rung.code,
            name=rung.name,
            colour=rung.colour,
            answers=rung.answers,
            reply_hours=rung.reply_hours,
            solve_hours=rung.solve_hours,
            extend_hours=rung.extend_hours,
        )
        for number, rung in enumerate(rungs, start=1)
    )


@acting()
def remove_ladder(ladder: Ladder, *, by: Person, at: datetime) -> None:
    """Take back levels that do not hold yet."""
    if not powers(by, local_day(at)).cover(settings.CITY, Role.ADMINISTRATOR):
        raise Refused(_("Only the city's administrators set the levels."))
    if ladder.valid_from <= local_day(at):
        raise Refused(_("These levels hold already; whistles stand on them."))
    journal.write(
        "clear",
        ladder,
        by=by,
        at=at,
        area_code=settings.CITY,
        valid_from=ladder.valid_from.isoformat(),
    )
    ladder.delete()
    queries.ladders.forget_after_change()


@acting()
def load_ladder(*, at: datetime) -> bool:
    """Set the usual levels, to begin with, where there are none; say whether they were."""
    if Ladder.objects.exists():
        return False
    given = json.loads(files("youwo.dispatch").joinpath("data/ladder.json").read_text("utf-8"))
    ladder = Ladder.objects.create(
        valid_from=date.fromisoformat(given["valid_from"]), basis=given["basis"], recorded_at=at
    )
    Level.objects.bulk_create(Level(ladder=ladder, **row) for row in given["levels"])
    queries.ladders.forget_after_change()
    return True
