"""What people who help do with a wish: promise, give back, say it is done, enter the code."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import acting, attempt
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.needs import actions, queries, rules, triage
from youwo.needs.models import MOVES, Delivery, Wish
from youwo.organizations.models import Organization
from youwo.service.queries import joined_by
from youwo.web.access import mandates_of, signed_in, signed_in_person
from youwo.web.limits import guessed_too_often
from youwo.web.needs.board import held_public_wish, public_wish
from youwo.web.needs.forms import ClaimForm, CodeForm, DeliverForm, ReasonForm


def _units(request: HttpRequest) -> list[Organization]:
    return list(Organization.objects.filter(pk__in=mandates_of(request)).order_by("name"))


@signed_in
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    """Promise a wish, in one's own name or a unit's."""
    wish = public_wish(reference)
    if rules.has_promised(signed_in_person(request), wish, local_day(timezone.now())):
        messages.info(request, _("You, or a unit you act for, have promised this already."))
        return redirect("needs:detail", reference)
    units = _units(request)
    choices = [(unit.pk, unit.name) for unit in units]
    if request.method != "POST":
        form = ClaimForm(units=choices, initial={"nonce": uuid.uuid4()})
        return render(request, "needs/claim.html", {"wish": wish, "form": form, "units": units})
    form = ClaimForm(request.POST, units=choices)
    if form.is_valid():
        chosen = form.cleaned_data["organization"]
        try:
            actions.claim(
                wish,
                by=signed_in_person(request),
                organization=next((unit for unit in units if unit.pk == chosen), None),
                appointment=form.cleaned_data["appointment"],
                nonce=form.cleaned_data["nonce"],
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("It is yours now. Please agree a time with them soon."))
            return redirect("needs:detail", reference)
    return render(
        request, "needs/claim.html", {"wish": wish, "form": form, "units": units}, status=422
    )


def _promised_wish(request: HttpRequest, reference: str) -> Wish:
    """Return a wish that the visitor has promised; others do not exist here."""
    return _theirs(request, public_wish(reference))


def _theirs(request: HttpRequest, wish: Wish) -> Wish:
    if not rules.has_promised(signed_in_person(request), wish, local_day(timezone.now())):
        raise Http404
    return wish


@signed_in
def release(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a promise back, with a reason."""
    wish = _promised_wish(request, reference)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.release(
                    wish,
                    reason=form.cleaned_data["reason"],
                    by=signed_in_person(request),
                    at=timezone.now(),
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Given back. Somebody else can help now."))
                return redirect("needs:detail", reference)
        status = 422
    return render(request, "needs/release.html", {"wish": wish, "form": form}, status=status)


@signed_in
def deliver(request: HttpRequest, reference: str) -> HttpResponse:
    """Say what was done."""
    wish = _promised_wish(request, reference)
    if wish.status not in MOVES["deliver"]:
        return redirect("needs:detail", reference)
    at = timezone.now()
    today = local_day(at)
    if request.method != "POST":
        known = {
            "occurred_on": today,
            "field": triage.field_of(wish.public_title + wish.public_text),
        }
        form = DeliverForm(today=today, initial=known)
        return render(request, "needs/deliver.html", {"wish": wish, "form": form})
    form = DeliverForm(request.POST, today=today)
    if form.is_valid():
        given = form.cleaned_data
        goods: list[tuple[str, Decimal, str]] = (
            [(given["item"], given["quantity"], given["unit"] or _("pieces"))]
            if given["item"]
            else []
        )
        try:
            actions.deliver(
                wish,
                occurred_on=given["occurred_on"],
                minutes=given["minutes"],
                what=given["what"],
                field=given["field"],
                more_hands=given["more_hands"] or 0,
                goods=goods,
                by=signed_in_person(request),
                at=at,
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Written down. The resident is asked to confirm."))
            return redirect("needs:detail", reference)
    return render(request, "needs/deliver.html", {"wish": wish, "form": form}, status=422)


@signed_in
def code(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter the code that the resident told, which confirms the deed."""
    if request.method != "POST":
        wish = _promised_wish(request, reference)
        if wish.status not in MOVES["confirm"]:
            return redirect("needs:detail", reference)
        return render(request, "needs/code.html", {"wish": wish, "form": CodeForm()})
    form = CodeForm(request.POST)
    with acting():
        wish = _theirs(request, held_public_wish(reference))
        if wish.status not in MOVES["confirm"]:
            return redirect("needs:detail", reference)
        if form.is_valid():
            try:
                _confirm_by_code(request, wish, form.cleaned_data["code"])
            except Refused as refused:
                form.add_error("code", str(refused))
    if not form.is_valid():
        return render(request, "needs/code.html", {"wish": wish, "form": form}, status=422)
    messages.success(request, _("Confirmed. It stands in the ledger now."))
    return redirect("needs:detail", reference)


def _confirm_by_code(request: HttpRequest, wish: Wish, code: str) -> None:
    at = timezone.now()
    if guessed_too_often("code", wish.reference, at=at):
        raise Refused(_("That was tried too often. Please ask the community to confirm it."))
    # The guess stays counted, whatever becomes of it.
    with attempt():
        actions.confirm(
            wish, how=Delivery.Confirmed.CODE, code=code, by=signed_in_person(request), at=at
        )


@signed_in
def contact(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who promised how to reach the resident. It is journalled, so it takes a press."""
    wish = _promised_wish(request, reference)
    if request.method != "POST":
        return redirect("needs:detail", reference)
    shown = actions.reveal(
        wish, reason=_("to keep the promise"), by=signed_in_person(request), at=timezone.now()
    )
    answer = render(request, "needs/contact.html", {"wish": wish, "contact": shown})
    answer["Cache-Control"] = "no-store"
    return answer


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """List what the visitor has promised, joined, done, wished for and reported."""
    person = signed_in_person(request)
    context = {
        "promised": queries.promised_by(person, local_day(timezone.now())).order_by("due_at", "id")[
            :50
        ],
        "joined": joined_by(person)[:50],
        "done": page(
            queries.done_by(person), by=("-occurred_on", "-id"), cursor=request.GET.get("cursor")
        ),
        "said": queries.said_by(person)[:20],
        "reported": queries.reported_by(person)[:20],
    }
    return render(request, "needs/mine.html", context)
