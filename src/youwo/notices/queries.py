"""What waits in somebody's inbox, what they wish to get how, and which deliveries were given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from youwo.core.recent import Recent
from youwo.notices.models import Channel, Delivery, Habits, Kind, Message, Preference, Robot
from youwo.people.models import Person

# Nobody reads an exact number beyond this one.
MOST_UNREAD = 100


def inbox(person: Person) -> QuerySet[Message]:
    """Return everything that was ever told to a person."""
    return Message.objects.filter(recipient=person)


def unread_count(person: Person) -> int:
    """Return how many messages a person has not opened, at most `MOST_UNREAD`. One statement.

    It costs no more for somebody who never reads: pages show `MOST_UNREAD` as "99+".
    """
    unread = Message.objects.filter(recipient=person, read_at__isnull=True)
    return unread.order_by()[:MOST_UNREAD].count()


def wanted(person: Person) -> dict[tuple[str, str], bool]:
    """Return for each kind and channel whether the person wants it: yes, until they say no."""
    said = {
        (kind, channel): wanted
        for kind, channel, wanted in Preference.objects.filter(person=person).values_list(
            "kind", "channel", "wanted"
        )
    }
    return {
        (kind, channel): said.get((kind, channel), True)
        for kind in Kind.values
        for channel in Channel.values
    }


def given_up() -> QuerySet[Delivery]:
    """Return the deliveries that failed for good, or of which nobody knows whether they left."""
    return Delivery.objects.filter(state=Delivery.State.FAILED).select_related("message")


@dataclass(frozen=True)
class Group:
    """What must be known of a group's robot to decide whether something is posted there."""

    key: int
    area: str
    organization: int | None
    wanted: frozenset[str]
    quiet: bool


@Recent
def groups() -> list[Group]:
    """Return the groups that are posted to; read at most once a minute in each process."""
    rows = Robot.objects.filter(removed_at__isnull=True, paused="").order_by("pk")
    return [
        Group(key, area or "", organization, frozenset(wanted), quiet)
        for key, area, organization, wanted, quiet in rows.values_list(
            "pk", "area_id", "organization", "wanted", "quiet"
        )
    ]


def listening(kind: str, *, codes: Iterable[str], organization: int | None) -> list[Group]:
    """Return the groups of some places and of a unit that want a kind of news."""
    places = frozenset(codes)
    return [
        group
        for group in groups()
        if kind in group.wanted
        and (
            group.area in places
            or (group.organization is not None and group.organization == organization)
        )
    ]


def habits(person: Person) -> Habits:
    """Return when somebody wants to be left alone and to hear about their week.

    Without a choice of theirs it is the defaults, in a row that is not saved.
    """
    return Habits.objects.filter(person=person).first() or Habits(person=person)
