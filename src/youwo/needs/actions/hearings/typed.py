"""Taking lines down while people speak: in any order of arrival, each once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs import guessing, triage
from youwo.needs.actions.hearings.begun import closed_already, locked, must_deal
from youwo.needs.models import SAID_MOST, Hearing, HearingLine, Wish
from youwo.people import phones
from youwo.people.models import Person

What, State = HearingLine.What, HearingLine.State

# What people write for "the same as the line above", and for "nobody, take it out".
ABOVE = ("同上", "〃", "″", '"', "“", "”", "''", "同")
NOBODY = ("-", "—", "－", "无")
# How many lines a hearing holds.
MOST_LINES = 300
_NAME, _PHONE, _BUILDING = 40, 30, 60


@dataclass(frozen=True)
class Typed:
    """One line as it was typed. An empty `what` or `kind` is guessed from the words.

    `revision` is raised by the sender with each try. Name and number stay as they are where they
    are empty, since they are shown masked; one of `ABOVE` takes them from the line above, one of
    `NOBODY` takes them out. A number that is none is shown as it was typed: left empty, it goes.
    """

    nonce: uuid.UUID
    said: str
    revision: int = 1
    what: str = ""
    kind: str = ""
    name: str = ""
    phone: str = ""
    compound: str = ""
    building: str = ""
    dropped: bool = False


@dataclass(frozen=True)
class Saved:
    """What became of a line: it stands as `line`, or it was refused for a reason.

    `line` with a reason is how the line stands on the server, where it has moved on.
    """

    nonce: uuid.UUID
    line: HearingLine | None
    refusal: str = ""


@acting()
def write(hearing: Hearing, lines: Sequence[Typed], *, by: Person, at: datetime) -> list[Saved]:
    """Write lines down, new or changed, in the order given. Costs the same for one and for many.

    A line sent again with what stands already is no change, whenever it arrives. One that somebody
    else has changed in the meantime, or that has become a case, is refused by itself; the others
    stand.
    """
    must_deal(hearing, by, at)
    hearing = locked(hearing)
    nonces = [line.nonce for line in lines]
    found = list(
        HearingLine.objects.filter(Q(hearing=hearing) | Q(nonce__in=nonces)).order_by("number")
    )
    desk = _Desk(hearing, found, at)
    saved = [desk.put(line) for line in lines]
    HearingLine.objects.bulk_create(desk.new)
    if desk.changed:
        HearingLine.objects.bulk_update(desk.changed.values(), _COLUMNS)
    if desk.new or desk.changed:
        journal.write(
            "take_lines",
            hearing,
            by=by,
            at=at,
            area_code=hearing.community_id,
            new=len(desk.new),
            changed=len(desk.changed),
        )
    return saved


_COLUMNS = [
    "revision", "what", "said", "name", "phone", "kind", "compound", "building", "state",
]  # fmt: skip


class _Desk:
    """The lines of a hearing while some are put down: what is new, and what has changed."""

    def __init__(self, hearing: Hearing, found: list[HearingLine], at: datetime) -> None:
        self.hearing, self.at = hearing, at
        self.known = {line.nonce: line for line in found}
        self.own = [line for line in found if line.hearing_id == hearing.pk]
        self.new: list[HearingLine] = []
        self.changed: dict[uuid.UUID, HearingLine] = {}
        # Read when a line names one.
        self.compounds: frozenset[str] | None = None

    def put(self, typed: Typed) -> Saved:
        line = self.known.get(typed.nonce)
        if line is not None and line.hearing_id != self.hearing.pk:
            return Saved(typed.nonce, None, _("This line belongs to another hearing."))
        wanted = self._wanted(typed, line)
        if line is not None and self._stands(line, wanted):
            return Saved(typed.nonce, line)
        reason = self._reason(typed, line)
        if reason:
            return Saved(typed.nonce, line, reason)
        if line is None:
            line = HearingLine(hearing=self.hearing, nonce=typed.nonce, at=self.at)
            line.number = self.own[-1].number + 1 if self.own else 1
            self.known[line.nonce] = line
            self.own.append(line)
            self.new.append(line)
        elif line not in self.new:
            self.changed[line.nonce] = line
        line.revision = max(typed.revision, line.revision)
        for key, value in wanted.items():
            setattr(line, key, value)
        return Saved(typed.nonce, line)

    def _stands(self, line: HearingLine, wanted: dict[str, object]) -> bool:
        """Say whether a line stands as it was typed. With the closing it lost who spoke."""
        keys = wanted if self.hearing.is_open and not line.is_taken else ("said", "building")
        return all(getattr(line, key) == wanted[key] for key in keys)

    def _reason(self, typed: Typed, line: HearingLine | None) -> str:
        """Say why a line cannot be put down; empty if it can."""
        taken = line is not None and line.is_taken
        overtaken = line is not None and typed.revision <= line.revision
        full = line is None and len(self.own) >= MOST_LINES
        reasons = (
            (taken, _("This line has become a case. Please correct it there.")),
            (not self.hearing.is_open, str(closed_already())),
            (overtaken, _("Somebody else has changed this line in the meantime.")),
            (not typed.said.strip(), _("A line needs words. If it shall go, leave it out.")),
            (
                len(typed.said) > SAID_MOST,
                _("This line is too long. Please make two of it."),
            ),
            (full, _("This hearing is full. Please open another one for the rest.")),
        )
        return next((words for holds, words in reasons if holds), "")

    def _wanted(self, typed: Typed, line: HearingLine | None) -> dict[str, object]:
        """Return the values a line shall have; what is left open stays, or is guessed."""
        said = " ".join(typed.said.split())
        name, phone, building, compound = self._speaker(typed, line)
        what, kind = _sort(typed, said, rural=self.hearing.community.rural)
        return {
            "said": said,
            "what": what,
            "kind": kind,
            "name": name,
            "phone": phone,
            "building": building,
            "compound_id": compound,
            "state": State.DROPPED if typed.dropped else State.TYPED,
        }

    def _speaker(self, typed: Typed, line: HearingLine | None) -> tuple[str, str, str, str | None]:
        """Return name, number, building and compound; each stays, or comes from the line above."""
        name, phone = typed.name.strip()[:_NAME], typed.phone.strip()[:_PHONE]
        building = typed.building.strip()[:_BUILDING]
        compound = self._compound(typed.compound)
        if name in ABOVE or phone in ABOVE:
            above = self._above(line)
            name = _like(name, above.name if above else "")
            phone = _like(phone or ABOVE[0], above.phone if above else "")
            building = building or (above.building if above else "")
            compound = compound or (above.compound_id if above else None)
        return (
            _kept(name, line.name if line else ""),
            _number(_kept(phone, line.phone if line and phones.is_number(line.phone) else "")),
            building,
            compound,
        )

    def _compound(self, code: str) -> str | None:
        """Return the code of a compound of this community; None for any other."""
        if not code.startswith(f"{self.hearing.community_id}-"):
            return None
        if self.compounds is None:
            self.compounds = _compounds(self.hearing)
        return code if code in self.compounds else None

    def _above(self, line: HearingLine | None) -> HearingLine | None:
        before = self.own if line is None else self.own[: self.own.index(line)]
        return next((one for one in reversed(before) if not one.is_dropped), None)


def _like(given: str, above: str) -> str:
    return above if given in ABOVE else given


def _kept(given: str, known: str) -> str:
    return "" if given in NOBODY else given or known


def _number(text: str) -> str:
    """Return the one form of a telephone number; what is none stays, to be seen and mended."""
    try:
        return phones.normalise(text) if text else ""
    except Refused:
        return text


def _sort(typed: Typed, said: str, *, rural: bool) -> tuple[str, str]:
    """Return what a line is and of which kind: as chosen, or guessed from its words."""
    codes = {kind.code for kind in triage.problem_kinds()}
    what = typed.what if typed.what in What.values else ""
    kind = typed.kind
    if not what:
        what = What.PROBLEM if kind in codes else guessing.what_of(said, rural=rural)
    fits = {What.WISH: set(Wish.Kind.values), What.PROBLEM: codes}.get(What(what), {""})
    if kind not in fits:
        kind = guessing.kind_of(said, what, rural=rural)
    return what, kind


def _compounds(hearing: Hearing) -> frozenset[str]:
    rows = Area.objects.filter(parent=hearing.community_id, kind=Area.Kind.COMPOUND)
    return frozenset(rows.values_list("code", flat=True))
