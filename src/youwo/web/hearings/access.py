"""Which hearing, for whom."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils import timezone

from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.needs import rules
from youwo.needs.hearings import readable_hearings
from youwo.needs.models import Hearing
from youwo.web.access import signed_in_person


def readable(request: HttpRequest, reference: str) -> Hearing:
    """Return a hearing of the visitor's areas; others do not exist for them."""
    hearing = (
        readable_hearings(signed_in_person(request), local_day(timezone.now()))
        .select_related("community", "organization", "recorded_by", "consent_text")
        .filter(reference=parse_reference(reference) or "")
        .first()
    )
    if hearing is None:
        raise Http404
    return hearing


def dealt_with(request: HttpRequest, reference: str) -> Hearing:
    """Return a hearing that the visitor writes at; others do not exist for them."""
    hearing = readable(request, reference)
    if not deals(request, hearing):
        raise Http404
    return hearing


def deals(request: HttpRequest, hearing: Hearing) -> bool:
    """Say whether the visitor writes at a hearing."""
    return rules.may_deal(signed_in_person(request), hearing, local_day(timezone.now()))
