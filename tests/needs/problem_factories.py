"""Problems in every state, brought there by the actions themselves."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from tests import factories
from youwo.areas.models import Area
from youwo.needs.actions import Contact, problems
from youwo.needs.models import Problem, ProblemKind, Report, Voice
from youwo.people.models import Person

PHONE = "13800001234"
SAID = "我是张敬之，3号楼门口的路灯不亮，晚上看不见路"
TITLE = "3号楼门口路灯不亮"


def kind(code: str = "lamp", **given) -> ProblemKind:
    values = {
        "group": "公用设施",
        "name": "楼道灯、院内路灯不亮",
        "words": "路灯 灯不亮 楼道灯",
        "record": "位置、盏数",
        "opens": "灯具不亮或常亮不灭",
        "hours": 15,
        "closes": "灯具正常照明",
        "responsible": "物业公司",
        "responsible_kind": "property",
        **given,
    }
    return ProblemKind.objects.get_or_create(code=code, defaults=values)[0]


def reported(
    community: Area, at: datetime, *, said: str = SAID, by: Person | None = None, **kwargs
) -> Report:
    """What somebody without an account says is wrong."""
    given = {
        "contact": Contact(PHONE, "张敬之", "3号楼2单元501"),
        "consent_given_by": Voice.Consent.SELF,
        "nonce": uuid.uuid4(),
        **kwargs,
    }
    if "kind" not in given:
        given["kind"] = kind()
    if "consent" not in given:
        given["consent"] = factories.ConsentTextFactory()
    return problems.report(said, community=community, by=by, at=at, **given)


def accepted(
    worker: Person, community: Area, at: datetime, *, title: str = TITLE, **kwargs
) -> Problem:
    report = reported(community, at, **kwargs)
    return problems.accept(
        report.problem,
        public_title=title,
        public_text="晚上看不清路，老人进出不便。",
        kind=report.problem.kind,
        by=worker,
        at=at,
    )


def in_hand(worker: Person, community: Area, at: datetime, **kwargs) -> Problem:
    problem = accepted(worker, community, at, **kwargs)
    return problems.take_up(problem, due_at=at + timedelta(days=7), by=worker, at=at)


def done(worker: Person, community: Area, at: datetime, **kwargs) -> Problem:
    problem = in_hand(worker, community, at, **kwargs)
    return problems.mark_done(problem, by=worker, at=at)


def closed(worker: Person, community: Area, at: datetime, **kwargs) -> Problem:
    problem = done(worker, community, at, **kwargs)
    problems.judge(problem.reports.get(), satisfied=True, words="亮了", by=None, at=at)
    return problems.close(problem, by=worker, at=at)
