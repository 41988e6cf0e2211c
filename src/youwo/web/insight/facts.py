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
    wish = _wish(entry)
    audits = powers.cover(entry.area_id, Role.AUDITOR)
    context = {
        "entry": entry,
        "way": areas.path(entry.area_id),
        "reversal": getattr(entry, "reversal", None),
        "hands": entry.participations.select_related("person").order_by("-part", "id"),
        "goods": entry.goods.order_by("id"),
        "source": wish
        and {
            "reference": wish.reference,
            "href": reverse("needs:staff", args=[wish.reference]),
        },
        "lines": _lines(entry, wish) if audits else None,
    }
    return render(request, "insight/fact.html", context)


def _entry(pk: int) -> Entry | None:
    related = ("area", "organization", "reversal")
    return Entry.objects.select_related(*related).filter(pk=pk).first() if pk < 2**63 else None


def _wish(entry: Entry) -> Wish | None:
    """Return the wish whose delivery a deed is; what was carried over from elsewhere has none."""
    if entry.source_label != "needs.delivery" or not entry.source_key.isdigit():
        return None
    return Wish.objects.filter(deliveries=int(entry.source_key)).only("reference").first()


def _lines(entry: Entry, wish: Wish | None) -> list[Line]:
    """Return what the journal says about the record that a fact comes from."""
    label, key = entry.source_label, entry.source_key
    if wish is not None:
        label, key = wish._meta.label_lower, str(wish.pk)
    lines = Line.objects.filter(target_label=label, target_key=key)
    return list(lines.order_by("id")[:_SHOWN_LINES])
