"""Middleware of the pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from youwo.core.refused import Refused
from youwo.web.errors import refused


class Refusals:
    """Answer a refusal that no view caught with a sentence instead of an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Take refusals; leave everything else to the error log."""
        return refused(request, exception) if isinstance(exception, Refused) else None
