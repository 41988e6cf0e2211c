"""The record of a hearing, and the sheet on which notes are made by hand."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from youwo.needs.hearings import lines_of, summary
from youwo.needs.models import HearingLine
from youwo.needs.rules import DEALING, READING
from youwo.people import masking
from youwo.web.access import staff
from youwo.web.hearings.access import deals, dealt_with, readable
from youwo.web.hearings.rows import about, words_of_kinds

_SHEET = 15


@staff(*READING)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what was said at a hearing and what became of it; printed, it is the minutes."""
    hearing = readable(request, reference)
    lines = lines_of(hearing)
    words = words_of_kinds()
    context = {
        "hearing": hearing,
        "spoken": [
            {
                "line": line,
                "about": about(line, _speaker(line), words),
                "case": line.wish or (line.report.problem if line.report else None),
            }
            for line in lines
            if not line.is_dropped
        ],
        "summary": summary(lines),
        "attendees": hearing.attendees.select_related("person", "organization").order_by("pk"),
        "deals": deals(request, hearing),
    }
    return render(request, "hearings/detail.html", context)


def _speaker(line: HearingLine) -> str:
    """Return the masked name of who spoke: with the closing it went over to the case."""
    voice = line.wish.voice if line.wish else line.report.voice if line.report else None
    return masking.name(voice.name if voice else line.name)


@staff(*DEALING)
def sheet(request: HttpRequest, reference: str) -> HttpResponse:
    """Show numbered lines to print; the code leads back to where the notes are typed in."""
    hearing = dealt_with(request, reference)
    link = f"{settings.PUBLIC_URL}{reverse('hearings:lines', args=[hearing.reference])}"
    first = (hearing.lines.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    context = {
        "hearing": hearing,
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2),
        "numbers": range(first, first + _SHEET),
    }
    return render(request, "hearings/sheet.html", context)
