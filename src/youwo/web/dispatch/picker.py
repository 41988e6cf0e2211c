"""Choosing units: paired ones first, then by duty, and any by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest

from youwo.areas.models import Area
from youwo.dispatch import queries
from youwo.needs.models import ProblemKind
from youwo.organizations.models import Organization


@dataclass
class Picker:
    """The units offered in a form, those chosen, and what was searched for."""

    groups: list[tuple[str, list[Organization]]] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    words: str = ""
    several: bool = True
    # Which unit is responsible is settled; those chosen help it.
    helping: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(units for _name, units in self.groups)


def _keys(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("organizations")
    return [int(key) for key in given if key.isascii() and key.isdigit() and len(key) < 16][:20]


def chosen(request: HttpRequest, on: date) -> list[Organization]:
    """Return the units chosen in a form, in the order in which they stood there."""
    keys = _keys(request)
    found = Organization.objects.in_force(on).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def picker(
    request: HttpRequest,
    community: Area,
    on: date,
    *,
    kind: ProblemKind | None = None,
    without: frozenset[int] = frozenset(),
    several: bool = True,
    helping: bool = False,
) -> Picker:
    """Return the units to offer, without those that have a part already. At most four queries."""
    words = request.POST.get("q", "").strip()[:50]
    picked = chosen(request, on) if request.method == "POST" else []
    keys = {unit.pk for unit in picked} | without
    groups: list[tuple[str, list[Organization]]] = [("chosen", picked)]
    if words:
        found = queries.suggested(community, on, kind=kind, words=words)
        groups.append(("found", [unit for unit in found.near if unit.pk not in keys]))
    offered = queries.suggested(community, on, kind=kind)
    named = {unit.pk for _name, units in groups for unit in units} | keys
    for name, units in (
        ("paired", offered.paired),
        ("duty", offered.duty),
        ("near", offered.near),
    ):
        groups.append((name, [unit for unit in units if unit.pk not in named]))
    return Picker(
        [(name, units) for name, units in groups if units],
        [unit.pk for unit in picked],
        words,
        several,
        helping,
    )
