"""The page of one fact."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from youwo.areas import queries as areas
from youwo.insight import rules
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs.models import Wish
from youwo.people.models import Role
from youwo.web.access import powers_of, staff

_SHOWN_LINES = 50


@staff(*rules.OPENERS)
@require_safe
def fact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry of the ledger: what, where, for how many, counted how, and from where."""
    entry = _entry(pk)
    powers = powers_of(request)
    if entry is None or not rules.may_open(powers, entry.area_id):
        raise Http404
    audits = powers.cover(entry.area_id, Role.AUDITOR)
    context = {
        "entry": entry,
        "way": areas.path(entry.area_id),
        "reversal": getattr(entry, "reversal", None),
        "hands": entry.participations.select_related("person").order_by("-part", "id"),
        "goods": entry.goods.order_by("id"),
        "source": _source(entry),
        "lines": _lines(entry) if audits else None,
    }
    return render(request, "insight/fact.html", context)


def _entry(pk: int) -> Entry | None:
    related = ("area", "organization", "reversal")
    return Entry.objects.select_related(*related).filter(pk=pk).first() if pk < 2**63 else None


def _source(entry: Entry) -> dict[str, str] | None:
    """Return reference and address of the record that a fact comes from, if it has a page."""
    if entry.source_label != "needs.wish" or not entry.source_key.isdigit():
        return None
    reference = Wish.objects.filter(pk=int(entry.source_key)).values_list("reference", flat=True)
    found = reference.first()
    if not found:
        return None
    try:
        return {"reference": found, "href": reverse("needs:staff", args=[found])}
    except NoReverseMatch:
        return None


def _lines(entry: Entry) -> list[Line]:
    """Return what the journal says about the record that a fact comes from."""
    lines = Line.objects.filter(target_label=entry.source_label, target_key=entry.source_key)
    return list(lines.order_by("id")[:_SHOWN_LINES])
