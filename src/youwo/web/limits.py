"""Guards against floods on pages that everybody can write to, and against guessing."""

from __future__ import annotations

import ipaddress
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from youwo.core.refused import Refused
from youwo.core.tries import count_tries, take_back_try

_SPANS = (("", timedelta(hours=1)), (" by day", timedelta(days=1)))


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


def guessed_too_often(purpose: str, who: str, *, at: datetime) -> bool:
    """Count one more guess at four digits, and say whether there were too many.

    The hour stops a script; the day stops one that has weeks, for there are only 10,000.
    """
    windows = {f"{purpose}{name}": window for name, window in _SPANS}
    counted = count_tries(windows, who, at=at)
    most = (settings.FOLLOW_TRIES_PER_HOUR, settings.FOLLOW_TRIES_PER_DAY)
    return any(counted[span] > limit for span, limit in zip(windows, most, strict=True))


def take_back_guess(purpose: str, who: str, *, at: datetime) -> None:
    """Uncount a guess that was right."""
    for name, window in _SPANS:
        take_back_try(f"{purpose}{name}", who, at=at, window=window)


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
