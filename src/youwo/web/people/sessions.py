"""Who asks: one statement reads the session, whose it is, and what this person may do today."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import SimpleLazyObject

from youwo.core.clock import local_day
from youwo.organizations.queries import gathered_mandates
from youwo.organizations.rules import remember_mandates
from youwo.people.models import Person, Session
from youwo.people.queries import gathered_grants
from youwo.people.rules import remember_powers

# The session of the request whose person is being looked up, and only while that lasts.
_asked: ContextVar[SessionBase | None] = ContextVar("asked", default=None)


class SessionStore(db.SessionStore):
    """Sessions that know whose they are."""

    # Whom the row named when it was read.
    person: Person | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model whose rows are the sessions."""
        return Session

    # Whether its row has yet to be written.
    is_new = False

    def _get_new_session_key(self) -> str:
        # The keys are drawn from so many that nobody need look whether one is taken; it is the
        # row's own key, so that a second one would be refused.
        return get_random_string(32, VALID_KEY_CHARS)

    def create(self) -> None:
        """Begin under a new key; the row is written once, when the request ends."""
        self._session_key = self._get_new_session_key()
        self.is_new = self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Write the row: a new one where the session has just begun."""
        if self.session_key is None:
            self.create()
        super().save(must_create=must_create or self.is_new)
        self.is_new = False

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one if no other is named, without reading it first."""
        Session.objects.filter(session_key=session_key or self.session_key).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Make the row, and have it name who has signed in."""
        row: Any = super().create_model_instance(data)
        row.person_id = data.get(auth.SESSION_KEY)
        return row

    def load(self) -> dict[str, Any]:
        """Read the session with its person; one that is unknown or has run out is empty."""
        at = timezone.now()
        on = local_day(at)
        row = (
            Session.objects.filter(session_key=self.session_key, expire_date__gt=at)
            .select_related("person")
            .annotate(grants=gathered_grants(on), mandates=gathered_mandates(on))
            .first()
        )
        if row is None:
            self._session_key = None
            return {}
        if row.person is not None:
            _remember(row.person, on, row.grants, row.mandates)
            self.person = row.person
        return self.decode(row.session_data)


class Backend(AuthenticationBackend):
    """Sign-in as allauth does it, without asking once more for the person of a session."""

    def get_user(self, user_id: int) -> Any:
        """Return the person that came with the request's session, if it is the one looked for."""
        person: Person | None = getattr(_asked.get(), "person", None)
        if person is None or person.pk != user_id:
            return super().get_user(user_id)
        return person if self.user_can_authenticate(person) else None


class Authentication(AuthenticationMiddleware):
    """Set `request.user`, who is looked up when first asked for and verified as Django does it."""

    def process_request(self, request: HttpRequest) -> None:
        """Replace Django's lookup by ours."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def remember_today(person: Person) -> None:
    """Read in one statement what somebody who has just come in may do today."""
    on = local_day(timezone.now())
    rows = Person.objects.filter(pk=person.pk).values_list(
        gathered_grants(on, "pk"), gathered_mandates(on, "pk")
    )
    for grants, mandates in rows:
        _remember(person, on, grants, mandates)


def _remember(
    person: Person, on: date, grants: list[Any] | None, mandates: list[Any] | None
) -> None:
    remember_powers(person, on, grants or [])
    remember_mandates(person, on, mandates or [])


def _user(request: HttpRequest) -> Person | AnonymousUser:
    token = _asked.set(request.session)
    try:
        return auth.get_user(request)
    finally:
        _asked.reset(token)
