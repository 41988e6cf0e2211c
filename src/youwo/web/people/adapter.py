"""How allauth meets our people: sign-in by phone number or user name, sealed second factors."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.core.sealing import seal, unseal
from youwo.core.tries import count_try, take_back_try
from youwo.organizations.queries import home_of
from youwo.people import actions, masking, phones, queries
from youwo.people.models import Person
from youwo.web.access import mandates_of, powers_of
from youwo.web.home import choices
from youwo.web.people.forms import PhoneField
from youwo.web.people.sessions import remember_today

_WINDOW = timedelta(minutes=5)
# One sentence for an unknown account and for a wrong password: which of them it is, stays ours.
_NO_MATCH = gettext_lazy(
    "The number or user name and the password do not go together. Please check both."
)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by phone number or user name, and sign-up by phone number without a text message."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "phone_password_mismatch": _NO_MATCH,
        "username_password_mismatch": _NO_MATCH,
        "invalid_login": _NO_MATCH,
        "too_many_login_attempts": gettext_lazy(
            "Too many tries. Please wait five minutes, or let your community help you."
        ),
        "rate_limited": gettext_lazy("Too many tries. Please wait a few minutes."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_password": gettext_lazy("This is not your present password."),
        "incorrect_code": gettext_lazy("This code is not right. A code holds for half a minute."),
        "phone_taken": gettext_lazy(
            "There is an account under this number already. Please sign in, or let your community"
            " help you."
        ),
    }

    # --- who may, and how often ---------------------------------------------------------------

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Without words to agree to, nobody can sign up."""
        return queries.text_in_force("account", local_day(timezone.now())) is not None

    def _tried(self, credentials: dict[str, Any]) -> str:
        phone = credentials.get("phone")
        return phones.normalise(phone) if phone else str(credentials.get("username", "")).lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try for the account, exactly and across processes, before looking at it."""
        super().pre_authenticate(request, **credentials)
        self._counted_at = timezone.now()
        tries = count_try("sign in", self._tried(credentials), at=self._counted_at, window=_WINDOW)
        if tries > settings.SIGN_IN_TRIES:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Take the try back where it was the right password."""
        person = super().authenticate(request, **credentials)
        if person is not None:
            take_back_try("sign in", self._tried(credentials), at=self._counted_at, window=_WINDOW)
        return person

    # --- accounts -----------------------------------------------------------------------------

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Residents need no user name."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Person:
        """Enter the person who has just signed up, with the consent to the words shown."""
        return actions.sign_up(
            name=form.cleaned_data["name"],
            phone=form.cleaned_data["phone"],
            password=form.cleaned_data["password1"],
            text=form.words,
            at=timezone.now(),
        )

    def set_password(self, user: Any, password: str) -> None:
        """Set a new password and write it down."""
        actions.set_password(user, password=password, by=user, at=timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead people who work to what waits for them, and everybody else to their own page."""
        works = powers_of(request).grants or mandates_of(request)
        return reverse("work:queue") if works else str(settings.LOGIN_REDIRECT_URL)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Take the place that is known from work or enrolment, so that nobody is asked twice."""
        remember_today(user)
        answer = super().post_login(request, user, **kwargs)
        if choices.place(request) is None:
            area = home_of(user, local_day(timezone.now()))
            if area is not None:
                choices.keep_place(answer, choices.Place(area.code, area.name))
        return answer

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to one's own page."""
        return str(settings.LOGIN_REDIRECT_URL)

    # --- phone numbers ------------------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        """Return the field that takes a number as people type it."""
        return PhoneField(**kwargs)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Return a person's number, and whether it has been verified."""
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Keep a number for a person."""
        user.phone = phones.normalise(phone)
        user.phone_verified_at = timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Note that somebody answered under the number."""
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> Person | None:
        """Return who is known under a number."""
        try:
            found: Person | None = Person.objects.with_phone(phones.normalise(phone)).first()
        except Refused:
            return None
        return found

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        """Send nothing: numbers are not verified by text message here."""


class FactorsAdapter(DefaultMFAAdapter):
    """Second factors, whose secrets stand sealed in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right. A code holds for half a minute."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes come with a second factor. Please set up an app or a passkey first."
        ),
    }

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Say whether somebody has a second factor, of some types if given; all are read once."""
        if user.is_anonymous:
            return False
        read = getattr(user, "_factors", None)
        if read is None or read[0] != _changes.made:
            found = Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True)
            read = user._factors = (_changes.made, frozenset(found))
        kinds: frozenset[str] = read[1]
        return bool(kinds if types is None else kinds.intersection(types))

    def encrypt(self, text: str) -> str:
        """Seal a secret with the newest key."""
        return base64.b64encode(seal(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return unseal(base64.b64decode(encrypted_text))

    def get_totp_label(self, user: Any) -> str:
        """Name the account in the app, without a whole number or name."""
        return _account_label(user)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        """Propose a name for a new passkey."""
        return _("My passkey")

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Describe the account to the device that keeps the passkey."""
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": _account_label(user), "name": _account_label(user)}


class _Changes:
    """Counts what becomes of second factors here: what was read before a change counts no more."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, **signal: Any) -> None:
        self.made += 1


_changes = _Changes()
post_save.connect(_changes, sender=Authenticator)
post_delete.connect(_changes, sender=Authenticator)


def _account_label(person: Person) -> str:
    return person.username or masking.phone(person.phone) or _("account")
