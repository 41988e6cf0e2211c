"""What lies outside the programme: the list, its words, and trying a sentence with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.areas.models import Area, within
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.needs import actions, triage
from youwo.needs.models import OutsideMatter
from youwo.people.models import Role
from youwo.web.access import powers_of, signed_in_person
from youwo.web.keeping.forms import MatterForm, SentenceForm
from youwo.web.keeping.reach import administrators, keeps_city, require


def _codes(request: HttpRequest) -> list[str]:
    return powers_of(request).codes(Role.ADMINISTRATOR)


def _seen(request: HttpRequest) -> QuerySet[OutsideMatter]:
    """Return the matters that hold in the own area: those of everywhere, above it and in it."""
    seen = Q(area__isnull=True)
    for code in _codes(request):
        seen |= within(code, "area_id") | Q(area_id__in=_above(code))
    return OutsideMatter.objects.filter(seen).select_related("area").order_by("place", "code")


def _above(code: str) -> list[str]:
    return [code[:length] for length in (4, 6, 9, 12) if length < len(code)]


def _keeps(request: HttpRequest, matter: OutsideMatter) -> bool:
    today = local_day(timezone.now())
    return actions.may_keep_outside(signed_in_person(request), matter.area_id, today)


def _places(request: HttpRequest, *more: Area | None) -> list[tuple[str, Any]]:
    """Return where somebody may let a matter hold: everywhere, the own areas, or right below."""
    codes = _codes(request)
    rows = Area.objects.filter(Q(pk__in=codes) | Q(parent__in=codes), valid_to__isnull=True)
    known = {area.pk: area for area in rows.filter(statistical=False).order_by("code")}
    known.update({area.pk: area for area in more if area is not None})
    everywhere = [("", _("everywhere"))] if keeps_city(request) else []
    return everywhere + [(code, area.name) for code, area in known.items() if len(code) > 4]


def _tried(form: SentenceForm) -> dict[str, Any]:
    """Return what somebody who says the sentence would be told."""
    sentence = form.cleaned_data["sentence"]
    matter = triage.outside(sentence, form.cleaned_data["area"])
    compact = "".join(sentence.split())
    words = [word for word in matter.words.split() if word in compact] if matter else []
    return {"matter": matter, "words": words}


@administrators
def index(request: HttpRequest) -> HttpResponse:
    """List what lies outside, and try a sentence with the list."""
    matters = list(_seen(request))
    local = {matter.area.pk: matter.area.name for matter in matters if matter.area}
    places = [("", _("anywhere")), *local.items()]
    form = SentenceForm(request.POST if request.method == "POST" else None, places=places)
    context = {
        "matters": [(matter, _keeps(request, matter)) for matter in matters],
        "form": form,
        "tried": _tried(form) if form.is_valid() else None,
        "switched": next((row for row in matters if row.pk == request.GET.get("switched")), None),
    }
    return render(request, "keeping/outside.html", context, status=422 if form.errors else 200)


def _entered(form: MatterForm) -> actions.Matter:
    values = dict(form.cleaned_data)
    code = values.pop("area")
    return actions.Matter(area=Area.objects.get(pk=code) if code else None, **values)


@administrators
def add(request: HttpRequest) -> HttpResponse:
    """Add a matter."""
    places = _places(request)
    form = MatterForm(
        request.POST if request.method == "POST" else None,
        places=places,
        initial={"kind": OutsideMatter.Kind.DUTY, "place": 50},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_outside_matter(
                _entered(form), by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The matter has been added. It holds at once."))
            return redirect("keeping:outside")
    return render(
        request, "keeping/matter.html", {"form": form}, status=422 if form.errors else 200
    )


def _get(request: HttpRequest, code: str) -> OutsideMatter:
    matter = _seen(request).filter(pk=code.replace("\0", "")).first()
    if matter is None:
        raise Http404
    require(_keeps(request, matter))
    return matter


@administrators
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a matter."""
    matter = _get(request, code)
    form = MatterForm(
        request.POST if request.method == "POST" else None,
        places=_places(request, matter.area),
        initial={
            "name": matter.name,
            "kind": matter.kind,
            "words": matter.words,
            "where_to_go": matter.where_to_go,
            "telephone": matter.telephone,
            "area": matter.area_id or "",
            "place": matter.place,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_outside_matter(
                matter, _entered(form), by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The matter has been changed. It holds at once."))
            return redirect("keeping:outside")
    context = {"form": form, "matter": matter}
    return render(request, "keeping/matter.html", context, status=422 if form.errors else 200)


@administrators
@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a matter off or on."""
    matter = actions.switch_outside_matter(
        _get(request, code),
        active=request.POST.get("active") == "1",
        by=signed_in_person(request),
        at=timezone.now(),
    )
    answer = redirect("keeping:outside")
    answer["Location"] += f"?switched={matter.pk}"
    return answer
