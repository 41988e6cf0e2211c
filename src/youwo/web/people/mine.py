"""Pages about oneself: what I am, my data, closing the account, setting a password by link."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.organizations.models import HouseholdPairing, Mandate
from youwo.people import actions, masking, queries
from youwo.people.models import Consent, Grant, Person, Role
from youwo.web.access import powers_of, public, signed_in, signed_in_person
from youwo.web.people import export, invitations
from youwo.web.people.forms import ForgetForm, NewPasswordForm, OwnDataForm


@signed_in
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Say who is signed in, in which roles, and where everything of theirs is."""
    person, on = signed_in_person(request), local_day(timezone.now())
    powers = powers_of(request)
    return render(
        request,
        "people/me.html",
        {
            "name": person.name,
            "phone": masking.phone(person.phone),
            "grants": Grant.objects.in_force(on)
            .filter(person=person)
            .select_related("area")
            .order_by("area_id", "role"),
            "mandates": Mandate.objects.in_force(on)
            .filter(person=person)
            .select_related("organization")
            .order_by("organization_id"),
            "households": HouseholdPairing.objects.in_force(on).filter(person=person).exists(),
            "keeps_people": powers.holds(Role.ADMINISTRATOR),
            "reads_journal": powers.holds(Role.ADMINISTRATOR, Role.AUDITOR),
        },
    )


@signed_in
def data(request: HttpRequest) -> HttpResponse:
    """Show everything kept about oneself, and let it be corrected."""
    person = signed_in_person(request)
    form = OwnDataForm(
        request.POST if request.method == "POST" else None,
        initial={"name": person.name, "email": person.email},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_own(person, **form.cleaned_data, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Your data has been corrected."))
            return redirect("people:data")
    return render(
        request,
        "people/data.html",
        {
            "form": form,
            "person": person,
            "document": masking.document(person.document_number),
            "consents": queries.consents_in_force(person),
        },
        status=422 if form.errors else 200,
    )


@signed_in
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """Hand out everything kept about oneself as a file."""
    found = export.everything(signed_in_person(request), at=timezone.now())
    if request.POST.get("format") == "xlsx":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(export.as_table(found), content_type=kind)
        response["Content-Disposition"] = 'attachment; filename="my-data.xlsx"'
    else:
        response = HttpResponse(export.as_json(found), content_type="application/json")
        response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Cache-Control"] = "no-store"
    return response


@signed_in
@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Withdraw one of one's own consents; the one that the account rests on closes the account."""
    person = signed_in_person(request)
    consent = get_object_or_404(Consent.objects.select_related("text"), pk=key, person=person)
    if consent.text.purpose == "account":
        return redirect("people:forget")
    actions.withdraw_consent(consent, by=person, at=timezone.now())
    messages.success(request, _("The consent has been withdrawn."))
    return redirect("people:data")


@signed_in
def forget(request: HttpRequest) -> HttpResponse:
    """Close one's own account, after a clear yes."""
    person = signed_in_person(request)
    form = ForgetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _close(person)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            logout(request)
            messages.success(request, _("Your account is closed, and your data is deleted."))
            return redirect("home")
    return render(request, "people/forget.html", {"form": form}, status=422 if form.errors else 200)


@acting()
def _close(person: Person) -> None:
    actions.anonymise(person, by=person, at=timezone.now())
    Authenticator.objects.filter(user=person).delete()


@public
@never_cache
@sensitive_post_parameters("password")
def welcome(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Let somebody set a password by the one-time link that they were handed."""
    person = invitations.person_for(key, token)
    if person is None:
        return render(request, "people/welcome_over.html", status=404)
    words = _words_to_agree_to(person)
    form = NewPasswordForm(
        request.POST if request.method == "POST" else None, person=person, words=words
    )
    if request.method == "POST" and form.is_valid():
        _take_up(person, form.cleaned_data, agrees=words is not None)
        messages.success(request, _("Your password is set. Please sign in with it."))
        return redirect("account_login")
    return render(
        request,
        "people/welcome.html",
        {
            "form": form,
            "name": masking.name(person.name),
            "login": person.username or masking.phone(person.phone),
            "words": words,
        },
        status=422 if form.errors else 200,
    )


def _words_to_agree_to(person: Person) -> Any:
    text = queries.text_in_force("account", local_day(timezone.now()))
    agreed = Consent.objects.filter(
        person=person, text__purpose="account", withdrawn_at__isnull=True
    )
    return None if text is None or agreed.exists() else text


@acting()
def _take_up(person: Person, values: dict[str, Any], *, agrees: bool) -> None:
    at = timezone.now()
    actions.set_password(person, password=values["password"], by=person, at=at)
    if agrees:
        actions.give_consent(person, purpose="account", by=person, at=at)
