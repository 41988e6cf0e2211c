"""Asking where: what the pages for wishes and for problems share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.queries import current, find
from youwo.areas.rules import kind_of
from youwo.core.refused import Refused


def looks_for_a_place(request: HttpRequest) -> bool:
    """Say whether a name was typed that has not been looked for yet: Enter means "find" then."""
    words = request.POST.get("place_words", "").strip()
    return bool(words) and words != request.POST.get("found_words", "").strip()


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
    """The community known so far with its compounds, and what a search by name found."""
    code = str(form["community"].value() or "")
    words = request.POST.get("place_words", "")
    found = find(words, kinds=[Area.Kind.COMMUNITY], limit=12) if words.strip() else []
    known = community_of(code)
    compounds = Area.objects.filter(parent=known, kind=Area.Kind.COMPOUND).order_by("code")
    return {
        "known": known,
        "found": [area for area in found if area.code != code],
        "place_words": words,
        "in_vain": bool(words.strip()) and not found,
        "compounds": compounds,
    }
