"""Which wishes and problems, in which order: what everybody sees, promises, the staff's lists."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
)

from youwo.areas.models import within
from youwo.areas.queries import lying_in
from youwo.core.search import matching
from youwo.needs import rules
from youwo.needs.models import (
    GATHERING,
    PUBLIC,
    PUBLIC_PROBLEMS,
    Delivery,
    Merge,
    Mover,
    Problem,
    ProblemQuerySet,
    ProblemStatus,
    Report,
    Status,
    Suggestion,
    Wish,
    WishQuerySet,
)
from youwo.organizations.rules import mandates
from youwo.people.models import Person
from youwo.people.rules import powers

# The board's order, and the staff's.
BOARD = ("-published_at", "-id")
RECEIVED = ("-received_at", "-id")

# What a visitor may choose to see on the board.
VIEWS = {
    "open": [Status.PUBLISHED],
    "promised": [Status.CLAIMED, Status.DELIVERED],
    "done": [Status.CONFIRMED, Status.CLOSED],
}

_FOR_SEARCHING = ("search_terms", "public_terms")

# Beyond this many, a count in the navigation says "99+".
COUNTED = 99


def board(*, view: str = "open", code: str = "", kind: str = "", words: str = "") -> WishQuerySet:
    """Return the public wishes for one view of the board, to be paged in the order `BOARD`."""
    # Public wishes have been published; said once more, it lets an index keep them in order.
    public = Wish.objects.filter(published_at__isnull=False)
    wishes: QuerySet[Wish] = public.filter(status__in=VIEWS.get(view, PUBLIC))
    if code:
        wishes = wishes.filter(lying_in(code, "community_id"))
    if kind:
        wishes = wishes.filter(kind=kind)
    wishes = matching(wishes, words, "public_terms")
    return wishes.select_related("community").defer(*_FOR_SEARCHING)  # type: ignore[return-value]


def latest_public(code: str, limit: int) -> list[Wish]:
    """Return the newest public wishes of an area that are under way or waiting for somebody."""
    return list(board(view="open", code=code).order_by(*BOARD)[:limit])


def points(*, code: str = "", kind: str = "", limit: int = 500) -> QuerySet[Wish]:
    """Return open public wishes that have a point on the map."""
    return board(view="open", code=code, kind=kind).filter(longitude__isnull=False)[:limit]


def _any_area(codes: list[str]) -> Q:
    return reduce(or_, (lying_in(code, "community_id") for code in codes), Q(pk__in=[]))


def readable(person: Person | None, on: date) -> WishQuerySet:
    """Return the wishes whose private side a person reads as staff."""
    return Wish.objects.filter(_any_area(powers(person, on).codes(*rules.READING)))


def staff_list(
    person: Person, on: date, *, status: str = "", code: str = "", kind: str = "", words: str = ""
) -> QuerySet[Wish]:
    """Return the wishes of a person's areas, to be paged in the order `RECEIVED`."""
    wishes: QuerySet[Wish] = readable(person, on)
    if status:
        wishes = wishes.filter(status=status)
    if code:
        wishes = wishes.filter(lying_in(code, "community_id"))
    if kind:
        wishes = wishes.filter(kind=kind)
    return matching(wishes, words).select_related("community", "compound").defer(*_FOR_SEARCHING)


def _waiting_for_promise(person: Person, on: date) -> QuerySet[Wish]:
    units = mandates(person, on)
    mine = Q(claimed_by=person, claimed_for__isnull=True)
    if units:
        mine |= Q(claimed_for__in=units)
    return Wish.objects.filter(mine, mover=Mover.CLAIMANT)


def promised_by(person: Person, on: date) -> QuerySet[Wish]:
    """Return the wishes a person, or a unit they act for, has in hand."""
    return _waiting_for_promise(person, on).select_related("community", "claimed_for")


def done_by(person: Person) -> QuerySet[Delivery]:
    """Return what a person has delivered, newest first, whether confirmed yet or not."""
    return (
        Delivery.objects.filter(doer=person, revoked_at__isnull=True)
        .select_related("wish", "wish__community", "organization")
        .order_by("-occurred_on", "-id")
    )


def said_by(person: Person) -> QuerySet[Wish]:
    """Return a person's own wishes, newest first."""
    return Wish.objects.filter(voice__person=person).select_related("community").order_by(*RECEIVED)


def suggestions(codes: list[str]) -> QuerySet[Suggestion]:
    """Return suggestions from some areas, and those without a place for who holds a whole city."""
    found = _any_area(codes)
    if any(len(code) <= 4 for code in codes):
        found |= Q(community_id__isnull=True)
    return Suggestion.objects.filter(found).select_related("community", "answered_by")


# The order of the public list.
ACCEPTED = ("-accepted_at", "-id")

# What a visitor may choose to see.
PROBLEM_VIEWS = {
    "open": [ProblemStatus.OPEN],
    "in_hand": [ProblemStatus.IN_HAND, ProblemStatus.DONE],
    "solved": [ProblemStatus.CLOSED],
}


def public_problems(
    *, view: str = "", code: str = "", kind: str = "", words: str = ""
) -> ProblemQuerySet:
    """Return the problems that everybody sees, to be paged in the order `ACCEPTED`."""
    # They have been accepted; said once more, it lets an index keep them in order.
    accepted = Problem.objects.filter(accepted_at__isnull=False)
    found: QuerySet[Problem] = accepted.filter(status__in=PROBLEM_VIEWS.get(view, PUBLIC_PROBLEMS))
    return _narrowed(found, code, kind, words, "public_terms")


def problem_points(*, code: str = "") -> ProblemQuerySet:
    """Return public problems that are not closed and have a point, the latest first."""
    found = public_problems(code=code).exclude(status=ProblemStatus.CLOSED)
    return found.filter(longitude__isnull=False).order_by(*ACCEPTED)


def staff_problems(
    person: Person, on: date, *, status: str = "", code: str = "", kind: str = "", words: str = ""
) -> ProblemQuerySet:
    """Return the problems of a person's areas, to be paged in the order `RECEIVED`.

    Without a status, those that were joined with others are left out.
    """
    found: QuerySet[Problem] = readable_problems(person, on)
    found = found.filter(status=status) if status else found.exclude(status=ProblemStatus.MERGED)
    return _narrowed(found, code, kind, words, "search_terms")


def _narrowed(
    found: QuerySet[Problem], code: str, kind: str, words: str, column: str
) -> ProblemQuerySet:
    if code:
        found = found.filter(lying_in(code, "compound_id" if "-" in code else "community_id"))
    if kind:
        found = found.filter(kind__group=kind)
    found = matching(found, words, column).select_related("kind", "community", "compound")
    return found.defer(*_FOR_SEARCHING)  # type: ignore[return-value]


def readable_problems(person: Person | None, on: date) -> ProblemQuerySet:
    """Return the problems whose private side a person reads as staff."""
    return Problem.objects.filter(_any_area(powers(person, on).codes(*rules.READING)))


def open_problems(code: str) -> ProblemQuerySet:
    """Return what nobody has taken on yet in a community or compound, the longest known first."""
    column = "compound_id" if "-" in code else "community_id"
    return (
        Problem.objects.filter(within(code, column), status=ProblemStatus.OPEN)
        .select_related("kind", "community", "compound")
        .defer(*_FOR_SEARCHING)
        .order_by("accepted_at", "id")
    )


def problems_near(community: str, compound: str = "") -> ProblemQuerySet:
    """Return what is open, in hand or done in a compound, or else in its community; newest first.

    For "near me" and a compound's page: public words only.
    """
    place = Q(compound_id=compound) if compound else within(community, "community_id")
    return (
        Problem.objects.public()
        .filter(place)
        .exclude(status=ProblemStatus.CLOSED)
        .select_related("kind", "community", "compound")
        .defer(*_FOR_SEARCHING)
        .order_by(*ACCEPTED)
    )


def reported_by(person: Person) -> QuerySet[Report]:
    """Return a person's own reports, newest first."""
    return (
        Report.objects.filter(voice__person=person)
        .select_related("problem", "problem__kind", "problem__community")
        .order_by("-received_at", "-id")
    )


def word_on(problem: Problem) -> bool | None:
    """Return whether the residents say that a problem is solved: no where one of them says no.

    None where nobody has said anything yet.
    """
    return rules.is_solved(problem.reports.values_list("satisfied", flat=True).distinct())


def behind(problem: Problem) -> QuerySet[Report]:
    """Return the voices behind a problem, in the order in which they spoke.

    Each may have added one picture: `photo` is its key, beside its size.
    """
    return (
        problem.reports.select_related("voice")
        .annotate(
            photo=Min("photos"),
            photo_width=Min("photos__width"),
            photo_height=Min("photos__height"),
        )
        .order_by("received_at", "id")
    )


def standing_merges(problem: Problem) -> QuerySet[Merge]:
    """Return what was joined with a problem and not set apart again, the latest first.

    `voices` says how many of those that came along stand behind it now, `can_undo` whether the two
    can still be set apart.
    """
    stays = Q(reports__problem=F("into"))
    return (
        _standing(Merge.objects.filter(into=problem))
        .select_related("problem", "by")
        .annotate(voices=Count("reports", filter=stays))
        .order_by("-at", "-id")
    )


def merge_of(problem: Problem) -> Merge | None:
    """Return what joined this problem with another, and still stands; with `can_undo` as above."""
    if problem.status != ProblemStatus.MERGED:
        return None
    return _standing(Merge.objects.filter(problem=problem)).first()


def _standing(merges: QuerySet[Merge]) -> QuerySet[Merge]:
    """Narrow merges to those that stand, with `can_undo`: see `actions.problems.undo_merge`."""
    gone = Report.objects.filter(merges=OuterRef("pk")).filter(
        ~Q(problem=OuterRef("into")) | Q(answered_at__gt=OuterRef("at"))
    )
    own = Report.objects.filter(problem=OuterRef("into")).exclude(merges=OuterRef("pk"))
    stays = Q(~Exists(gone), Exists(own), into__status__in=GATHERING, into__since=F("into_since"))
    return merges.filter(undone_at__isnull=True).annotate(
        can_undo=ExpressionWrapper(stays, output_field=BooleanField())
    )
