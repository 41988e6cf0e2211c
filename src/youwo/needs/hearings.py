"""Which hearings, their lines, and what is still missing before one can be closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from youwo.areas.queries import lying_in
from youwo.core.refused import Refused
from youwo.core.search import matching
from youwo.needs import rules
from youwo.needs.models import JOINABLE, Hearing, HearingLine, Problem
from youwo.organizations.models import Organization
from youwo.people import phones
from youwo.people.models import Person, Role
from youwo.people.rules import powers

# The order of the list.
LATEST = ("-held_on", "-id")

What, State = HearingLine.What, HearingLine.State


def readable_hearings(person: Person | None, on: date) -> QuerySet[Hearing]:
    """Return the hearings of the areas that a person works for."""
    found = Q(pk__in=[])
    for code in powers(person, on).codes(*rules.READING):
        found |= lying_in(code, "community_id")
    return Hearing.objects.filter(found)


def hearing_list(
    person: Person,
    on: date,
    *,
    status: str = "",
    code: str = "",
    words: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Any]:
    """Return the hearings of a person's areas with how much was said, in the order `LATEST`.

    Each has `wishes_said`, `problems_said`, `notes_said`: how many lines of each sort stand.
    """
    rows = readable_hearings(person, on)
    if status:
        rows = rows.filter(status=status)
    if code:
        rows = rows.filter(lying_in(code, "community_id"))
    if since:
        rows = rows.filter(held_on__gte=since)
    if until:
        rows = rows.filter(held_on__lte=until)
    rows = matching(rows, words).select_related("community", "organization")
    return rows.annotate(
        wishes_said=_standing(What.WISH),
        problems_said=_standing(What.PROBLEM),
        notes_said=_standing(What.NOTE),
    ).defer("search_terms")


def _standing(what: str) -> Coalesce:
    lines = HearingLine.objects.filter(hearing=OuterRef("pk"), what=what)
    counted = lines.exclude(state=State.DROPPED).order_by().values("hearing")
    return Coalesce(
        Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
    )


def lines_of(hearing: Hearing) -> list[HearingLine]:
    """Return the lines of a hearing in their order, with the cases that they became."""
    rows = hearing.lines.select_related(
        "compound", "wish__voice", "report__voice", "report__problem"
    ).order_by("number")
    return list(rows)


def troubles(line: HearingLine, *, joins: bool = False) -> list[str]:
    """Say what a line lacks before it can become a case, each in a sentence.

    One that `joins` another problem has that one's kind.
    """
    found: list[str] = []
    if line.what == What.NOTE:
        return found
    if len(line.said) < 2:
        found.append(_("Please write a little more."))
    if line.what == What.PROBLEM and not line.kind and not joins:
        found.append(_("Please choose what kind of problem it is."))
    if line.phone:
        try:
            phones.normalise(line.phone)
        except Refused as refused:
            found.append(str(refused))
    return found


@dataclass(frozen=True)
class Summary:
    """What a hearing came to: counted from its lines."""

    wishes: int
    problems: int
    # How many different problems these are, with those that were known before.
    different: int
    notes: int
    dropped: int


def summary(lines: Sequence[HearingLine]) -> Summary:
    """Count what was said, from the lines as `lines_of` returns them."""
    standing = [line for line in lines if not line.is_dropped]

    def count(what: str) -> int:
        return sum(line.what == what for line in standing)

    return Summary(
        count(What.WISH),
        count(What.PROBLEM),
        len({line.report.problem_id for line in standing if line.report}),
        count(What.NOTE),
        len(lines) - len(standing),
    )


_ALIKE = 60
_LOOK_AT = 200


def known_problems(hearing: Hearing) -> list[Problem]:
    """Return the problems of the community that another voice may join, the newest first."""
    rows = Problem.objects.filter(community_id=hearing.community_id, status__in=JOINABLE)
    return list(
        rows.only("reference", "title", "public_title", "kind_id", "building", "compound_id")
        .order_by("-received_at", "-id")[:_LOOK_AT]
    )  # fmt: skip


def alike(
    line: HearingLine, earlier: Sequence[HearingLine], known: Sequence[Problem], *, limit: int = 4
) -> list[HearingLine | Problem]:
    """Return what a problem's line may be one more voice for, the likeliest first."""
    scored: list[tuple[float, HearingLine | Problem]] = [
        (_likeness(line, other.said, other.kind), other) for other in earlier
    ]
    scored += [(_likeness(line, str(other), other.kind_id), other) for other in known]
    near = [pair for pair in scored if pair[0] >= _ALIKE]
    return [other for _score, other in sorted(near, key=lambda pair: -pair[0])[:limit]]


def _likeness(line: HearingLine, words: str, kind: str) -> float:
    """Return how alike two problems sound, from 0 to 100; the same kind counts for much."""
    return (
        fuzz.token_set_ratio(line.said, words, score_cutoff=0) * 0.4
        + fuzz.partial_ratio(line.said, words) * 0.4
        + 30 * (line.kind == kind)
    )


def units_of(code: str) -> QuerySet[Organization]:
    """Return the units that are enrolled in a community, by name."""
    return (
        Organization.objects.filter(
            enrolments__community_id=code, enrolments__ends_on__isnull=True, ends_on__isnull=True
        )
        .order_by("name", "pk")
        .distinct()
    )


def people_near(hearing: Hearing) -> QuerySet[Person]:
    """Return who is likely to be there and has an account: workers here, who acts for the unit."""
    worker = Q(
        grants__area_id=hearing.community_id,
        grants__role=Role.WORKER,
        grants__ends_on__isnull=True,
    )
    speaker = Q(mandates__organization=hearing.organization_id, mandates__ends_on__isnull=True)
    found = worker | speaker if hearing.organization_id else worker
    rows: QuerySet[Person] = Person.objects.filter(found).order_by("name", "pk").distinct()
    return rows
