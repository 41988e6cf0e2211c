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
from youwo.demo.signins import MEMBER, STAFF, UNIT, first_workers
from youwo.demo.touched import Touched
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import read
from youwo.evaluation import actions, queries, rules, whistles
from youwo.evaluation.actions import Said
from youwo.evaluation.actions.appeals import Change, appeal_until
from youwo.evaluation.models import (
    Appeal,
    AppealStatus,
    Evaluated,
    LookBack,
    Round,
    Sheet,
    Side,
    Status,
    Subject,
    Viewpoint,
)
from youwo.evaluation.sweep import sweep
from youwo.organizations.models import Mandate
from youwo.people.models import Person

# A round is over units that is opened this long after its half-year, and lasts this long.
_OPENED, _LASTS = timedelta(days=6), timedelta(days=20)

# So many of those who are asked to look back do it another day.
_WAITS = 0.15


@dataclass
class Cast:
    """Who plays: by user name, and who acts for each unit."""

    people: dict[str, Person]
    acting: dict[int, Person]
    draw: Random
    words: dict[str, Any]


def _cast(seed: int, *occasion: object) -> Cast:
    names = [one.username for one in (*STAFF, UNIT, MEMBER)]
    people = Person.objects.filter(username__in=names)
    mandates = Mandate.objects.filter(ends_on__isnull=True).select_related("person").order_by("-pk")
    return Cast(
        {person.username or "": person for person in people},
        {mandate.organization_id: mandate.person for mandate in mandates},
        dice(seed, "evaluation", *occasion),
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
    ends = local_day(now).replace(day=1)
    starts = (ends - timedelta(days=62)).replace(day=1)
    _under_way(cast, community, (starts, ends), now=now)


def retell(seed: int, touched: Touched, *, now: datetime) -> None:
    """Go on on a later day: what is over is published and decided, what is next begins."""
    cast, community = _cast(seed, local_day(now)), Area.objects.get(pk=JINSHUI)
    sweep(now)
    rounds = Round.objects.filter(area=community).select_related("template").order_by("pk")
    for round_ in rounds.filter(status=Status.CLOSED):
        if round_ not in touched:
            by = "worker" if round_.template.subject == Subject.MEMBER else "county"
            actions.publish(round_, by=cast.people[by], at=now)
    _decide_appeals(cast, touched, now=now)
    _look_back(cast, touched, now=now)
    of_members = rounds.filter(template__subject=Subject.MEMBER).exclude(status=Status.CANCELLED)
    last, ends = of_members.order_by("ends_on").last(), local_day(now).replace(day=1)
    if last is not None and last.status == Status.PUBLISHED and last.ends_on < ends:
        _under_way(cast, community, (last.ends_on, ends), now=now)
    if not Appeal.objects.filter(status=AppealStatus.OPEN).exists():
        _appeal_again(cast, community, now=now)


def _decide_appeals(cast: Cast, touched: Touched, *, now: datetime) -> None:
    """Decide the appeals whose time is over, by somebody of the area above who may."""
    due = Appeal.objects.filter(status=AppealStatus.OPEN, due_at__lte=now)
    for appeal in due.select_related("evaluated__round").order_by("pk"):
        deciders = [cast.people[name] for name in ("county", "city")]
        able = [one for one in deciders if rules.may_decide(one, appeal, local_day(now))]
        if appeal.evaluated not in touched and able:
            decision = cast.words["decision"]
            actions.reject(appeal, decision=decision, by=able[0], at=now)


def _look_back(cast: Cast, touched: Touched, *, now: datetime) -> None:
    """Let both sides of closed whistles look back; a few of the new ones wait for tomorrow."""
    workers = first_workers()
    waiting = LookBack.objects.filter(at=None, lapsed_at=None).order_by("pk")
    for row in waiting.select_related("whistle", "call"):
        of_unit = row.side == Side.UNIT
        unit, place = row.call.organization_id, row.whistle.community_id
        by = cast.acting.get(unit) if of_unit else workers.get(place)
        waits = row.asked_at >= now and cast.draw.random() < _WAITS
        if by is None or waits or row.whistle in touched:
            continue
        if whistles.may_answer(by, row, local_day(now)):
            steps = [
                cast.draw.choice([1, 2, 2]) for _question in whistles.QUESTIONS[Side(row.side)]
            ]
            whistles.look_back(row, steps=steps, words="", by=by, at=now)


def _appeal_again(cast: Cast, community: Area, *, now: datetime) -> None:
    """Let the tax office or its member appeal against a result, where there is still time."""
    rows = Evaluated.objects.filter(round__area=community, round__status=Status.PUBLISHED)
    unit, member = cast.people[UNIT.username], cast.people[MEMBER.username]
    about = [
        (rows.filter(person=member), member),
        (rows.filter(person=None, organization__name=TAX_OFFICE), unit),
    ]
    for own, by in about:
        for one in own.order_by("-round__published_at", "-pk"):
            result = one.results.order_by("version").last()
            if result is None or result.appeals.exists() or now > appeal_until(one, result):
                continue
            actions.appeal(one, reason=cast.words["later_appeal"], by=by, at=now)
            return


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


def _under_way(cast: Cast, community: Area, days: tuple[date, date], *, now: datetime) -> None:
    """Let members be evaluated over some whole months; some of the sheets are in already."""
    # Within the month that runs, and not so long ago that the round would be over.
    at = max(start_of(days[1]), _morning(now, 6))
    round_ = _planned(cast, community, Subject.MEMBER, days=days, by="worker", at=at)
    waiting = [sheet for sheet in _sheets(round_) if sheet.stack and not sheet.stack.person_id]
    leaders = [sheet for sheet in waiting if sheet.viewpoint == Viewpoint.LEADER]
    others = [sheet for sheet in waiting if sheet.viewpoint == Viewpoint.COMMUNITY]
    for sheet in [*leaders[:12], *others[:6]]:
        own = sheet.evaluated.person_id
        by = _evaluator(cast, sheet)
        if by is not None and by.pk != own and by.username != UNIT.username:
            _fill(cast, sheet, min(at + timedelta(hours=5), now))
