"""Units paired with communities and compounds: the list, one pairing, its card."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.areas.models import Area, within
from youwo.core import tables
from youwo.core.paging import page
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.core.search import matching
from youwo.core.tries import count_try
from youwo.organizations import actions, queries, rules
from youwo.organizations.models import Organization, Pairing
from youwo.web.access import powers_of, public, signed_in_person, with_units
from youwo.web.files import table_answer
from youwo.web.limits import visitor_address
from youwo.web.organizations.forms import EndForm, ReasonForm, day_initial
from youwo.web.organizations.reach import today
from youwo.web.organizations.slips import MOST_WRONG
from youwo.web.pairings import asked
from youwo.web.pairings.forms import PairForm
from youwo.web.pairings.words import ended_why

_NEWEST = ("-starts_on", "-id")
_STATES = ("now", "ended", "void")


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "words": asked.words(request),
        "area": asked.place(request),
        "unit": asked.key(request, "unit"),
        "state": asked.one_of(request, "state", _STATES, "now"),
    }


def _filtered(request: HttpRequest, chosen: dict[str, str]) -> Any:
    on = today()
    seen = queries.pairings_seen_by(signed_in_person(request), on)
    if chosen["state"] == "now":
        rows = seen.holding(on)
    elif chosen["state"] == "ended":
        rows = seen.filter(ends_on__lte=on, voided_at__isnull=True)
    else:
        rows = seen.filter(voided_at__isnull=False)
    if chosen["area"]:
        rows = rows.filter(within(chosen["area"], "area_id"))
    if chosen["unit"]:
        rows = rows.filter(organization=int(chosen["unit"]))
    if words := chosen["words"]:
        units = matching(Organization.objects.all(), words).values("pk")
        rows = rows.filter(Q(organization__in=units) | Q(area__name__contains=words))
    return rows


@with_units
def index(request: HttpRequest) -> HttpResponse:
    """List the pairings of the visitor's places and units, the newest first."""
    chosen = _chosen(request)
    rows = _filtered(request, chosen).select_related("organization", "area__parent")
    context = {
        "page": page(rows, by=_NEWEST, cursor=request.GET.get("cursor"), size=30),
        **chosen,
        "place": Area.objects.filter(pk=chosen["area"]).first() if chosen["area"] else None,
        "states": [("now", _("in force")), ("ended", _("ended")), ("void", _("void"))],
        "filtered": bool(chosen["words"] or chosen["area"] or chosen["unit"]),
        "may_pair": powers_of(request).holds(*rules.KEEPERS),
        "may_plan": powers_of(request).holds(*rules.PLANNERS),
        "keeps": powers_of(request).holds(*rules.READERS),
    }
    return render(request, "pairings/index.html", context)


@with_units
def export(request: HttpRequest) -> FileResponse:
    """Send the pairings of the list as an Excel file."""
    rows = _filtered(request, _chosen(request)).order_by("area", "starts_on", "pk")
    names = ("area_id", "area__parent__name", "area__name", "organization__name")
    found = rows.values_list(
        *names, "starts_on", "ends_on", "reason", "end_reason", "reference"
    ).iterator(chunk_size=2000)
    headings = [
        _("Code"),
        _("Lies in"),
        _("Place"),
        _("Unit"),
        _("From"),
        _("Until before"),
        _("Why these two"),
        _("Why it ended"),
        _("Reference"),
    ]
    lines = ((*row[:7], ended_why(row[7]), row[8]) for row in found)
    return table_answer(_("Pairings"), lambda file: tables.write_rows(headings, lines, file))


@with_units
def new(request: HttpRequest) -> HttpResponse:
    """Pair a unit with a place. What the address names is filled in already."""
    if not powers_of(request).holds(*rules.KEEPERS):
        raise Http404
    form = PairForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            pairing = actions.pair(
                given.pop("unit"), **given, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("They are paired. The card can be printed here."))
            return redirect("pairings:pairing", pairing.reference)
    return render(request, "pairings/new.html", {"form": form}, status=422 if form.errors else 200)


def _initial(request: HttpRequest) -> dict[str, str]:
    found = {"starts_on": day_initial(today()), "area": asked.place(request)}
    if unit := asked.key(request, "unit"):
        seen = queries.units_seen_by(signed_in_person(request), today())
        found["unit"] = seen.filter(pk=int(unit)).values_list("name", flat=True).first() or ""
    return found


def pairing_of(request: HttpRequest, reference: str) -> Pairing:
    """Return a pairing that the visitor works with."""
    rows = queries.pairings_seen_by(signed_in_person(request), today())
    return get_object_or_404(
        rows.select_related("organization", "area__parent"),
        reference=parse_reference(reference) or "",
    )


@with_units
def pairing(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one pairing."""
    return _show(request, pairing_of(request, reference))


def _show(request: HttpRequest, found: Pairing, status: int = 200, **forms: Any) -> HttpResponse:
    on = today()
    context = {
        "pairing": found,
        "holds": found.is_in_force(on),
        "on": on,
        "why": ended_why(found.end_reason),
        "void_why": ended_why(found.void_reason),
        "may_change": found.voided_at is None
        and rules.may_pair(signed_in_person(request), found.area_id, on),
        "end_form": EndForm(initial={"on": day_initial(on)}),
        "void_form": ReasonForm(prefix="void"),
        **forms,
    }
    return render(request, "pairings/pairing.html", context, status=status)


@with_units
@require_POST
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """End a pairing on a day, for a reason."""
    found, form = pairing_of(request, reference), EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_pairing(
                found, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The pairing has an end. Its history stays."))
            return redirect("pairings:pairing", found.reference)
    return _show(request, found, 422, end_form=form)


@with_units
@require_POST
def void(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back a pairing that was entered by mistake."""
    found, form = pairing_of(request, reference), ReasonForm(request.POST, prefix="void")
    if form.is_valid():
        try:
            actions.void_pairing(
                found, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The pairing is void and counts no more."))
            return redirect("pairings:pairing", found.reference)
    return _show(request, found, 422, void_form=form)


@with_units
def card(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a pairing as a card to print and put up."""
    found = pairing_of(request, reference)
    link = settings.PUBLIC_URL + reverse("pairings:check", args=[found.reference])
    context = {
        "pairing": found,
        "holds": found.is_in_force(today()),
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2),
        "link": link,
        "printed_at": timezone.now(),
    }
    return render(request, "pairings/card.html", context)


@public
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell anybody who looks after a place, from the card that hangs there.

    Whoever tries references at random is stopped.
    """
    rows = Pairing.objects.select_related("organization", "area__parent")
    found = rows.filter(reference=parse_reference(reference) or "").first()
    if found is not None:
        context = {"pairing": found, "holds": found.is_in_force(today())}
        return render(request, "pairings/check.html", context)
    tries = count_try(
        "enrolment", visitor_address(request), at=timezone.now(), window=timedelta(hours=1)
    )
    words = _("There is no pairing with this reference. Please compare it with the card.")
    if tries > MOST_WRONG:
        words = _("That was tried too often. Please wait an hour, or call your community.")
    return render(
        request,
        "pairings/check.html",
        {"words": words},
        status=429 if tries > MOST_WRONG else 404,
    )
