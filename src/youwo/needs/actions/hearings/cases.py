"""Many wishes and reports at once, in as many statements as for one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.needs.actions.problems.moving import due as problem_due
from youwo.needs.actions.problems.received import TITLE, voice_of
from youwo.needs.actions.received import Contact, unsaved
from youwo.needs.models import (
    JOINABLE,
    Channel,
    Hearing,
    Problem,
    ProblemKind,
    ProblemStatus,
    Report,
    Voice,
    Wish,
)
from youwo.needs.problems_waiting import turns_of as problem_turns
from youwo.needs.triage import catalogue
from youwo.needs.waiting import turns_of as wish_turns
from youwo.people.models import Person
from youwo.turns import actions as turns


@dataclass(frozen=True)
class Heard:
    """What somebody said at a hearing, ready to go its way; `at` is when it was typed."""

    said: str
    kind: str
    name: str
    phone: str
    building: str
    compound: Area | None
    at: datetime


def take_down(
    wished: Sequence[Heard],
    reported: Sequence[tuple[Heard, int | Problem]],
    hearing: Hearing,
    *,
    by: Person,
    at: datetime,
) -> tuple[list[Wish], list[Report]]:
    """Take down the wishes and problems of a hearing, in its community and with its consent.

    Problems with the same mark are one, with several voices. The mark is any number, for a problem
    that begins here, or a known problem. Refuses a known one that has ended or was joined with
    another in the meantime.
    """
    wishes = [_wish(one, hearing, by) for one in wished]
    problems = _problems(reported, hearing) if reported else {}
    reports = [_report(one, problems[_mark(mark)], hearing, by) for one, mark in reported]
    voices = [report.voice for report in reports if report.voice]
    Voice.objects.bulk_create([*(wish.voice for wish in wishes), *voices])
    for wish in wishes:
        # Assigned once more, for its key; so below.
        wish.voice = wish.voice
        wish.reference = new_reference("W")
    for report in reports:
        report.voice, report.problem = report.voice, report.problem
    Wish.objects.bulk_create(wishes)
    Report.objects.bulk_create(reports)
    turns.put_many([(wish, wish_turns(wish)) for wish in wishes])
    journal.write_all(
        journal.line(
            "receive", wish, by=by, at=at, area_code=wish.community_id, channel=wish.channel
        )
        for wish in wishes
    )
    journal.write_all(
        journal.line(
            "report",
            report,
            by=by,
            at=at,
            area_code=hearing.community_id,
            problem=report.problem_id,
            channel=report.channel,
        )
        for report in reports
    )
    return wishes, reports


def _mark(mark: int | Problem) -> tuple[str, int]:
    return ("known", mark.pk) if isinstance(mark, Problem) else ("new", mark)


def _problems(
    heard: Sequence[tuple[Heard, int | Problem]], hearing: Hearing
) -> dict[tuple[str, int], Problem]:
    """Begin the new problems and lock the known ones, all with what was said about them."""
    said: dict[tuple[str, int], list[Heard]] = {}
    for one, mark in heard:
        said.setdefault(_mark(mark), []).append(one)
    joined = {("known", mark.pk): mark for _one, mark in heard if isinstance(mark, Problem)}
    _join({problem: said[key] for key, problem in joined.items()}, hearing)
    # Some were chosen before they were taken off the catalogue.
    kinds = catalogue() | _just_added(
        {one.kind for one, mark in heard if isinstance(mark, int)} - {*catalogue()}
    )
    begun = {
        mark: _begun(voices, kinds[voices[0].kind], hearing)
        for mark, voices in said.items()
        if mark[0] == "new"
    }
    Problem.objects.bulk_create(begun.values())
    turns.put_many([(problem, problem_turns(problem)) for problem in begun.values()])
    return begun | joined


def _just_added(codes: set[str]) -> dict[str, ProblemKind]:
    """Return kinds that have come within the last minute, which is rare."""
    return ProblemKind.objects.in_bulk(codes) if codes else {}


def _join(said: Mapping[Problem, Sequence[Heard]], hearing: Hearing) -> None:
    """Have known problems be found by what was said of them now; refuses those that have ended.

    One statement, which locks them: nothing of them need be read. A word that was said before
    stands there twice until the problem's words are written anew.
    """
    if not said:
        return
    here = Problem.objects.filter(
        pk__in=[problem.pk for problem in said],
        community=hearing.community_id,
        status__in=JOINABLE,
    )
    added = Case(
        *(
            When(pk=problem.pk, then=Value(f" {terms(*(one.said for one in voices))}"))
            for problem, voices in said.items()
        ),
        output_field=TextField(),
    )
    if here.update(search_terms=Concat("search_terms", added)) < len(said):
        raise Refused(
            _("One of the problems that you chose has moved on. Please look at your choice again.")
        )


def _begun(voices: Sequence[Heard], kind: ProblemKind, hearing: Hearing) -> Problem:
    first = voices[0]
    building = next((one.building for one in voices if one.building), "")
    title = " ".join(first.said.split())[:TITLE]
    return Problem(
        reference=new_reference("P"),
        kind=kind,
        community=hearing.community,
        compound=next((one.compound for one in voices if one.compound), None),
        building=building,
        title=title,
        search_terms=terms(title, building, *(one.said for one in voices)),
        hearing=hearing,
        received_at=first.at,
        since=first.at,
        due_at=problem_due(ProblemStatus.RECEIVED, kind, hearing.community_id, first.at),
    )


def _wish(one: Heard, hearing: Hearing, by: Person) -> Wish:
    return unsaved(
        one.said,
        kind=one.kind,
        community=hearing.community,
        compound=one.compound,
        contact=Contact(one.phone, one.name, one.building),
        consent=hearing.consent_text,
        consent_given_by=hearing.consent_given_by,
        nonce=uuid.uuid4(),
        by=by,
        at=one.at,
        channel=Channel.HEARING,
    )


def _report(one: Heard, problem: Problem, hearing: Hearing, by: Person) -> Report:
    # The building is where the problem is, which everybody may read; not where somebody lives.
    contact = Contact(one.phone, one.name) if one.name or one.phone else None
    consent, given_by = hearing.consent_text, hearing.consent_given_by
    return Report(
        reference=new_reference("R"),
        nonce=uuid.uuid4(),
        problem=problem,
        voice=voice_of(contact, consent, given_by, None, one.at),
        said=one.said,
        channel=Channel.HEARING,
        recorded_by=by,
        received_at=one.at,
    )
