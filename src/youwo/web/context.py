"""What every template can read."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the values that the layout needs."""
    return {}
