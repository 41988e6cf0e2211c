"""Writing sheets: each publication is a further version, and no version is ever changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.evaluation import rules
from youwo.evaluation.models import Question, Template, Viewpoint, Weight
from youwo.journal import actions as journal
from youwo.people.models import Person

_MOST_STEPS = 5


@dataclass(frozen=True)
class Asking:
    """One question to be: from which viewpoint, its words, and those of its steps."""

    viewpoint: str
    text: str
    steps: Sequence[str]


def _refuse_unfit(
    weights: Mapping[str, int], questions: Sequence[Asking], levels: Sequence[tuple[int, str]]
) -> None:
    asked = {asking.viewpoint for asking in questions}
    if not weights:
        raise Refused(_("Give at least one viewpoint a weight."), "weights")
    for viewpoint in weights:
        # The public is not asked twice: its view may come from call-backs alone.
        if viewpoint not in asked and viewpoint != Viewpoint.PUBLIC:
            raise Refused(
                _("“%(viewpoint)s” has a weight but no question.")
                % {"viewpoint": Viewpoint(viewpoint).label},
                "questions",
            )
    for asking in questions:
        if not 2 <= len(asking.steps) <= _MOST_STEPS or len(set(asking.steps)) < len(asking.steps):
            raise Refused(
                _("Give “%(question)s” two to five different answers.") % {"question": asking.text},
                "questions",
            )
    if [least for least, _words in levels if least == 0] != [0]:
        raise Refused(_("One level begins at 0, so that every result has its words."), "levels")


@acting()
def publish_template(
    subject: str,
    area: Area,
    *,
    name: str,
    opens: str,
    weights: Mapping[str, int],
    questions: Sequence[Asking],
    levels: Sequence[tuple[int, str]],
    signatories: Sequence[str],
    by: Person | None,
    at: datetime,
    days: int = 10,
    asks_public: bool = False,
) -> Template:
    """Publish a version of the sheet that an area uses from now on, and areas below it.

    Rounds that were planned with an earlier version keep it. Refuses people who do not administer
    the area, viewpoints without questions, and scales of fewer than two or more than five steps.
    """
    if by is not None and not rules.may_keep_templates(by, area, local_day(at)):
        raise Refused(_("You do not keep the tables of this area."))
    _refuse_unfit(weights, questions, levels)
    code = f"{subject}-{area.pk}"
    before = Template.objects.select_for_update().filter(code=code).order_by("-version").first()
    if before is not None and before.retired_at is None:
        before.retired_at = at
        before.save(update_fields=["retired_at"])
    template = Template.objects.create(
        code=code,
        version=before.version + 1 if before else 1,
        subject=subject,
        name=name,
        area=area,
        opens=opens,
        days=days,
        asks_public=asks_public,
        signatories=list(signatories),
        levels=sorted(([least, words] for least, words in levels), reverse=True),
        published_by=by,
        published_at=at,
    )
    Weight.objects.bulk_create(
        Weight(template=template, viewpoint=viewpoint, weight=weights[viewpoint])
        for viewpoint in Viewpoint.values
        if weights.get(viewpoint)
    )
    Question.objects.bulk_create(
        Question(
            template=template,
            viewpoint=asking.viewpoint,
            number=number,
            text=asking.text,
            steps=list(asking.steps),
        )
        for number, asking in enumerate(questions, start=1)
    )
    journal.write(
        "publish_template", template, by=by, at=at, area_code=area.pk, version=template.version
    )
    return template


def load_templates(area: Area, *, at: datetime) -> int:
    """Publish the sheets that come with the product where an area has none, and count them."""
    known = set(Template.objects.filter(area=area).values_list("subject", flat=True))
    text = files("youwo.evaluation").joinpath("data/templates.json").read_text("utf-8")
    rows = [row for row in json.loads(text) if row["subject"] not in known]
    for row in rows:
        publish_template(
            row["subject"],
            area,
            name=row["name"],
            opens=row["opens"],
            weights=row["weights"],
            questions=[
                Asking(viewpoint, text, steps)
                for viewpoint, asked in row["questions"].items()
                for text, steps in asked
            ],
            levels=[(least, words) for least, words in row["levels"]],
            signatories=row["signatories"],
            days=row["days"],
            asks_public=row["asks_public"],
            by=None,
            at=at,
        )
    return len(rows)
