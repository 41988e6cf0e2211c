"""Middleware of the pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve

from youwo.core.refused import Refused
from youwo.web.errors import refused


class WayBack:
    """Lead somebody who opens the address of a form that is only sent to the page it stands on.

    The address stands in the bar after a refused form, and people reload it, come back to it after
    signing in, or change the size of the letters there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Browsers say that they want a page; programs are told what is wrong.
        opened = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not opened:
            return response
        return HttpResponseRedirect(_page_above(request.path))


def _page_above(path: str) -> str:
    """Return the nearest address above one behind which there is something."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        with suppress(Resolver404):
            resolve(path)
            return path
    return path


class Refusals:
    """Answer a refusal that no view caught with a sentence instead of an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Take refusals; leave everything else to the error log."""
        return refused(request, exception) if isinstance(exception, Refused) else None
