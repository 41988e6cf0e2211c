"""Asking where: what the pages for wishes, problems and hearings share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.queries import current, find
from youwo.areas.rules import kind_of
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.web.access import powers_of


def looks_for_a_place(request: HttpRequest) -> bool:
    """Say whether a name was typed that has not been looked for yet: Enter means "find" then."""
    words = request.POST.get("place_words", "").strip()
    return bool(words) and words != request.POST.get("found_words", "").strip()


def asks_where_again(request: HttpRequest) -> bool:
    """Say whether the question where comes once more: to find a place, or to offer compounds."""
    return looks_for_a_place(request) or leaves_out_compounds(request)


def leaves_out_compounds(request: HttpRequest) -> bool:
    """Say whether a community was chosen whose compounds the page could not offer yet."""
    code = request.POST.get("community", "")
    offered = request.POST.get("compounds_of")
    if offered is None or offered == code or kind_of(code) != Area.Kind.COMMUNITY:
        return False
    return _compounds(code).exists()


def _compounds(community: str) -> QuerySet[Area]:
    return Area.objects.filter(parent=community, kind=Area.Kind.COMPOUND).order_by("code")


def place_of(code: str, compound: str) -> tuple[Area, Area | None]:
    """Return the community and the compound that were chosen. Refuses what is no community."""
    community = current(code)
    if community is None or community.kind != Area.Kind.COMMUNITY:
        raise Refused(_("Please choose your community from the list."), "community")
    return community, current(compound) if compound.startswith(f"{code}-") else None


def community_of(code: str) -> Area | None:
    """Return the community of a code, with the two places above it; None for any other code."""
    if kind_of(code) != Area.Kind.COMMUNITY:
        return None
    return Area.objects.select_related("parent__parent").filter(code=code).first()


def choices_of_place(request: HttpRequest, form: forms.Form) -> dict[str, Any]:
    """The community known so far with its compounds, and what a search by name found.

    Whoever chose a community from what was found is offered its compounds, and nothing else.
    """
    code = str(form["community"].value() or "")
    asked_again = "find" not in request.POST and leaves_out_compounds(request)
    words = "" if asked_again else request.POST.get("place_words", "")
    found = find(words, kinds=[Area.Kind.COMMUNITY], limit=12) if words.strip() else []
    known = community_of(code)
    if known is None and len(found) == 1:
        # The only one of that name is as good as chosen.
        known = found[0]
    return {
        "known": known,
        "found": [area for area in found if area != known],
        "place_words": words,
        "in_vain": bool(words.strip()) and not found,
        "compounds": _compounds(known.pk) if known else [],
        "asked_again": asked_again,
    }


# More than these are looked for by name.
_LISTED = 40
_FOUND = 12


@dataclass(frozen=True)
class Choice:
    """What a form offers: a short list, or what is known and what a search by name has found."""

    own: list[Area]
    known: Area | None
    found: list[Area]
    words: str

    @property
    def in_vain(self) -> bool:
        return bool(self.words.strip()) and not self.found and self.known is None


def asks_to_find(request: HttpRequest) -> bool:
    """Say whether a form was sent to look for a community, and not to be judged."""
    return "find" in request.POST or looks_for_a_place(request)


def choice_of_community(request: HttpRequest, roles: tuple[str, ...], code: str = "") -> Choice:
    """Return which communities somebody with one of the roles can choose; `code` is chosen now."""
    codes = powers_of(request).codes(*roles)
    listed = [one for one in codes if kind_of(one) == Area.Kind.COMMUNITY]
    if len(listed) == len(codes) <= _LISTED:
        return Choice(list(Area.objects.filter(pk__in=listed).order_by("code")), None, [], "")
    words = request.POST.get("place_words", "")[:20]
    found: list[Area] = []
    for above in codes if words.strip() else []:
        found += find(
            words,
            above,
            kinds=[Area.Kind.COMMUNITY],
            limit=_FOUND,
            on=local_day(timezone.now()),
        )
    if len(found) == 1:
        # The only one of that name is as good as chosen.
        return Choice([], found[0], [], words)
    known = community_of(code)
    return Choice([], known, [area for area in found if area != known][:_FOUND], words)


def community_to_enter_for(code: str) -> Area:
    """Return the community that was chosen in a form of the staff. Refuses every other code."""
    found = Area.objects.valid(local_day(timezone.now())).filter(
        code=code, kind=Area.Kind.COMMUNITY
    )
    community = found.first()
    if community is None:
        raise Refused(_("Please choose the community."), "community")
    return community
