"""The way of a wish as people see it: what was done, what is now, what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from django.utils.translation import gettext as _

from youwo.journal.models import Line
from youwo.journal.queries import history
from youwo.needs.models import Status, Wish
from youwo.people import masking

# Steps whose reason is told to those concerned.
_WITH_REASON = ("release", "expire", "reopen", "decline", "hand_over", "outlive")


class Reader(Enum):
    """For whom the way is told."""

    RESIDENT = auto()
    STAFF = auto()
    HELPER = auto()
    EVERYBODY = auto()


@dataclass(frozen=True)
class Step:
    """One stretch: its title, when it was, a sentence, and the state: `done`, `now` or `next`."""

    title: str
    state: str
    at: datetime | None = None
    text: str = ""


def promised_by(wish: Wish) -> str:
    """Return who promised, as everybody may read it: the unit, or a masked name."""
    if wish.claimed_for is not None:
        return str(wish.claimed_for)
    return masking.name(wish.claimed_by.name) if wish.claimed_by is not None else ""


def _told(line: Line, wish: Wish, reader: Reader) -> Step | None:
    titles = {
        "receive": _("Wish received"),
        "ask": _("The community asked a question"),
        "answer": _("Question answered"),
        "publish": _("Reviewed and published"),
        "claim": _("Somebody promised"),
        "release": _("Promise given back"),
        "expire": _("Promise ran out"),
        "take_over": _("The community looks after it"),
        "deliver": _("Said to be done"),
        "contest": _("The resident says something is missing"),
        "confirm": _("Confirmed by the resident"),
        "call_back": _("Call-back made"),
        "reopen": _("Opened again"),
        "decline": _("Not possible"),
        "hand_over": _("Handed over outside"),
        "withdraw": _("Withdrawn"),
        "outlive": _("No longer needed"),
    }
    title = titles.get(line.verb)
    if title is None:
        return None
    words = {
        "receive": wish.get_channel_display(),
        "publish": _("Name and door are left out of what everybody reads."),
    }
    if reader is not Reader.EVERYBODY:
        words |= dict.fromkeys(
            ("release", "expire", "reopen", "decline", "hand_over", "outlive"), line.reason
        )
    return Step(title, "done", line.at, words.get(line.verb, ""))


def _now(wish: Wish, reader: Reader) -> Step | None:
    own = reader is Reader.RESIDENT
    appointment = "" if reader is Reader.EVERYBODY else wish.appointment
    nows = {
        Status.RECEIVED: (
            _("The community reads it"),
            _("It calls you if anything is unclear.") if own else "",
        ),
        Status.RETURNED: (
            _("Waiting for your answer") if own else _("Waiting for the resident's answer"),
            wish.question,
        ),
        Status.PUBLISHED: (_("Waiting for somebody who can help"), ""),
        Status.CLAIMED: (
            _("Promised by %(who)s") % {"who": promised_by(wish)},
            appointment or (_("They will agree a time with you.") if own else ""),
        ),
        Status.DELIVERED: (
            _("Please confirm that it is done") if own else _("Waiting for the resident's word"),
            _("By link, by telling the code, or on paper with the community. No picture needed."),
        ),
        Status.CONFIRMED: (
            _("The community calls back"),
            _("Somebody other than who did it asks three short questions."),
        ),
    }
    found = nows.get(Status(wish.status))
    return Step(found[0], "now", wish.since, found[1]) if found else None


def _next(wish: Wish, reader: Reader) -> list[Step]:
    order = [
        Status.PUBLISHED,
        Status.CLAIMED,
        Status.DELIVERED,
        Status.CONFIRMED,
    ]
    titles = {
        Status.PUBLISHED: _("Published on the wishes board"),
        Status.CLAIMED: _("Somebody promises"),
        Status.DELIVERED: _("When it is done, you confirm")
        if reader is Reader.RESIDENT
        else _("When it is done, the resident confirms"),
        Status.CONFIRMED: _("The community calls back"),
    }
    if wish.status in (Status.RECEIVED, Status.RETURNED):
        ahead = order
    elif wish.status in order:
        ahead = order[order.index(Status(wish.status)) + 1 :]
    else:
        ahead = []
    return [Step(titles[status], "next") for status in ahead]


def way(wish: Wish, reader: Reader) -> list[Step]:
    """Return the whole way of a wish, oldest first. One query.

    What everybody reads leaves out reasons, and when somebody comes to the door.
    """
    lines = list(history(wish))
    if wish.status == Status.CLAIMED and lines and lines[-1].verb == "claim":
        # What is now says who promised; once is enough.
        lines.pop()
    done = [step for line in lines if (step := _told(line, wish, reader)) is not None]
    if reader is not Reader.EVERYBODY and lines and lines[-1].verb == "contest":
        # The resident's own words stay out of the journal.
        done[-1] = replace(done[-1], text=wish.reason)
    now = _now(wish, reader)
    return [*done, *([now] if now else []), *_next(wish, reader)]
