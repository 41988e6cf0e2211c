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

from django.db.models import Exists, OuterRef, Q, QuerySet

from youwo.areas.queries import lying_in
from youwo.dispatch.models import Status as WhistleStatus
from youwo.dispatch.models import Whistle
from youwo.needs.models import Problem, ProblemStatus, Status, Wish
from youwo.needs.triage import field_of
from youwo.organizations.models import MemberEnrolment, Membership, UnitEnrolment
from youwo.people.models import Person
from youwo.service.models import ItemStatus, Joined, ServiceItem

# So many of each sort are looked at; who wants more goes to the lists.
MOST = 40
SHOWN = 12

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
    units: set[int] = field(default_factory=set)
    unit_communities: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    # The area that is searched for what fits.
    county: str = ""
    # The place that was chosen, for who is not enrolled.
    chosen: str = ""

    @property
    def codes(self) -> set[str]:
        return self.communities | self.unit_communities | ({self.chosen} - {""})


def around(person: Person | None, on: date, chosen: str) -> Around:
    """Return where somebody belongs on a day, from their enrolments. Three statements at most."""
    found = Around(chosen=chosen, county=chosen[:6])
    if person is None:
        return found
    enrolments = MemberEnrolment.objects.holding(on).filter(person=person)
    for row in enrolments.only(
        "community_id", "compound_id", "organization_id", "skills", "service_wishes"
    ):
        found.communities.add(row.community_id)
        if row.compound_id is not None:
            found.compounds.add(row.compound_id)
        found.units.add(row.organization_id)
        found.fields |= {*row.service_wishes, *(_FIELDS.get(code, "") for code in row.skills)}
    memberships = Membership.objects.in_force(on).filter(person=person)
    found.units |= set(memberships.values_list("organization_id", flat=True))
    served = UnitEnrolment.objects.holding(on).filter(organization__in=found.units)
    found.unit_communities = set(served.values_list("community_id", flat=True))
    found.fields.discard("")
    if found.communities:
        # Whoever is enrolled has said where they live.
        found.chosen, found.county = "", min(found.communities)[:6]
    return found


def _somewhere(around_: Around) -> Q:
    here = reduce(
        or_, (lying_in(code, "community_id") for code in sorted(around_.codes)), Q(pk__in=[])
    )
    if around_.fields and around_.county:
        return here | lying_in(around_.county, "community_id")
    return here


def _nearness(around_: Around, compound: str | None, community: str, fits: bool) -> Nearness:
    if compound is not None and compound in around_.compounds:
        return Nearness.COMPOUND
    if community in around_.communities:
        return Nearness.COMMUNITY
    if around_.chosen and community.startswith(around_.chosen):
        return Nearness.COMMUNITY if len(around_.chosen) == 12 else Nearness.ELSEWHERE
    if community in around_.unit_communities:
        return Nearness.UNIT
    return Nearness.SKILLS if fits else Nearness.ELSEWHERE


def _place(row: Any) -> str:
    return f"{row.community.name} · {row.compound.name}" if row.compound else row.community.name


def _near(
    around_: Around,
    sort: Sort,
    rows: Iterable[Any],
    *,
    title: Callable[[Any], str],
    due: Callable[[Any], Any],
    fits: Callable[[Any], bool],
) -> list[Near]:
    return [
        Near(
            sort,
            _nearness(around_, row.compound_id, row.community_id, fits(row)),
            row,
            title(row),
            _place(row),
            due(row),
        )
        for row in rows
    ]


def _wishes(around_: Around, person: Person | None) -> list[Near]:
    rows: QuerySet[Wish] = Wish.objects.filter(_somewhere(around_), status=Status.PUBLISHED)
    if person is not None:
        rows = rows.exclude(voice__person=person)
    rows = rows.select_related("community", "compound").defer("search_terms", "public_terms")
    return _near(
        around_,
        Sort.WISH,
        rows.order_by("-published_at", "-id")[: MOST * 2],
        title=lambda wish: wish.public_title,
        due=lambda wish: None,
        fits=lambda wish: field_of(wish.public_title + wish.public_text) in around_.fields,
    )


def _items(around_: Around, person: Person) -> list[Near]:
    mine = Joined.objects.filter(item=OuterRef("pk"), person=person, left_at__isnull=True)
    rows = ServiceItem.objects.filter(
        _somewhere(around_), status__in=[ItemStatus.AGREED, ItemStatus.STARTED]
    ).annotate(has_joined=Exists(mine))
    rows = rows.select_related("community", "compound", "organization").defer("search_terms")
    return _near(
        around_,
        Sort.ITEM,
        rows.order_by("due_on", "id")[:MOST],
        title=lambda item: item.title,
        due=lambda item: item.due_on,
        fits=lambda item: item.field in around_.fields,
    )


def _whistles(around_: Around) -> list[Near]:
    rows = Whistle.objects.filter(_somewhere(around_), status=WhistleStatus.BLOWN)
    rows = rows.select_related("community", "compound").defer("search_terms", "matter")
    return _near(
        around_,
        Sort.WHISTLE,
        rows.order_by("due_at", "id")[:MOST],
        title=lambda whistle: whistle.title,
        due=lambda whistle: whistle.due_at,
        fits=lambda whistle: whistle.field in around_.fields,
    )


def _problems(around_: Around) -> list[Near]:
    rows = Problem.objects.filter(_somewhere(around_), status=ProblemStatus.OPEN)
    rows = rows.select_related("community", "compound").defer("search_terms", "public_terms")
    return _near(
        around_,
        Sort.PROBLEM,
        rows.order_by("accepted_at", "id")[:MOST],
        title=lambda problem: problem.public_title,
        due=lambda problem: None,
        fits=lambda problem: False,
    )


@dataclass(frozen=True)
class Group:
    """What is equally near."""

    nearness: Nearness
    rows: list[Near]
    more: bool


def near(person: Person | None, on: date, *, chosen: str, sort: Sort | None = None) -> list[Group]:
    """Return what looks for somebody, nearest first. At most seven statements, whatever there is.

    Without an account: what everybody may read anyway.
    """
    around_ = around(person, on, chosen)
    readers: dict[Sort, Callable[[], list[Near]]] = {
        Sort.WISH: lambda: _wishes(around_, person),
        Sort.PROBLEM: lambda: _problems(around_),
    }
    if person is not None:
        readers[Sort.ITEM] = lambda: _items(around_, person)
        readers[Sort.WHISTLE] = lambda: _whistles(around_)
    found = [one for name, read in readers.items() if sort in (None, name) for one in read()]
    groups = []
    for nearness in Nearness:
        rows = [one for one in found if one.nearness is nearness]
        # What merely lies in a larger area is shown to who belongs nowhere yet.
        if not rows or (nearness is Nearness.ELSEWHERE and around_.communities):
            continue
        rows.sort(key=lambda one: one.sort)
        groups.append(Group(nearness, _mixed(rows), len(rows) > SHOWN))
    return groups


def _mixed(rows: list[Near]) -> list[Near]:
    """Take some of each sort, so that many wishes do not hide the one service item."""
    by_sort = {sort: [one for one in rows if one.sort is sort] for sort in Sort}
    taken: list[Near] = []
    while len(taken) < SHOWN and any(by_sort.values()):
        for waiting in by_sort.values():
            if waiting and len(taken) < SHOWN:
                taken.append(waiting.pop(0))
    return sorted(taken, key=lambda one: one.sort)
