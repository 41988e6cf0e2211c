"""One-time links with which people set a first or new password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.notices import actions as notices
from youwo.notices.models import Kind
from youwo.organizations.models import Mandate
from youwo.people import actions
from youwo.people.models import Person
from youwo.people.rules import may_grant


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


@acting()
def hand_over(person: Person, *, reason: str, by: Person, at: datetime) -> None:
    """Write down that a link is handed over, and tell the person, who may know nothing of it.

    Refuses what `actions.invite` refuses, and people who act for units beyond the administrator's
    areas: whoever sets their password could act for these units.
    """
    on = local_day(at)
    units = Mandate.objects.in_force(on).filter(person=person).select_related("organization")
    if not all(may_grant(by, mandate.organization.area_id, on) for mandate in units):
        raise Refused(_("This person holds roles beyond your area. Please ask the level above."))
    actions.invite(person, reason=reason, by=by, at=at)
    notices.tell(
        [person],
        kind=Kind.ACCOUNT,
        subject=gettext_lazy(
            "An administrator has handed over a link for a new password of your account"
        ),
        body=gettext_lazy("If you did not ask for it, please tell your community."),
        cause=f"invite {person.pk} {at.isoformat()}",
        at=at,
    )
