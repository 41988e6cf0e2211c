"""Near me now: what looks for somebody, and lending a hand in one tap."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import parse_reference
from youwo.needs.queries import promised_by
from youwo.service import actions, rules
from youwo.service.models import ServiceItem
from youwo.service.queries import having_joined, items_seen_by, joined_by
from youwo.web.access import person_of, public, signed_in, signed_in_person, with_units
from youwo.web.home.choices import place, place_code
from youwo.web.near.found import Looked, Nearness, Sort

_TITLES = {
    Nearness.COMPOUND: gettext_lazy("In your compound"),
    Nearness.COMMUNITY: gettext_lazy("In your community"),
    Nearness.UNIT: gettext_lazy("Where your unit is enrolled"),
    Nearness.SKILLS: gettext_lazy("What fits you"),
    Nearness.ELSEWHERE: gettext_lazy("In this area"),
}
# So many of the items that somebody joined stand on top.
_JOINED = 10
_SORTS = {
    "wishes": (Sort.WISH, gettext_lazy("wishes")),
    "items": (Sort.ITEM, gettext_lazy("service items")),
    "whistles": (Sort.WHISTLE, gettext_lazy("whistles")),
    "problems": (Sort.PROBLEM, gettext_lazy("problems")),
}


@public
def index(request: HttpRequest) -> HttpResponse:
    """Show what looks for somebody near the visitor, nearest first: some of all, or all of a sort.

    Words are looked for in whatever is near.
    """
    person, on = person_of(request), local_day(timezone.now())
    words = request.GET.get("q", "").strip()[:40]
    looked = Looked(person, on, chosen=place_code(request), words=words)
    counts = looked.counts()
    asked = request.GET.get("sort", "")
    sort = asked if asked in _SORTS and _SORTS[asked][0] in counts else ""
    context = {
        "sorts": [
            (name, label, counts[one]) for name, (one, label) in _SORTS.items() if one in counts
        ],
        "sort": sort,
        "words": words,
        "has_place": place(request) is not None,
    }
    if sort:
        found, rows = looked.listed(_SORTS[sort][0], request.GET.get("cursor"))
        context |= {"page": found, "rows": rows}
        return render(request, "near/sort.html", context)
    context["groups"] = [(_TITLES[group.nearness], group) for group in looked.groups()]
    if person is not None and not words:
        context["promised"] = promised_by(person, on).order_by("due_at", "id")[:3]
        context["joined"] = joined_by(person)[:_JOINED]
    return render(request, "near/index.html", context)


@signed_in
def item(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a service item to who joined it: what, where, until when, and which units do it."""
    found = get_object_or_404(
        having_joined(signed_in_person(request)).prefetch_related("helpers__organization"),
        reference=parse_reference(reference),
    )
    return render(request, "near/item.html", {"item": found})


@with_units
def hands(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who put their names down for a service item, to its owner and the community."""
    person, on = signed_in_person(request), local_day(timezone.now())
    item = get_object_or_404(
        items_seen_by(person, on).select_related("community", "organization"),
        reference=parse_reference(reference),
    )
    if not (rules.owns(person, item, on) or rules.may_deal(person, item.community_id, on)):
        raise Http404
    joined = item.joined.filter(left_at__isnull=True).select_related("person")
    context = {"item": item, "page": page(joined, by=("id",), cursor=request.GET.get("cursor"))}
    return render(request, "near/hands.html", context)


def _item(reference: str) -> ServiceItem:
    return get_object_or_404(ServiceItem, reference=parse_reference(reference))


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to the list and the words from which a button was pressed."""
    if request.POST.get("back") == "mine":
        return redirect("needs:mine")
    kept = {name: request.POST[name] for name in ("sort", "q") if request.POST.get(name)}
    query = f"?{urlencode(kept)}" if kept else ""
    return redirect(reverse("near:index") + query)


@signed_in
@require_POST
def join(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the visitor's name down for a service item."""
    actions.join(_item(reference), by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("Your name is down. Who does it reads it and tells you when."))
    return _back(request)


@signed_in
@require_POST
def leave(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the visitor's name back."""
    actions.leave(_item(reference), by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("Taken back. Another time, perhaps."))
    return _back(request)
