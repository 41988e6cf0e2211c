"""Which tables somebody keeps: those of the whole city, or of places in their own area."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from youwo.areas.models import Area
from youwo.people.models import Role
from youwo.web.access import powers_of, staff

administrators = staff(Role.ADMINISTRATOR)
keepers = staff(Role.ADMINISTRATOR, Role.WORKER)


def codes_of(request: HttpRequest) -> list[str]:
    """Return the areas in which the signed-in person keeps places."""
    return powers_of(request).codes(Role.ADMINISTRATOR, Role.WORKER)


def keeps_city(request: HttpRequest) -> bool:
    """Say whether the signed-in person keeps what holds in the whole city."""
    return powers_of(request).cover(settings.CITY, Role.ADMINISTRATOR)


def administers(request: HttpRequest, code: str) -> bool:
    """Say whether the signed-in person is an administrator of an area."""
    return powers_of(request).cover(code, Role.ADMINISTRATOR)


def require(allowed: bool) -> None:
    """Refuse what somebody sees but may not do."""
    if not allowed:
        raise PermissionDenied


def get_area(request: HttpRequest, code: str) -> Area:
    """Return a place of the own area; no other exists here."""
    code = code.replace("\0", "")
    if not powers_of(request).cover(code, Role.ADMINISTRATOR, Role.WORKER):
        raise Http404
    return get_object_or_404(Area.objects.select_related("parent", "successor"), pk=code)
