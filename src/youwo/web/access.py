"""Who may open a page. Every view carries exactly one of these marks; without one it is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from youwo.core.clock import local_day
from youwo.organizations.rules import READERS, mandates
from youwo.people.models import Person
from youwo.people.rules import NONE, Powers, powers

View = Callable[..., HttpResponseBase]


def person_of(request: HttpRequest) -> Person | None:
    """Return who is signed in, or None."""
    return request.user if isinstance(request.user, Person) else None


def signed_in_person(request: HttpRequest) -> Person:
    """Return who is signed in, in a view that only signed-in people reach."""
    person = person_of(request)
    if person is None:
        raise Http404
    return person


def powers_of(request: HttpRequest) -> Powers:
    """Return what the signed-in person may do today; nothing for everybody else."""
    person = person_of(request)
    return powers(person, local_day(timezone.now())) if person else NONE


def mandates_of(request: HttpRequest) -> frozenset[int]:
    """Return the keys of the units that the signed-in person acts for today."""
    return mandates(person_of(request), local_day(timezone.now()))


def _marked(view: View, mark: str, roles: tuple[str, ...] = ()) -> View:
    view.access = (mark, roles)  # type: ignore[attr-defined]
    return view


def _unkept(response: HttpResponseBase) -> HttpResponseBase:
    """Have a page for one person kept nowhere, so that going back shows it to nobody else."""
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-store"
    return response


def public(view: View) -> View:
    """Open to everybody, without an account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return _marked(guarded, "public")


def signed_in(view: View) -> View:
    """Open to everybody who has signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if person_of(request) is None:
            return redirect_to_login(request.get_full_path())
        return _unkept(view(request, *args, **kwargs))

    return _marked(guarded, "signed_in")


def staff(*roles: str) -> Callable[[View], View]:
    """Open to people who hold one of the roles anywhere. It does not exist for all others.

    Which rows they see is the view's part: through querysets limited to their powers.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person = person_of(request)
            if person is None:
                return redirect_to_login(request.get_full_path())
            if not powers_of(request).holds(*roles):
                raise Http404
            if settings.STAFF_NEED_SECOND_FACTOR and not _has_second_factor(person):
                return redirect("mfa_index")
            return _unkept(view(request, *args, **kwargs))

        return _marked(guarded, "staff", roles)

    return mark


def with_units(view: View) -> View:
    """Open to who acts for a unit and to staff who deal with units; to nobody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        if person is None:
            return redirect_to_login(request.get_full_path())
        if not (powers_of(request).holds(*READERS) or mandates_of(request)):
            raise Http404
        if settings.STAFF_NEED_SECOND_FACTOR and not _has_second_factor(person):
            return redirect("mfa_index")
        return _unkept(view(request, *args, **kwargs))

    return _marked(guarded, "with_units", READERS)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Say whether somebody with a role has yet to set up a second factor, where staff need one.

    For pages that are open to others as well: until then they show nothing of other people.
    """
    person = person_of(request)
    if person is None or not settings.STAFF_NEED_SECOND_FACTOR:
        return False
    return bool(powers_of(request).grants) and not _has_second_factor(person)


def _has_second_factor(person: Person) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(person))
