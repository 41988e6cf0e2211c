"""Evaluations of Jinshui: two published rounds over units, and one over members under way.

Everything goes through the same actions that people use. The earlier round was corrected after an
appeal; against the latest one an appeal waits for its decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings

from youwo.areas.models import Area
from youwo.core.clock import local_day, start_of
from youwo.demo.draws import dice, nonce
from youwo.demo.places import JINSHUI
from youwo.demo.signins import MEMBER, STAFF, UNIT
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import read
from youwo.evaluation import actions, queries
from youwo.evaluation.actions import Said
from youwo.evaluation.actions.appeals import Change
from youwo.evaluation.models import Evaluated, Round, Sheet, Subject, Viewpoint
from youwo.organizations.models import Mandate
from youwo.people.models import Person

# A round is over units that is opened this long after its half-year, and lasts this long.
_OPENED, _LASTS = timedelta(days=6), timedelta(days=20)


@dataclass
class Cast:
    """Who plays: by user name, and who acts for each unit."""

    people: dict[str, Person]
    acting: dict[int, Person]
    draw: Random
    words: dict[str, Any]


def _cast(seed: int) -> Cast:
    names = [one.username for one in (*STAFF, UNIT, MEMBER)]
    people = Person.objects.filter(username__in=names)
    mandates = Mandate.objects.filter(ends_on__isnull=True).select_related("person").order_by("-pk")
    return Cast(
        {person.username or "": person for person in people},
        {mandate.organization_id: mandate.person for mandate in mandates},
        dice(seed, "evaluation"),
        read("evaluation"),
    )


def _halves(before: date) -> Iterator[tuple[date, date]]:
    """Yield whole half-years (ends exclusive), the latest that ended before a day first."""
    ends = date(before.year, 7, 1) if before.month > 6 else date(before.year, 1, 1)
    while True:
        starts = date(ends.year, 1, 1) if ends.month == 7 else date(ends.year - 1, 7, 1)
        yield starts, ends
        ends = starts


def build(seed: int, *, now: datetime) -> None:
    """Play the rounds of Jinshui, as far as the city has the people for them."""
    city = Area.objects.get(pk=settings.CITY)
    # The sheets have been in use as long as the enrolments.
    actions.load_templates(city, at=start_of(date(2024, 1, 2)))
    cast, community = _cast(seed), Area.objects.get(pk=JINSHUI)
    halves = _halves(local_day(now) - timedelta(days=45))
    latest, earlier = next(halves), next(halves)
    _earlier(cast, community, earlier)
    _latest(cast, community, latest, now=now)
    _under_way(cast, community, now=now)


def _planned(
    cast: Cast, community: Area, subject: str, *, days: tuple[date, date], by: str, at: datetime
) -> Round:
    return actions.plan(
        queries.templates_in_force(community.pk)[subject],
        community,
        starts_on=days[0],
        ends_on=days[1],
        opens_at=at,
        nonce=nonce(cast.draw),
        by=cast.people[by],
        at=at,
    )


def _published(
    cast: Cast, community: Area, days: tuple[date, date], at: datetime
) -> tuple[Round, datetime]:
    """Play a round over units: the sheets come in, one is forgotten, the results are published."""
    round_ = _planned(cast, community, Subject.UNIT, days=days, by="county", at=at)
    for number, sheet in enumerate(_sheets(round_)):
        # One unit of each round does not get round to its own view.
        if number != 1:
            _fill(cast, sheet, at + timedelta(days=number % 9, hours=number % 7))
    ended = at + _LASTS
    actions.close(round_, by=cast.people["county"], at=ended)
    done = ended + timedelta(days=2)
    return actions.publish(round_, by=cast.people["county"], at=done), done


def _morning(now: datetime, days_ago: int) -> datetime:
    return start_of(local_day(now) - timedelta(days=days_ago)) + timedelta(hours=9, minutes=10)


def _first_day(days: tuple[date, date]) -> datetime:
    return start_of(days[1]) + _OPENED + timedelta(hours=9)


def _sheets(round_: Round) -> list[Sheet]:
    rows = Sheet.objects.filter(evaluated__round=round_, stack__isnull=False)
    joined = rows.select_related("stack", "evaluated__organization", "evaluated__round")
    return list(joined.order_by("viewpoint", "pk"))


def _evaluator(cast: Cast, sheet: Sheet) -> Person | None:
    stack = sheet.stack
    if stack is None or stack.person_id is not None:
        return None
    if stack.organization_id is not None:
        return cast.acting.get(stack.organization_id)
    return cast.people["worker" if stack.role == "worker" else "county"]


def _fill(cast: Cast, sheet: Sheet, at: datetime) -> None:
    by = _evaluator(cast, sheet)
    if by is None:
        return
    questions = sheet.evaluated.round.template.questions.filter(viewpoint=sheet.viewpoint)
    steps: dict[int, int | None] = {}
    for question in questions.order_by("number"):
        best = len(question.steps) - 1
        steps[question.pk] = best if cast.draw.random() < 0.6 else max(best - 1, 0)
    of_tax_office = sheet.evaluated.organization.name == TAX_OFFICE
    if of_tax_office and sheet.viewpoint == Viewpoint.COMMUNITY:
        # What the appeals are about: the first and the third question.
        first, _second, third, *_rest = steps
        steps[first] = steps[third] = 1
    words = cast.words.get(sheet.viewpoint, [""])
    said = Said(steps, cast.draw.choice(words) if cast.draw.random() < 0.7 else "")
    actions.fill_in(sheet, said=said, by=by, at=at)


def _tax_office(round_: Round) -> Evaluated:
    rows = Evaluated.objects.select_related("round__template", "organization")
    return rows.get(round=round_, organization__name=TAX_OFFICE)


def _earlier(cast: Cast, community: Area, days: tuple[date, date]) -> None:
    round_, at = _published(cast, community, days, _first_day(days))
    one, unit = _tax_office(round_), cast.people[UNIT.username]
    appeal = actions.appeal(
        one, reason=cast.words["earlier_appeal"], by=unit, at=at + timedelta(days=3)
    )
    sheet = one.sheets.get(viewpoint=Viewpoint.COMMUNITY)
    third = list(sheet.answers.order_by("question__number"))[2]
    actions.uphold(
        appeal,
        decision=cast.words["earlier_decision"],
        changes=[Change(sheet.pk, {third.question_id: 2})],
        by=cast.people["city"],
        at=at + timedelta(days=9),
    )


def _latest(cast: Cast, community: Area, days: tuple[date, date], *, now: datetime) -> None:
    # Not longer ago than an appeal takes.
    opened = max(_first_day(days), _morning(now, 38))
    round_, _at = _published(cast, community, days, opened)
    one, unit = _tax_office(round_), cast.people[UNIT.username]
    soon = _morning(now, 3)
    actions.reply(one, words=cast.words["reply"], nonce=nonce(cast.draw), by=unit, at=soon)
    actions.appeal(one, reason=cast.words["appeal"], by=unit, at=soon + timedelta(hours=2))


def _under_way(cast: Cast, community: Area, *, now: datetime) -> None:
    """Let members be evaluated over the last whole months; some of the sheets are in already."""
    ends = local_day(now).replace(day=1)
    starts = (ends - timedelta(days=62)).replace(day=1)
    # Within the month that runs, and not so long ago that the round would be over.
    at = max(start_of(ends), _morning(now, 6))
    round_ = _planned(cast, community, Subject.MEMBER, days=(starts, ends), by="worker", at=at)
    waiting = [sheet for sheet in _sheets(round_) if sheet.stack and not sheet.stack.person_id]
    leaders = [sheet for sheet in waiting if sheet.viewpoint == Viewpoint.LEADER]
    others = [sheet for sheet in waiting if sheet.viewpoint == Viewpoint.COMMUNITY]
    for sheet in [*leaders[:12], *others[:6]]:
        own = sheet.evaluated.person_id
        by = _evaluator(cast, sheet)
        if by is not None and by.pk != own and by.username != UNIT.username:
            _fill(cast, sheet, min(at + timedelta(hours=5), now))
