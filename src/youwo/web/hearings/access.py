"""Which hearing, for whom."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from youwo.core.acts import hold_first
from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.needs import rules
from youwo.needs.hearings import readable_hearings
from youwo.needs.models import Hearing
from youwo.web.access import signed_in_person


def readable(request: HttpRequest, reference: str) -> Hearing:
    """Return a hearing of the visitor's areas; others do not exist for them."""
    hearing = _named(request, reference).select_related("organization", "recorded_by").first()
    if hearing is None:
        raise Http404
    return hearing


def _named(request: HttpRequest, reference: str) -> QuerySet[Hearing]:
    found = readable_hearings(signed_in_person(request), local_day(timezone.now()))
    named = found.filter(reference=parse_reference(reference) or "")
    return named.select_related("community", "consent_text")


def dealt_with(request: HttpRequest, reference: str) -> Hearing:
    """Return a hearing that the visitor writes at; others do not exist for them."""
    hearing = readable(request, reference)
    if not deals(request, hearing):
        raise Http404
    return hearing


def held(request: HttpRequest, reference: str) -> Hearing:
    """Do what `dealt_with` does, and lock the hearing in the act that is under way."""
    hearing = hold_first(_named(request, reference))
    if hearing is None or not deals(request, hearing):
        raise Http404
    return hearing


def deals(request: HttpRequest, hearing: Hearing) -> bool:
    """Say whether the visitor writes at a hearing."""
    return rules.may_deal(signed_in_person(request), hearing, local_day(timezone.now()))
