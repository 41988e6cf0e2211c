"""Communities and compounds that no unit is paired with: as a list, as a table, on the map."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from youwo.areas.models import Area, within
from youwo.core import tables
from youwo.core.paging import page
from youwo.organizations import queries, rules
from youwo.web.access import powers_of, staff
from youwo.web.files import table_answer
from youwo.web.organizations.reach import today
from youwo.web.pairings import asked

_MOST_POINTS = 3000


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "words": asked.words(request),
        "area": asked.place(request),
        "kind": asked.one_of(request, "kind", (Area.Kind.COMMUNITY, Area.Kind.COMPOUND)),
        "villages": "1" if request.GET.get("villages") else "",
    }


def _places(request: HttpRequest, chosen: dict[str, str]) -> Any:
    codes = powers_of(request).codes(*rules.READERS)
    rows = queries.places_to_pair(codes, today(), villages=bool(chosen["villages"]))
    if chosen["area"]:
        rows = rows.filter(within(chosen["area"], "code"))
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if words := chosen["words"]:
        rows = rows.filter(Q(name__contains=words) | Q(parent__name__contains=words))
    return rows


def _context(request: HttpRequest) -> dict[str, Any]:
    chosen = _chosen(request)
    return {
        **chosen,
        "place": Area.objects.filter(pk=chosen["area"]).first() if chosen["area"] else None,
        "kinds": [("community", _("communities")), ("compound", _("compounds"))],
        "filtered": bool(chosen["words"] or chosen["area"] or chosen["kind"]),
        "may_pair": powers_of(request).holds(*rules.KEEPERS),
    }


@staff(*rules.READERS)
def index(request: HttpRequest) -> HttpResponse:
    """List the places without a unit, by code."""
    context = _context(request)
    rows = _places(request, _chosen(request))
    without = rows.filter(is_paired=False).select_related("parent__parent")
    context |= {
        "page": page(without, by=("code",), cursor=request.GET.get("cursor"), size=40),
        "all": rows.count(),
        "lacking": rows.filter(is_paired=False).count(),
    }
    return render(request, "pairings/without.html", context)


@staff(*rules.READERS)
def export(request: HttpRequest) -> FileResponse:
    """Send the places without a unit as an Excel file."""
    rows = _places(request, _chosen(request)).filter(is_paired=False).order_by("code")
    headings = [_("Code"), _("Lies in"), _("Place")]
    found = rows.values_list("code", "parent__name", "name").iterator(chunk_size=2000)
    return table_answer(_("Without a unit"), lambda file: tables.write_rows(headings, found, file))


@staff(*rules.READERS)
def on_map(request: HttpRequest) -> HttpResponse:
    """Show paired and unpaired places on a map."""
    return render(request, "pairings/map.html", _context(request))


@staff(*rules.READERS)
def points(request: HttpRequest) -> JsonResponse:
    """Return the places that have a point, and whether a unit is paired with each."""
    rows = _places(request, _chosen(request)).filter(longitude__isnull=False)
    found = rows.order_by("code").values_list("code", "name", "longitude", "latitude", "is_paired")[
        :_MOST_POINTS
    ]
    return JsonResponse(
        {
            "places": [
                {"code": code, "name": name, "point": [float(x), float(y)], "paired": paired}
                for code, name, x, y, paired in found
            ]
        }
    )
