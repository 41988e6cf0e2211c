"""What a visitor chose for this device, kept in cookies: the look, and the place they live in.

The place is kept as its code, and once more signed together with its name, so that no page has to
ask the database what to call it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

THEMES = ("light", "dark")
_YEAR = 365 * 24 * 3600
_SALT = "youwo.place"


@dataclass(frozen=True)
class Place:
    """The community (or larger area) that a visitor chose. It has been checked to exist."""

    code: str
    name: str


def elder(request: HttpRequest) -> bool:
    """Say whether large type is switched on."""
    return request.COOKIES.get("elder") == "1"


def theme(request: HttpRequest) -> str:
    """Return light or dark, or nothing where the device decides."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""


def place(request: HttpRequest) -> Place | None:
    """Return the place this visitor chose, with its name."""
    try:
        code, name = signing.loads(request.COOKIES.get("place_name", ""), salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Place(code, name) if code == request.COOKIES.get("place") else None


def place_code(request: HttpRequest) -> str:
    """Return the code of the place this visitor chose, or the city's."""
    chosen = place(request)
    return chosen.code if chosen else settings.CITY


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def keep_elder(response: HttpResponse, on: bool) -> None:
    """Remember large type, or forget it."""
    if on:
        _keep(response, "elder", "1")
    else:
        response.delete_cookie("elder", samesite="Lax")


def keep_theme(response: HttpResponse, chosen: str) -> None:
    """Remember light or dark; anything else leaves it to the device."""
    if chosen in THEMES:
        _keep(response, "theme", chosen)
    else:
        response.delete_cookie("theme", samesite="Lax")


def keep_place(response: HttpResponse, chosen: Place | None) -> None:
    """Remember the place, or forget it."""
    if chosen:
        _keep(response, "place", chosen.code)
        _keep(response, "place_name", signing.dumps([chosen.code, chosen.name], salt=_SALT))
    else:
        response.delete_cookie("place", samesite="Lax")
        response.delete_cookie("place_name", samesite="Lax")
