"""Hearings, and lines as people type them."""

from __future__ import annotations

import uuid
from datetime import datetime

from tests import factories
from youwo.areas.models import Area
from youwo.needs.actions import hearings
from youwo.needs.actions.hearings import Typed
from youwo.needs.models import Hearing, HearingLine, ProblemKind
from youwo.people.models import Person

LAMP = "楼道灯坏了半个月，晚上看不见"
BOOKING = "想请人教教怎么在手机上挂号"


def kind(code: str = "lamp", **changes) -> ProblemKind:
    """A kind of the catalogue."""
    given = {
        "group": "公共设施",
        "name": f"楼道灯不亮 {code}" if code != "lamp" else "楼道灯不亮",
        "words": "楼道灯 路灯" if code == "lamp" else "",
        "record": "灯不亮",
        "opens": "核实后",
        "hours": 15,
        "closes": "灯亮了",
        "responsible": "物业公司",
        "responsible_kind": "property",
        **changes,
    }
    return ProblemKind.objects.get_or_create(code=code, defaults=given)[0]


def opened(by: Person, community: Area, at: datetime, **changes) -> Hearing:
    """A hearing that has just been opened."""
    given = {
        "held_on": at.date(),
        "place": "社区二楼会议室",
        "topic": "税务局心愿征集座谈会",
        "consent_given_by": "spoken",
        **changes,
    }
    nonce = given.pop("nonce", None) or uuid.uuid4()
    return hearings.begin(
        hearings.About(**given),
        community=community,
        consent=factories.ConsentTextFactory(),
        nonce=nonce,
        by=by,
        at=at,
    )


def typed(said: str = LAMP, **changes) -> Typed:
    """One line as it comes from a device."""
    return Typed(**{"nonce": uuid.uuid4(), "said": said, **changes})


def written(hearing: Hearing, by: Person, at: datetime, *lines: Typed) -> list[HearingLine]:
    """Lines that stand."""
    saved = hearings.write(hearing, lines or [typed(), typed(BOOKING)], by=by, at=at)
    assert [one.refusal for one in saved] == [""] * len(saved)
    return [one.line for one in saved if one.line]
