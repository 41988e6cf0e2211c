"""Which wishes, in which order: the board, the queue, the staff's list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from youwo.areas.queries import lying_in
from youwo.core.clock import local_day, start_of
from youwo.core.paging import Page, merged
from youwo.core.search import matching
from youwo.needs import rules
from youwo.needs.models import PUBLIC, Delivery, Mover, Status, Suggestion, Wish, WishQuerySet
from youwo.organizations.rules import mandates
from youwo.people.models import Person
from youwo.people.rules import powers

# The board's order, and the staff's.
BOARD = ("-published_at", "-id")
RECEIVED = ("-received_at", "-id")
QUEUE = ("due_at", "id")

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


# What a sentence of the queue needs; texts for searching are several times larger.
_QUEUE_COLUMNS = (
    "reference",
    "status",
    "mover",
    "channel",
    "said",
    "public_title",
    "appointment",
    "since",
    "due_at",
    "community__name",
    "claimed_for__name",
    "claimed_for__short_name",
)


@dataclass(frozen=True)
class Count:
    """How much waits for somebody: late, due today, later. `more` if not all are counted."""

    late: int = 0
    today: int = 0
    later: int = 0
    more: bool = False

    @property
    def total(self) -> int:
        return self.late + self.today + self.later


def _did_it(person: Person, on: date) -> Q:
    """Whoever did it, wrote it down or acts for the unit that did it leaves the call-back alone."""
    standing = Delivery.objects.filter(wish=OuterRef("pk"), revoked_at__isnull=True)
    found = Q(claimed_by=person) | Q(Exists(standing.filter(recorded_by=person)))
    units = mandates(person, on)
    return found | Q(claimed_for__in=units) if units else found


def _waiting_for_staff(person: Person, on: date) -> QuerySet[Wish] | None:
    codes = powers(person, on).codes("worker")
    if not codes:
        return None
    waiting = Wish.objects.filter(_any_area(codes), mover=Mover.WORKER)
    return waiting.exclude(Q(status=Status.CONFIRMED), _did_it(person, on))


def _waiting_for_promise(person: Person, on: date) -> QuerySet[Wish]:
    units = mandates(person, on)
    mine = Q(claimed_by=person, claimed_for__isnull=True)
    if units:
        mine |= Q(claimed_for__in=units)
    return Wish.objects.filter(mine, mover=Mover.CLAIMANT)


def queue(person: Person, at: datetime, *, cursor: str | None = None, size: int = 50) -> Page[Wish]:
    """Return what waits for a person in all their roles, the most urgent first.

    Two queries at most, each from an index, whatever waits.
    """
    on = local_day(at)
    lists = (_waiting_for_staff(person, on), _waiting_for_promise(person, on))
    return merged(
        [
            waiting.select_related("community", "claimed_for").only(*_QUEUE_COLUMNS)
            for waiting in lists
            if waiting is not None
        ],
        by=QUEUE,
        cursor=cursor,
        size=size,
    )


def count_due(moments: list[datetime], at: datetime, *, more: bool) -> Count:
    """Sort due moments into late, today and later."""
    day_ends = start_of(local_day(at) + timedelta(days=1))
    late = sum(moment <= at for moment in moments)
    today = sum(at < moment < day_ends for moment in moments)
    return Count(late, today, len(moments) - late - today, more)


def count_queue(person: Person, at: datetime) -> Count:
    """Count what waits for a person, up to a hundred of each sort."""
    on = local_day(at)
    moments: list[datetime] = []
    more = False
    for waiting in (_waiting_for_staff(person, on), _waiting_for_promise(person, on)):
        if waiting is None:
            continue
        due = list(waiting.order_by(*QUEUE).values_list("due_at", flat=True)[: COUNTED + 1])
        more = more or len(due) > COUNTED
        moments.extend(moment for moment in due if moment is not None)
    return count_due(moments, at, more=more)


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
