"""Which whistle an address means, and what this visitor may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import Http404, HttpRequest
from django.utils import timezone

from youwo.core.acts import under_way
from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.dispatch import actions, queries, rules
from youwo.dispatch.actions.moving import Around, around
from youwo.dispatch.models import (
    MOVES,
    Call,
    Extension,
    Objection,
    Span,
    Status,
    Whistle,
)
from youwo.people.models import Role
from youwo.web.access import mandates_of, powers_of, signed_in_person

# What the responsible unit may do, and the move that it is.
_RESPONSIBLE = {
    "hand_on": "ask_over",
    "ask_help": "ask_help",
    "pause": "pause",
    "extend": "extend",
    "resume": "resume",
    "deliver": "deliver",
}


def readable(request: HttpRequest, reference: str) -> Whistle:
    """Return a whistle of the visitor's areas, or to which a unit of theirs was called.

    Within an act it is locked.
    """
    found = queries.readable(signed_in_person(request), local_day(timezone.now()))
    rows = found.filter(reference=parse_reference(reference) or "")
    if under_way():
        whistle = actions.lock_first(rows)
    else:
        whistle = rows.select_related(
            "level", "began", "community__parent", "compound", "problem__kind", "item",
            "whistled_by",
        ).first()  # fmt: skip
    if whistle is None:
        raise Http404
    return whistle if under_way() else actions.as_its_item(whistle, whistle.item)


@dataclass
class Case:
    """A whistle with all that stands around it, each read once, and what the visitor may do."""

    whistle: Whistle
    at: datetime
    stands: Around
    deals: bool
    sees_to: bool
    own: frozenset[int]

    @cached_property
    def may(self) -> set[str]:
        """The verbs that the state allows and this visitor may do."""
        return {*_of_the_called(self), *_of_the_responsible(self), *_of_staff(self)}

    @cached_property
    def calls(self) -> list[Call]:
        """All calls, the responsible unit's first."""
        return sorted(self.stands.calls, key=lambda call: not call.responsible)

    @property
    def objections(self) -> list[Objection]:
        """The objections, decided or not, in their order."""
        return self.stands.objections

    @property
    def spans(self) -> list[Span]:
        """The intervals of its clock, in their order."""
        return self.stands.spans

    @property
    def extensions(self) -> list[Extension]:
        """The wishes for more time, granted or not, in their order."""
        return self.stands.extensions

    @property
    def lead(self) -> Call | None:
        """The call of the responsible unit."""
        return next((call for call in self.calls if call.responsible), None)

    @property
    def may_answer(self) -> bool:
        """Whether the visitor may report for a unit that was called."""
        blown = self.whistle.status == Status.BLOWN
        return blown and bool(self.spoken_for(Call.Status.CALLED, Call.Status.OBJECTED))

    def spoken_for(self, *statuses: str) -> list[Call]:
        """Return the calls in some states for which the visitor may enter what the unit says.

        An earlier one of a unit that takes part by another call is over.
        """
        taking_part = {call.organization_id for call in self.calls if call.takes_part}
        return [
            call
            for call in self.calls
            if call.status in statuses
            and (call.takes_part or call.organization_id not in taking_part)
            and (self.deals or call.organization_id in self.own)
        ]


def case_of(request: HttpRequest, whistle: Whistle) -> Case:
    """Read what stands around a whistle: its calls, and the rest when it is asked for."""
    at = timezone.now()
    held = powers_of(request)
    return Case(
        whistle=whistle,
        at=at,
        stands=around(whistle),
        deals=held.cover(whistle.community_id, *rules.BLOWING),
        sees_to=held.cover(whistle.community_id, Role.COORDINATOR),
        own=mandates_of(request),
    )


def _of_the_called(case: Case) -> set[str]:
    status, called = case.whistle.status, case.spoken_for(Call.Status.CALLED)
    if status == Status.BLOWN:
        found = {"answer"} if case.may_answer else set()
        if called:
            decided = {objection.call_id for objection in case.objections}
            found |= {"object"} if any(call.pk not in decided for call in called) else set()
        return found
    found = set()
    asked = {call.role for call in called}
    if status == Status.ANSWERED and Call.Role.SUCCESSOR in asked:
        found |= {"take_over", "say_no"}
    if status in MOVES["help"] and Call.Role.HELPER in asked:
        found |= {"help", "say_no"}
    if status in MOVES["help"] and case.spoken_for(Call.Status.RELIEVED):
        found.add("help")
    return found


def _of_the_responsible(case: Case) -> set[str]:
    status, lead = case.whistle.status, case.lead
    if lead is None or not (case.deals or lead.organization_id in case.own):
        return set()
    found = {verb for verb, move in _RESPONSIBLE.items() if status in MOVES[move]}
    if "extend" in found and case.stands.open_extensions:
        found.discard("extend")
    return found


def _of_staff(case: Case) -> set[str]:
    status, found = case.whistle.status, set()
    if case.deals:
        found = {verb for verb in ("call", "withdraw") if status in MOVES[verb]}
    if case.sees_to and status == Status.ANSWERED:
        found.add("hand_on")
        if case.whistle.overdue_at is not None:
            found.add("set_time")
    return found


def open_matter(case: Case, request: HttpRequest) -> Objection | Extension | None:
    """Return what waits for a decision by this visitor: an objection first, then more time."""
    person, on = signed_in_person(request), local_day(case.at)
    lead = case.lead
    for objection in case.stands.open_objections:
        unit = [objection.call.organization_id]
        if rules.may_decide(person, objection, unit, on):
            return objection
    for extension in case.stands.open_extensions:
        units = [lead.organization_id] if lead else []
        if rules.may_decide(person, extension, units, on):
            return extension
    return None
