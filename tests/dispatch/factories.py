"""Whistles in every state, brought there by the actions themselves."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests import factories
from youwo.areas.models import Area
from youwo.core.references import new_reference
from youwo.dispatch import actions, queries
from youwo.dispatch.clock import ended
from youwo.dispatch.models import Level, Span, Whistle
from youwo.needs.models import Problem, ProblemKind
from youwo.organizations.models import Organization
from youwo.people.models import Person

# A Monday morning without holidays near.
MONDAY = datetime(2025, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def moment(text: str) -> datetime:
    """A moment of the city's clock, as in “2025-01-26 10:00”."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def open_intervals(whistle: Whistle) -> list[Span]:
    """The intervals of a whistle's clock that last: one while it runs or is paused."""
    return [span for span in ended(whistle.spans.all()) if span.ends_at is None]


def levels() -> list[Level]:
    """The usual ladder."""
    actions.load_ladder(at=factories.AT)
    return queries.ladder(MONDAY.date())


def kind(code: str = "lamp", **kwargs) -> ProblemKind:
    given = {
        "group": "公共设施",
        "name": f"路灯不亮（{code}）",
        "record": "位置与编号",
        "opens": "核实属实",
        "hours": 15,
        "closes": "恢复照明",
        "responsible": "城市管理部门",
        "responsible_kind": "department",
        **kwargs,
    }
    return ProblemKind.objects.get_or_create(code=code, defaults=given)[0]


def problem(community: Area, at: datetime = MONDAY, **kwargs) -> Problem:
    """An open problem."""
    given = {
        "reference": new_reference("P"),
        "status": "open",
        "community": community,
        "title": "三号楼前的路灯不亮",
        "public_title": "三号楼前的路灯不亮",
        "received_at": at,
        "accepted_at": at,
        "since": at,
        "due_at": at + timedelta(days=3),
        **kwargs,
    }
    if "kind" not in given:
        given["kind"] = kind()
    return Problem.objects.create(**given)


def blown(
    worker: Person,
    community: Area,
    units: list[Organization],
    at: datetime = MONDAY,
    *,
    rung: int = 1,
    **kwargs,
) -> Whistle:
    given = {
        "title": "三号楼前的路灯不亮",
        "matter": "夜里看不见路，请来修一修。",
        "field": "troubles",
        "nonce": uuid.uuid4(),
        **kwargs,
    }
    if "problem" not in given and "item" not in given:
        given["problem"] = problem(community, at)
    return actions.blow(
        given.pop("title"),
        given.pop("matter"),
        level=levels()[rung - 1],
        community=community,
        organizations=units,
        by=worker,
        at=at,
        **given,
    )


def answered(
    worker: Person,
    speaker: Person,
    community: Area,
    units: list[Organization],
    at: datetime = MONDAY,
    **kwargs,
) -> Whistle:
    """Answered at once by the first unit."""
    whistle = blown(worker, community, units, at, **kwargs)
    actions.answer(
        whistle,
        organization=units[0],
        who="路灯所两位师傅",
        arrives_at=at + timedelta(hours=2),
        by=speaker,
        at=at,
    )
    whistle.refresh_from_db()
    return whistle
