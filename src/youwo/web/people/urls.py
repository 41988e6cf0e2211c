"""Addresses about people. Those of the sign-in pages are allauth's; here each gets its mark."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, URLResolver, include, path

from youwo.web.access import public, signed_in
from youwo.web.people import journal, keeping, mine

# Left out: e-mail addresses, sign-in by code, and password reset by e-mail; administrators hand
# over one-time links instead.
_account = [
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("signup/", public(account.signup), name="account_signup"),
    path("reauthenticate/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", signed_in(account.password_change), name="account_change_password"),
]

_factors = [
    path("", signed_in(factors.index), name="mfa_index"),
    path("authenticate/", public(factors.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", signed_in(factors.reauthenticate), name="mfa_reauthenticate"),
    path("totp/activate/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", signed_in(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "codes/generate/",
        signed_in(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "codes/download/",
        signed_in(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("passkeys/", signed_in(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", signed_in(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/login/", public(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path(
        "passkeys/reauthenticate/",
        signed_in(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/<int:pk>/edit/", signed_in(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "passkeys/<int:pk>/remove/", signed_in(passkeys.remove_webauthn), name="mfa_remove_webauthn"
    ),
]

_pages = [
    path("me/", mine.me, name="me"),
    path("me/data/", mine.data, name="data"),
    path("me/data/download/", mine.download, name="download"),
    path("me/data/consents/<int:key>/withdraw/", mine.withdraw, name="withdraw"),
    path("me/data/forget/", mine.forget, name="forget"),
    path("account/welcome/<str:key>/<str:token>/", mine.welcome, name="welcome"),
    path("work/people/", keeping.index, name="index"),
    path("work/people/enter/", keeping.enter, name="enter"),
    path("work/people/<int:key>/", keeping.person, name="person"),
    path("work/people/<int:key>/unmask/", keeping.unmask, name="unmask"),
    path("work/people/<int:key>/invite/", keeping.invite, name="invite"),
    path("work/people/<int:key>/grant/", keeping.grant, name="grant"),
    path("work/people/grants/<int:key>/end/", keeping.end_grant, name="end_grant"),
    path("work/journal/", journal.index, name="journal"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include(_account)),
    path("account/2fa/", include(_factors)),
    path("", include((_pages, "people"))),
]
