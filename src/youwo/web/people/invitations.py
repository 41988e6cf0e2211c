"""One-time links with which people set a first or new password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from youwo.notices import actions as notices
from youwo.notices.models import Kind
from youwo.people import actions
from youwo.people.models import Person


def link(request: HttpRequest, person: Person) -> str:
    """Return a link that works once, until the person signs in or three days have passed."""
    key = urlsafe_base64_encode(str(person.pk).encode())
    token = default_token_generator.make_token(person)
    return request.build_absolute_uri(
        reverse("people:welcome", kwargs={"key": key, "token": token})
    )


def person_for(key: str, token: str) -> Person | None:
    """Return whom a link belongs to, or None where it does not hold any more."""
    try:
        person = Person.objects.get(pk=int(urlsafe_base64_decode(key).decode()), is_active=True)
    except (ValueError, Person.DoesNotExist):
        return None
    return person if default_token_generator.check_token(person, token) else None


@transaction.atomic
def hand_over(person: Person, *, reason: str, by: Person, at: datetime) -> None:
    """Write down that a link is handed over, and tell the person, who may know nothing of it."""
    actions.invite(person, reason=reason, by=by, at=at)
    notices.tell(
        [person],
        kind=Kind.ACCOUNT,
        subject=_("An administrator has handed over a link for a new password of your account"),
        body=_("If you did not ask for it, please tell your community."),
        cause=f"invite {person.pk} {at.isoformat()}",
        at=at,
    )
