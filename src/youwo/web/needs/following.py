"""What this browser may follow: a signed list in a cookie, so that no session is needed."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse

from youwo.core.references import parse_reference
from youwo.needs.models import Suggestion, Wish
from youwo.web.access import person_of

_COOKIE = "following"
_MOST = 20
_SECONDS = 90 * 24 * 3600


def followed(request: HttpRequest) -> list[str]:
    """Return the references this browser may open, newest first."""
    text = request.get_signed_cookie(_COOKIE, default="[]", max_age=_SECONDS) or "[]"
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(reference) for reference in found]


def follow(request: HttpRequest, response: HttpResponse, reference: str) -> None:
    """Let this browser open one more wish, or one more suggestion."""
    others = [known for known in followed(request) if known != reference]
    response.set_signed_cookie(
        _COOKIE,
        json.dumps([reference, *others][:_MOST]),
        max_age=_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def may_follow(request: HttpRequest, wish: Wish) -> bool:
    """Say whether this visitor is the resident: by the cookie, or by their own account."""
    if wish.reference in followed(request):
        return True
    person = person_of(request) if wish.voice.person_id else None
    return person is not None and wish.voice.person_id == person.pk


def followed_wish(request: HttpRequest, reference: str) -> Wish:
    """Return the wish that this visitor follows; for others it does not exist."""
    wish = (
        Wish.objects.select_related("voice", "community", "claimed_by", "claimed_for")
        .filter(reference=parse_reference(reference) or "")
        .first()
    )
    if wish is None or not may_follow(request, wish):
        raise Http404
    return wish


def followed_suggestion(request: HttpRequest, reference: str) -> Suggestion:
    """Return what this browser has sent or opened; for others it does not exist."""
    known = parse_reference(reference) or ""
    suggestion = Suggestion.objects.filter(reference=known).first()
    if suggestion is None or known not in followed(request):
        raise Http404
    return suggestion
