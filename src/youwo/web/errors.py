"""Pages for requests that cannot be answered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from youwo.core.refused import Refused


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer a request that cannot be understood."""
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer a request for something that this person sees but may not do."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer a request for what does not exist, or does not exist for this person."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something broke on our side: a page that needs nothing that may be broken."""
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("errors/500.html"), status=500)


def too_many(request: HttpRequest, *, wait_seconds: int = 60) -> HttpResponse:
    """Answer somebody who sends faster than people do, and say when to try again."""
    if _is_part(request):
        return _as_message(request, "errors/_429.html", {}, 429)
    answer = render(request, "errors/429.html", status=429)
    answer["Retry-After"] = str(wait_seconds)
    return answer


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say why something cannot be done: on a page, or above the page that htmx asked from."""
    context = {"reason": refusal.reason, "back": _where_from(request)}
    if _is_part(request):
        return _as_message(request, "errors/_refused.html", context, 422)
    return render(request, "errors/refused.html", context, status=422)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show again what somebody sent from a page that had stood open too long, ready to be sent.

    Only what came from our own pages can be sent again with one button: another site could
    otherwise put words into somebody's mouth. What came from elsewhere is shown to be copied.
    """
    # Reading the fields is safe: nothing acts on them here.
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    get_token(request)
    context = {
        "typed": typed,
        "shown": [value for _, value in typed if _is_prose(value)],
        "ours": _is_ours(request),
        "files": bool(request.FILES),
        "again": request.get_full_path(),
    }
    return render(request, "errors/csrf.html", context, status=403)


def _is_prose(value: str) -> bool:
    """Tell what a person wrote from the choices and keys that a form carries beside it."""
    return any(character.isspace() or not character.isascii() for character in value.strip())


def _is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]


def _as_message(
    request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    answer = render(request, template, context, status=status)
    answer["HX-Retarget"] = "#messages"
    answer["HX-Reswap"] = "innerHTML show:#messages:top"
    answer["HX-Reselect"] = "unset"
    return answer


def _is_ours(request: HttpRequest) -> bool:
    """Say whether the browser vouches that the request came from a page of this site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    home = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return origin == home or origin.startswith(f"{home}/")


def _where_from(request: HttpRequest) -> str:
    """Return the page to go back to: the one the request came from, if it is ours."""
    referer = request.headers.get("Referer", "")
    home = f"{request.scheme}://{request.get_host()}"
    return referer.removeprefix(home) if referer.startswith(f"{home}/") else "/"
