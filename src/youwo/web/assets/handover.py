"""Making assets: of a delivery's goods, or entered by hand."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.areas.models import Area
from youwo.areas.queries import find
from youwo.core.acts import attempt, hold_first, under_way
from youwo.core.refused import Refused
from youwo.organizations.queries import partners
from youwo.organizations.rules import KEEPERS
from youwo.service import upkeep
from youwo.service.actions import assets
from youwo.service.models import Delivery
from youwo.web.access import powers_of, signed_in_person, staff, with_units
from youwo.web.acts import one_act
from youwo.web.assets.forms import EnterForm, HandOverForm
from youwo.web.assets.listing import chosen_area
from youwo.web.assets.reach import today
from youwo.web.nonces import nonce_of


class _Nonces(defaultdict[str, UUID]):
    """The nonce of each line of a form, from the form's own: the same at every try."""

    def __init__(self, nonce: UUID) -> None:
        super().__init__()
        self._nonce = nonce

    def __missing__(self, key: str) -> UUID:
        return uuid5(self._nonce, key)


def _places(community: Area) -> list[Area]:
    compounds = Area.objects.filter(parent=community, kind=Area.Kind.COMPOUND).valid(today())
    return [*compounds.order_by("code"), community]


@with_units
@one_act
def hand_over(request: HttpRequest, key: int) -> HttpResponse:
    """Say which goods of a delivery become assets, how many where, and who keeps them."""
    rows = Delivery.objects.select_related("item__community", "item__compound", "organization")
    # Locked within an act: it may be taken back meanwhile.
    found = rows.filter(pk=key)
    delivery = hold_first(found) if under_way() else found.first()
    if delivery is None:
        raise Http404
    by = signed_in_person(request)
    if not upkeep.may_hand_over(by, delivery, today()):
        raise Http404
    if delivery.revoked_at is not None:
        messages.warning(request, _("This was taken back since. There is nothing to hand over."))
        return redirect("service:item", delivery.item.reference)
    goods, left = assets.goods_of(delivery), assets.left_of(delivery)
    community = delivery.item.community
    form = HandOverForm(
        request.POST or None,
        goods=[row for row in goods if left[row.pk]],
        left=left,
        places=_places(community),
        probably=delivery.item.compound,
        units=partners(community, today()).everybody(),
        initial={"on": delivery.occurred_on.isoformat()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            with attempt():
                made = assets.hand_over(
                    delivery,
                    shares=form.shares(_Nonces(nonce_of(request))),
                    on=form.cleaned_data["on"],
                    by=by,
                    at=timezone.now(),
                )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            words = ngettext(
                "%(count)s entry of assets is made. Print the sheet and have it signed.",
                "%(count)s entries of assets are made. Print the sheet and have it signed.",
                len(made),
            )
            messages.success(request, words % {"count": len(made)})
            query = urlencode({"delivery": delivery.pk})
            return redirect(f"{reverse('assets:sheet')}?{query}")
    context = {
        "delivery": delivery,
        "form": form,
        "nothing_left": not any(left.values()),
        "nonce": nonce_of(request),
    }
    return render(request, "assets/hand_over.html", context, status=422 if form.errors else 200)


@staff(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Enter an asset that no delivery recorded here brought."""
    community = _community_asked(request)
    if community is None:
        return render(request, "assets/where.html", {"communities": _communities(request)})
    form = EnterForm(
        request.POST or None,
        places=_places(community),
        units=partners(community, today()).everybody(),
        initial={"area": chosen_area(request), "on": today().isoformat()},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        taken = ("name", "quantity", "unit", "source", "on", "inspect_every_months", "expires_on")
        kept: dict[str, Any] = {name: given[name] for name in taken}
        try:
            made = assets.enter(
                **kept,
                **form.where(),
                nonce=nonce_of(request),
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("It is entered. Its label can be printed here."))
            return redirect("assets:asset", made.reference)
    context = {"form": form, "community": community, "nonce": nonce_of(request)}
    return render(request, "assets/new.html", context, status=422 if form.errors else 200)


def _community_asked(request: HttpRequest) -> Area | None:
    """Return the community that the address names, or the one in which the visitor works."""
    code = chosen_area(request).partition("-")[0]
    if not code:
        codes = powers_of(request).codes(*KEEPERS)
        code = codes[0] if len(codes) == 1 else ""
    if len(code) != 12 or not powers_of(request).cover(code, *KEEPERS):
        return None
    return Area.objects.filter(pk=code).first()


def _communities(request: HttpRequest) -> list[Area]:
    """Return communities to choose from, by the words typed, within the visitor's areas."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:40]
    found: list[Area] = []
    for code in powers_of(request).codes(*KEEPERS)[:3]:
        found += find(words, code, [Area.Kind.COMMUNITY], limit=20)
    return found
