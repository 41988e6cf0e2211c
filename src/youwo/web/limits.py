"""A guard against floods on pages that everybody can write to."""

from __future__ import annotations

import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from youwo.core.refused import Refused


def visitor_address(request: HttpRequest) -> str:
    """Return the network address of the visitor, as far as our own proxies vouch for it."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    address = str(request.META.get("REMOTE_ADDR", ""))
    if trusted and len(forwarded) >= trusted and forwarded[-trusted]:
        address = forwarded[-trusted]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        # One household holds a whole /64.
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


def guard_public_write(request: HttpRequest) -> None:
    """Refuse who sends far more than people do, counted by the minute in this process."""
    most = settings.PUBLIC_WRITES_PER_MINUTE
    if not most:
        return
    key = f"writes:{visitor_address(request)}:{int(time.time()) // 60}"
    cache.add(key, 0, timeout=70)
    if cache.incr(key) > most:
        raise Refused(
            _("A great deal was sent from here just now. Please wait a minute, then send it again.")
        )
