"""What all changes of a whistle share: the lock, the move, the clock's intervals, turns, words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from youwo.core.acts import hold, hold_first, hold_found, once
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import rules
from youwo.dispatch.asked import Asked, read_calls
from youwo.dispatch.clock import counted, ended, until
from youwo.dispatch.models import (
    MOVES,
    Call,
    Extension,
    Objection,
    Office,
    Span,
    Status,
    Whistle,
)
from youwo.dispatch.offices import Offices, deciding, offices
from youwo.dispatch.queries import level_of, rungs_of
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations.telling import Word, tell_units
from youwo.people.models import Person, Role
from youwo.service.models import ServiceItem
from youwo.turns import actions as turns
from youwo.turns.actions import Wanted

MINUTES = 60
_ASKED = {
    Call.Role.RECEIVER: "whistle.answer",
    Call.Role.SUCCESSOR: "whistle.take_over",
    Call.Role.HELPER: "whistle.help",
}
RUNNING = (Status.ANSWERED, Status.PAUSED)
LIVE = (Call.Status.CALLED, Call.Status.OBJECTED, Call.Status.ANSWERED, Call.Status.HELPING)


def lock(whistle: Whistle) -> Whistle:
    """Lock a whistle in whatever state, and read it as it is now."""
    return hold(whistle, "level", "community", "compound", "whistled_by", "problem")


# What a whistle never leaves.
_PLACE = ("began", "community__parent", "compound", "problem__kind", "whistled_by")


def lock_first(whistles: QuerySet[Whistle]) -> Whistle | None:
    """Lock the first of some whistles, and read it with what it never leaves. One statement."""
    whistle = hold_first(whistles.select_related(*_PLACE))
    return None if whistle is None else _on_its_level(whistle)


def lock_found(whistles: QuerySet[Whistle]) -> list[Whistle]:
    """Lock some whistles, and read them with what they never leave. One statement."""
    return [_on_its_level(one) for one in hold_found(whistles.select_related(*_PLACE))]


def _on_its_level(whistle: Whistle) -> Whistle:
    if (level := level_of(whistle.level_id)) is not None:
        whistle.level = level
    return whistle


def locked(whistle: Whistle, verb: str, *, taken: str = "") -> Whistle:
    """Lock a whistle, because several units often act on the same one in the same minute.

    All that belongs to it changes under this lock. `taken` is what to say where a unit has
    answered it already.
    """
    row = lock(whistle)
    if taken and row.status in (Status.ANSWERED, Status.PAUSED):
        raise Refused(taken)
    if row.status not in MOVES[verb]:
        raise Refused(
            _("This whistle has moved on in the meantime: it is now “%(status)s”.")
            % {"status": row.get_status_display()}
        )
    return row


def must_deal(whistle: Whistle, by: Person, at: datetime) -> None:
    """Refuse people who do not act for the community that whistled."""
    if not rules.may_deal(by, whistle, local_day(at)):
        raise Refused(_("Only the community that whistled can do this."))


def must_speak_for(call: Call, whistle: Whistle, by: Person, at: datetime) -> None:
    """Refuse people who neither act for the unit nor write down what it told the community."""
    if not rules.may_speak_for(by, call, whistle, local_day(at)):
        raise Refused(_("Only who acts for the unit, or the community, can enter this."))


def reply_due(whistle: Whistle, at: datetime) -> datetime:
    """Return until when a unit called at this moment has time to answer."""
    hours = float(whistle.level.reply_hours)
    return until(at, minutes=round(hours * MINUTES), area_code=whistle.community_id).at


def solve_due(whistle: Whistle, at: datetime) -> datetime:
    """Return when the time to solve it is over, by what the clock has counted so far."""
    left = (whistle.solve_minutes or 0) - solve_spent(whistle, at)
    return until(at, minutes=left, area_code=whistle.community_id).at


def solve_spent(whistle: Whistle, at: datetime) -> int:
    """Return the working minutes counted since it was answered, without pauses."""
    spans = around(whistle).spans
    return counted(spans, at, stage=Span.Stage.SOLVE, area_code=whistle.community_id)


def end_span(whistle: Whistle, at: datetime) -> None:
    """Stop the clock: end its last interval, if that is open. Where another follows, that one does.

    Those before it stay as they are: each ends where the next one begins.
    """
    moment = Value(at, output_field=DateTimeField())
    last = whistle.spans.order_by("-pk").values("pk")[:1]
    open_ = whistle.spans.filter(pk__in=last, ends_at__isnull=True)
    open_.update(ends_at=Greatest("starts_at", moment))
    around(whistle).forget("spans")


def begin_span(
    whistle: Whistle,
    *,
    stage: str,
    at: datetime,
    kind: str = Span.Kind.RUNNING,
    reason: str = "",
    last: datetime | None = None,
) -> Span:
    """Begin the next interval of the clock. The one that was open ends by it."""
    around(whistle).forget("spans")
    return Span.objects.create(
        whistle=whistle,
        level=whistle.level,
        kind=kind,
        stage=stage,
        starts_at=at,
        reason=reason,
        until=last,
    )


def move(whistle: Whistle, verb: str, *, at: datetime, also: Sequence[str] = ()) -> None:
    """Set the state a verb leads to, and save the named fields."""
    before = whistle.status
    whistle.status = MOVES[verb][before]
    if whistle.status != before:
        whistle.since = at
    whistle.save(update_fields=["status", "since", *also])


class Standing(Protocol):
    """What of all that stands around a whistle says whose turn it is."""

    @property
    def live(self) -> Sequence[Call]: ...

    @property
    def open_objections(self) -> Sequence[Objection]: ...

    @property
    def open_extensions(self) -> Sequence[Extension]: ...


class Around:
    """What stands around a locked whistle: each read once in an act, when it is first asked for."""

    def __init__(self, whistle: Whistle) -> None:
        self._whistle = whistle

    @cached_property
    def _asked(self) -> Asked:
        found = self._whistle.calls.select_related("organization", "answered_by", "called_by")
        return read_calls(found.order_by("pk"))

    @cached_property
    def calls(self) -> list[Call]:
        """Every call, with its unit and who spoke, in their order."""
        return self._asked.calls

    @cached_property
    def objections(self) -> list[Objection]:
        """Every objection, decided or not, in their order."""
        calls = {call.pk: call for call in self.calls}
        found = Objection.objects.filter(call__whistle=self._whistle).select_related("office")
        rows = list(found.order_by("pk"))
        for objection in rows:
            objection.call = calls[objection.call_id]
        return rows

    @cached_property
    def extensions(self) -> list[Extension]:
        """Every wish for more time, granted or not, in their order."""
        return list(self._whistle.extensions.select_related("office").order_by("pk"))

    @cached_property
    def spans(self) -> list[Span]:
        """The intervals of its clock, in their order."""
        return ended(self._whistle.spans.all())

    @property
    def live(self) -> list[Call]:
        """The calls of the units that are concerned now."""
        return [call for call in self.calls if call.status in LIVE]

    @property
    def lead(self) -> Call:
        """The call of the first receiver."""
        return next(call for call in self.calls if call.responsible)

    @property
    def open_objections(self) -> list[Objection]:
        """The objections that wait for a decision. They come with the calls."""
        if not any(call.status == Call.Status.OBJECTED for call in self.calls):
            return []
        known = "objections" in self.__dict__
        rows = self.objections if known else self._asked.objections
        return [objection for objection in rows if objection.is_open]

    @property
    def open_extensions(self) -> list[Extension]:
        """The wishes for more time that wait, where a clock of solving runs. As with objections."""
        if self._whistle.status not in RUNNING:
            return []
        known = "extensions" in self.__dict__
        rows = self.extensions if known else self._asked.extensions
        return [extension for extension in rows if extension.granted is None]

    def forget(self, *names: str) -> None:
        """Read these anew when they are asked for again."""
        for name in names:
            self.__dict__.pop(name, None)
        if {"objections", "extensions"}.intersection(names):
            # What waits of them.
            self.__dict__.pop("_asked", None)


def around(whistle: Whistle) -> Around:
    """Return what stands around a whistle, the same throughout an act."""
    return once((Around, whistle.pk), lambda: Around(whistle))


def carried(whistle: Whistle) -> ServiceItem:
    """Return the item that a whistle carries, as far as it is known: to be locked, not to be read.

    It lies where the whistle does.
    """
    return ServiceItem(pk=whistle.item_id, community=whistle.community, compound=whistle.compound)


def let_others_go(calls: Sequence[Call]) -> None:
    """Say of some units that they are needed no more; they may join."""
    if calls:
        for call in calls:
            call.status, call.responsible = Call.Status.RELIEVED, False
        Call.objects.filter(pk__in=[call.pk for call in calls]).update(
            status=Call.Status.RELIEVED, responsible=False
        )


def responsible(whistle: Whistle) -> Call:
    """Return the call of the first receiver."""
    return around(whistle).lead


@dataclass(frozen=True)
class _Asking:
    """Makes the turns of one whistle."""

    whistle: Whistle
    at: datetime

    def _one(
        self, kind: str, due_at: datetime, since: datetime, detail: str, **whose: Any
    ) -> Wanted:
        whistle = self.whistle
        return Wanted(
            kind=kind,
            reference=whistle.reference,
            title=whistle.title,
            detail=detail,
            since=since,
            due_at=due_at,
            **{"area": whistle.community_id, **whose},
        )

    def unit(self, kind: str, due_at: datetime, since: datetime, organization: int) -> Wanted:
        place = self.whistle.community.name
        return self._one(kind, due_at, since, place, organization=organization)

    def staff(self, kind: str, due_at: datetime, since: datetime, **whose: Any) -> Wanted:
        detail = f"{self.whistle.level.name} · {self.whistle.community.name}"
        return self._one(kind, due_at, since, detail, **whose)


def _of_units(asking: _Asking, calls: Sequence[Call]) -> list[Wanted]:
    due_at = asking.whistle.due_at or asking.at
    found = []
    for call in calls:
        if call.status == Call.Status.CALLED:
            kind = _ASKED[Call.Role(call.role)]
            found.append(asking.unit(kind, call.due_at, call.called_at, call.organization_id))
        elif call.responsible and call.status == Call.Status.ANSWERED:
            since = asking.whistle.since
            found.append(asking.unit("whistle.solve", due_at, since, call.organization_id))
    return found


def _to_decide(asking: _Asking, stands: Standing) -> list[Wanted]:
    lead = tuple(call.organization_id for call in stands.live if call.responsible)
    asked: list[tuple[str, Objection | Extension, tuple[int, ...]]] = [
        ("whistle.decide", objection, (objection.call.organization_id,))
        for objection in stands.open_objections
    ]
    asked += [("whistle.grant", extension, lead) for extension in stands.open_extensions]
    return [
        asking.staff(
            kind,
            matter.due_at,
            matter.at,
            area=matter.office_id,
            role=Role.COORDINATOR,
            not_persons=(matter.by_id,),
            not_organizations=units,
        )
        for kind, matter, units in asked
    ]


def wanted(
    whistle: Whistle, stands: Standing, held: Callable[[], Offices], at: datetime
) -> list[Wanted]:
    """Return whose turn it is with a whistle, and with what.

    What is done is judged at the service item, whose turn is enough. `held` says where coordinators
    are in office; it is asked where an office looks after the whistle.
    """
    if whistle.status in (Status.DELIVERED, Status.CLOSED, Status.WITHDRAWN):
        return []
    asking = _Asking(whistle, at)
    found = [*_of_units(asking, stands.live), *_to_decide(asking, stands)]
    due_at = whistle.due_at or at
    answers = whistle.level.answers
    looked_after = whistle.status == Status.BLOWN or whistle.overdue_at is not None
    office = ""
    if answers != Office.UNIT and looked_after:
        office = held().of(whistle.community_id, answers)
    if whistle.status == Status.BLOWN:
        if office:
            whose = {"area": office, "role": Role.COORDINATOR}
            found.append(asking.staff("whistle.see_to", due_at, whistle.since, **whose))
        if not any(call.role == Call.Role.RECEIVER for call in stands.live):
            found.append(asking.staff("whistle.call", due_at, at, role=Role.WORKER))
    elif whistle.overdue_at is not None and office:
        rings_at = whistle.rings_at or due_at
        whose = {"area": office, "role": Role.COORDINATOR}
        found.append(asking.staff("whistle.overdue", rings_at, whistle.overdue_at, **whose))
    return found


def put_turns(whistle: Whistle, *, at: datetime) -> None:
    """Say whose turn it is now."""
    turns.put(
        whistle,
        wanted(
            whistle,
            around(whistle),
            lambda: offices(local_day(at), [whistle.community_id]),
            at,
        ),
    )


def deciding_office(whistle: Whistle, at: datetime) -> str:
    """Return the place whose coordinators decide what is asked at the level where it stands."""
    held = offices(local_day(at), [whistle.community_id])
    return held.of(whistle.community_id, deciding(whistle.level, rungs_of(whistle)))


def tell(
    whistle: Whistle,
    people: Sequence[Person],
    subject: object,
    *,
    cause: str,
    at: datetime,
    units: Sequence[int] = (),
) -> None:
    """Tell people, and those who act for some units (keys), something about a whistle.

    The same cause at the same moment only once.
    """
    tell_units(
        Word(
            organizations=units,
            people=people,
            kind=NoticeKind.CASE,
            subject=subject,
            body=whistle.title,
            link=f"/work/whistles/{whistle.reference}/",
            cause=f"whistle.{whistle.pk}.{cause}.{int(at.timestamp())}",
            at=at,
        )
    )
