"""Typing while people speak: a grid at the desk, one line at a time on a phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.needs import triage
from youwo.needs.actions import hearings
from youwo.needs.actions.hearings import Saved, Typed
from youwo.needs.hearings import lines_of
from youwo.needs.models import Hearing, HearingLine, Wish
from youwo.needs.rules import DEALING
from youwo.web.access import signed_in_person, staff
from youwo.web.hearings.access import dealt_with
from youwo.web.hearings.rows import (
    Row,
    empty_rows,
    row_of,
    row_of_typed,
    typed_messages,
    typed_rows,
    words_of_kinds,
)

_EMPTY = 6
# How many lines one message may carry.
_MOST = 60


@staff(*DEALING)
def lines(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the lines of an open hearing and take down more; without scripts, by this form."""
    hearing = dealt_with(request, reference)
    if request.method == "POST":
        return _saved(request, hearing)
    if not hearing.is_open:
        return redirect("hearings:hearing", hearing.reference)
    return _grid(request, hearing)


def _saved(request: HttpRequest, hearing: Hearing) -> HttpResponse:
    typed = typed_rows(request.POST)
    saved = hearings.write(hearing, typed, by=signed_in_person(request), at=timezone.now())
    refused = {one.nonce: one for one in saved if one.refusal}
    if refused:
        return _grid(request, hearing, [line for line in typed if line.nonce in refused], refused)
    messages.success(
        request,
        ngettext("%(n)s line is saved.", "%(n)s lines are saved.", len(saved)) % {"n": len(saved)},
    )
    return redirect(f"{reverse('hearings:lines', args=[hearing.reference])}#next")


def _grid(
    request: HttpRequest,
    hearing: Hearing,
    typed: Sequence[Typed] = (),
    refused: dict[Any, Saved] | None = None,
) -> HttpResponse:
    words = words_of_kinds()
    again = {
        line.nonce: row_of_typed(line, (refused or {}).get(line.nonce), words) for line in typed
    }
    standing = lines_of(hearing)
    rows = [
        again.pop(line.nonce) if line.nonce in again else row_of(line, words) for line in standing
    ]
    context = {
        "hearing": hearing,
        "rows": [*rows, *again.values(), *empty_rows(_EMPTY)],
        "blank": Row(nonce="__nonce__"),
        "refused": bool(refused),
        **choices(hearing),
    }
    return render(request, "hearings/lines.html", context, status=422 if refused else 200)


def choices(hearing: Hearing) -> dict[str, Any]:
    """Return what the cells of a line offer."""
    compounds = Area.objects.filter(parent=hearing.community_id, kind=Area.Kind.COMPOUND)
    return {
        "sorts": HearingLine.What.choices,
        "wish_kinds": [label for _value, label in Wish.Kind.choices],
        "problem_kinds": triage.kinds_for(rural=hearing.community.rural),
        "compounds": list(compounds.order_by("code")),
    }


@staff(*DEALING)
def send(request: HttpRequest, reference: str) -> HttpResponse:
    """Take down lines that the browser's script sends, and say of each what became of it."""
    hearing = dealt_with(request, reference)
    if request.method != "POST":
        return redirect("hearings:lines", hearing.reference)
    try:
        rows = json.loads(request.body)["lines"]
        typed = typed_messages(rows[:_MOST])
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"refusal": _("This could not be read.")}, status=400)
    try:
        saved = hearings.write(hearing, typed, by=signed_in_person(request), at=timezone.now())
    except Refused as refused:
        return JsonResponse({"refusal": str(refused)}, status=409)
    words = words_of_kinds()
    return JsonResponse({"lines": [_told(one, words) for one in saved]})


def _told(saved: Saved, words: dict[str, str]) -> dict[str, Any]:
    """Say how a line stands: who spoke comes back masked, a number that is none as it was typed."""
    row = row_of(saved.line, words) if saved.line else Row(nonce=str(saved.nonce))
    return {
        "nonce": row.nonce,
        "revision": row.revision,
        "number": row.number,
        "said": row.said,
        "what": row.what,
        "kind": row.kind,
        "name": row.masked_name,
        "phone": row.masked_phone,
        "odd_phone": row.phone,
        "compound": row.compound,
        "building": row.building,
        "dropped": row.dropped,
        "says": row.says,
        "refusal": saved.refusal,
    }
