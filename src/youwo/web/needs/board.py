"""The wishes board: what everybody may read."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.rules import kind_of
from youwo.core.acts import hold_first
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import parse_reference
from youwo.needs import queries, rules
from youwo.needs.models import PUBLIC, Wish
from youwo.needs.waiting import missing
from youwo.web.access import person_of, public
from youwo.web.home.choices import place_code
from youwo.web.maps import views as maps
from youwo.web.needs import way


@public
def index(request: HttpRequest) -> HttpResponse:
    """List public wishes by view, area, kind and words."""
    view = request.GET.get("view", "open")
    view = view if view in queries.VIEWS else "open"
    code = request.GET.get("area", place_code(request))
    area = Area.objects.filter(code=code).first() if kind_of(code) else None
    kind = request.GET.get("kind", "")
    kind = kind if kind in Wish.Kind.values else ""
    words = request.GET.get("q", "")[:50]
    wishes = queries.board(view=view, code=area.code if area else "", kind=kind, words=words)
    found = page(wishes, by=queries.BOARD, cursor=request.GET.get("cursor"))
    context = {
        "page": found,
        "view": view,
        "area": area,
        "kind": kind,
        "words": words,
        "kinds": Wish.Kind.choices,
        "filtered": bool(kind or words or (area and area.code != settings.CITY)),
    }
    return render(request, "needs/board.html", context)


@public
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one public wish, its way, and what the visitor can do about it."""
    wish = public_wish(reference)
    person = person_of(request)
    on = local_day(timezone.now())
    promised = rules.has_promised(person, wish, on)
    context = {
        "wish": wish,
        # Who promised reads what is still missing.
        "way": way.way(wish, way.Reader.HELPER if promised else way.Reader.EVERYBODY),
        "promised": promised,
        "missing": missing(wish) if promised else "",
        "promised_by": way.promised_by(wish),
        "deals": rules.may_read(person, wish, on),
    }
    return render(request, "needs/detail.html", context)


@public
def on_map(request: HttpRequest) -> HttpResponse:
    """Show open public wishes with a point on a map, and the same as a list."""
    found = queries.points(code=place_code(request)[:6])
    context = {
        "title": _("Wishes on the map"),
        "text": _("Only wishes whose sender added a place, moved a little to protect the door."),
        "list": reverse("needs:board"),
        "points": reverse("needs:points"),
        "wishes": list(found),
    }
    return render(request, "needs/map.html", context)


@public
def points(request: HttpRequest) -> JsonResponse:
    """Return open public wishes with a point, for the map."""
    return maps.cases(queries.points(code=place_code(request)[:6]))


def public_wish(reference: str) -> Wish:
    """Return a wish that stands on the board; others do not exist for the public."""
    wish = _public(reference).select_related("claimed_by", "claimed_for").first()
    if wish is None:
        raise Http404
    return wish


def held_public_wish(reference: str) -> Wish:
    """Do what `public_wish` does, and lock the wish in the act that is under way."""
    wish = hold_first(_public(reference).select_related("voice__person", "compound"))
    if wish is None:
        raise Http404
    return wish


def _public(reference: str) -> QuerySet[Wish]:
    known = parse_reference(reference) or ""
    wishes = Wish.objects.select_related("community__parent")
    return wishes.filter(reference=known, status__in=PUBLIC)
