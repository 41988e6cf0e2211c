"""What is near somebody: in their compound, their community, where their unit serves, what fits.

Nearness comes from enrolment, or from the place a visitor chose; no position is asked for. The
nearest stands first, and within the same nearness what is due first; people are never compared.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from youwo.areas.queries import lying_in
from youwo.core.paging import Page, page
from youwo.core.search import matching
from youwo.dispatch.models import Status as WhistleStatus
from youwo.dispatch.models import Whistle
from youwo.needs.models import Problem, ProblemStatus, Status, Wish
from youwo.needs.triage import field_of
from youwo.organizations.models import MemberEnrolment, Membership, UnitEnrolment
from youwo.people.models import Person
from youwo.service.models import ItemStatus, Joined, ServiceItem

# So many of each sort are looked at and shown in one go; the list of a sort has them all.
MOST = 40
SHOWN = 12
# So many wishes of a county are looked at for what fits: the latest.
_FITTING = 80

# Which field of service a skill is of use in.
_FIELDS = {
    "computers": "learning",
    "repairs": "troubles",
    "appliances": "troubles",
    "carpentry": "troubles",
    "haircut": "visits",
    "tailoring": "visits",
    "cooking": "visits",
    "cleaning": "clean_ups",
    "driving": "visits",
    "medicine": "health",
    "nursing": "health",
    "first_aid": "health",
    "counselling": "health",
    "law": "lectures",
    "mediation": "mediation",
    "policy": "lectures",
    "tutoring": "learning",
    "childcare": "visits",
    "company": "visits",
    "arts": "culture",
    "heritage": "culture",
    "sports": "culture",
}


class Nearness(IntEnum):
    """How near something is; the order in which it is shown."""

    COMPOUND = 0
    COMMUNITY = 1
    UNIT = 2
    SKILLS = 3
    ELSEWHERE = 4


class Sort(IntEnum):
    """What it is."""

    WISH = 0
    ITEM = 1
    WHISTLE = 2
    PROBLEM = 3


@dataclass(frozen=True)
class Near:
    """One thing that looks for somebody."""

    sort: Sort
    nearness: Nearness
    row: Any
    title: str
    place: str
    due: datetime | date | None
    # Of the one try that a press of its button is.
    nonce: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def is_wish(self) -> bool:
        return self.sort is Sort.WISH

    @property
    def is_item(self) -> bool:
        return self.sort is Sort.ITEM

    @property
    def is_whistle(self) -> bool:
        return self.sort is Sort.WHISTLE


@dataclass
class Around:
    """Where somebody belongs, and what they can do."""

    compounds: set[str] = field(default_factory=set)
    communities: set[str] = field(default_factory=set)
    unit_communities: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    # The area that is searched for what fits.
    county: str = ""
    # The place that was chosen, for who is not enrolled.
    chosen: str = ""

    @property
    def codes(self) -> set[str]:
        return self.communities | self.unit_communities | ({self.chosen} - {""})

    @property
    def has_ties(self) -> bool:
        """Whether some things are nearer than others."""
        return bool(self.communities or self.unit_communities)


def around(person: Person | None, on: date, chosen: str) -> Around:
    """Return where somebody belongs on a day, from their enrolments. Two statements at most."""
    found = Around(chosen=chosen, county=chosen[:6])
    if person is None:
        return found
    enrolments = MemberEnrolment.objects.holding(on).filter(person=person)
    units = set()
    for row in enrolments.only(
        "community_id", "compound_id", "organization_id", "skills", "service_wishes"
    ):
        found.communities.add(row.community_id)
        if row.compound_id is not None:
            found.compounds.add(row.compound_id)
        units.add(row.organization_id)
        found.fields |= {*row.service_wishes, *(_FIELDS.get(code, "") for code in row.skills)}
    memberships = Membership.objects.in_force(on).filter(person=person)
    served = UnitEnrolment.objects.holding(on).filter(
        Q(organization__in=units) | Q(organization__in=memberships.values("organization"))
    )
    found.unit_communities = set(served.values_list("community_id", flat=True))
    found.fields.discard("")
    if found.communities:
        # Whoever is enrolled has said where they live.
        found.chosen, found.county = "", min(found.communities)[:6]
    return found


@dataclass(frozen=True)
class Source:
    """How one sort of thing is read: all that is open, what fits, the order, where its words are.

    The keys of the order are never null.
    """

    rows: QuerySet[Any]
    fits: Q
    by: tuple[str, ...]
    narrowed: Callable[[QuerySet[Any], str], QuerySet[Any]]
    title: str
    due: str = ""


_NONE = Q(pk__in=[])


def _in_public_terms(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    return matching(rows, words, "public_terms")


def _in_title(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    # The terms of a whistle hold its matter, too, which not everybody reads.
    for word in words.split():
        rows = rows.filter(title__icontains=word)
    return rows


def _fitting_wishes(around_: Around, open_: QuerySet[Wish]) -> Q:
    """Make the condition of the wishes that fit: what a wish asks for only its words tell."""
    if not (around_.fields and around_.county):
        return _NONE
    rows = open_.filter(lying_in(around_.county, "community_id")).order_by("-published_at", "-id")
    latest = rows.values_list("pk", "public_title", "public_text")[:_FITTING]
    return Q(pk__in=[pk for pk, *said in latest if field_of("".join(said)) in around_.fields])


def _wishes(around_: Around, person: Person | None) -> Source:
    rows: QuerySet[Wish] = Wish.objects.filter(status=Status.PUBLISHED)
    if person is not None:
        rows = rows.exclude(voice__person=person)
    return Source(
        rows.select_related("community", "compound").defer("search_terms", "public_terms"),
        _fitting_wishes(around_, rows),
        ("-published_at", "-id"),
        _in_public_terms,
        "public_title",
    )


def _fits(around_: Around) -> Q:
    return lying_in(around_.county, "community_id") & Q(field__in=around_.fields)


def _items(around_: Around, person: Person | None) -> Source:
    mine = Joined.objects.filter(item=OuterRef("pk"), person=person, left_at__isnull=True)
    rows = ServiceItem.objects.filter(status__in=[ItemStatus.AGREED, ItemStatus.STARTED])
    rows = rows.annotate(has_joined=Exists(mine))
    return Source(
        rows.select_related("community", "compound", "organization").defer("search_terms"),
        _fits(around_),
        ("due_on", "id"),
        matching,
        "title",
        "due_on",
    )


def _whistles(around_: Around, person: Person | None) -> Source:
    rows = Whistle.objects.filter(status=WhistleStatus.BLOWN)
    return Source(
        rows.select_related("community", "compound").defer("search_terms", "matter"),
        _fits(around_),
        ("due_at", "id"),
        _in_title,
        "title",
        "due_at",
    )


def _problems(around_: Around, person: Person | None) -> Source:
    rows = Problem.objects.filter(status=ProblemStatus.OPEN)
    return Source(
        rows.select_related("community", "compound").defer("search_terms", "public_terms"),
        _NONE,
        ("accepted_at", "id"),
        _in_public_terms,
        "public_title",
    )


_READ: dict[Sort, Callable[[Around, Person | None], Source]] = {
    Sort.WISH: _wishes,
    Sort.ITEM: _items,
    Sort.WHISTLE: _whistles,
    Sort.PROBLEM: _problems,
}


def sorts_for(person: Person | None) -> list[Sort]:
    """Return what somebody may read; without an account, what everybody may read anyway."""
    return list(Sort) if person is not None else [Sort.WISH, Sort.PROBLEM]


def _nearness(around_: Around, fits: Q) -> Case:
    here = lying_in(around_.chosen, "community_id") if around_.chosen else _NONE
    chosen = Nearness.COMMUNITY if len(around_.chosen) == 12 else Nearness.ELSEWHERE
    return Case(
        When(compound__in=around_.compounds, then=Value(int(Nearness.COMPOUND))),
        When(community__in=around_.communities, then=Value(int(Nearness.COMMUNITY))),
        When(here, then=Value(int(chosen))),
        When(community__in=around_.unit_communities, then=Value(int(Nearness.UNIT))),
        When(fits, then=Value(int(Nearness.SKILLS))),
        default=Value(int(Nearness.ELSEWHERE)),
        output_field=IntegerField(),
    )


class Looked:
    """What looks for somebody, sort by sort, with or without words that were typed."""

    def __init__(self, person: Person | None, on: date, *, chosen: str, words: str = "") -> None:
        self.around = around(person, on, chosen)
        self.sources = {sort: _READ[sort](self.around, person) for sort in sorts_for(person)}
        somewhere = reduce(
            or_, (lying_in(code, "community_id") for code in sorted(self.around.codes)), _NONE
        )
        self._rows = {
            sort: source.narrowed(source.rows.filter(somewhere | source.fits), words)
            for sort, source in self.sources.items()
        }

    def _by(self, sort: Sort) -> tuple[str, ...]:
        # Where all is equally near, an index gives the order.
        return ("nearness",) * self.around.has_ties + self.sources[sort].by

    def _marked(self, sort: Sort) -> QuerySet[Any]:
        fits = self.sources[sort].fits
        rows: QuerySet[Any] = self._rows[sort].annotate(nearness=_nearness(self.around, fits))
        return rows

    def _near(self, sort: Sort, rows: Iterable[Any]) -> list[Near]:
        source = self.sources[sort]
        return [
            Near(
                sort,
                Nearness(row.nearness),
                row,
                getattr(row, source.title),
                _place(row),
                getattr(row, source.due) if source.due else None,
            )
            for row in rows
        ]

    def groups(self) -> list[Group]:
        """Return the nearest of each sort, by nearness. One statement a sort."""
        found = [
            one
            for sort in self.sources
            for one in self._near(sort, self._marked(sort).order_by(*self._by(sort))[:MOST])
        ]
        by_nearness = [[one for one in found if one.nearness is nearness] for nearness in Nearness]
        return [
            Group(rows[0].nearness, _mixed(rows), len(rows) > SHOWN) for rows in by_nearness if rows
        ]

    def counts(self) -> dict[Sort, int]:
        """Return how many of each sort there are. One statement."""
        parts = [
            rows.order_by()
            .annotate(of=Value(int(sort), output_field=IntegerField()))
            .values("of")
            .annotate(many=Count("pk"))
            .values_list("of", "many")
            for sort, rows in self._rows.items()
        ]
        counted = dict(parts[0].union(*parts[1:], all=True))
        return {sort: counted.get(int(sort), 0) for sort in self.sources}

    def listed(self, sort: Sort, cursor: str | None) -> tuple[Page[Any], list[Near]]:
        """Return a page of all of one sort, nearest first. One statement."""
        found = page(self._marked(sort), by=self._by(sort), cursor=cursor)
        return found, self._near(sort, found)


def _place(row: Any) -> str:
    return f"{row.community.name} · {row.compound.name}" if row.compound else row.community.name


@dataclass(frozen=True)
class Group:
    """What is equally near."""

    nearness: Nearness
    rows: list[Near]
    more: bool


def _mixed(rows: list[Near]) -> list[Near]:
    """Take some of each sort, so that many wishes do not hide the one service item."""
    by_sort = {sort: [one for one in rows if one.sort is sort] for sort in Sort}
    taken: list[Near] = []
    while len(taken) < SHOWN and any(by_sort.values()):
        for waiting in by_sort.values():
            if waiting and len(taken) < SHOWN:
                taken.append(waiting.pop(0))
    return sorted(taken, key=lambda one: one.sort)
