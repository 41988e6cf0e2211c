"""Statuses of compounds, such as "three-no", each computed from facts under a named definition.

What a status means differs from place to place, so each has versions; a city chooses which one it
goes by, from a day on (`areas.actions.choose_definition`). Without a choice the first one holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import CompoundFact

Text = str | Promise
Kind = CompoundFact.Kind


@dataclass(frozen=True)
class Condition:
    """One part of a status: what a compound must lack, all of it, and what it must have."""

    title: Text
    lacks: tuple[str, ...] = ()
    has: tuple[str, ...] = ()

    @property
    def wanted(self) -> dict[str, bool]:
        """Whether each kind of fact must be present or absent."""
        return dict.fromkeys(self.lacks, False) | dict.fromkeys(self.has, True)


@dataclass(frozen=True)
class Definition:
    """What a status means, in one version. A change of meaning makes a new version."""

    name: str
    version: int
    title: Text
    text: Text
    conditions: tuple[Condition, ...]

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def wanted(self) -> dict[str, bool]:
        """Whether each kind of fact must be present or absent for the status to hold."""
        return {kind: present for part in self.conditions for kind, present in part.wanted.items()}


_NO_MANAGING_BODY = Condition(_("no managing body"), lacks=(Kind.MANAGING_BODY,))
_NO_PROPERTY_COMPANY = Condition(_("no property company"), lacks=(Kind.PROPERTY_COMPANY,))
_NO_OWNERS_COMMITTEE = Condition(_("no owners' committee"), lacks=(Kind.OWNERS_COMMITTEE,))

_ALL = (
    Definition(
        name="three_no",
        version=1,
        title=_("three-no compound"),
        text=_("No managing body, no property company, and neither a guard nor safety facilities."),
        conditions=(
            _NO_MANAGING_BODY,
            _NO_PROPERTY_COMPANY,
            Condition(
                _("neither a guard nor safety facilities"),
                lacks=(Kind.GUARD, Kind.FENCE, Kind.CAMERAS),
            ),
        ),
    ),
    Definition(
        name="three_no",
        version=2,
        title=_("three-no compound"),
        text=_("No managing body, no property company, and no guard, whatever facilities stand."),
        conditions=(
            _NO_MANAGING_BODY,
            _NO_PROPERTY_COMPANY,
            Condition(_("no guard"), lacks=(Kind.GUARD,)),
        ),
    ),
    Definition(
        name="three_no",
        version=3,
        title=_("three-no compound"),
        text=_("No property company, no owners' committee, and neither a guard nor facilities."),
        conditions=(
            _NO_PROPERTY_COMPANY,
            _NO_OWNERS_COMMITTEE,
            Condition(
                _("neither a guard nor safety facilities"),
                lacks=(Kind.GUARD, Kind.FENCE, Kind.CAMERAS),
            ),
        ),
    ),
    Definition(
        name="self_managed",
        version=1,
        title=_("managed by its owners"),
        text=_("An owners' committee looks after it, without a property company."),
        conditions=(
            Condition(_("an owners' committee"), has=(Kind.OWNERS_COMMITTEE,)),
            _NO_PROPERTY_COMPANY,
        ),
    ),
    Definition(
        name="no_fire_equipment",
        version=1,
        title=_("without fire equipment"),
        text=_("No extinguishers, hydrants or other equipment against fire."),
        conditions=(Condition(_("no fire equipment"), lacks=(Kind.FIRE_EQUIPMENT,)),),
    ),
)

# Every version of every status, the first one first.
STATUSES: Mapping[str, tuple[Definition, ...]] = MappingProxyType(
    {
        name: tuple(one for one in _ALL if one.name == name)
        for name in dict.fromkeys(one.name for one in _ALL)
    }
)


@dataclass(frozen=True)
class Part:
    """How a condition stands: met, not met, or open, and by which facts."""

    condition: Condition
    holds: bool | None
    facts: tuple[CompoundFact, ...]
    # Kinds of which nothing is known.
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """Whether a status holds on a day: yes, no, or None while facts are missing."""

    definition: Definition
    holds: bool | None
    since: date | None
    parts: tuple[Part, ...]

    @property
    def is_open(self) -> bool:
        return self.holds is None


def in_force(facts: Iterable[CompoundFact], on: date) -> dict[str, CompoundFact]:
    """Return the fact of each kind that holds on a day, out of those known: the latest begun."""
    found: dict[str, CompoundFact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.starts_on, fact.recorded_at, fact.pk or 0)):
        if fact.starts_on <= on:
            found[fact.kind] = fact
    return found


def _unbroken_since(facts: Iterable[CompoundFact], now: CompoundFact) -> date:
    """Return since when a compound has, or lacks, a thing without a break."""
    since = now.starts_on
    for fact in sorted(facts, key=lambda fact: fact.starts_on, reverse=True):
        if fact.kind != now.kind or fact.starts_on > now.starts_on:
            continue
        if fact.present != now.present:
            break
        since = fact.starts_on
    return since


def judge(definition: Definition, facts: Sequence[CompoundFact], on: date) -> Judgement:
    """Say whether a status holds on a day, and which of the facts (the known ones) make it so.

    What is not known makes nothing true: a status stays open while a fact that it needs is missing,
    unless another one already rules it out.
    """
    holding = in_force(facts, on)
    parts = []
    for condition in definition.conditions:
        decided = [holding[kind] for kind in condition.wanted if kind in holding]
        missing = tuple(kind for kind in condition.wanted if kind not in holding)
        if any(fact.present != condition.wanted[fact.kind] for fact in decided):
            holds: bool | None = False
        else:
            holds = None if missing else True
        parts.append(Part(condition, holds, tuple(decided), missing))
    if any(part.holds is False for part in parts):
        return Judgement(definition, holds=False, since=None, parts=tuple(parts))
    if any(part.missing for part in parts):
        return Judgement(definition, holds=None, since=None, parts=tuple(parts))
    since = max(_unbroken_since(facts, fact) for part in parts for fact in part.facts)
    return Judgement(definition, holds=True, since=since, parts=tuple(parts))
