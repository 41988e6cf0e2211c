"""Who may do what with a wish."""

from __future__ import annotations

from datetime import date

from youwo.core.sealing import blind
from youwo.needs.models import Delivery, Status, Wish
from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers

# Who deals with wishes in their area.
DEALING = (Role.WORKER, Role.COORDINATOR)
# Who reads them.
READING = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR)


def may_deal(person: Person | None, wish: Wish, on: date) -> bool:
    """Say whether a person deals with the wishes of this community."""
    return powers(person, on).cover(wish.community_id, *DEALING)


def may_read(person: Person | None, wish: Wish, on: date) -> bool:
    """Say whether a person reads the private words of this wish as staff."""
    return powers(person, on).cover(wish.community_id, *READING)


def has_promised(person: Person | None, wish: Wish, on: date) -> bool:
    """Say whether a person made the promise now in force, or acts for the unit that made it."""
    if person is None or wish.claimed_by_id is None:
        return False
    if wish.claimed_for_id is not None:
        return wish.claimed_for_id in mandates(person, on)
    return wish.claimed_by_id == person.pk


def may_call_back(person: Person, wish: Wish, delivery: Delivery, on: date) -> bool:
    """Say whether a person may ask the recipient how it went: staff, but never who did it."""
    did_it = person.pk in (delivery.doer_id, delivery.recorded_by_id)
    return may_deal(person, wish, on) and not did_it


def confirmation_code(wish: Wish) -> str:
    """Return the four digits that the resident alone is shown, and tells when it is done."""
    return f"{int(blind('confirmation', wish.reference), 16) % 10_000:04d}"


def is_open(wish: Wish) -> bool:
    """Say whether a wish is still on its way."""
    return wish.status not in (
        Status.CLOSED,
        Status.HANDED_OVER,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.OUTLIVED,
    )
