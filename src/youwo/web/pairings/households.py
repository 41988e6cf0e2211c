"""Members and the households they stay in touch with: the community's list, and one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.areas.models import Area
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.organizations import actions, queries, rules
from youwo.organizations.actions.households import consent_text
from youwo.organizations.models import HouseholdPairing, MemberEnrolment
from youwo.people.models import Person, Role
from youwo.web.access import lacks_second_factor, powers_of, signed_in, signed_in_person, staff
from youwo.web.nonces import nonce_of
from youwo.web.organizations.forms import EndForm, day_initial
from youwo.web.organizations.reach import today
from youwo.web.pairings import asked
from youwo.web.pairings.forms import ContactForm, HouseholdForm, RevealForm
from youwo.web.pairings.words import ended_why


def communities_of(request: HttpRequest) -> list[str]:
    """Return the communities whose households the visitor keeps; who keeps none finds no page."""
    held = powers_of(request).grants
    codes = sorted(code for role, code in held if role == Role.WORKER and len(code) == 12)
    if not codes:
        raise Http404
    return codes


@staff(Role.WORKER)
def index(request: HttpRequest) -> HttpResponse:
    """List the households of the visitor's communities."""
    codes, on = communities_of(request), today()
    state = "ended" if request.GET.get("state") == "ended" else ""
    words = asked.words(request)
    rows: Any = HouseholdPairing.objects.filter(community__in=codes)
    rows = rows.filter(ends_on__lte=on) if state else rows.in_force(on)
    if words:
        rows = rows.filter(person__name__contains=words)
    rows = rows.annotate(last=Max("contacts__on")).select_related("person", "compound")
    context = {
        "page": page(rows, by=("-id",), cursor=request.GET.get("cursor"), size=30),
        "state": state,
        "words": words,
        "states": [("", _("in force")), ("ended", _("ended"))],
    }
    return render(request, "pairings/households.html", context)


@staff(Role.WORKER)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a household that has agreed to stay in touch with a member."""
    codes, on = communities_of(request), today()
    code = request.GET.get("community", codes[0])
    community = get_object_or_404(Area, pk=code if code in codes else codes[0])
    nonce = nonce_of(request)
    form = HouseholdForm(
        request.POST or None,
        members=_members(community),
        compounds=Area.objects.filter(parent=community, kind=Area.Kind.COMPOUND).valid(on),
        initial={"starts_on": day_initial(on), "consent_on": day_initial(on)},
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        household = actions.Household(given.pop("name"), given.pop("door"), given.pop("phone"))
        try:
            found = actions.pair_household(
                Person.objects.get(pk=given.pop("member")),
                household,
                community=community,
                **given,
                nonce=nonce,
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Entered. The member has been told, without the name."))
            return redirect("pairings:household", found.pk)
    context = {
        "form": form,
        "community": community,
        "others": [one for one in codes if one != community.pk],
        "nonce": nonce,
        "text": consent_text(on),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/new_household.html", context, status=status)


def _members(community: Area) -> list[tuple[int, str]]:
    rows = MemberEnrolment.objects.holding(today()).filter(community=community)
    rows = rows.select_related("person", "organization").order_by("organization__name", "pk")
    return [(row.person_id, f"{row.person.name} · {row.organization}") for row in rows]


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """List the households that the visitor stays in touch with."""
    person, on = signed_in_person(request), today()
    rows: Any = HouseholdPairing.objects.in_force(on).filter(person=person)
    rows = rows.annotate(last=Max("contacts__on")).select_related("community", "compound")
    context = {"page": page(rows, by=("id",), cursor=request.GET.get("cursor"), size=30)}
    return render(request, "pairings/mine.html", context)


def _household(request: HttpRequest, key: int) -> HouseholdPairing:
    rows = queries.households_seen_by(signed_in_person(request), today())
    if lacks_second_factor(request):
        rows = rows.filter(person=signed_in_person(request))
    joined = ("person", "organization", "community", "compound", "consent_text")
    return get_object_or_404(rows.select_related(*joined), pk=key)


@signed_in
def household(request: HttpRequest, key: int) -> HttpResponse:
    """Show one household: where, since when, and when both sides were last in touch."""
    return _show(request, _household(request, key))


def _show(
    request: HttpRequest, found: HouseholdPairing, status: int = 200, **more: Any
) -> HttpResponse:
    person, on = signed_in_person(request), today()
    keeps = rules.keeps_households(person, found.community_id, on)
    context = {
        "pairing": found,
        "holds": found.is_in_force(on),
        "keeps": keeps,
        "own": found.person_id == person.pk,
        "may_reveal": found.forgotten_at is None and rules.may_reach_household(person, found, on),
        "contacts": list(found.contacts.order_by("-on", "-pk")[:20]),
        "why": ended_why(found.end_reason),
        "contact_form": ContactForm(initial={"on": day_initial(on)}),
        "reveal_form": RevealForm(prefix="reveal"),
        "end_form": EndForm(prefix="end", initial={"on": day_initial(on)}),
        **more,
    }
    return render(request, "pairings/household.html", context, status=status)


@signed_in
@require_POST
def contact(request: HttpRequest, key: int) -> HttpResponse:
    """Note that both sides were in touch."""
    found, form = _household(request, key), ContactForm(request.POST)
    if form.is_valid():
        try:
            actions.note_contact(
                found, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Noted."))
            return redirect("pairings:household", key)
    return _show(request, found, 422, contact_form=form)


@signed_in
@require_POST
def reveal(request: HttpRequest, key: int) -> HttpResponse:
    """Show whom to ask for, where and by which number, for a reason that is written down."""
    found, form = _household(request, key), RevealForm(request.POST, prefix="reveal")
    if form.is_valid():
        try:
            shown = actions.reveal_household(
                found, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return _show(request, found, shown=shown)
    return _show(request, found, 422, reveal_form=form)


@signed_in
@require_POST
def end(request: HttpRequest, key: int) -> HttpResponse:
    """End that a member stays in touch, for a reason."""
    found, form = _household(request, key), EndForm(request.POST, prefix="end")
    if form.is_valid():
        try:
            actions.end_household(
                found, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The pairing has an end."))
            return redirect("pairings:household", key)
    return _show(request, found, 422, end_form=form)


@signed_in
@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Withdraw the household's consent."""
    found = _household(request, key)
    try:
        actions.withdraw_household(found, by=signed_in_person(request), at=timezone.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("It has ended, and name, door and number are deleted."))
    return redirect("pairings:household", key)
