"""Templates in force, rounds and results as somebody may see them, sheets before somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Length

from youwo.areas.queries import lying_in
from youwo.areas.rules import codes_above
from youwo.evaluation import rules
from youwo.evaluation.models import (
    LEFT,
    Answer,
    Evaluated,
    Result,
    Round,
    Sheet,
    SheetState,
    Stack,
    Status,
    Subject,
    Template,
    Viewpoint,
)
from youwo.organizations.rules import mandates
from youwo.people.models import Grant, Person, Role
from youwo.people.rules import powers

# The order of rounds: the latest first. Of the evaluated: as they were entered, by place and name.
ROUNDS = ("-planned_at", "-id")
EVALUATED = ("id",)


def _in_any(codes: Collection[str], field: str) -> Q:
    return reduce(or_, (lying_in(code, field) for code in codes), Q(pk__in=[]))


def templates_in_force(area_code: str, *, locked: bool = False) -> dict[str, Template]:
    """Return the sheet for units and the one for members that an area uses: the nearest above."""
    found = Template.objects.filter(area__in=codes_above(area_code), retired_at__isnull=True)
    if locked:
        found = found.select_for_update()
    nearest: dict[str, Template] = {}
    for template in found.order_by("area_id", "version"):
        nearest[template.subject] = template
    return {subject: nearest[subject] for subject in Subject.values if subject in nearest}


def nearest_coordinator(area_code: str, on: date, *, but: Collection[int] = ()) -> str:
    """Return the nearest area, from a place upwards, with a coordinator other than some people.

    The city, where there is none.
    """
    held = coordinators(area_code, on).exclude(person__in=but).values_list("area_id", flat=True)
    return held.first() or codes_above(area_code)[0]


def coordinators(area_code: str, on: date) -> QuerySet[Grant]:
    """Return the grants of coordinators in a place and above it, the nearest first."""
    return (
        Grant.objects.in_force(on)
        .filter(role=Role.COORDINATOR, area__in=codes_above(area_code), person__is_active=True)
        .order_by(Length("area_id").desc(), "pk")
    )


def rounds_seen_by(person: Person, on: date) -> QuerySet[Round]:
    """Return the rounds of somebody's areas: held there, or held above and reaching in."""
    codes = powers(person, on).codes(*rules.READING)
    around = {above for code in codes for above in codes_above(code)}
    return Round.objects.filter(_in_any(codes, "area_id") | Q(area__in=around))


def evaluated_seen_by(person: Person, on: date) -> QuerySet[Evaluated]:
    """Return the evaluated of somebody's areas, of the units they act for, and themselves."""
    codes = powers(person, on).codes(*rules.READING)
    found = Q(person=person) | _in_any(codes, "community_id")
    if units := mandates(person, on):
        found |= Q(organization__in=units)
    return Evaluated.objects.filter(found)


def own(person: Person, on: date) -> QuerySet[Evaluated]:
    """Return the published evaluations of somebody and of the units they act for."""
    found = Q(person=person)
    if units := mandates(person, on):
        found |= Q(organization__in=units, person__isnull=True)
    return Evaluated.objects.filter(found, round__status=Status.PUBLISHED)


def _before(person: Person, on: date) -> Q:
    """Make the condition that a stack of sheets lies before somebody."""
    held = powers(person, on)
    found = Q(person=person)
    if units := mandates(person, on):
        found |= Q(organization__in=units)
    for role in (Role.WORKER, Role.COORDINATOR):
        if codes := held.codes(role):
            found |= Q(role=role) & _in_any(codes, "area_id")
    return found


def evaluated_judged_by(person: Person, on: date) -> QuerySet[Evaluated]:
    """Return the evaluated about whom a sheet lies before somebody while their round is open."""
    stacks = Stack.objects.filter(_before(person, on), round__status=Status.OPEN)
    return Evaluated.objects.filter(
        pk__in=Sheet.objects.filter(stack__in=stacks.values("pk")).values("evaluated")
    )


def sheets_before(person: Person, round_: Round, on: date) -> QuerySet[Sheet]:
    """Return the sheets of a round that somebody fills in: never about themselves, but their own.

    Those that wait stand first.
    """
    stacks = Stack.objects.filter(_before(person, on), round=round_)
    return (
        Sheet.objects.filter(stack__in=stacks.values("pk"))
        .exclude(~Q(viewpoint=Viewpoint.SELF) & _about(person, on))
        .select_related(
            "stack", "evaluated__organization", "evaluated__person", "evaluated__community"
        )
    )


def stacks_left(person: Person, round_: Round, on: date) -> list[tuple[int, str, int]]:
    """Return the stacks of a round in which several sheets wait for somebody.

    As (key of the stack, viewpoint, sheets that wait).
    """
    waiting = sheets_before(person, round_, on).filter(state__in=LEFT).order_by()
    rows = waiting.values_list("stack", "viewpoint").annotate(left=Count("pk"))
    return list(rows.filter(left__gt=1).order_by("stack"))


def left_for(person: Person, stacks: Collection[int], on: date) -> dict[int, tuple[str, int]]:
    """Return, of some stacks, those with sheets about somebody themselves: what is left for them.

    By the key of the stack, its viewpoint and the number of sheets that wait for this person.
    """
    own = ~Q(viewpoint=Viewpoint.SELF) & _about(person, on)
    waiting = Sheet.objects.filter(stack__in=stacks, state__in=LEFT).order_by()
    rows = waiting.values_list("stack", "viewpoint").annotate(
        all=Count("pk"), own=Count("pk", filter=own)
    )
    return {stack: (viewpoint, all_ - theirs) for stack, viewpoint, all_, theirs in rows if theirs}


def _about(person: Person, on: date) -> Q:
    """Make the condition that a sheet is about somebody, or about a unit they act for."""
    themselves = Q(evaluated__person=person)
    if units := mandates(person, on):
        themselves |= Q(evaluated__person__isnull=True, evaluated__organization__in=units)
    return themselves


def kept_answers(sheets: Iterable[int]) -> dict[int, dict[int, int | None]]:
    """Return what has been chosen on some sheets: by sheet, the step of each question."""
    found: dict[int, dict[int, int | None]] = {}
    rows = Answer.objects.filter(sheet__in=list(sheets))
    for sheet, question, step in rows.values_list("sheet_id", "question_id", "step"):
        found.setdefault(sheet, {})[question] = step
    return found


def progress(round_: Round, codes: Collection[str] = ()) -> list[tuple[str, int, int]]:
    """Return how many of a round's sheets are filled in: (viewpoint, filled in, all)."""
    sheets = Sheet.objects.filter(evaluated__round=round_, stack__isnull=False)
    if codes:
        sheets = sheets.filter(_in_any(codes, "evaluated__community_id"))
    counted = {
        name: (done, all_)
        for name, done, all_ in sheets.order_by()
        .values_list("viewpoint")
        .annotate(done=Count("pk", filter=Q(state=SheetState.DONE)), all=Count("pk"))
    }
    return [(name, *counted[name]) for name in Viewpoint.values if name in counted]


def standing_results(evaluated: QuerySet[Evaluated]) -> QuerySet[Result]:
    """Return the newest version of each of some people's results."""
    return (
        Result.objects.filter(evaluated__in=evaluated.order_by().values("pk"))
        .annotate(newest=Max("evaluated__results__version"))
        .filter(version=F("newest"))
    )


def own_past(evaluated: Evaluated) -> QuerySet[Result]:
    """Return the earlier results of the same unit or member in the same community, oldest first.

    Nobody else's, so that nothing can be put into an order of people.
    """
    same = Evaluated.objects.filter(
        person=evaluated.person_id,
        community=evaluated.community_id,
        round__status=Status.PUBLISHED,
        round__ends_on__lt=evaluated.round.ends_on,
    )
    if evaluated.person_id is None:
        same = same.filter(organization=evaluated.organization_id)
    return (
        standing_results(same)
        .select_related("evaluated__round__template")
        .order_by("evaluated__round__ends_on", "id")
    )
