"""The catalogue of problems: reading it whole, changing a kind, switching it off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.core.refused import Refused
from youwo.needs.actions import catalogue
from youwo.needs.models import ProblemKind
from youwo.web.access import signed_in_person
from youwo.web.keeping.forms import KindForm
from youwo.web.keeping.reach import administrators, keeps_city, require


@administrators
def index(request: HttpRequest) -> HttpResponse:
    """Show the whole catalogue, class by class, with what is switched off."""
    kinds = list(ProblemKind.objects.order_by("place", "code"))
    context = {
        "groups": [
            (group, list(rows)) for group, rows in groupby(kinds, key=lambda kind: kind.group)
        ],
        "count": len(kinds),
        "keeps": keeps_city(request),
        "switched": next((kind for kind in kinds if kind.pk == request.GET.get("switched")), None),
    }
    return render(request, "keeping/catalogue.html", context)


@administrators
def add(request: HttpRequest) -> HttpResponse:
    """Add a kind."""
    require(keeps_city(request))
    initial = {"urban": True, "rural": True, "duty": True, "hours": 38, "place": 500}
    form = KindForm(request.POST if request.method == "POST" else None, initial=initial)
    if _saved(form, catalogue.add_kind, request):
        messages.success(request, _("The kind has been added. It holds at once."))
        return redirect("keeping:kinds")
    return render(request, "keeping/kind.html", {"form": form}, status=422 if form.errors else 200)


@administrators
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a kind."""
    require(keeps_city(request))
    kind = get_object_or_404(ProblemKind, pk=code.replace("\0", ""))
    initial = {name: getattr(kind, name) for name in KindForm.base_fields}
    form = KindForm(request.POST if request.method == "POST" else None, initial=initial)
    if _saved(form, partial(catalogue.change_kind, kind), request):
        messages.success(request, _("The kind has been changed. It holds at once."))
        return redirect("keeping:kinds")
    context = {"form": form, "kind": kind}
    return render(request, "keeping/kind.html", context, status=422 if form.errors else 200)


def _saved(form: KindForm, act: Callable[..., ProblemKind], request: HttpRequest) -> bool:
    """Do what was entered, or leave the reason why not at the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(
            catalogue.Entered(**form.cleaned_data),
            by=signed_in_person(request),
            at=timezone.now(),
        )
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return False
    return True


@administrators
@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a kind off or on."""
    require(keeps_city(request))
    kind = catalogue.switch_kind(
        get_object_or_404(ProblemKind, pk=code.replace("\0", "")),
        active=request.POST.get("active") == "1",
        by=signed_in_person(request),
        at=timezone.now(),
    )
    answer = redirect("keeping:kinds")
    answer["Location"] += f"?switched={kind.pk}"
    return answer
