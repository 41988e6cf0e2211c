"""The queue: what waits for me, since when, until when, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from youwo.people.models import Person, Role
from youwo.turns import queries
from youwo.turns.models import Turn
from youwo.web.access import lacks_second_factor, powers_of, signed_in, signed_in_person
from youwo.web.work.menu import links
from youwo.web.work.words import Words, words_of_turns

# Stands in an address in place of a reference, to make many addresses from one.
_HERE = "-reference-"


@dataclass(frozen=True)
class Item:
    """One sentence of the queue with its one button."""

    icon: str
    sentence: str
    detail: str
    since: datetime
    due_at: datetime
    about: str
    button: str
    href: str


def _details(person: Person, turns: Sequence[Turn]) -> dict[int, str]:
    """Return what some turns say to this visitor alone. No statement where there are none such."""
    asked: dict[Any, list[Turn]] = {}
    known = words_of_turns()
    for turn in turns:
        if (details := known[turn.kind].details) is not None:
            asked.setdefault(details, []).append(turn)
    return {
        key: words
        for details, ones in asked.items()
        for key, words in details(person, ones).items()
    }


def _items(person: Person, turns: Sequence[Turn]) -> list[Item]:
    # Words and addresses are looked up once for each kind, not for each row.
    kinds: dict[str, tuple[Words, str, str, str, str]] = {}
    known = words_of_turns()
    details = _details(person, turns)
    items = []
    for turn in turns:
        if turn.kind not in kinds:
            words = known[turn.kind]
            page = reverse(words.page, args=[_HERE])
            about = reverse(words.about, args=[_HERE]) if words.about else page
            kinds[turn.kind] = (words, str(words.sentence), str(words.button), page, about)
        words, sentence, button, page, about = kinds[turn.kind]
        items.append(
            Item(
                words.icon,
                sentence % {"title": turn.title},
                details.get(turn.pk) or turn.detail or str(words.silent),
                turn.since,
                turn.due_at,
                about.replace(_HERE, turn.reference),
                button,
                page.replace(_HERE, turn.reference),
            )
        )
    return items


def _context(request: HttpRequest) -> dict[str, object]:
    person, at = signed_in_person(request), timezone.now()
    page = queries.queue(person, at, cursor=request.GET.get("cursor"))
    due = [turn.due_at for turn in page]
    return {
        "page": page,
        "items": _items(person, page.rows),
        "count": queries.count_due(due, at, more=page.after is not None),
    }


@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """Show everything that waits for the visitor, the most urgent first."""
    if lacks_second_factor(request):
        return redirect("mfa_index")
    context = {
        **_context(request),
        "enters": powers_of(request).holds(Role.WORKER, Role.COORDINATOR),
        "links": links(request),
    }
    return render(request, "work/queue.html", context)


@signed_in
def rows(request: HttpRequest) -> HttpResponse:
    """Return the rows of the queue alone, to keep an open page fresh."""
    if lacks_second_factor(request):
        return redirect("mfa_index")
    return render(request, "work/_rows.html", _context(request))


@signed_in
def count(request: HttpRequest) -> HttpResponse:
    """Return how much waits, for the navigation."""
    found = queries.count_queue(signed_in_person(request), timezone.now())
    text = "99+" if found.more or found.total > queries.COUNTED else str(found.total or "")
    return HttpResponse(text, content_type="text/plain")
