"""The page that leads to the city's tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from youwo.people.models import Role
from youwo.web.access import powers_of
from youwo.web.keeping.reach import keepers


@keepers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Lead to the tables that the signed-in person keeps."""
    context = {"administers": powers_of(request).holds(Role.ADMINISTRATOR)}
    return render(request, "keeping/index.html", context)
