"""Facts, sums and results in people's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.evaluation import queries, sums
from youwo.evaluation.actions.appeals import hundredths
from youwo.evaluation.models import Evaluated, Result, Round, Viewpoint
from youwo.evaluation.terms import LEAST_PUBLIC


@dataclass(frozen=True)
class Fact:
    """One sum: its name, the amount, and whether it is a length of time."""

    name: str
    amount: int
    lasts: bool = False


def facts_of(evaluated: Evaluated) -> list[Fact]:
    """Return what was known of somebody when their round opened; none is left out."""
    known = evaluated.facts
    of_unit = evaluated.person_id is None
    names = [
        ("deeds", _("deeds"), False),
        ("activities", _("activities"), False),
        ("minutes", _("time of service"), True),
        *([("people", _("people who took part"), False)] if of_unit else []),
        *([("served", _("person-times served"), False)] if of_unit else []),
        ("items", _("service items closed"), False),
        ("whistles", _("whistles answered"), False),
        ("in_time", _("of these in time"), False),
    ]
    always = {"deeds", "activities", "minutes"}
    return [
        Fact(name, known.get(key, 0), lasts)
        for key, name, lasts in names
        if key in known or key in always
    ]


def last_day(round_: Round) -> date:
    """Return the last day of a round's period."""
    return round_.ends_on - timedelta(days=1)


def who(evaluated: Evaluated) -> str:
    """Return whom an evaluation is about, as those who may read it know them."""
    if evaluated.person is not None:
        return evaluated.person.name or _("somebody whose account is closed")
    return str(evaluated.organization.name)


def why_not(row: Mapping[str, Any]) -> str:
    """Return why a viewpoint does not count, in a sentence."""
    few = ngettext(
        "Fewer than %(count)s resident spoke; what they said is not shown.",
        "Fewer than %(count)s residents spoke; what they said is not shown.",
        LEAST_PUBLIC,
    ) % {"count": LEAST_PUBLIC}
    nobody = (
        _("No resident was called back in this period.")
        if row["viewpoint"] == Viewpoint.PUBLIC
        else _("There was nobody to ask.")
    )
    return {
        sums.MISSED: _("The sheet was not filled in."),
        sums.NOBODY: nobody,
        sums.FEW: few,
        sums.SET_ASIDE: _("The sheet was set aside after an appeal."),
    }.get(row["why"], "")


@dataclass(frozen=True)
class Asked:
    """A question with how often each step was chosen."""

    text: str
    steps: list[tuple[str, int]]


@dataclass(frozen=True)
class View:
    """One viewpoint of a result, ready to be read."""

    name: str
    weight: int
    value: str
    voices: str
    why: str
    questions: list[Asked]
    words: list[str]

    @property
    def counts(self) -> bool:
        return not self.why


def _asked(row: Mapping[str, Any]) -> Asked:
    steps = list(zip(row["steps"], row["chosen"], strict=True))
    if row["unsaid"]:
        steps.append((_("cannot say"), row["unsaid"]))
    return Asked(row["text"], [(words, count) for words, count in steps if count])


def _voices(row: Mapping[str, Any]) -> str:
    if row["viewpoint"] != Viewpoint.PUBLIC or not row["voices"]:
        return ""
    words = ngettext("%(count)s resident", "%(count)s residents", row["voices"])
    return words % {"count": row["voices"]}


def views_of(result: Result) -> list[View]:
    """Return the viewpoints of a result, in their fixed order."""
    return [
        View(
            str(Viewpoint(row["viewpoint"]).label),
            row["weight"],
            hundredths(row["tenths"]),
            _voices(row),
            why_not(row),
            [_asked(asked) for asked in row["questions"]],
            row["words"],
        )
        for row in result.sums["viewpoints"]
    ]


def sum_of(result: Result) -> str:
    """Return the sum that gives the result, as one would write it down."""
    counting = [row for row in result.sums["viewpoints"] if row["tenths"] is not None]
    if not counting:
        return ""
    parts = " + ".join(f"{row['weight']} × {hundredths(row['tenths'])}" for row in counting)
    return f"({parts}) ÷ {result.sums['whole']} = {hundredths(result.tenths)}"


def weights_left(result: Result) -> str:
    """Say, where a viewpoint is missing, that the others count for the whole."""
    whole, all_ = result.sums["whole"], result.sums["all"]
    if whole == all_ or not whole:
        return ""
    return _(
        "Weights of %(whole)s out of %(all)s counted: where nobody spoke, the other viewpoints"
        " count for the whole."
    ) % {"whole": whole, "all": all_}


def level_of(result: Result, levels: Sequence[Any]) -> str:
    """Return what the result is called."""
    return sums.level(levels, result.tenths) or _("no result: nobody who counts spoke")


@dataclass(frozen=True)
class Earlier:
    """One of the evaluated's own earlier results."""

    title: str
    reference: str
    value: str
    level: str


def past_of(evaluated: Evaluated) -> list[Earlier]:
    """Return the evaluated's own past, oldest first."""
    return [
        Earlier(
            result.evaluated.round.title,
            result.evaluated.reference,
            hundredths(result.tenths),
            level_of(result, result.evaluated.round.template.levels),
        )
        for result in queries.own_past(evaluated)
    ]


def moment_words(at: datetime) -> str:
    """Return the time of day at which something was kept."""
    from django.utils.timezone import localtime

    return localtime(at).strftime("%H:%M")
