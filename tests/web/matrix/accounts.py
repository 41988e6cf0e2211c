"""Who may open the pages of accounts."""

PAGES = {
    "account_login": ("", "o>>>>>>>>"),
    "account_logout": ("", ">oooooooo"),
    "account_inactive": ("", "ooooooooo"),
    "account_signup": ("", "o>>>>>>>>"),
    "account_reauthenticate": ("", "loooooooo"),
    "account_change_password": ("", "loooooooo"),
    "mfa_index": ("", "loooooooo"),
    "mfa_authenticate": ("", "l>>>>>>>>"),
    "mfa_reauthenticate": ("", "l>>>>>>>>"),
    "mfa_activate_totp": ("", "l>>>>>>>>"),
    "mfa_deactivate_totp": ("", "l--------"),
    "mfa_view_recovery_codes": ("", "l--------"),
    "mfa_generate_recovery_codes": ("", "l>>>>>>>>"),
    "mfa_download_recovery_codes": ("", "l--------"),
    "mfa_list_webauthn": ("", "loooooooo"),
    "mfa_add_webauthn": ("", "l>>>>>>>>"),
    "mfa_login_webauthn": ("", "l>>>>>>>>"),
    "mfa_reauthenticate_webauthn": ("", "l>>>>>>>>"),
    "mfa_edit_webauthn": ("passkey", "l>>>>>>>>"),
    "mfa_remove_webauthn": ("passkey", "l>>>>>>>>"),
}
