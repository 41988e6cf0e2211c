"""Closing a hearing: what was said becomes wishes and problems, all at once and each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from youwo.core.acts import acting, attempt
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs.actions.hearings.begun import locked, must_deal, turns_of
from youwo.needs.actions.hearings.cases import Heard, take_down
from youwo.needs.hearings import troubles
from youwo.needs.models import Hearing, HearingLine, Problem
from youwo.people.models import Person
from youwo.turns import actions as turns

What, State = HearingLine.What, HearingLine.State

# For a line that says the same: the number of an earlier line, or a problem that is known.
Same = int | Problem


def close(
    hearing: Hearing, *, same: Mapping[int, Same] | None = None, by: Person, at: datetime
) -> Hearing:
    """Close a hearing: its wishes and problems go their way, from the moment they were typed.

    `same` says of a problem's line, by its number, which earlier line or known problem it is one
    more voice for. A hearing that is closed already stays as it is. Refuses it before the day it is
    held, and lines that lack something. Costs the same for one line and for many.
    """
    try:
        return _close(hearing, same or {}, by=by, at=at)
    except IntegrityError:
        # Two random references met: once in hundreds of thousands. Nothing has been written.
        return _close(hearing, same or {}, by=by, at=at)


@attempt()
def _close(hearing: Hearing, same: Mapping[int, Same], *, by: Person, at: datetime) -> Hearing:
    must_deal(hearing, by, at)
    hearing = locked(hearing)
    if not hearing.is_open:
        return hearing
    if hearing.held_on > local_day(at):
        raise Refused(
            _(
                "This hearing is held on %(day)s and can be closed from then on."
                " If the day is wrong, please correct it first."
            )
            % {"day": date_format(hearing.held_on)}
        )
    lines = list(hearing.lines.select_related("compound").order_by("number"))
    typed = [line for line in lines if line.is_typed]
    _refuse_troubled(typed, same)
    wished = [line for line in typed if line.what == What.WISH]
    reported = [line for line in typed if line.what == What.PROBLEM]
    roots = _roots(reported, same)
    wishes, reports = take_down(
        [_heard(line) for line in wished],
        [(_heard(line), roots[line.number]) for line in reported],
        hearing,
        by=by,
        at=at,
    )
    for line, wish in zip(wished, wishes, strict=True):
        line.wish, line.state = wish, State.TAKEN
    for line, report in zip(reported, reports, strict=True):
        line.report, line.state = report, State.TAKEN
    for line in lines:
        # Who spoke is kept with the case, and there alone.
        if line.is_taken or line.is_dropped:
            line.name = line.phone = ""
        elif line.what == What.NOTE:
            line.phone = ""
    HearingLine.objects.bulk_update(lines, ["state", "wish", "report", "name", "phone"])
    hearing.status, hearing.closed_at = Hearing.Status.CLOSED, at
    hearing.save(update_fields=["status", "closed_at"])
    turns.clear(hearing)
    journal.write(
        "close",
        hearing,
        by=by,
        at=at,
        area_code=hearing.community_id,
        wishes=len(wished),
        problems=len(reported),
    )
    return hearing


def _refuse_troubled(lines: Sequence[HearingLine], same: Mapping[int, Same]) -> None:
    """Refuse to close while a line lacks something, and name the first of them."""
    for line in lines:
        for trouble in troubles(line, joins=line.number in same):
            raise Refused(
                _("Line %(number)s: %(trouble)s") % {"number": line.number, "trouble": trouble}
            )


def _heard(line: HearingLine) -> Heard:
    return Heard(
        said=line.said,
        kind=line.kind,
        name=line.name,
        phone=line.phone,
        building=line.building,
        compound=line.compound,
        at=line.at,
    )


def _roots(lines: Sequence[HearingLine], same: Mapping[int, Same]) -> dict[int, Same]:
    """Return for each line the line that speaks first of its problem, or the known problem."""
    roots: dict[int, Same] = {}
    for line in lines:
        other = same.get(line.number, line.number)
        if isinstance(other, int) and other != line.number:
            if other not in roots:
                raise Refused(
                    _("Line %(number)s: please choose an earlier problem, or none.")
                    % {"number": line.number}
                )
            other = roots[other]
        roots[line.number] = other
    return roots


@acting()
def reopen(hearing: Hearing, *, by: Person, at: datetime) -> Hearing:
    """Open a closed hearing once more, to add what was forgotten. What became a case stays one."""
    must_deal(hearing, by, at)
    hearing = locked(hearing)
    if hearing.is_open:
        return hearing
    hearing.status, hearing.closed_at = Hearing.Status.OPEN, None
    hearing.save(update_fields=["status", "closed_at"])
    turns.put(hearing, turns_of(hearing, since=at))
    journal.write("reopen", hearing, by=by, at=at, area_code=hearing.community_id)
    return hearing
