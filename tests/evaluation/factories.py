"""Rounds in every state, brought there by the actions themselves."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from tests import factories
from tests.organizations.factories import MemberEnrolmentFactory, UnitEnrolmentFactory
from youwo.areas.models import Area
from youwo.evaluation import actions
from youwo.evaluation.actions import Asking, Said
from youwo.evaluation.models import Question, Round, Sheet, Template
from youwo.people.models import Person

PERIOD = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 4, 1)}
STEPS = ("从不", "有时", "常常")
WEIGHTS = {"self": 10, "public": 30, "community": 40, "department": 20}


def template(area: Area, at: datetime, *, subject: str = "unit", **given) -> Template:
    values = {
        "name": "单位评价表",
        "opens": "worker",
        "weights": WEIGHTS,
        "questions": [
            Asking(viewpoint, f"问题{viewpoint}", STEPS)
            for viewpoint in given.get("weights", WEIGHTS)
        ],
        "levels": [(80, "好"), (0, "有待加强")],
        "signatories": ["社区党组织书记"],
        "by": None,
        "at": at - timedelta(days=100),
    } | given
    return actions.publish_template(subject, area, **values)


def planned(by: Person, sheet: Template, area: Area, at: datetime, **given) -> Round:
    values = {"opens_at": at, "nonce": uuid.uuid4(), **PERIOD} | given
    return actions.plan(sheet, area, by=by, at=at, **values)


def enrolled_unit(community: Area, **given):
    unit = factories.OrganizationFactory(**given)
    UnitEnrolmentFactory(organization=unit, community=community)
    return unit


def enrolled_member(unit, community: Area, **given):
    person = factories.PersonFactory(**given)
    MemberEnrolmentFactory(person=person, organization=unit, community=community)
    return person


def said(sheet: Sheet, step: int | None = 2, words: str = "") -> Said:
    """The same step for every question of a sheet."""
    questions = Question.objects.filter(
        template=sheet.evaluated.round.template_id, viewpoint=sheet.viewpoint
    )
    return Said(dict.fromkeys(questions.values_list("pk", flat=True), step), words)


def filled(round_: Round, viewpoint: str, by: Person, at: datetime, step: int | None = 2) -> Sheet:
    sheet = Sheet.objects.get(evaluated__round=round_, viewpoint=viewpoint)
    return actions.fill_in(sheet, said=said(sheet, step), by=by, at=at)
