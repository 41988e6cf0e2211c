"""Closing a hearing: a last look, what says the same, and then the lines go their way."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.needs.actions import hearings
from youwo.needs.hearings import alike, known_problems, lines_of, summary, troubles
from youwo.needs.models import HearingLine, Problem
from youwo.needs.rules import DEALING
from youwo.people import masking
from youwo.web.access import signed_in_person, staff
from youwo.web.hearings.access import dealt_with, held
from youwo.web.hearings.rows import about, words_of_kinds

# What a known problem's key stands behind in the form; an earlier line is a bare number.
_KNOWN = "known-"


@dataclass
class Look:
    """A line before the closing: what it lacks, and for what it may be one more voice."""

    line: HearingLine
    about: str
    troubles: list[str]
    # (value, words) of what says much the same.
    alike: list[tuple[str, str]]
    chosen: str


@staff(*DEALING)
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Look at all lines once more, and close."""
    refusal = ""
    if request.method == "POST":
        try:
            closed = _close(request, reference)
            if closed:
                messages.success(request, _("The hearing is closed; what was said is on its way."))
            return redirect("hearings:hearing", reference)
        except Refused as refused:
            refusal = str(refused)
    hearing = dealt_with(request, reference)
    if not hearing.is_open:
        return redirect("hearings:hearing", hearing.reference)
    lines = [line for line in lines_of(hearing) if line.is_typed]
    context = {
        "hearing": hearing,
        "looks": _looks(request, lines, known_problems(hearing)),
        "summary": summary(lines),
        "refusal": refusal,
        "is_early": hearing.held_on > local_day(timezone.now()),
    }
    return render(request, "hearings/close.html", context, status=422 if refusal else 200)


@acting()
def _close(request: HttpRequest, reference: str) -> bool:
    """Close the hearing, and say whether it was open until now."""
    hearing = held(request, reference)
    if hearing.is_open:
        same = _same(request)
        hearings.close(hearing, same=same, by=signed_in_person(request), at=timezone.now())
        return True
    return False


def _same(request: HttpRequest) -> dict[int, int | Problem]:
    """Read which lines are one more voice for an earlier line or a known problem."""
    same: dict[int, int | Problem] = {}
    for name, value in request.POST.items():
        number = name.removeprefix("same:")
        if number == name or not _is_number(number):
            continue
        key = str(value).removeprefix(_KNOWN)
        if not key:
            continue
        if not _is_number(key):
            raise Refused(
                _(
                    "One of the problems that you chose has moved on."
                    " Please look at your choice again."
                )
            )
        # What is known is not read here: closing looks whether another voice may join it.
        same[int(number)] = int(key) if key == value else Problem(pk=int(key))
    return same


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _looks(request: HttpRequest, lines: list[HearingLine], known: list[Problem]) -> list[Look]:
    words = words_of_kinds()
    looks: list[Look] = []
    earlier: list[HearingLine] = []
    for line in lines:
        offered: list[tuple[str, str]] = []
        if line.what == HearingLine.What.PROBLEM:
            offered = [_offer(one) for one in alike(line, earlier, known)]
            earlier.append(line)
        chosen = request.POST.get(f"same:{line.number}", "")
        found = troubles(line, joins=bool(chosen))
        told = about(line, masking.name(line.name), words)
        looks.append(Look(line, told, found, offered, chosen))
    return looks


def _offer(other: HearingLine | Problem) -> tuple[str, str]:
    if isinstance(other, Problem):
        return f"{_KNOWN}{other.pk}", str(other)
    return str(other.number), _("%(number)s. %(said)s") % {
        "number": other.number,
        "said": other.said[:40],
    }


@staff(*DEALING)
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Open a closed hearing once more, to add what was forgotten."""
    hearing = dealt_with(request, reference)
    if request.method == "POST":
        hearings.reopen(hearing, by=signed_in_person(request), at=timezone.now())
    return redirect("hearings:lines", hearing.reference)
