"""What an address asks a list for: only what can be meant comes through."""

from __future__ import annotations

from django.http import HttpRequest

from youwo.areas.rules import kind_of

_LONGEST_LOCAL = 11


def place(request: HttpRequest) -> str:
    """Return the code of a place, or of a compound in it; nothing where it is no code."""
    code = request.GET.get("area", "")
    community, hyphen, local = code.partition("-")
    if kind_of(community) is None:
        return ""
    if not hyphen:
        return code
    is_local = local.isascii() and local.isalnum() and len(local) <= _LONGEST_LOCAL
    return code if is_local and len(community) == 12 else ""


def key(request: HttpRequest, name: str) -> str:
    """Return the key of a row, in digits; nothing where it is no key."""
    text = request.GET.get(name, "")
    return text if text.isascii() and text.isdecimal() and len(text) < 12 else ""


def words(request: HttpRequest) -> str:
    """Return the words that somebody searches for."""
    return request.GET.get("q", "").replace("\0", "").strip()[:40]


def one_of(request: HttpRequest, name: str, values: tuple[str, ...], usual: str = "") -> str:
    """Return a value of a few; the usual one where it is another."""
    value = request.GET.get(name, "")
    return value if value in values else usual
