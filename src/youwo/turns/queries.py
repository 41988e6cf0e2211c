"""The queue: what waits for a person in all their roles, by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from youwo.areas.queries import lying_in
from youwo.core.clock import local_day, start_of
from youwo.core.paging import Page, merged
from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers
from youwo.turns.actions import bars
from youwo.turns.models import Turn

# The order of the queue: the clock decides.
QUEUE = ("due_at", "id")
# Nobody reads an exact number beyond this one.
COUNTED = 99


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


def waiting_lists(person: Person, at: datetime) -> list[QuerySet[Turn]]:
    """Return what waits for a person: by role and place, for their units, for themselves.

    No turn is in two of them, and each is read from an index of its own.
    """
    on = local_day(at)
    held, units = powers(person, on), mandates(person, on)
    # Each list names whose it is, so that no spare row is in one.
    waits = Turn.with_spare
    lists = []
    if codes := held.codes(Role.WORKER):
        places = reduce(or_, (lying_in(code, "area_id") for code in codes))
        lists.append(waits.filter(places, role=Role.WORKER))
    own = [
        (role, code)
        for role, code in sorted(held.grants)
        if role in (Role.COORDINATOR, Role.ADMINISTRATOR)
    ]
    if own:
        exactly = reduce(or_, (Q(role=role, area_id=code) for role, code in own))
        lists.append(waits.filter(exactly))
    if units:
        lists.append(waits.filter(organization__in=units))
    lists.append(waits.filter(person=person))
    barred = bars(person.pk, units)
    return [waiting.exclude(barred) for waiting in lists]


def queue(person: Person, at: datetime, *, cursor: str | None = None, size: int = 50) -> Page[Turn]:
    """Return what waits for a person in all their roles, the most urgent first.

    Four queries at most, each from an index, whatever waits.
    """
    return merged(waiting_lists(person, at), by=QUEUE, cursor=cursor, size=size)


def count_due(moments: list[datetime], at: datetime, *, more: bool) -> Count:
    """Sort due moments into late, today and later."""
    day_ends = start_of(local_day(at) + timedelta(days=1))
    late = sum(moment <= at for moment in moments)
    today = sum(at < moment < day_ends for moment in moments)
    return Count(late, today, len(moments) - late - today, more)


def count_queue(person: Person, at: datetime) -> Count:
    """Count what waits for a person, up to a hundred of each sort."""
    moments: list[datetime] = []
    more = False
    for waiting in waiting_lists(person, at):
        due = list(waiting.order_by(*QUEUE).values_list("due_at", flat=True)[: COUNTED + 1])
        more = more or len(due) > COUNTED
        moments.extend(due)
    return count_due(moments, at, more=more)
