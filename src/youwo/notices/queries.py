"""What waits in somebody's inbox, what they wish to get how, and which deliveries were given up."""

from __future__ import annotations

from django.db.models import QuerySet

from youwo.notices.models import Channel, Delivery, Kind, Message, Preference
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
