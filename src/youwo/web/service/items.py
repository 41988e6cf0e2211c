"""Service items: the list, an item with all that led to it, and the steps that can be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.rules import kind_of
from youwo.core.acts import attempt
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import parse_reference, spaced
from youwo.core.refused import Refused
from youwo.core.tables import write_rows
from youwo.dispatch.actions import let_rest
from youwo.needs.models import Problem, ProblemStatus
from youwo.needs.queries import readable_problems
from youwo.organizations.models import Organization
from youwo.organizations.queries import partners
from youwo.service import actions, queries, rules
from youwo.service.models import ITEM_MOVES, ItemStatus, ServiceItem
from youwo.service.upkeep import may_hand_over
from youwo.web.access import mandates_of, powers_of, signed_in_person, staff, with_units
from youwo.web.acts import one_act
from youwo.web.assets.lineage import asset_nodes
from youwo.web.dispatch.linked import nodes_of
from youwo.web.files import table_answer
from youwo.web.nonces import nonce_of
from youwo.web.service import shared
from youwo.web.service.day import first_words
from youwo.web.service.forms import HandOnForm, ItemForm, ReasonForm, Things, UnitForm, filled
from youwo.web.service.lineage import lineage


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    given = request.GET
    status, code = given.get("status", ""), given.get("area", "")
    chosen: dict[str, Any] = {
        "status": status if status in ItemStatus.values else "",
        "code": code if kind_of(code) else "",
        "words": given.get("q", "")[:50],
        "own": bool(given.get("own")) and bool(mandates_of(request)),
    }
    person, on = signed_in_person(request), local_day(timezone.now())
    return queries.items_list(person, on, **chosen), chosen


@with_units
def index(request: HttpRequest) -> HttpResponse:
    """List the service items of the visitor's areas and units."""
    rows, chosen = _filtered(request)
    context = {
        "page": page(rows, by=queries.ITEMS, cursor=request.GET.get("cursor"), size=50),
        "statuses": ItemStatus.choices,
        "filtered": any(chosen.values()),
        "agrees": powers_of(request).holds(*rules.DEALING),
        "has_units": bool(mandates_of(request)),
        **chosen,
    }
    return render(request, "service/items.html", context)


@with_units
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file."""
    rows, _chosen = _filtered(request)
    headings = [
        _("Reference"), _("Community"), _("Compound"), _("What is to be done"), _("Owner"),
        _("Field of service"), _("Agreed"), _("To be done by"), _("State"), _("Closed"),
    ]  # fmt: skip

    def lines() -> Iterator[list[Any]]:
        for item in rows.order_by(*queries.ITEMS).iterator(chunk_size=2000):
            yield [
                spaced(item.reference), item.community.name,
                item.compound.name if item.compound else "", item.title,
                str(item.organization or ""), item.get_field_display(), item.agreed_at,
                item.due_on, item.get_status_display(), item.closed_at,
            ]  # fmt: skip

    return table_answer(_("Service items"), lambda file: write_rows(headings, lines(), file))


@with_units
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an item: who does what until when, what was done, and all that led to it."""
    person, on = signed_in_person(request), local_day(timezone.now())
    rows = queries.with_deliveries(queries.items_seen_by(person, on))
    item = (
        rows.select_related("problem", "agenda_item__meeting")
        .prefetch_related("resources")
        .filter(reference=parse_reference(reference) or "")
        .first()
    )
    if item is None:
        raise Http404
    standing = [one for one in item.done if one.revoked_at is None]  # type: ignore[attr-defined]
    context = {
        "item": item,
        "lineage": lineage(
            queries.chain_of_item(item),
            here=item,
            more=[*nodes_of(item), *asset_nodes(standing)],
        ),
        "hands_over": [
            one.pk for one in standing if one.goods.all() and may_hand_over(person, one, on)
        ],
        "may": _may(item, request),
        "standing": standing,
        "reads": rules.may_read(person, item.community_id, on),
    }
    return render(request, "service/item.html", context)


def _may(item: ServiceItem, request: HttpRequest) -> set[str]:
    """Return which steps the visitor can take now."""
    person, on = signed_in_person(request), local_day(timezone.now())
    possible = {verb for verb, moves in ITEM_MOVES.items() if item.status in moves}
    if item.clocked:
        # The whistle says who has it.
        possible -= {"start", "hand_on", "add_helper"}
    if rules.may_deal(person, item.community_id, on):
        return possible
    held = mandates_of(request)
    if item.organization_id in held:
        return possible & {"start", "deliver", "contribute", "hand_on", "add_helper"}
    if any(helper.organization_id in held for helper in item.helpers.all()):
        return possible & {"contribute"}
    return set()


# The form behind each step that asks something.
_FORMS: dict[str, Callable[[ServiceItem, Any, list[Organization]], forms.Form]] = {
    "hand_on": lambda item, data, units: (
        HandOnForm(data, units=shared.choices_of(units))
        if item.organization_id
        # Nobody has it yet: nothing needs a reason.
        else UnitForm(data, units=shared.choices_of(units))
    ),
    "add_helper": lambda item, data, units: UnitForm(data, units=shared.choices_of(units)),
    "drop": lambda item, data, units: ReasonForm(data),
    "contest": lambda item, data, units: ReasonForm(data),
    "reopen": lambda item, data, units: ReasonForm(data),
}

_HEADS = {
    "hand_on": (
        gettext_lazy("Another unit takes it on"),
        gettext_lazy("It begins anew there; who helps stays. The unit finds it in its queue."),
        gettext_lazy("Hand it on"),
    ),
    "add_helper": (
        gettext_lazy("One more unit helps"),
        gettext_lazy("Only units that are paired or enrolled here, and the community's own."),
        gettext_lazy("Let it help"),
    ),
    "drop": (
        gettext_lazy("It will not be done"),
        gettext_lazy("The problem is open again. Whoever reported it reads your reason."),
        gettext_lazy("Drop it"),
    ),
    "contest": (
        gettext_lazy("It is not done yet"),
        gettext_lazy("The owner reads what is still missing and goes on."),
        gettext_lazy("Tell them"),
    ),
    "reopen": (
        gettext_lazy("Open it again"),
        gettext_lazy(
            "What was recorded did not happen or did not hold. The deed is taken back by an entry"
            " with your reason; nothing is deleted."
        ),
        gettext_lazy("Open it again"),
    ),
}


@with_units
@one_act
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that work has begun."""
    item = shared.item_of(request, reference)
    if request.method == "POST":
        actions.start(item, by=signed_in_person(request), at=timezone.now())
        messages.success(request, _("Begun. When it is done, say so here."))
    return redirect("service:item", item.reference)


@with_units
@one_act
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Take one step with an item, after asking what must be said for it."""
    item = shared.item_of(request, reference)
    if verb not in _FORMS:
        raise Http404
    if verb not in _may(item, request):
        # Too late, or never theirs to do: the item says how it stands.
        return redirect("service:item", item.reference)
    at = timezone.now()
    units = partners(item.community, local_day(at)).everybody() if verb in _UNITS else []
    form = _FORMS[verb](item, request.POST or None, units)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with attempt():
                    said = _step(
                        verb,
                        item,
                        form.cleaned_data,
                        units,
                        {"by": signed_in_person(request), "at": at},
                    )
            except Refused as refused:
                form.add_error(
                    refused.field if refused.field in form.fields else None, str(refused)
                )
            else:
                let_rest(item)
                messages.success(request, said)
                return redirect("service:item", item.reference)
    title, hint, button = _HEADS[verb]
    context = {"item": item, "form": form, "title": title, "hint": hint, "button": button}
    return render(request, "service/act.html", context, status=status)


_UNITS = ("hand_on", "add_helper")


def _step(
    verb: str,
    item: ServiceItem,
    given: dict[str, Any],
    units: list[Organization],
    who: dict[str, Any],
) -> str:
    chosen = next((unit for unit in units if unit.pk == given.get("organization")), None)
    if verb == "hand_on" and chosen is not None:
        actions.hand_on(item, organization=chosen, reason=given.get("reason", ""), **who)
        return _("%(unit)s has it now.") % {"unit": chosen}
    if verb == "add_helper" and chosen is not None:
        actions.add_helper(item, organization=chosen, **who)
        return _("%(unit)s helps now.") % {"unit": chosen}
    if verb == "drop":
        actions.drop(item, reason=given["reason"], **who)
        return _("Dropped, with your reason.")
    if verb == "contest":
        actions.contest(item, reason=given["reason"], **who)
        return _("The owner goes on.")
    actions.reopen(item, reason=given["reason"], **who)
    return _("It is open again; the deed is taken back with your reason.")


@staff(*rules.DEALING)
def new(request: HttpRequest) -> HttpResponse:
    """Agree on a service item outside a meeting: for an open problem, or without one."""
    problem = _problem(request)
    community = problem.community if problem else shared.community_of(request)
    if community is None:
        return shared.choose_community(request)
    shared.must_deal(request, community.pk)
    at = timezone.now()
    known = partners(community, local_day(at))
    if request.method != "POST":
        first = first_words(str(problem) if problem else "", problem, known)
        form = ItemForm(units=known.everybody(), initial=first)
        things = Things(prefix="things")
    else:
        form = ItemForm(request.POST, units=known.everybody())
        things = Things(request.POST, prefix="things")
        if form.is_valid() & things.is_valid():
            try:
                item = actions.agree(
                    community=community,
                    problem=problem,
                    nonce=nonce_of(request),
                    resources=[(*row, None) for row in filled(things, _("pieces"))],
                    by=signed_in_person(request),
                    at=at,
                    **form.agreed(),
                )
            except Refused as refused:
                form.add_error(
                    refused.field if refused.field in form.fields else None, str(refused)
                )
            else:
                messages.success(request, _("It stands on the service list."))
                return redirect("service:item", item.reference)
    context = {
        "form": form,
        "things": things,
        "problem": problem,
        "community": community,
        "nonce": nonce_of(request),
    }
    return render(
        request, "service/new.html", context, status=422 if request.method == "POST" else 200
    )


def _problem(request: HttpRequest) -> Problem | None:
    """Return the open problem that the address names."""
    wanted = request.GET.get("problem", "")
    if not wanted:
        return None
    rows = readable_problems(signed_in_person(request), local_day(timezone.now()))
    problem = (
        rows.select_related("community", "compound", "kind")
        .filter(reference=parse_reference(wanted) or "")
        .first()
    )
    if problem is None:
        raise Http404
    if problem.status != ProblemStatus.OPEN:
        raise Refused(
            _("This problem has moved on in the meantime: it is now “%(status)s”.")
            % {"status": problem.get_status_display()}
        )
    return problem
