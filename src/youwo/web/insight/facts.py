"""The page of one fact."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from youwo.areas import queries as areas
from youwo.insight import rules
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs.models import Wish
from youwo.people.models import Role
from youwo.service.models import ServiceItem
from youwo.web.access import powers_of, staff

_SHOWN_LINES = 50
# From which record a fact can come that has a page of its own.
_PAGES = {"needs.delivery": "needs:staff", "service.delivery": "service:item"}


@staff(*rules.OPENERS)
@require_safe
def fact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry of the ledger: what, where, for how many, counted how, and from where."""
    entry = _entry(pk)
    powers = powers_of(request)
    if entry is None or not rules.may_open(powers, entry.area_id):
        raise Http404
    case = _case(entry)
    audits = powers.cover(entry.area_id, Role.AUDITOR)
    context = {
        "entry": entry,
        "way": areas.path(entry.area_id),
        "reversal": getattr(entry, "reversal", None),
        "hands": entry.participations.select_related("person").order_by("-part", "id"),
        "goods": entry.goods.order_by("id"),
        "source": case
        and {
            "reference": case.reference,
            "href": reverse(_PAGES[entry.source_label], args=[case.reference]),
        },
        "lines": _lines(entry, case) if audits else None,
    }
    return render(request, "insight/fact.html", context)


def _entry(pk: int) -> Entry | None:
    related = ("area", "organization", "reversal")
    return Entry.objects.select_related(*related).filter(pk=pk).first() if pk < 2**63 else None


def _case(entry: Entry) -> Wish | ServiceItem | None:
    """Return the wish or service item whose delivery a deed is.

    What was carried over from elsewhere has none.
    """
    if entry.source_label not in _PAGES or not entry.source_key.isdigit():
        return None
    key = int(entry.source_key)
    if entry.source_label == "service.delivery":
        return ServiceItem.objects.filter(deliveries=key).only("reference").first()
    return Wish.objects.filter(deliveries=key).only("reference").first()


def _lines(entry: Entry, case: Wish | ServiceItem | None) -> list[Line]:
    """Return what the journal says about the record that a fact comes from."""
    label, key = entry.source_label, entry.source_key
    if case is not None:
        label, key = case._meta.label_lower, str(case.pk)
    lines = Line.objects.filter(target_label=label, target_key=key)
    return list(lines.order_by("id")[:_SHOWN_LINES])
