"""Pasting a table, a chat or a list: first a look at the lines, then they are saved."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from youwo.needs import guessing
from youwo.needs.models import Hearing
from youwo.needs.pasting import Spoken, split
from youwo.needs.rules import DEALING
from youwo.web.access import staff
from youwo.web.hearings.access import dealt_with
from youwo.web.hearings.forms import PasteForm
from youwo.web.hearings.grid import choices
from youwo.web.hearings.rows import Row, words_of_kinds


@staff(*DEALING)
def paste(request: HttpRequest, reference: str) -> HttpResponse:
    """Split what was pasted into lines to be corrected; the form of the grid saves them."""
    hearing = dealt_with(request, reference)
    if not hearing.is_open:
        return redirect("hearings:hearing", hearing.reference)
    form = PasteForm(request.POST or None)
    rows: list[Row] = []
    if request.method == "POST" and form.is_valid():
        rural = hearing.community.rural
        rows = [_row(line, rural=rural) for line in split(form.cleaned_data["text"])]
        if not rows:
            form.add_error("text", form.fields["text"].error_messages["required"])
    if not rows:
        status = 422 if request.method == "POST" else 200
        context = {"hearing": hearing, "form": form}
        return render(request, "hearings/paste.html", context, status=status)
    return _preview(request, hearing, rows)


def _row(line: Spoken, *, rural: bool) -> Row:
    what = line.what or guessing.what_of(line.said, rural=rural)
    return Row(
        nonce=str(uuid.uuid4()),
        said=line.said,
        what=what,
        kind=words_of_kinds().get(guessing.kind_of(line.said, what, rural=rural), ""),
        name=line.name,
        phone=line.phone,
        building=line.building,
        says=[] if line.said else [_("No words were found here. Without words it is not saved.")],
    )


def _preview(request: HttpRequest, hearing: Hearing, rows: list[Row]) -> HttpResponse:
    context = {"hearing": hearing, "rows": rows, **choices(hearing)}
    return render(request, "hearings/preview.html", context)
