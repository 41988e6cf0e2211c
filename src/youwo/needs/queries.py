"""Which wishes, in which order: the board, promises, the staff's list."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from youwo.areas.queries import lying_in
from youwo.core.search import matching
from youwo.needs import rules
from youwo.needs.models import PUBLIC, Delivery, Mover, Status, Suggestion, Wish, WishQuerySet
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
