"""What was done for a service item, and its acceptance."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONArray
from django.forms import DateField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import attempt
from youwo.core.clock import local_day
from youwo.core.gathering import Gathered
from youwo.core.refused import Refused
from youwo.dispatch.actions import let_rest
from youwo.ledger.models import Counted
from youwo.needs.actions.problems import is_agreed
from youwo.organizations.models import Membership, Organization
from youwo.service import actions, rules
from youwo.service.models import ITEM_MOVES, ItemHelper, Joined, ServiceItem
from youwo.web.access import mandates_of, signed_in_person, staff, with_units
from youwo.web.acts import one_act
from youwo.web.service import shared
from youwo.web.service.forms import CloseForm, DeliverForm, Things, filled

# A list of members to tick is no longer than this; the number of people says the rest.
_TICKED = 400


# The units that help with an item, as a list in a column: (key, name).
_HELPING = Subquery(
    ItemHelper.objects.filter(item=OuterRef("pk"))
    .order_by()
    .values(all=Gathered(JSONArray("organization_id", "organization__name")))
)


def _units(request: HttpRequest, item: Any) -> list[Organization]:
    """Return for whom the visitor can speak: the owner first, then who helps."""
    helping = [Organization(pk=key, name=name) for key, name in sorted(item.helping or [])]
    units = [*filter(None, [item.organization]), *helping]
    if shared.deals(request, item.community_id):
        return units
    held = mandates_of(request)
    return [unit for unit in units if unit.pk in held]


@with_units
@one_act
def deliver(request: HttpRequest, reference: str) -> HttpResponse:
    """Say what was done: by the unit, or by the community on its behalf."""
    item = shared.item_of(request, reference, helping=_HELPING)
    units = _units(request, item)
    if not units and not shared.deals(request, item.community_id):
        raise PermissionDenied
    if item.status not in ITEM_MOVES["contribute"]:
        return redirect("service:item", item.reference)
    at = timezone.now()
    chosen = _chosen(request, units)
    members = _members(item, chosen, request)
    kwargs: dict[str, Any] = {
        "units": shared.choices_of(units) or [("", _("the community itself"))],
        "members": [(row.person_id, row.person.name) for row in members],
        "joined": [(row.person_id, row.person.name) for row in members if row.has_joined],
        "today": local_day(at),
    }
    if request.method != "POST":
        joined = [key for key, _name in kwargs["joined"]]
        first = {
            "occurred_on": local_day(at),
            "organization": chosen.pk if chosen else "",
            "hands": joined,
            "people": len(joined) or None,
            "nonce": uuid.uuid4(),
        }
        form = DeliverForm(initial=first, **kwargs)
        things = Things(
            prefix="things",
            initial=[
                {"thing": thing.name, "quantity": thing.quantity.normalize(), "unit": thing.unit}
                for thing in item.resources.all()
            ],
        )
        return _form(request, item, form, things, units)
    form, things = DeliverForm(request.POST, **kwargs), Things(request.POST, prefix="things")
    if form.is_valid() & things.is_valid():
        try:
            with attempt():
                _deliver(
                    request,
                    item,
                    form,
                    unit=chosen,
                    members=members,
                    goods=filled(things, _("pieces")),
                )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            let_rest(item)
            messages.success(request, _("Written down. Now it is accepted, then it counts."))
            return redirect("service:item", item.reference)
    return _form(request, item, form, things, units, status=422)


def _chosen(request: HttpRequest, units: list[Organization]) -> Organization | None:
    wanted = request.POST.get("organization", request.GET.get("unit", ""))
    return next((unit for unit in units if str(unit.pk) == wanted), units[0] if units else None)


def _members(item: ServiceItem, unit: Organization | None, request: HttpRequest) -> list[Any]:
    """Return the members of a unit to tick, those who joined first.

    Who enters it for the unit sees of its members only those who joined.
    """
    if unit is None:
        return []
    owns = unit.pk == item.organization_id
    joined = Joined.objects.filter(item=item, person=OuterRef("person"), left_at__isnull=True)
    that_day = Membership.objects.in_force(_day(request))
    rows = (
        Membership.objects.in_force(local_day(timezone.now()))
        .filter(organization=unit)
        .annotate(
            # Whoever joins lets the owner read it, no helper.
            has_joined=Exists(joined if owns else joined.none()),
            was_member=Exists(that_day.filter(organization=unit, person=OuterRef("person"))),
        )
    )
    if unit.pk not in mandates_of(request):
        rows = rows.filter(has_joined=True)
    return list(
        rows.select_related("person").order_by("-has_joined", "person__name", "pk")[:_TICKED]
    )


def _day(request: HttpRequest) -> date:
    """Return the day on which it was done, as it was sent; today where that is no day."""
    try:
        return DateField().to_python(request.POST.get("occurred_on")) or local_day(timezone.now())
    except ValidationError:
        return local_day(timezone.now())


def _deliver(
    request: HttpRequest,
    item: ServiceItem,
    form: DeliverForm,
    *,
    unit: Organization | None,
    members: Sequence[Any],
    goods: list[Any],
) -> None:
    given = form.cleaned_data
    actions.deliver(
        item,
        organization=unit,
        occurred_on=given["occurred_on"],
        minutes=given["minutes"],
        people=given["people"],
        what=given["what"],
        goods=goods,
        hands=[
            (row.person, form.minutes_of(row.person_id))
            for row in members
            if row.person_id in given["hands"]
        ],
        source=given["source"],
        nonce=given["nonce"],
        members=[row.person_id for row in members if row.was_member],
        by=signed_in_person(request),
        at=timezone.now(),
    )


def _form(
    request: HttpRequest,
    item: ServiceItem,
    form: DeliverForm,
    things: Any,
    units: list[Organization],
    *,
    status: int = 200,
) -> HttpResponse:
    held = mandates_of(request)
    context = {
        "item": item,
        "form": form,
        "things": things,
        "several": len(units) > 1,
        "on_behalf": any(unit.pk not in held for unit in units),
    }
    return render(request, "service/deliver.html", context, status=status)


@staff(*rules.DEALING)
@one_act
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Accept what was done, with the residents' word or in the name of who received it."""
    item = shared.item_of(request, reference)
    shared.must_deal(request, item.community_id)
    if item.status not in ITEM_MOVES["close"]:
        return redirect("service:item", item.reference)
    form = CloseForm(request.POST or None)
    if item.problem is None:
        form.fields.pop("asked")
    else:
        form.fields.pop("accepted_by")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with attempt():
                    actions.close(
                        item, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
                    )
            except Refused as refused:
                form.add_error(
                    refused.field if refused.field in form.fields else None, str(refused)
                )
            else:
                let_rest(item)
                messages.success(request, _("Accepted. It stands in the ledger now."))
                return redirect("service:item", item.reference)
    voices = list(item.problem.reports.order_by("pk")) if item.problem else []
    form.initial = {
        "served": max(len(voices), 1),
        "counted_how": Counted.NAMED if voices else Counted.COUNTED,
    }
    context = {
        "item": item,
        "form": form,
        "deliveries": list(
            item.deliveries.filter(revoked_at__isnull=True)
            .select_related("organization")
            .prefetch_related("goods")
            .order_by("recorded_at", "pk")
        ),
        "voices": voices,
        "agreed": item.problem is not None and is_agreed(item.problem),
    }
    return render(request, "service/close.html", context, status=status)
