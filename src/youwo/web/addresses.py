"""Addresses of pages that need no key: every page asks for some, and they never change."""

from __future__ import annotations

from functools import cache

from django.urls import reverse


@cache
def address(page: str) -> str:
    """Return the address of a page by its name. Raises NoReverseMatch where there is none."""
    return reverse(page)
