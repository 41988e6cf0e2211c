"""Places under their codes: finding them, adding and renaming compounds, ending codes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from youwo.areas import actions, queries
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.people.models import Role
from youwo.web.access import powers_of, signed_in_person
from youwo.web.keeping.forms import EndForm, NameForm
from youwo.web.keeping.reach import administers, codes_of, get_area, keepers, require

_SEARCHED = 3


@keepers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Search a place by name or code, or begin at the top of the own area."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:40]
    codes = codes_of(request)
    if not words and len(codes) == 1:
        return redirect("keeping:area", code=codes[0])
    if words:
        found = [area for top in codes[:_SEARCHED] for area in queries.find(words, top, limit=30)]
    else:
        found = list(Area.objects.filter(pk__in=codes).select_related("parent").order_by("code"))
    return render(request, "keeping/areas.html", {"words": words, "areas": found[:60]})


@keepers
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """Show a place, what lies below it, and what can be done with it."""
    place = get_area(request, code)
    today = local_day(timezone.now())
    below = Area.objects.filter(parent=place)
    ended = "ended" in request.GET
    if not ended:
        below = below.valid(today)
    is_compound = place.kind == Area.Kind.COMPOUND
    context = {
        "area": place,
        "way": [
            (above, above.pk != place.pk and powers_of(request).cover(above.pk, *_KEEPING))
            for above in queries.path(place)
        ],
        "predecessors": place.predecessors.order_by("code")[:20],
        "page": page(below, by=("code",), cursor=request.GET.get("cursor"), size=50),
        "ended": ended,
        "in_force": place.valid_to is None or place.valid_to > today,
        "administers": administers(request, place.pk),
        "has_compounds": place.kind == Area.Kind.COMMUNITY,
        "is_compound": is_compound,
        "changes": place.valid_to is None,
        "today": today,
    }
    return render(request, "keeping/area.html", context)


_KEEPING = (Role.ADMINISTRATOR, Role.WORKER)


@keepers
def add_compound(request: HttpRequest, code: str) -> HttpResponse:
    """Add a compound to a community."""
    community = get_area(request, code)
    if community.kind != Area.Kind.COMMUNITY:
        raise Http404
    form = NameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            compound = actions.add_compound(
                community,
                name=form.cleaned_data["name"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("%(name)s has been added.") % {"name": compound.name})
            return redirect("keeping:area", code=community.pk)
    context = {"area": community, "form": form}
    return render(request, "keeping/add_compound.html", context, status=422 if form.errors else 200)


@keepers
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a compound."""
    compound = get_area(request, code)
    if compound.kind != Area.Kind.COMPOUND:
        raise Http404
    form = NameForm(
        request.POST if request.method == "POST" else None, initial={"name": compound.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_compound(
                compound,
                name=form.cleaned_data["name"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The compound has been renamed."))
            return redirect("keeping:area", code=compound.pk)
    context = {"area": compound, "form": form}
    return render(request, "keeping/rename.html", context, status=422 if form.errors else 200)


def _successor(request: HttpRequest, code: str) -> Area | None:
    """Return the place that follows. Refuses codes that nobody knows or that others keep."""
    code = code.replace("\0", "").strip()
    if not code:
        return None
    successor = Area.objects.filter(pk=code).first()
    if successor is None:
        raise Refused(_("There is no place with this code."), "successor")
    if not administers(request, successor.pk):
        raise Refused(
            _("That place lies outside your area. Please ask an administrator of both."),
            "successor",
        )
    return successor


@keepers
def end(request: HttpRequest, code: str) -> HttpResponse:
    """End a code on a day, and say which one follows it."""
    place = get_area(request, code)
    require(administers(request, place.pk))
    today = local_day(timezone.now())
    form = EndForm(request.POST if request.method == "POST" else None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end(
                place,
                on=form.cleaned_data["on"],
                successor=_successor(request, form.cleaned_data["successor"]),
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The code has been ended."))
            return redirect("keeping:area", code=place.pk)
    beside = Area.objects.filter(parent=place.parent_id, kind=place.kind, valid_to__isnull=True)
    context: dict[str, Any] = {
        "area": place,
        "form": form,
        "beside": beside.exclude(pk=place.pk).order_by("code")[:200],
    }
    return render(request, "keeping/end.html", context, status=422 if form.errors else 200)
