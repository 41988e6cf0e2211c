"""Who may do what with a wish or a problem, and when a problem counts as solved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from youwo.core.sealing import blind
from youwo.needs.models import Delivery, Hearing, Problem, Status, Suggestion, Wish
from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers

# Who deals with wishes in their area.
DEALING = (Role.WORKER, Role.COORDINATOR)
# Who reads them.
READING = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR)
# Who answers what people complain about or suggest.
ANSWERING = (Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR)


def may_deal(person: Person | None, case: Wish | Problem | Hearing, on: date) -> bool:
    """Say whether a person deals with the wishes, problems and hearings of this community."""
    return powers(person, on).cover(case.community_id, *DEALING)


def may_read(person: Person | None, case: Wish | Problem | Hearing, on: date) -> bool:
    """Say whether a person reads the private words of this case as staff."""
    return powers(person, on).cover(case.community_id, *READING)


def has_promised(person: Person | None, wish: Wish, on: date) -> bool:
    """Say whether a person made the promise now in force, or acts for the unit that made it."""
    if person is None or wish.claimed_by_id is None:
        return False
    if wish.claimed_for_id is not None:
        return wish.claimed_for_id in mandates(person, on)
    return wish.claimed_by_id == person.pk


def may_reach(person: Person | None, wish: Wish, on: date) -> bool:
    """Say whether a person needs to reach who spoke: they promised, and it is not confirmed yet."""
    in_hand = wish.status in (Status.CLAIMED, Status.DELIVERED)
    return in_hand and has_promised(person, wish, on)


def may_call_back(person: Person, wish: Wish, delivery: Delivery, on: date) -> bool:
    """Say whether a person may ask the recipient how it went: staff, but never who did it.

    Nor who wrote it down, nor who acts for the unit that did it.
    """
    if person.pk in (delivery.doer_id, delivery.recorded_by_id):
        return False
    if delivery.organization_id and delivery.organization_id in mandates(person, on):
        return False
    return may_deal(person, wish, on)


def may_answer(person: Person, suggestion: Suggestion, on: date) -> bool:
    """Say whether a person answers a suggestion; one without a place is the city's to answer."""
    held = powers(person, on)
    if suggestion.community_id is None:
        return any(len(code) <= 4 for code in held.codes(*ANSWERING))
    return held.cover(suggestion.community_id, *ANSWERING)


def confirmation_code(wish: Wish, deliveries: Iterable[Delivery] | None = None) -> str:
    """Return the four digits that the resident alone is shown, and tells when it is done.

    Others, once a deed that was confirmed has been taken back: who helped then knows the old ones.
    `deliveries` are all of the wish, where the caller knows them.
    """
    if deliveries is None:
        # Whoever takes a deed back gives a reason, so most wishes need not be asked about.
        deliveries = wish.deliveries.all() if wish.reason else []
    told = sum(bool(one.confirmed_at and one.revoked_at) for one in deliveries)
    about = f"{wish.reference} {told}" if told else wish.reference
    return f"{int(blind('confirmation', about), 16) % 10_000:04d}"


def is_open(wish: Wish) -> bool:
    """Say whether a wish is still on its way."""
    return wish.status not in (
        Status.CLOSED,
        Status.HANDED_OVER,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.OUTLIVED,
    )


def is_solved(said: Iterable[bool | None]) -> bool | None:
    """Say whether a problem is solved, by what each voice said: no where one of them says no.

    None where nobody has said anything yet.
    """
    answers = set(said) - {None}
    return answers == {True} if answers else None
