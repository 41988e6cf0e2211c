"""What is known of the evaluated before anybody judges: sums over the ledger, for all at once.

Every sum is of a period, in one community, as known at the round's cut-off; the same query opens
the facts behind it later, and finds the same ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from youwo.areas.queries import lying_in
from youwo.core.clock import start_of
from youwo.dispatch.models import Call
from youwo.evaluation.models import Evaluated, Round, Subject
from youwo.evaluation.sums import Asked, Voice
from youwo.ledger.models import Entry, EntryQuerySet, Kind, Participation
from youwo.needs.models import CallBack
from youwo.organizations.models import MemberEnrolment, UnitEnrolment
from youwo.service.models import ItemStatus, ServiceItem

# Who is evaluated where: the key of the unit or the person, and the community.
Key = tuple[int, str]


@dataclass(frozen=True)
class Span:
    """What is looked at: where, the first and the last day, and until when it was known."""

    area: str
    first: date
    last: date
    known_at: datetime

    @classmethod
    def of(cls, round_: Round, *, known_at: datetime) -> Span:
        return cls(round_.area_id, round_.starts_on, round_.ends_on - timedelta(days=1), known_at)


def enrolled(round_: Round) -> list[tuple[int, int | None, str]]:
    """Return who was enrolled in a round's area in its period: (unit, member or None, community).

    In the order of places, then of names, so that nobody's place in a list says anything.
    """
    during = Q(ends_on__isnull=True) | Q(ends_on__gt=round_.starts_on)
    here = lying_in(round_.area_id, "community_id")
    if round_.template.subject == Subject.UNIT:
        units = UnitEnrolment.objects.filter(
            during, here, starts_on__lt=round_.ends_on, voided_at__isnull=True
        )
        rows = units.order_by("community_id", "organization__name", "organization_id")
        pairs = rows.values_list("organization_id", "community_id")
        return [(unit, None, place) for unit, place in dict.fromkeys(pairs)]
    members = MemberEnrolment.objects.filter(
        during,
        here,
        starts_on__lt=round_.ends_on,
        voided_at__isnull=True,
        person__anonymised_at__isnull=True,
    ).order_by("community_id", "organization__name", "person__name", "person_id", "-starts_on")
    found: dict[Key, int] = {}
    for person, unit, place in members.values_list("person_id", "organization_id", "community_id"):
        found.setdefault((person, place), unit)
    return [(unit, person, place) for (person, place), unit in found.items()]


def _entries(span: Span) -> EntryQuerySet:
    entries = Entry.objects.filter(lying_in(span.area, "area_id"))
    return entries.between(span.first, span.last).known(span.known_at).standing(span.known_at)


def _add(found: dict[Key, dict[str, int]], key: Key, **amounts: int | None) -> None:
    for name, amount in amounts.items():
        found[key][name] = found[key].get(name, 0) + (amount or 0)


def sums_of_units(span: Span) -> dict[Key, dict[str, int]]:
    """Return what units did, by unit and community. Four statements, whatever their number."""
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    entries = _entries(span).filter(organization__isnull=False)
    of = ("organization_id", Substr("area_id", 1, 12), "kind")
    counted = entries.order_by().values_list(*of).annotate(Count("pk"), Sum("served"))
    for unit, place, kind, count, served in counted:
        name = "deeds" if kind == Kind.DEED else "activities"
        _add(found, (unit, place), **{name: count, "served": served})
    hands = Participation.objects.filter(entry__in=entries.order_by())
    worked = hands.order_by().values_list(
        F("entry__organization_id"), Substr("entry__area_id", 1, 12)
    )
    for unit, place, minutes, people in worked.annotate(
        Sum("minutes"), Count("person", distinct=True)
    ):
        _add(found, (unit, place), minutes=minutes, people=people)
    for unit, place, items in _closed_items(span):
        _add(found, (unit, place), items=items)
    for unit, place, answered, in_time in _answered_calls(span):
        _add(found, (unit, place), whistles=answered, in_time=in_time)
    return found


def _moments(span: Span) -> tuple[datetime, datetime]:
    """Return from when until when the days last, as far as was known."""
    return start_of(span.first), min(start_of(span.last + timedelta(days=1)), span.known_at)


def _closed_items(span: Span) -> Iterable[tuple[int, str, int]]:
    items = ServiceItem.objects.filter(
        lying_in(span.area, "community_id"),
        status=ItemStatus.CLOSED,
        organization__isnull=False,
        closed_at__range=_moments(span),
    )
    rows = items.order_by().values_list("organization_id", "community_id")
    return list(rows.annotate(items=Count("pk")))


def _answered_calls(span: Span) -> Iterable[tuple[int, str, int, int]]:
    calls = Call.objects.filter(
        lying_in(span.area, "whistle__community_id"), answered_at__range=_moments(span)
    )
    rows = calls.order_by().values_list("organization_id", "whistle__community_id")
    in_time = Count("pk", filter=Q(answered_at__lte=F("due_at")))
    return list(rows.annotate(answered=Count("pk"), in_time=in_time))


def sums_of_members(span: Span) -> dict[Key, dict[str, int]]:
    """Return what members did themselves, by member and community. One statement."""
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    hands = Participation.objects.filter(entry__in=_entries(span).order_by())
    rows = hands.order_by().values_list("person_id", Substr("entry__area_id", 1, 12), "entry__kind")
    for person, place, kind, count, minutes in rows.annotate(Count("pk"), Sum("minutes")):
        name = "deeds" if kind == Kind.DEED else "activities"
        _add(found, (person, place), **{name: count, "minutes": minutes})
    return found


def sums_of(round_: Round, *, known_at: datetime) -> dict[Key, dict[str, int]]:
    """Return the sums of everybody whom a round evaluates, by key."""
    span = Span.of(round_, known_at=known_at)
    if round_.template.subject == Subject.UNIT:
        return sums_of_units(span)
    return sums_of_members(span)


def key_of(evaluated: Evaluated) -> Key:
    """Return by which key the sums know somebody."""
    who = evaluated.person_id if evaluated.person_id is not None else evaluated.organization_id
    return who, evaluated.community_id


def entries_of(evaluated: Evaluated) -> QuerySet[Entry]:
    """Return the entries behind somebody's sums, as they were known at the round's cut-off."""
    round_ = evaluated.round
    if round_.cut_off is None:
        return Entry.objects.none()
    span = Span.of(round_, known_at=round_.cut_off)
    span = Span(evaluated.community_id, span.first, span.last, span.known_at)
    entries: QuerySet[Entry] = _entries(span)
    if evaluated.person_id is not None:
        return entries.filter(participations__person=evaluated.person_id)
    return entries.filter(organization=evaluated.organization_id)


def _call_backs(span: Span) -> QuerySet[CallBack]:
    return CallBack.objects.filter(
        lying_in(span.area, "delivery__wish__community_id"),
        at__lte=span.known_at,
        delivery__occurred_on__range=(span.first, span.last),
    ).filter(Q(delivery__revoked_at__isnull=True) | Q(delivery__revoked_at__gt=span.known_at))


def _asked() -> tuple[Asked, Asked, Asked]:
    no, yes = _("no"), _("yes")
    return (
        Asked(_("Did they come and do it?"), (no, yes)),
        Asked(_("Were they on time?"), (no, yes)),
        Asked(_("Would you ask them again?"), (no, yes)),
    )


def _voices(rows: Iterable[Any]) -> Iterator[tuple[Key, Voice]]:
    came, on_time, again = _asked()
    steps = {CallBack.Again.YES: 1, CallBack.Again.NO: 0}
    for who, place, *said in rows:
        chosen = {came: int(said[0]), on_time: int(said[1]), again: steps.get(said[2])}
        yield (who, place), Voice(chosen)


def public_voices(round_: Round, *, known_at: datetime) -> dict[Key, list[Voice]]:
    """Return what residents said about what was done, in call-backs and when a problem was solved.

    They were asked when it was done, and are not asked again. Their own words stay with the
    community: a sentence about one visit tells who said it.
    """
    span = Span.of(round_, known_at=known_at)
    of_unit = round_.template.subject == Subject.UNIT
    who = "delivery__organization_id" if of_unit else "delivery__doer_id"
    rows = (
        _call_backs(span)
        .filter(**{f"{who}__isnull": False})
        .order_by("at", "pk")
        .values_list(who, "delivery__wish__community_id", "came", "on_time", "again")
    )
    found: dict[Key, list[Voice]] = defaultdict(list)
    for key, voice in _voices(rows):
        found[key].append(voice)
    if of_unit:
        for key, voice in _judgements(span):
            found[key].append(voice)
    return found


def _judgements(span: Span) -> Iterator[tuple[Key, Voice]]:
    """Yield what residents said of problems that a unit's service item has solved."""
    solved = Asked(_("Is it solved?"), (_("no"), _("yes")))
    items = ServiceItem.objects.filter(
        lying_in(span.area, "community_id"),
        status=ItemStatus.CLOSED,
        organization__isnull=False,
        problem__reports__satisfied__isnull=False,
        problem__reports__answered_at__range=_moments(span),
    )
    rows = items.order_by("problem__reports__answered_at", "problem__reports__pk")
    said = rows.values_list("organization_id", "community_id", "problem__reports__satisfied")
    for unit, place, satisfied in said:
        yield (unit, place), Voice({solved: int(bool(satisfied))})
