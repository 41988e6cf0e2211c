"""One's own record: every minute, what, when, and who confirmed it; printed, it can be checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import segno
from django.conf import settings
from django.db.models import F
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import parse_reference
from youwo.core.tables import write_rows
from youwo.core.tries import count_try
from youwo.ledger import actions, queries
from youwo.ledger.models import Entry, Extract, Participation
from youwo.people import masking
from youwo.web.access import public, signed_in, signed_in_person
from youwo.web.files import table_answer
from youwo.web.limits import visitor_address

# Wrong references from one place within an hour.
MOST_WRONG = 30


def _year(request: HttpRequest, years: list[queries.YearOfService]) -> int:
    asked = request.GET.get("year", "")
    known = [one.year for one in years]
    if asked.isdecimal() and int(asked) in known:
        return int(asked)
    return known[0] if known else local_day(timezone.now()).year


def confirmed_by(entry: Entry) -> str:
    """Return who confirmed a fact, in words."""
    if entry.confirmed_at is None:
        return _("not confirmed")
    if entry.confirmed_by == "recipient":
        return _("by who was helped")
    return _("by the community")


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Show a year of the visitor's own record, the latest first."""
    person = signed_in_person(request)
    years = queries.sums_by_year(person)
    year = _year(request, years)
    parts = queries.record_of(person, year).annotate(day=F("entry__occurred_on"))
    found = page(parts, by=("-day", "-id"), cursor=request.GET.get("cursor"), size=50)
    context = {
        "years": years,
        "year": year,
        "sum": next((one for one in years if one.year == year), None),
        "minutes": sum(one.minutes for one in years),
        "page": found,
        "rows": [(part, confirmed_by(part.entry)) for part in found],
    }
    return render(request, "near/record.html", context)


def _all(parts: Any) -> list[tuple[Participation, str]]:
    ordered = parts.order_by("entry__occurred_on", "pk")
    return [(part, confirmed_by(part.entry)) for part in ordered]


@signed_in
def export(request: HttpRequest) -> FileResponse:
    """Send the visitor's own record as an Excel file."""
    person = signed_in_person(request)
    headings = [
        _("Day"), _("What"), _("Kind"), _("Field of service"), _("Place"), _("Unit"),
        pgettext("length of time", "Minutes"), pgettext("column", "Confirmed"),
    ]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for part, confirmed in _all(queries.record_of(person)):
            entry = part.entry
            yield [
                entry.occurred_on, entry.title, entry.get_kind_display(),
                entry.get_field_display(), entry.area.name,
                str(entry.organization or ""), part.minutes, confirmed,
            ]  # fmt: skip

    return table_answer(_("My record"), lambda file: write_rows(headings, rows(), file))


@signed_in
@require_POST
def sheet(request: HttpRequest) -> HttpResponse:
    """Make a sheet of one year, to print."""
    year = request.POST.get("year", "")
    number = int(year) if year.isdecimal() and len(year) == 4 else 0
    made = actions.extract(signed_in_person(request), year=number, at=timezone.now())
    return redirect("near:printed", made.reference)


@signed_in
def printed(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one of the visitor's own sheets, as it was known when it was made, with its code."""
    person = signed_in_person(request)
    made = get_object_or_404(Extract, reference=parse_reference(reference), person=person)
    link = settings.PUBLIC_URL + reverse("near:check", args=[made.reference])
    rows = _all(queries.record_of(person, made.year, known_at=made.known_at))
    context = {
        "extract": made,
        "name": person.name,
        "rows": rows,
        "unconfirmed": sum(
            part.minutes for part, _words in rows if part.entry.confirmed_at is None
        ),
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2),
        "link": link,
    }
    return render(request, "near/printed.html", context)


@public
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell anybody whether a sheet is genuine and still holds, and no more than that needs."""
    made = (
        Extract.objects.select_related("person")
        .filter(reference=parse_reference(reference))
        .first()
    )
    if made is not None:
        minutes = [part.minutes for part in queries.record_of(made.person, made.year)]
        context = {
            "extract": made,
            "name": masking.name(made.person.name) or "*",
            "same": (len(minutes), sum(minutes)) == (made.entries, made.minutes),
            "facts": len(minutes),
            "minutes": sum(minutes),
        }
        return render(request, "near/check.html", context)
    tries = count_try(
        "record", visitor_address(request), at=timezone.now(), window=timedelta(hours=1)
    )
    often = tries > MOST_WRONG
    words = _("There is no record with this reference. Please compare it with the paper.")
    if often:
        words = _("That was tried too often. Please wait an hour, or call your community.")
    return render(request, "near/check.html", {"words": words}, status=429 if often else 404)
