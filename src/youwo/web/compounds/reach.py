"""Which compounds exist, and who works with them."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.organizations.rules import KEEPERS, READERS
from youwo.web.access import lacks_second_factor, powers_of


def today() -> date:
    """Return the day in the city."""
    return local_day(timezone.now())


def compound_of(code: str) -> Area:
    """Return a compound, with its community and the town above."""
    rows = Area.objects.filter(kind=Area.Kind.COMPOUND).select_related("parent__parent")
    found = rows.filter(pk=code.replace("\0", "")).first()
    if found is None:
        raise Http404
    return found


def reads(request: HttpRequest, code: str) -> bool:
    """Say whether the visitor sees what only staff of a place see."""
    return powers_of(request).cover(code, *READERS) and not lacks_second_factor(request)


def keeps(request: HttpRequest, code: str) -> bool:
    """Say whether the visitor records facts about a compound."""
    return powers_of(request).cover(code, *KEEPERS) and not lacks_second_factor(request)


def compound_to_keep(request: HttpRequest, code: str) -> Area:
    """Return a compound of the own area; others do not exist for the visitor."""
    found = compound_of(code)
    if not powers_of(request).cover(found.pk, *KEEPERS):
        raise Http404
    if found.valid_to is not None and found.valid_to <= today():
        raise PermissionDenied
    return found


def day_asked(request: HttpRequest, name: str, otherwise: date) -> date:
    """Return a day that the address asks for, up to today."""
    try:
        day = date.fromisoformat(request.GET.get(name, "").strip())
    except ValueError:
        return otherwise
    return min(day, otherwise) if day.year >= 1949 else otherwise
