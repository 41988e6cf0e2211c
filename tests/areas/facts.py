"""Facts about compounds, recorded by the action itself."""

from __future__ import annotations

from datetime import date, datetime

from youwo.areas import actions
from youwo.areas.actions import Told
from youwo.areas.models import Area, CompoundFact

DAY = date(2024, 3, 1)
LACKS = ["managing_body", "property_company", "guard", "fence", "cameras"]


def fact(
    compound: Area,
    kind: str,
    *,
    present: bool,
    at: datetime,
    on: date = DAY,
    detail: str = "",
    by=None,
) -> CompoundFact:
    told = [Told(compound, kind, present, on, detail)]
    return actions.record_facts(told, by=by, at=at)[0]


def three_no(compound: Area, at: datetime, on: date = DAY) -> Area:
    """Make a compound lack everything that the first definition of three-no names."""
    told = [Told(compound, kind, False, on) for kind in LACKS]
    actions.record_facts(told, by=None, at=at)
    return compound
