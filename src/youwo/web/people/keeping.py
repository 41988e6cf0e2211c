"""Pages for administrators: people, their roles, and what is hidden of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from youwo.areas import queries as areas
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.people import actions, masking, rules
from youwo.people.models import Grant, Person, Role
from youwo.web.access import signed_in_person, staff
from youwo.web.people import invitations, reach
from youwo.web.people.forms import GrantForm, PersonForm, ReasonForm, UnmaskForm

administrators = staff(Role.ADMINISTRATOR)


def _card(person: Person) -> dict[str, Any]:
    """What an administrator sees of somebody without giving a reason."""
    return {
        "pk": person.pk,
        "name": masking.name(person.name),
        "username": person.username or "",
        "phone": masking.phone(person.phone),
        "document": masking.document(person.document_number),
        "email": masking.email(person.email),
        "signs_in": person.is_active and person.has_usable_password(),
        "closed": person.anonymised_at is not None,
        "joined_at": person.joined_at,
    }


@administrators
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the people with roles in the area, or search somebody."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    people = reach.search(request, words) if words else reach.staff_of(reach.codes_of(request))
    found = page(people, by=("name", "id"), cursor=request.GET.get("cursor"))
    today = local_day(timezone.now())
    held: dict[int, list[Grant]] = {}
    grants = Grant.objects.in_force(today).filter(person__in=found.rows)
    for grant in grants.select_related("area").order_by("area_id", "role"):
        held.setdefault(grant.person_id, []).append(grant)
    cards = [{**_card(person), "grants": held.get(person.pk, [])} for person in found]
    return render(request, "people/index.html", {"words": words, "cards": cards, "page": found})


@administrators
def enter(request: HttpRequest) -> HttpResponse:
    """Enter somebody who is to sign in."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if not (form.cleaned_data["phone"] or form.cleaned_data["username"]):
                raise Refused(_("To sign in, a person needs a phone number or a user name."))
            person = actions.create(
                **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            reach.remember(request, person)
            return redirect("people:person", key=person.pk)
    return render(request, "people/enter.html", {"form": form}, status=422 if form.errors else 200)


def _person_page(
    request: HttpRequest, person: Person, status: int = 200, **more: Any
) -> HttpResponse:
    today = local_day(timezone.now())
    keeper = signed_in_person(request)
    grants = [
        {
            "row": grant,
            "over": grant.ends_on is not None and grant.ends_on <= today,
            "mine": rules.may_grant(keeper, grant.area_id, today),
        }
        for grant in person.grants.select_related("area").order_by("ends_on", "area_id", "role")
    ]
    context = {
        "card": _card(person),
        "grants": grants,
        "unmask_form": UnmaskForm(auto_id="unmask_%s"),
        "invite_form": ReasonForm(auto_id="invite_%s"),
        "own": keeper.pk == person.pk,
        **more,
    }
    return render(request, "people/person.html", context, status=status)


@administrators
@require_safe
def person(request: HttpRequest, key: int) -> HttpResponse:
    """Show somebody's roles, and what else an administrator does for them."""
    return _person_page(request, reach.get_person(request, key))


@administrators
@require_POST
@never_cache
def unmask(request: HttpRequest, key: int) -> HttpResponse:
    """Show one hidden value once, for a reason."""
    somebody = reach.get_person(request, key)
    form = UnmaskForm(request.POST, auto_id="unmask_%s")
    if form.is_valid():
        try:
            shown = actions.unmask(
                somebody,
                field=form.cleaned_data["field"],
                reason=form.cleaned_data["reason"],
                by=signed_in_person(request),
                at=timezone.now(),
                area_code=reach.shared_area(request, somebody),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            words = dict(form.fields["field"].choices)  # type: ignore[attr-defined]
            label = words[form.cleaned_data["field"]]
            return _person_page(request, somebody, shown=shown or "—", shown_label=label)
    return _person_page(request, somebody, 422, unmask_form=form)


@administrators
@require_POST
@never_cache
def invite(request: HttpRequest, key: int) -> HttpResponse:
    """Make a one-time link with which somebody sets a password."""
    somebody = reach.get_person(request, key)
    form = ReasonForm(request.POST, auto_id="invite_%s")
    if form.is_valid():
        try:
            invitations.hand_over(
                somebody,
                reason=form.cleaned_data["reason"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return _person_page(request, somebody, link=invitations.link(request, somebody))
    return _person_page(request, somebody, 422, invite_form=form)


@administrators
def grant(request: HttpRequest, key: int) -> HttpResponse:
    """Grant a role: pick the area, then the role and its days."""
    somebody = reach.get_person(request, key)
    codes = reach.codes_of(request)
    code = request.GET.get("area", "").replace("\0", "")
    if not code:
        words = request.GET.get("q", "").strip()[:40]
        found = [area for top in codes[:3] for area in areas.find(words, top)][:30]
        choice = {"card": _card(somebody), "words": words, "areas": found}
        return render(request, "people/grant_area.html", choice)

    area = get_object_or_404(Area.objects.select_related("parent"), pk=code)
    if not rules.may_grant(signed_in_person(request), area.pk, local_day(timezone.now())):
        return redirect("people:grant", key=somebody.pk)
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        initial={"starts_on": local_day(timezone.now())},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant(
                somebody,
                **form.cleaned_data,
                area=area,
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The role has been granted."))
            return redirect("people:person", key=somebody.pk)
    context: dict[str, Any] = {"card": _card(somebody), "area": area, "form": form}
    return render(request, "people/grant.html", context, status=422 if form.errors else 200)


@administrators
def end_grant(request: HttpRequest, key: int) -> HttpResponse:
    """End a role from today on, with a reason."""
    keeper, at = signed_in_person(request), timezone.now()
    row = get_object_or_404(Grant.objects.select_related("area", "person"), pk=key)
    if not rules.may_grant(keeper, row.area_id, local_day(at)):
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_grant(row, reason=form.cleaned_data["reason"], by=keeper, at=at)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The role has been ended."))
            return redirect("people:person", key=row.person_id)
    context = {"card": _card(row.person), "grant": row, "form": form}
    return render(request, "people/end_grant.html", context, status=422 if form.errors else 200)
