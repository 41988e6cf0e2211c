"""Who opens rounds, fills in sheets, reads results, replies, and decides appeals."""

from __future__ import annotations

from datetime import date

from youwo.areas.models import Area
from youwo.evaluation.models import (
    Appeal,
    Evaluated,
    Round,
    Sheet,
    Stack,
    Status,
    Template,
    Viewpoint,
)
from youwo.evaluation.papers import papers_of, who_filled_in
from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers

# Who reads the rounds and results of an area.
READING = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR)


def may_keep_templates(by: Person, area: Area, on: date) -> bool:
    """Say whether somebody writes the sheets that an area uses."""
    return powers(by, on).cover(area.pk, Role.ADMINISTRATOR)


def may_open(by: Person, template: Template, area_code: str, on: date) -> bool:
    """Say whether somebody opens and keeps rounds of an area, as the template says who does."""
    roles = (
        (Role.WORKER, Role.COORDINATOR) if template.opens == Role.WORKER else (Role.COORDINATOR,)
    )
    return powers(by, on).cover(area_code, *roles)


def may_keep(by: Person, round_: Round, on: date) -> bool:
    """Say whether somebody opens, closes, publishes or cancels a round."""
    return may_open(by, round_.template, round_.area_id, on)


def _is_their_own(by: Person, evaluated: Evaluated, on: date) -> bool:
    """Say whether somebody would judge themselves, or a unit that they act for."""
    if evaluated.person_id is not None:
        return evaluated.person_id == by.pk
    return evaluated.organization_id in mandates(by, on)


def holds(by: Person, stack: Stack, on: date) -> bool:
    """Say whether a stack of sheets lies before somebody."""
    if stack.person_id is not None:
        return stack.person_id == by.pk
    if stack.organization_id is not None:
        return stack.organization_id in mandates(by, on)
    return powers(by, on).cover(stack.area_id, stack.role)


def may_judge(by: Person, sheet: Sheet, on: date) -> bool:
    """Say whether somebody fills in a sheet: who it lies before, but nobody judges themselves.

    Only the own view is one's own.
    """
    if sheet.stack is None:
        return False
    own = _is_their_own(by, sheet.evaluated, on)
    if sheet.viewpoint != Viewpoint.SELF and own:
        return False
    return holds(by, sheet.stack, on)


def may_enter_for(by: Person, sheet: Sheet, on: date) -> bool:
    """Say whether somebody enters the own view of a unit or member for them: the community."""
    if sheet.viewpoint != Viewpoint.SELF or _is_their_own(by, sheet.evaluated, on):
        return False
    return powers(by, on).cover(sheet.evaluated.community_id, Role.WORKER)


def is_evaluated(by: Person | None, evaluated: Evaluated, on: date) -> bool:
    """Say whether somebody is the evaluated member, or acts for the evaluated unit."""
    return by is not None and _is_their_own(by, evaluated, on)


def may_read(by: Person, evaluated: Evaluated, on: date) -> bool:
    """Say whether somebody reads a published result.

    The evaluated, the unit's coordinators, the community's workers, those above, and auditors.
    """
    if evaluated.person_id == by.pk or evaluated.organization_id in mandates(by, on):
        return True
    return powers(by, on).cover(evaluated.community_id, *READING)


def may_decide(by: Person, appeal: Appeal, on: date) -> bool:
    """Say whether somebody decides an appeal: a coordinator above, who took no part before."""
    if not powers(by, on).cover(appeal.area_id, Role.COORDINATOR):
        return False
    evaluated = appeal.evaluated
    if _is_their_own(by, evaluated, on) or evaluated.round.published_by_id == by.pk:
        return False
    return by.pk not in who_filled_in(papers_of(evaluated).papers.values())


def is_collecting(round_: Round) -> bool:
    """Say whether sheets of a round can be filled in."""
    return round_.status == Status.OPEN
