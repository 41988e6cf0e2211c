"""What is known of the evaluated before anybody judges: sums over the ledger, for all at once.

Every sum is of a period, in one community, as known at the round's cut-off; the same query opens
the facts behind it later, and finds the same ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Substr
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from youwo.areas.queries import lying_in
from youwo.core.clock import start_of
from youwo.dispatch.models import Call
from youwo.evaluation.models import Evaluated, Round, Subject
from youwo.evaluation.papers import About
from youwo.evaluation.queries import coordinators
from youwo.evaluation.sums import Asked, Voice
from youwo.ledger.models import Entry, EntryQuerySet, Kind, Participation
from youwo.needs.models import CallBack
from youwo.organizations.models import Mandate, MemberEnrolment, UnitEnrolment
from youwo.service.models import ItemStatus, ServiceItem

# Who is evaluated where: the key of the unit or the person, and the community.
Key = tuple[int, str]
_NOBODY = Value(None, output_field=IntegerField())


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


@dataclass(frozen=True)
class Enrolled:
    """Who was enrolled where: a unit, or a member of it; and who can be asked about them."""

    unit: int
    person: int | None
    place: str
    # The unit above in its own system.
    above: int | None
    is_acted_for: bool
    above_is_acted_for: bool
    # The nearest place with a coordinator; none where nobody holds the office.
    department: str | None


def enrolled(round_: Round, on: date) -> list[Enrolled]:
    """Return who was enrolled in a round's area in its period, and who acts for them on a day.

    In the order of places, then of names, so that nobody's place in a list says anything.
    """
    if round_.template.subject == Subject.UNIT:
        units = UnitEnrolment.objects.order_by(
            "community_id", "organization__name", "organization_id"
        )
        return list(dict.fromkeys(_enrolled(units, round_, on, person=_NOBODY)))
    members = MemberEnrolment.objects.filter(person__anonymised_at__isnull=True).order_by(
        "community_id", "organization__name", "person__name", "person_id", "-starts_on"
    )
    found: dict[tuple[int | None, str], Enrolled] = {}
    for one in _enrolled(members, round_, on, person=F("person_id")):
        found.setdefault((one.person, one.place), one)
    return list(found.values())


def _enrolled(rows: QuerySet[Any], round_: Round, on: date, *, person: Any) -> Iterator[Enrolled]:
    during = Q(ends_on__isnull=True) | Q(ends_on__gt=round_.starts_on)
    acting = Mandate.objects.in_force(on)
    columns: Any = rows.filter(
        during,
        lying_in(round_.area_id, "community_id"),
        starts_on__lt=round_.ends_on,
        voided_at__isnull=True,
    ).annotate(
        who=person,
        acted_for=Exists(acting.filter(organization=OuterRef("organization"))),
        above_acted_for=Exists(acting.filter(organization=OuterRef("organization__parent"))),
        department=Subquery(coordinators(round_.area_id, on).values("area_id")[:1]),
    )
    names = ("organization_id", "who", "community_id", "organization__parent")
    of_others = ("acted_for", "above_acted_for", "department")
    for row in columns.values_list(*names, *of_others):
        yield Enrolled(*row)


def _entries(span: Span) -> EntryQuerySet:
    entries = Entry.objects.filter(lying_in(span.area, "area_id"))
    return entries.between(span.first, span.last).known(span.known_at).standing(span.known_at)


def _add(found: dict[Key, dict[str, int]], key: Key, **amounts: int | None) -> None:
    for name, amount in amounts.items():
        found[key][name] = found[key].get(name, 0) + (amount or 0)


def sums_of_units(span: Span) -> dict[Key, dict[str, int]]:
    """Return what units did, by unit and community. One statement, whatever their number."""
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    rows = _entered(span).union(_worked(span), _closed_items(span), _answered_calls(span), all=True)
    for what, unit, place, first, second in rows:
        names = _AMOUNTS[what]
        _add(found, (unit, place), **dict(zip(names, (first, second), strict=False)))
    return found


# What the two amounts of a row are, by what was summed up.
_AMOUNTS: dict[str, tuple[str, ...]] = {
    Kind.DEED: ("deeds", "served"),
    Kind.ACTIVITY: ("activities", "served"),
    "hands": ("minutes", "people"),
    "items": ("items",),
    "calls": ("whistles", "in_time"),
}


def _summed(
    rows: QuerySet[Any], what: Any, unit: str, place: Any, amounts: tuple[Any, Any]
) -> QuerySet[Any, Any]:
    """Sum up rows by unit and community, such that sums of several tables can be read at once."""
    first, second = amounts
    grouped: Any = rows.order_by().annotate(what=what, unit=F(unit), place=place)
    grouped = grouped.values("what", "unit", "place").annotate(first=first, second=second)
    summed: QuerySet[Any, Any] = grouped.values_list("what", "unit", "place", "first", "second")
    return summed


def _of_units(span: Span) -> EntryQuerySet:
    return _entries(span).filter(organization__isnull=False)


def _entered(span: Span) -> QuerySet[Any, Any]:
    place = Substr("area_id", 1, 12)
    counts = Count("pk"), Sum("served")
    return _summed(_of_units(span), F("kind"), "organization_id", place, counts)


def _worked(span: Span) -> QuerySet[Any, Any]:
    hands = Participation.objects.filter(entry__in=_of_units(span).order_by())
    place = Substr("entry__area_id", 1, 12)
    counts = Sum("minutes"), Count("person", distinct=True)
    return _summed(hands, Value("hands"), "entry__organization_id", place, counts)


def _moments(span: Span) -> tuple[datetime, datetime]:
    """Return from when until when the days last, as far as was known."""
    return start_of(span.first), min(start_of(span.last + timedelta(days=1)), span.known_at)


def _closed_items(span: Span) -> QuerySet[Any, Any]:
    items = ServiceItem.objects.filter(
        lying_in(span.area, "community_id"),
        status=ItemStatus.CLOSED,
        organization__isnull=False,
        closed_at__range=_moments(span),
    )
    counts = Count("pk"), Value(0)
    return _summed(items, Value("items"), "organization_id", F("community_id"), counts)


def _answered_calls(span: Span) -> QuerySet[Any, Any]:
    calls = Call.objects.filter(
        lying_in(span.area, "whistle__community_id"), answered_at__range=_moments(span)
    )
    counts = Count("pk"), Count("pk", filter=Q(answered_at__lte=F("due_at")))
    return _summed(calls, Value("calls"), "organization_id", F("whistle__community_id"), counts)


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


def key_of(evaluated: Evaluated | About) -> Key:
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
    return (
        Asked(
            _("Did they come and do it?"),
            (pgettext("came and did it", "no"), pgettext("came and did it", "yes")),
        ),
        Asked(_("Were they on time?"), (pgettext("on time", "no"), pgettext("on time", "yes"))),
        Asked(
            _("Would you ask them again?"),
            (pgettext("ask again", "no"), pgettext("ask again", "yes")),
        ),
    )


def public_voices(round_: Round, *, known_at: datetime) -> dict[Key, list[Voice]]:
    """Return what residents said about what was done, in call-backs and when a problem was solved.

    They were asked when it was done, and are not asked again. Their own words stay with the
    community: a sentence about one visit tells who said it.
    """
    span = Span.of(round_, known_at=known_at)
    of_unit = round_.template.subject == Subject.UNIT
    rows = _called_back(span, "delivery__organization_id" if of_unit else "delivery__doer_id")
    if of_unit:
        rows = rows.union(_judged(span), all=True)
    came, on_time, again = _asked()
    solved = Asked(
        _("Is it solved?"), (pgettext("is it solved", "no"), pgettext("is it solved", "yes"))
    )
    steps = {CallBack.Again.YES: 1, CallBack.Again.NO: 0}
    found: dict[Key, list[Voice]] = defaultdict(list)
    # Call-backs first, so that their questions stand first in the table.
    for what, who, place, first, second, third in sorted(rows, key=itemgetter(0, 1, 2)):
        if what == _CALLED:
            chosen = {came: int(first), on_time: int(second), again: steps.get(third)}
        else:
            chosen = {solved: int(first)}
        found[who, place].append(Voice(chosen))
    return found


_CALLED, _JUDGED = "called", "judged"


def _called_back(span: Span, who: str) -> QuerySet[Any, Any]:
    rows: Any = _call_backs(span).filter(**{f"{who}__isnull": False}).order_by()
    rows = rows.annotate(
        what=Value(_CALLED), who=F(who), where=F("delivery__wish__community_id")
    ).values_list("what", "who", "where", "came", "on_time", "again")
    said: QuerySet[Any, Any] = rows
    return said


def _judged(span: Span) -> QuerySet[Any, Any]:
    """Read what residents said of problems that a unit's service item has solved."""
    items: Any = ServiceItem.objects.filter(
        lying_in(span.area, "community_id"),
        status=ItemStatus.CLOSED,
        organization__isnull=False,
        problem__reports__satisfied__isnull=False,
        problem__reports__answered_at__range=_moments(span),
    ).order_by()
    satisfied = F("problem__reports__satisfied")
    rows = items.annotate(
        what=Value(_JUDGED),
        who=F("organization_id"),
        where=F("community_id"),
        first=satisfied,
        second=satisfied,
        third=Value(""),
    ).values_list("what", "who", "where", "first", "second", "third")
    said: QuerySet[Any, Any] = rows
    return said
