"""Addresses that only benchmarks use."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from youwo.capacity.desk import Desk
from youwo.capacity.requests import Request
from youwo.core.refused import Refused

_desk = Desk()


@csrf_exempt
@require_POST
def claim(request: HttpRequest, pool: int) -> HttpResponse:
    """Claim a place for whoever the form names."""
    wanted = Request(
        pool_key=pool,
        holder_label="people.person",
        holder_key=request.POST["holder"],
        by_key=int(request.POST["by"]),
        at=timezone.now(),
        nonce=uuid.UUID(request.POST["nonce"]),
    )
    try:
        made = _desk.claim(wanted)
    except Refused as refused:
        return HttpResponse(str(refused), status=422)
    return HttpResponse(str(made.pk), status=201)


urlpatterns = [path("claim/<int:pool>", claim)]
