"""Which meeting, which item, which communities: what the pages of this domain share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from youwo.areas.models import Area
from youwo.areas.queries import find
from youwo.areas.rules import kind_of
from youwo.core.acts import hold_first, under_way
from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.dispatch.actions import carrier
from youwo.organizations.models import Organization
from youwo.organizations.queries import in_any
from youwo.service import queries, rules
from youwo.service.models import JointMeeting
from youwo.web.access import powers_of, signed_in_person

# A choice among more communities than this is no list any more.
_LISTED = 60


def meeting_of(request: HttpRequest, reference: str) -> JointMeeting:
    """Return a meeting that the visitor runs, reads, or is invited to; others do not exist.

    Within an act it is locked.
    """
    seen = queries.meetings_seen_by(signed_in_person(request), local_day(timezone.now()))
    rows = seen.filter(reference=parse_reference(reference) or "")
    rows = rows.select_related("community", "series")
    meeting = hold_first(rows) if under_way() else rows.first()
    if meeting is None:
        raise Http404
    return meeting


def run_meeting(request: HttpRequest, reference: str) -> JointMeeting:
    """Return a meeting of a community for which the visitor works; others do not exist."""
    meeting = meeting_of(request, reference)
    on = local_day(timezone.now())
    if not rules.may_read(signed_in_person(request), meeting.community_id, on):
        raise Http404
    return meeting


def must_deal(request: HttpRequest, community_code: str) -> None:
    """Refuse staff who only read."""
    if not deals(request, community_code):
        raise PermissionDenied


def deals(request: HttpRequest, community_code: str) -> bool:
    """Say whether the visitor runs the meetings and keeps the list of a community."""
    on = local_day(timezone.now())
    return rules.may_deal(signed_in_person(request), community_code, on)


def item_of(request: HttpRequest, reference: str, **columns: Any) -> Any:
    """Return an item that the visitor keeps, reads, or has a part in; others do not exist.

    Within an act it is locked, and with it the problem behind it. `columns` are read with it.
    """
    seen = queries.items_seen_by(signed_in_person(request), local_day(timezone.now()))
    rows = (
        seen.filter(reference=parse_reference(reference) or "")
        .annotate(carrier=carrier(), **columns)
        .select_related(*queries.WHOLE, "agenda_item__meeting")
    )
    item = hold_first(rows, "problem") or hold_first(rows) if under_way() else rows.first()
    if item is None:
        raise Http404
    return item


def communities_of(request: HttpRequest) -> list[Area]:
    """Return the communities that the visitor works for, when they are few enough to list."""
    codes = powers_of(request).codes(*rules.DEALING)
    rows = Area.objects.communities().valid(local_day(timezone.now())).filter(in_any(codes, "code"))
    found = list(rows.select_related("parent").order_by("code")[: _LISTED + 1])
    return found if len(found) <= _LISTED else []


def choose_community(request: HttpRequest) -> HttpResponse:
    """Let the visitor choose one of their communities: of a list, or by its name where many."""
    found, words = communities_of(request), request.GET.get("q", "").strip()[:20]
    few = bool(found)
    if words and not few:
        kinds, on = [Area.Kind.COMMUNITY], local_day(timezone.now())
        for code in powers_of(request).codes(*rules.DEALING):
            found += find(words, code, kinds=kinds, limit=_LISTED, on=on)
    context = {"communities": found, "few": few, "words": words}
    return render(request, "service/choose.html", context)


def community_of(request: HttpRequest) -> Area | None:
    """Return the community that the address names, or the only one the visitor works for."""
    code = request.GET.get("area", "")
    if kind_of(code) == Area.Kind.COMMUNITY and deals(request, code):
        return Area.objects.filter(code=code).first()
    codes = powers_of(request).codes(*rules.DEALING)
    if len(codes) == 1 and kind_of(codes[0]) == Area.Kind.COMMUNITY:
        return Area.objects.filter(code=codes[0]).first()
    return None


def choices_of(units: Iterable[Organization]) -> list[tuple[int, str]]:
    """Return units as choices of a form."""
    return [(unit.pk, unit.name) for unit in units]
