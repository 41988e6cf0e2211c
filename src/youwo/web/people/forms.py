"""Forms for signing in and up, one's own data, and the keeping of roles."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.people import phones, queries
from youwo.people.models import ConsentText, Person, Role

_PASSWORD_HINT = gettext_lazy("At least 8 characters, not only digits. A short sentence is easy.")


class PhoneField(forms.CharField):
    """A telephone number as people type it; cleaned to the form that is kept."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Phone number"))
        kwargs.setdefault("max_length", 30)
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        super().__init__(**{"widget": widget, **kwargs})

    def clean(self, value: Any) -> str:
        """Return the kept form of the number."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return phones.normalise(text)
        except Refused as refused:
            raise ValidationError(str(refused), code="phone") from refused


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """Phone number or user name, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Phone number or user name"),
            max_length=60,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
        )
        self.fields["password"].label = _("Password")
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, Any]:
        """Return one way to find the account.

        A number is passed on as a number alone: what stands beside it would be kept in the session.
        """
        login, password = self.cleaned_data["login"], self.cleaned_data["password"]
        try:
            return {"phone": phones.normalise(login), "password": password}
        except Refused:
            return {"username": login, "password": password}


class SignUpForm(allauth_forms.SignupForm):  # type: ignore[misc]
    """Name, phone number, password, and the consent to the words in force."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I am 14 or older, have read the text above and agree"),
        error_messages={"required": gettext_lazy("Without your consent there is no account.")},
    )
    text = forms.CharField(widget=forms.HiddenInput)

    field_order: ClassVar[list[str]] = ["name", "phone", "password1", "agreed", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = queries.text_in_force("account", local_day(timezone.now()))
        self.fields["text"].initial = self.words.pk if self.words else ""
        password = self.fields["password1"]
        password.label, password.help_text = _("Password"), _PASSWORD_HINT
        password.widget.attrs.pop("placeholder", None)

    def clean_text(self) -> str:
        """Ask again where the words were replaced while somebody was reading them."""
        text = str(self.cleaned_data["text"])
        if self.words is None or text != str(self.words.pk):
            sent = self.data.copy()
            sent["text"] = str(self.words.pk) if self.words else ""
            sent.pop("agreed", None)
            self.data: Any = sent
            self.add_error("agreed", _("The text has just been changed. Please read it once more."))
        return text

    def clean_name(self) -> str:
        """Return the name with single spaces."""
        return " ".join(str(self.cleaned_data["name"]).split())


class NewPasswordForm(forms.Form):
    """A first or new password by a one-time link, and the consent where there is none yet."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=_PASSWORD_HINT,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I am 14 or older, have read the text above and agree"),
        error_messages={"required": gettext_lazy("Without your consent there is no account.")},
    )

    def __init__(
        self, *args: Any, person: Person, words: ConsentText | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if words is None:
            del self.fields["agreed"]

    def clean_password(self) -> str:
        """Refuse passwords that are easy to guess."""
        password = str(self.cleaned_data["password"])
        password_validation.validate_password(password, self.person)
        return password


class OwnDataForm(forms.Form):
    """What people correct about themselves."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ForgetForm(forms.Form):
    """The clear yes before an account is closed for good."""

    sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone"),
        error_messages={"required": gettext_lazy("Please tick this before going on.")},
    )


class ReasonForm(forms.Form):
    """Why somebody does something that others will ask about."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("A few words; they are written in the journal."),
        max_length=300,
    )


class UnmaskForm(ReasonForm):
    """Which hidden value, and why."""

    field = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            ("phone", gettext_lazy("Phone number")),
            ("name", gettext_lazy("Name")),
            ("document_number", gettext_lazy("Document number")),
        ],
        widget=forms.RadioSelect,
        initial="phone",
    )

    field_order = ("field", "reason")


class GrantForm(forms.Form):
    """A role in an area, from a day on."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Role.choices, widget=forms.RadioSelect
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("First day without it"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PersonForm(forms.Form):
    """Somebody whom an administrator enters, so that they can be handed a one-time link."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    phone = PhoneField(required=False)
    username = forms.CharField(label=gettext_lazy("User name"), max_length=60, required=False)
