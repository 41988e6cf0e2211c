"""What makes a form that was sent twice count once."""

from __future__ import annotations

import uuid

from django.http import HttpRequest


def nonce_of(request: HttpRequest) -> uuid.UUID:
    """Return the nonce that came with a form, or a new one where there is none to be read."""
    try:
        return uuid.UUID(request.POST.get("nonce", ""))
    except ValueError:
        return uuid.uuid4()
