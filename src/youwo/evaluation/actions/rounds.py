"""A round from its plan to its close: who is evaluated by whom is derived, never typed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from youwo.almanac.queries import deadline
from youwo.areas.models import Area
from youwo.areas.rules import codes_above
from youwo.core.acts import acting, attempt, hold, once
from youwo.core.clock import local_day
from youwo.core.references import new_reference, new_references
from youwo.core.refused import Refused
from youwo.evaluation import facts, queries, rules
from youwo.evaluation.facts import Enrolled
from youwo.evaluation.models import (
    LEFT,
    MOVES,
    Evaluated,
    Round,
    Sheet,
    SheetState,
    Stack,
    Status,
    Template,
    Viewpoint,
)
from youwo.evaluation.terms import DAY, PUBLISH
from youwo.evaluation.versions import questions_of, weights_of
from youwo.journal import actions as journal
from youwo.people.models import Person, Role
from youwo.turns import actions as turns
from youwo.turns.actions import Wanted

JUDGE, PUBLISHING = "evaluation.judge", "evaluation.publish"
# Of several sheets: they are judged on one page.
JUDGE_MANY = "evaluation.judge_many"
_LONGEST = timedelta(days=366)


def locked(round_: Round, verb: str, by: Person | None, at: datetime) -> Round:
    """Lock a round for one of its moves, and refuse who does not keep it or comes too late.

    The clock (`by` is None) may do what its keepers may.
    """
    row = hold(round_, "template", "area")
    if by is not None and not rules.may_keep(by, row, local_day(at)):
        raise Refused(_("This round is kept by somebody else."))
    if row.status not in MOVES[verb]:
        raise Refused(
            _("This round has moved on in the meantime: it is now “%(status)s”.")
            % {"status": row.get_status_display()}
        )
    return row


def period_words(starts_on: date, ends_on: date) -> str:
    """Return how people call a period (its end exclusive): first half of 2025."""
    last = ends_on - timedelta(days=1)
    whole = starts_on.day == 1 and ends_on.day == 1 and starts_on.year == last.year
    months = (starts_on.month, last.month)
    names = {
        (1, 12): _("%(year)s"),
        (1, 6): _("first half of %(year)s"),
        (7, 12): _("second half of %(year)s"),
        (1, 3): _("first quarter of %(year)s"),
        (4, 6): _("second quarter of %(year)s"),
        (7, 9): _("third quarter of %(year)s"),
        (10, 12): _("fourth quarter of %(year)s"),
    }
    if whole and months in names:
        return names[months] % {"year": starts_on.year}
    return _("%(first)s to %(last)s") % {"first": starts_on.isoformat(), "last": last.isoformat()}


def _title(template: Template, starts_on: date, ends_on: date) -> str:
    # Kept with the round, so in the language of the place, not of whoever planned it.
    with override(settings.LANGUAGE_CODE):
        return _("%(period)s · %(sheet)s") % {
            "period": period_words(starts_on, ends_on),
            "sheet": template.name,
        }


@acting()
def plan(
    template: Template,
    area: Area,
    *,
    starts_on: date,
    ends_on: date,
    opens_at: datetime,
    nonce: uuid.UUID,
    by: Person,
    at: datetime,
) -> Round:
    """Plan a round over everybody who was enrolled in an area in a period (its end exclusive).

    It opens by itself at its moment, at once if that has come. Refuses people who do not open such
    rounds, a sheet that the area does not use, periods that are not over when it opens, and a
    second round over the same days.
    """
    on = local_day(at)
    if sheets_in_use(area.pk).get(template.subject) != template:
        raise Refused(_("This area uses another sheet now. Open the page again, please."))
    if not rules.may_open(by, template, area.pk, on):
        raise Refused(_("Rounds with this sheet are opened by somebody else here."), "template")
    if not starts_on < ends_on <= starts_on + _LONGEST:
        raise Refused(_("A period is at least a day long, and a year at most."), "ends_on")
    if local_day(opens_at) < ends_on:
        raise Refused(_("Judging begins when the period is over."), "opens_at")
    others = Round.objects.filter(
        Q(nonce=nonce)
        | Q(template__code=template.code, area=area, starts_on__lt=ends_on, ends_on__gt=starts_on)
    )
    known = list(others.exclude(~Q(nonce=nonce), status=Status.CANCELLED))
    if again := [one for one in known if one.nonce == nonce]:
        return again[0]
    if known:
        raise Refused(_("There is a round over some of these days already."), "starts_on")
    opens_at = max(opens_at, at)
    round_ = Round(
        reference=new_reference("V"),
        nonce=nonce,
        area=area,
        template=template,
        title=_title(template, starts_on, ends_on),
        starts_on=starts_on,
        ends_on=ends_on,
        opens_at=opens_at,
        closes_at=deadline(opens_at, hours=template.days * DAY, area_code=area.pk).at,
        planned_by=by,
        planned_at=at,
    )
    opens = opens_at <= at
    if opens:
        _open(round_, at)
    round_.save(force_insert=True)
    journal.write("plan_round", round_, by=by, at=at, area_code=area.pk)
    if opens:
        _begin(round_, by=by, at=at)
    return round_


def sheets_in_use(area_code: str) -> dict[str, Template]:
    """Return the sheets that an area uses, by whom they evaluate; read and locked once in an act.

    Locked, because their rows stand for the place's calendar: two people plan in the same minute.
    """
    return once(
        (sheets_in_use, area_code), lambda: queries.templates_in_force(area_code, locked=True)
    )


@dataclass(frozen=True)
class _Evaluator:
    """Before whom a sheet lies."""

    viewpoint: str
    area: str
    role: str = ""
    organization: int | None = None
    person: int | None = None


def _evaluators(one: Enrolled, round_: Round, asked: set[str]) -> Iterator[_Evaluator]:
    """Yield before whom sheets about somebody are laid; viewpoints that nobody holds are left out.

    The leader of a member is the unit they come from, that of a unit the unit above it.
    """
    leader, leads = one.above, one.above_is_acted_for
    if one.person is not None:
        leader, leads = one.unit, one.is_acted_for
    if Viewpoint.SELF in asked:
        if one.person is not None:
            yield _Evaluator(Viewpoint.SELF, one.place, person=one.person)
        elif one.is_acted_for:
            yield _Evaluator(Viewpoint.SELF, one.place, organization=one.unit)
    if Viewpoint.LEADER in asked and leads:
        yield _Evaluator(Viewpoint.LEADER, round_.area_id, organization=leader)
    if Viewpoint.COMMUNITY in asked:
        yield _Evaluator(Viewpoint.COMMUNITY, one.place, role=Role.WORKER)
    if Viewpoint.DEPARTMENT in asked:
        city = codes_above(round_.area_id)[0]
        yield _Evaluator(Viewpoint.DEPARTMENT, one.department or city, role=Role.COORDINATOR)


@acting()
def start(round_: Round, *, by: Person | None, at: datetime) -> Round:
    """Open a round: freeze the facts, and lay a sheet before everybody who has a view.

    Refuses a round in whose area nobody was enrolled. A fixed number of statements, whatever the
    number of people.
    """
    round_ = locked(round_, "open", by, at)
    _open(round_, at)
    round_.save(update_fields=["status", "cut_off", "opens_at", "closes_at"])
    _begin(round_, by=by, at=at)
    return round_


def _open(round_: Round, at: datetime) -> None:
    round_.status = MOVES["open"][round_.status]
    round_.cut_off = round_.opens_at = at
    round_.closes_at = deadline(at, hours=round_.template.days * DAY, area_code=round_.area_id).at


def _begin(round_: Round, *, by: Person | None, at: datetime) -> None:
    """Enter who is evaluated, with what is known of them, and lay out the sheets."""
    found = facts.enrolled(round_, local_day(at))
    if not found:
        raise Refused(_("Nobody was enrolled here in this period, so there is nobody to evaluate."))
    evaluated = _enter(round_, found, facts.sums_of(round_, known_at=at))
    _lay_out(round_, list(zip(evaluated, found, strict=True)))
    journal.write(
        "open_round", round_, by=by, at=at, area_code=round_.area_id, evaluated=len(evaluated)
    )


def _enter(
    round_: Round, found: Sequence[Enrolled], sums: Mapping[facts.Key, dict[str, int]]
) -> list[Evaluated]:
    try:
        with attempt():
            return _entered(round_, found, sums, new_references("K", len(found)))
    except IntegrityError:
        # Among many, some were drawn that are taken.
        return _entered(round_, found, sums, _references(len(found)))


def _entered(
    round_: Round,
    found: Sequence[Enrolled],
    sums: Mapping[facts.Key, dict[str, int]],
    references: Sequence[str],
) -> list[Evaluated]:
    evaluated = [
        Evaluated(
            reference=reference,
            round=round_,
            organization_id=one.unit,
            person_id=one.person,
            community_id=one.place,
        )
        for reference, one in zip(references, found, strict=True)
    ]
    for row in evaluated:
        row.facts = sums.get(facts.key_of(row), {})
    return Evaluated.objects.bulk_create(evaluated, batch_size=1000)


def _references(count: int) -> list[str]:
    """Return references that nobody evaluated has."""
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.update(new_reference("K") for _ in range(count - len(drawn)))
        drawn -= set(
            Evaluated.objects.filter(reference__in=drawn).values_list("reference", flat=True)
        )
    return sorted(drawn)


def _lay_out(round_: Round, evaluated: Sequence[tuple[Evaluated, Enrolled]]) -> None:
    asked = {question.viewpoint for question in questions_of(round_.template_id)}
    asked &= {viewpoint for viewpoint, _weight in weights_of(round_.template_id)}
    by_evaluator: dict[_Evaluator, list[Evaluated]] = defaultdict(list)
    for row, one in evaluated:
        for evaluator in _evaluators(one, round_, asked):
            by_evaluator[evaluator].append(row)
    stacks = [
        Stack(
            round=round_,
            viewpoint=who.viewpoint,
            area_id=who.area,
            role=who.role,
            organization_id=who.organization,
            person_id=who.person,
        )
        for who in by_evaluator
    ]
    Stack.objects.bulk_create(stacks, batch_size=1000)
    Sheet.objects.bulk_create(
        (
            Sheet(stack=stack, viewpoint=stack.viewpoint, evaluated=one)
            for stack, ones in zip(stacks, by_evaluator.values(), strict=True)
            for one in ones
        ),
        batch_size=1000,
    )
    turns.put_many(
        [
            (stack, [turn_of(stack, round_, _left_among(stack, ones))])
            for stack, ones in zip(stacks, by_evaluator.values(), strict=True)
        ]
    )


@dataclass(frozen=True)
class Left:
    """How many sheets of a stack wait, and the member or unit (keys) that all of them are about.

    Who is, or acts for, these has nothing to fill in there. Own views are for nobody else.
    """

    sheets: int
    person: int | None = None
    organization: int | None = None


def _left_among(stack: Stack, ones: Sequence[Evaluated]) -> Left:
    return _left(
        stack, len(ones), {one.person_id for one in ones}, {one.organization_id for one in ones}
    )


def _left(stack: Stack, sheets: int, people: set[int | None], units: set[int | None]) -> Left:
    if stack.viewpoint == Viewpoint.SELF:
        return Left(sheets)
    # A round is about members or about units: of these, no member is known.
    about = units if people <= {None} else people
    alone = next(iter(about)) if len(about) == 1 else None
    return Left(sheets, organization=alone) if about is units else Left(sheets, person=alone)


def left_of(stack: Stack) -> Left:
    """Return what still waits in a stack."""
    found = _with_left(Stack.objects.filter(pk=stack.pk))
    return found[0][1] if found else Left(0)


def sheets_words(viewpoint: str, sheets: int) -> str:
    """Return what a turn says of the sheets that wait."""
    return _("%(viewpoint)s · sheets: %(count)s") % {
        "viewpoint": Viewpoint(viewpoint).label,
        "count": sheets,
    }


def turn_of(stack: Stack, round_: Round, left: Left) -> Wanted:
    """Return the turn of whoever has a stack before them in which some sheets wait.

    Not of those whom all of them are about.
    """
    many = left.sheets > 1
    kind, reference = (JUDGE_MANY, str(stack.pk)) if many else (JUDGE, round_.reference)
    with override(settings.LANGUAGE_CODE):
        detail = sheets_words(stack.viewpoint, left.sheets)
    return Wanted(
        kind=kind,
        reference=reference,
        title=round_.title,
        detail=detail,
        not_persons=() if left.person is None else (left.person,),
        not_organizations=() if left.organization is None else (left.organization,),
        area=stack.area_id,
        role=stack.role,
        organization=stack.organization_id,
        person=stack.person_id,
        since=round_.opens_at,
        due_at=round_.closes_at,
    )


def stacks_left(round_: Round) -> list[tuple[Stack, Left]]:
    """Return the stacks of a round in which a sheet still waits, each with what waits."""
    return _with_left(round_.stacks.all())


def _with_left(stacks: QuerySet[Stack]) -> list[tuple[Stack, Left]]:
    """Return those of some stacks in which a sheet still waits, each with what waits."""
    waits = Q(sheets__state__in=LEFT)
    person, unit = "sheets__evaluated__person", "sheets__evaluated__organization"
    counted = stacks.annotate(
        left=Count("sheets", filter=waits),
        first=Min(person, filter=waits),
        last=Max(person, filter=waits),
        first_unit=Min(unit, filter=waits),
        last_unit=Max(unit, filter=waits),
    )
    return [
        (one, _left(one, one.left, {one.first, one.last}, {one.first_unit, one.last_unit}))
        for one in counted.filter(left__gt=0).order_by("pk")
    ]


@acting()
def extend(round_: Round, *, days: int, reason: str, by: Person, at: datetime) -> Round:
    """Give everybody some more working days, with a reason that stands in the journal."""
    round_ = locked(round_, "extend", by, at)
    if not 1 <= days <= 20:
        raise Refused(_("Give one to twenty more working days."), "days")
    round_.closes_at = deadline(
        max(round_.closes_at, at), hours=days * DAY, area_code=round_.area_id
    ).at
    round_.reminded_at = None
    round_.save(update_fields=["closes_at", "reminded_at"])
    turns.put_many([(stack, [turn_of(stack, round_, left)]) for stack, left in stacks_left(round_)])
    journal.write("extend_round", round_, by=by, at=at, area_code=round_.area_id, reason=reason)
    return round_


@acting()
def close(round_: Round, *, by: Person | None, at: datetime) -> Round:
    """Collect the sheets. What is not filled in by now does not count."""
    round_ = locked(round_, "close", by, at)
    _take_back_sheets(round_)
    round_.status, round_.closed_at = Status.CLOSED, at
    round_.save(update_fields=["status", "closed_at"])
    turns.put(round_, [_publishing(round_, at)])
    journal.write("close_round", round_, by=by, at=at, area_code=round_.area_id)
    return round_


def _publishing(round_: Round, at: datetime) -> Wanted:
    by_worker = round_.template.opens == Role.WORKER and len(round_.area_id) == 12
    place = (
        round_.area_id if by_worker else queries.nearest_coordinator(round_.area_id, local_day(at))
    )
    return Wanted(
        kind=PUBLISHING,
        reference=round_.reference,
        title=round_.title,
        area=place,
        role=Role.WORKER if by_worker else Role.COORDINATOR,
        since=at,
        due_at=deadline(at, hours=PUBLISH, area_code=round_.area_id).at,
    )


def _take_back_sheets(round_: Round) -> None:
    turns.put_many([(stack, []) for stack in Stack.objects.filter(round=round_).only("pk")])
    waiting = Sheet.objects.filter(evaluated__round=round_, state__in=LEFT)
    waiting.update(state=SheetState.MISSED)


@acting()
def cancel(round_: Round, *, reason: str, by: Person | None, at: datetime) -> Round:
    """End a round without a result, with a reason. What was filled in counts nowhere."""
    round_ = locked(round_, "cancel", by, at)
    _take_back_sheets(round_)
    round_.status, round_.reason = Status.CANCELLED, reason
    round_.save(update_fields=["status", "reason"])
    turns.clear(round_)
    journal.write("cancel_round", round_, by=by, at=at, area_code=round_.area_id, reason=reason)
    return round_
