"""A voice's words about a problem: a new one, or one more about what is known."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import attempt
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.sealing import blind
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.actions.problems.moving import due, fresh
from youwo.needs.actions.received import Contact
from youwo.needs.models import (
    JOINABLE,
    Channel,
    Hearing,
    Problem,
    ProblemKind,
    ProblemMover,
    ProblemStatus,
    Report,
    Voice,
)
from youwo.needs.news import tell_new
from youwo.needs.problems_waiting import turns_of
from youwo.people.models import ConsentText, Person
from youwo.people.rules import powers
from youwo.turns import actions as turns

# How much of what was said names a problem until somebody writes a better title.
TITLE = 28


def report(
    said: str,
    *,
    kind: ProblemKind,
    community: Area,
    contact: Contact | None,
    consent: ConsentText | None,
    consent_given_by: str,
    nonce: uuid.UUID,
    by: Person | None,
    at: datetime,
    channel: str = Channel.OWN,
    compound: Area | None = None,
    building: str = "",
    point: tuple[Decimal, Decimal] | None = None,
    title: str = "",
    problem: Problem | None = None,
    hearing: Hearing | None = None,
) -> Report:
    """Take down what somebody says is wrong. The same nonce with the same words makes no second.

    With `problem` it is one more voice about what is known ("me too"): it joins that problem, or
    what that was merged into; where it has ended, a new one begins. `contact` is None where
    somebody spoke without saying who they are. `building` and `point` (longitude, latitude in
    WGS-84) say where the problem is. Refuses a worker of another community, and a child's words
    without the guardian's consent.
    """
    if by is not None and channel != Channel.OWN and not _may_enter(by, community, at):
        raise Refused(_("You can enter problems of your own community only."), "community")
    if contact and contact.minor and consent_given_by != Voice.Consent.GUARDIAN:
        raise Refused(_("For a child, please ask the guardian to agree."), "consent")
    voice = voice_of(contact, consent, consent_given_by, by if channel == Channel.OWN else None, at)
    words = Report(
        nonce=nonce, said=said, channel=channel, recorded_by=by, received_at=at, voice=voice
    )
    begun = Problem(
        kind=kind,
        community=community,
        compound=compound,
        building=building,
        longitude=point[0] if point else None,
        latitude=point[1] if point else None,
        title=title or " ".join(said.split())[:TITLE],
        hearing=hearing,
        received_at=at,
    )
    try:
        return _write_down(words, begun, joined=problem, by=by, at=at)
    except IntegrityError:
        earlier = Report.objects.select_related("problem", "voice").filter(nonce=nonce).first()
        if earlier is not None and _is_same(earlier, words):
            return earlier
        if earlier is not None:
            words.nonce = uuid.uuid5(nonce, f"{said}\n{contact.phone if contact else ''}")
            second = Report.objects.filter(nonce=words.nonce).first()
            if second is not None:
                return second
        # Otherwise two random references met: once in hundreds of thousands.
        return _write_down(words, begun, joined=problem, by=by, at=at)


def _may_enter(by: Person, community: Area, at: datetime) -> bool:
    return powers(by, local_day(at)).cover(community.pk, *rules.DEALING)


def voice_of(
    contact: Contact | None,
    consent: ConsentText | None,
    consent_given_by: str,
    person: Person | None,
    at: datetime,
) -> Voice | None:
    """Make the row of who spoke, unsaved; None where nobody said who they are."""
    if contact is None:
        return None
    return Voice(
        name=contact.name,
        phone=contact.phone,
        phone_index=blind("phone", contact.phone) if contact.phone else "",
        address=contact.address,
        person=person,
        minor=contact.minor,
        consent_text=consent,
        consent_given_by=consent_given_by,
        consent_at=at,
    )


def _is_same(earlier: Report, words: Report) -> bool:
    """Say whether two tries say the same for the same person."""
    known = earlier.voice.phone_index if earlier.voice else ""
    given = words.voice.phone_index if words.voice else ""
    return earlier.said == words.said and known == given


@attempt()
def _write_down(
    words: Report, begun: Problem, *, joined: Problem | None, by: Person | None, at: datetime
) -> Report:
    problem = _standing(joined) if joined else None
    is_new = problem is None
    if problem is None:
        problem = _begin(begun, words, at)
    if words.voice is not None:
        words.voice.pk = None
        words.voice.save(force_insert=True)
        # Assigned once more, for its key.
        words.voice = words.voice
    words.pk, words.problem, words.reference = None, problem, new_reference("R")
    words.save(force_insert=True)
    if is_new:
        turns.put(problem, turns_of(problem))
        tell_new(problem, at=at)
    else:
        _join(problem, words)
    journal.write(
        "report",
        words,
        by=by,
        at=at,
        area_code=problem.community_id,
        problem=problem.pk,
        channel=words.channel,
    )
    return words


def _begin(begun: Problem, words: Report, at: datetime) -> Problem:
    begun.pk = None
    begun.reference = new_reference("P")
    begun.status, begun.mover, begun.since = ProblemStatus.RECEIVED, ProblemMover.WORKER, at
    begun.due_at = due(begun.status, begun.kind, begun.community_id, at)
    begun.search_terms = terms(begun.title, begun.building, words.said)
    begun.save(force_insert=True)
    return begun


def _standing(problem: Problem) -> Problem | None:
    """Lock the problem a voice joins, or what it was merged into; None where that has ended."""
    row = fresh(problem)
    while row.merged_into is not None:
        row = fresh(row.merged_into)
    return row if row.status in JOINABLE else None


def _join(problem: Problem, words: Report) -> None:
    problem.search_terms = " ".join(
        dict.fromkeys([*problem.search_terms.split(), *terms(words.said).split()])
    )
    problem.save(update_fields=["search_terms"])
    if problem.mover == ProblemMover.RESIDENT:
        turns.put(problem, turns_of(problem))
