"""A whistle in sentences: its clock, its way, and what residents read of it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from youwo.dispatch import queries
from youwo.dispatch.clock import Reading, ended
from youwo.dispatch.models import Call, Span, Status, Whistle
from youwo.journal.models import Line
from youwo.journal.queries import history
from youwo.needs.models import Problem
from youwo.web.needs.way import Step
from youwo.web.templatetags.youwo import moment


def _with(words: str, left_out: str) -> str:
    if not left_out:
        return words
    return _("%(words)s (%(left_out)s)") % {"words": words, "left_out": left_out}


def _rings(reading: Reading, whistle: Whistle) -> str:
    above = queries.next_level(whistle)
    if above is None or reading.rings_at is None:
        return ""
    # When, and not after how many hours of work: at night and on holidays nobody can add those up.
    return _("%(moment)s it climbs to %(office)s") % {
        "moment": moment(reading.rings_at),
        "office": above.get_answers_display(),
    }


def clock_words(whistle: Whistle, reading: Reading | None) -> str:
    """Say what the clock shows, with its sums: “已吹哨 4 小时（午休不计）· 今天 11:40 升到…”."""
    if reading is None:
        return ""
    spent = {"spent": reading.spent}
    parts = []
    if whistle.status == Status.BLOWN:
        parts.append(_with(_("Whistled for %(spent)s") % spent, reading.left_out.explained))
        if reading.is_over:
            parts.append(_("%(over)s over the time to answer") % {"over": reading.remains})
        parts.append(_rings(reading, whistle))
    elif whistle.status == Status.ANSWERED:
        parts.append(_with(_("In hand for %(spent)s") % spent, reading.left_out.explained))
        if reading.is_over:
            parts.append(_("%(over)s over the time to solve it") % {"over": reading.remains})
            parts.append(_rings(reading, whistle))
        else:
            parts.append(_("%(left)s left") % {"left": reading.remains})
    elif whistle.status == Status.PAUSED:
        parts.append(_("The clock stands since it had counted %(spent)s") % spent)
        parts.append(_("%(left)s left") % {"left": reading.remains})
    elif whistle.answered_at is not None:
        parts.append(_with(_("Done after %(spent)s") % spent, reading.left_out.explained))
    return " · ".join(part for part in parts if part)


def _titles() -> dict[str, str]:
    return {
        "whistle": _("Whistle blown"),
        "call": _("More units called"),
        "arrive": _("A unit reported"),
        "object": _("A unit objected"),
        "excuse": _("Objection upheld"),
        "insist": _("Objection not upheld"),
        "ask_over": _("Another unit was asked to take over"),
        "take_over": _("Another unit took over"),
        "ask_help": _("Help was asked for"),
        "help": _("Another unit joined"),
        "say_no": _("A unit said no"),
        "pause": _("The clock was paused"),
        "resume": _("The clock goes on"),
        "extend": _("More time taken"),
        "ask_time": _("More time asked for"),
        "grant_time": _("More time granted"),
        "refuse_time": _("More time not granted"),
        "set_time": _("A new time was set"),
        "climb": _("Climbed a level"),
        "overdue": _("The time is over"),
        "move_up": _("The decision moved up a level"),
        "deliver": _("Done, says the unit"),
        "close": _("Closed with the resident"),
        "reopen": _("The resident says something is missing"),
        "withdraw": _("Withdrawn"),
    }


def _units(line: Line, names: dict[int, str]) -> str:
    keys = line.data.get("organizations") or [line.data.get("organization")]
    return pgettext("in a list", ", ").join(names[key] for key in keys if key in names)


def way(whistle: Whistle, calls: list[Call]) -> list[Step]:
    """Return the whole way of a whistle, oldest first. One query."""
    names = {call.organization_id: str(call.organization) for call in calls}
    titles = _titles()
    steps = []
    for line in history(whistle):
        title = titles.get(line.verb)
        if title is not None:
            text = " · ".join(part for part in (_units(line, names), line.reason) if part)
            steps.append(Step(title, "done", line.at, text))
    return [*steps, *_ahead(whistle)]


def _ahead(whistle: Whistle) -> list[Step]:
    now = {
        Status.BLOWN: _("Waiting for a unit to report"),
        Status.ANSWERED: _("The unit works on it"),
        Status.PAUSED: _("Paused"),
        Status.DELIVERED: _("The community asks the resident"),
    }
    ahead = [
        (Status.ANSWERED, _("A unit reports and takes it on")),
        (Status.DELIVERED, _("The unit says that it is done")),
        (Status.CLOSED, _("The community closes it with the resident")),
    ]
    if whistle.status not in now:
        return []
    order = [Status.BLOWN, Status.ANSWERED, Status.DELIVERED, Status.CLOSED]
    standing = Status.ANSWERED if whistle.status == Status.PAUSED else Status(whistle.status)
    place = order.index(standing)
    text = ""
    if whistle.status == Status.PAUSED and whistle.due_at is not None:
        text = _("until %(moment)s at the latest") % {"moment": moment(whistle.due_at)}
    return [
        Step(now[Status(whistle.status)], "now", whistle.since, text),
        *(Step(title, "next") for status, title in ahead if order.index(status) > place),
    ]


def told_steps(problem: Problem) -> list[Step]:
    """Return what residents read of the whistles about their problem, as steps of its way.

    Units and reasons, never a person. At most four statements.
    """
    titles = {
        "called": _("The community whistled"),
        "answered": _("A unit reported"),
        "helps": _("Another unit joined"),
        "paused": _("Paused for a while"),
        "extended": _("It takes longer"),
        "withdrawn": _("The whistle was withdrawn"),
    }
    steps = []
    for told in queries.told_to_residents(problem):
        units = pgettext("in a list", ", ").join(told.units)
        later = ""
        if told.until is not None and told.what == "answered":
            later = _("they come %(moment)s") % {"moment": moment(told.until)}
        elif told.until is not None and told.what == "paused":
            later = _("until %(moment)s at the latest") % {"moment": moment(told.until)}
        text = " · ".join(part for part in (units, told.reason, later) if part)
        steps.append(Step(titles[told.what], "done", told.at, text))
    return steps


def pauses(spans: list[Span]) -> list[Span]:
    """Return the pauses among the intervals of a clock."""
    return [span for span in ended(spans) if span.kind == Span.Kind.PAUSED]
