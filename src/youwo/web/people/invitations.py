"""One-time links with which people set a first or new password."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

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
