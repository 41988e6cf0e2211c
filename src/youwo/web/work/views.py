"""The queue: what waits for me, since when, until when, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.needs import queries
from youwo.needs.models import Mover, Status, Wish
from youwo.web.access import (
    lacks_second_factor,
    mandates_of,
    powers_of,
    signed_in,
    signed_in_person,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Item:
    """One sentence of the queue with its one button."""

    icon: str
    sentence: str
    detail: str
    since: datetime
    due_at: datetime | None
    about: str
    button: str
    href: str


def _title(wish: Wish) -> str:
    return wish.public_title or " ".join(wish.said.split())[:28]


# The community's moves: icon, sentence and button.
_MOVES: dict[str, tuple[str, StrPromise, StrPromise]] = {
    Status.RECEIVED: ("clipboard-check", gettext_lazy("Review: %(title)s"), gettext_lazy("Review")),
    Status.RETURNED: ("phone", gettext_lazy("No answer yet: %(title)s"), gettext_lazy("Ring them")),
    Status.PUBLISHED: (
        "users",
        gettext_lazy("Nobody has promised: %(title)s"),
        gettext_lazy("Find somebody"),
    ),
    Status.DELIVERED: (
        "phone",
        gettext_lazy("Not yet confirmed: %(title)s"),
        gettext_lazy("Ring them"),
    ),
    Status.CONFIRMED: ("phone", gettext_lazy("Call back: %(title)s"), gettext_lazy("Ring them")),
}


def _item(wish: Wish, board: str, staff_list: str) -> Item:
    if wish.mover == Mover.CLAIMANT:
        sentence = _("You promised: %(title)s") % {"title": _title(wish)}
        if wish.claimed_for is not None:
            sentence = _("%(unit)s promised: %(title)s") % {
                "unit": wish.claimed_for,
                "title": _title(wish),
            }
        return Item(
            "heart-handshake",
            sentence,
            wish.appointment or _("No time agreed yet"),
            wish.since,
            wish.due_at,
            f"{board}{wish.reference}/",
            _("Say it is done"),
            f"{board}{wish.reference}/deliver/",
        )
    icon, words, button = _MOVES[wish.status]
    page = f"{staff_list}{wish.reference}/"
    return Item(
        icon,
        words % {"title": _title(wish)},
        f"{wish.community.name} · {wish.get_channel_display()}",
        wish.since,
        wish.due_at,
        page,
        str(button),
        page,
    )


def _context(request: HttpRequest) -> dict[str, object]:
    person, at = signed_in_person(request), timezone.now()
    # Looked up once, not for each row.
    board, staff_list = reverse("needs:board"), reverse("needs:staff-list")
    page = queries.queue(person, at, cursor=request.GET.get("cursor"))
    due = [wish.due_at for wish in page if wish.due_at is not None]
    return {
        "page": page,
        "items": [_item(wish, board, staff_list) for wish in page],
        "count": queries.count_due(due, at, more=page.after is not None),
    }


@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """Show everything that waits for the visitor, the most urgent first."""
    if lacks_second_factor(request):
        return redirect("mfa_index")
    powers = powers_of(request)
    context = {
        **_context(request),
        "enters": powers.holds("worker", "coordinator"),
        "reads": powers.holds("worker", "coordinator", "auditor"),
        "administers": powers.holds("administrator"),
        "keeps": powers.holds("administrator", "worker"),
        "audits": powers.holds("auditor", "administrator"),
        "acts_for_unit": bool(mandates_of(request)),
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
