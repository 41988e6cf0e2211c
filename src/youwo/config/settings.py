"""Settings, all from the environment, with defaults that are safe where people rely on them.

`docs/howto/deploy.md` lists the variables.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from youwo.config.secrets import development_secret


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


def _list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


PACKAGE = Path(__file__).resolve().parent.parent

# Where the database file, uploads and collected static files live.
HOME = Path(os.environ.get("YOUWO_HOME", "var")).resolve()

# The demo city: invented people, open sign-ins, and secrets made on the spot.
DEMO = _flag("YOUWO_DEMO", False)
DEBUG = _flag("YOUWO_DEBUG", False)

SECRET_KEY = os.environ.get("YOUWO_SECRET_KEY", "")
if not SECRET_KEY:
    if not DEMO:
        raise ImproperlyConfigured("Set YOUWO_SECRET_KEY (or YOUWO_DEMO=1 for the demo city).")
    SECRET_KEY = development_secret(HOME, "signing")


def _field_keys() -> list[tuple[str, bytes]]:
    """Read `name:base64,name:base64`, newest first."""
    given = _list("YOUWO_FIELD_KEYS")
    if not given:
        if not DEMO:
            raise ImproperlyConfigured("Set YOUWO_FIELD_KEYS (see docs/howto/deploy.md).")
        return [("demo", base64.b64decode(development_secret(HOME, "field")))]
    keys = [
        (name, base64.b64decode(key)) for name, _, key in (item.partition(":") for item in given)
    ]
    if any(not name or len(key) != 32 for name, key in keys):
        raise ImproperlyConfigured(
            "Each of YOUWO_FIELD_KEYS is a name, a colon and 32 bytes in base64."
        )
    return keys


FIELD_KEYS = _field_keys()
BLIND_KEY = base64.b64decode(os.environ.get("YOUWO_BLIND_KEY", ""))
if not BLIND_KEY:
    if not DEMO:
        raise ImproperlyConfigured("Set YOUWO_BLIND_KEY (see docs/howto/deploy.md).")
    BLIND_KEY = base64.b64decode(development_secret(HOME, "blind"))

ALLOWED_HOSTS = _list("YOUWO_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("YOUWO_ORIGINS")

# The city that this installation serves. Its code is the root of the area tree.
CITY = os.environ.get("YOUWO_CITY", "1408")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    # Its table goes with the next release: the one before this reads it until it is restarted.
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "youwo.core",
    "youwo.journal",
    "youwo.areas",
    "youwo.almanac",
    "youwo.people",
    "youwo.notices",
    "youwo.organizations",
    "youwo.turns",
    "youwo.ledger",
    "youwo.capacity",
    "youwo.needs",
    "youwo.service",
    "youwo.dispatch",
    "youwo.evaluation",
    "youwo.insight",
    "youwo.web",
    "youwo.demo",
    "youwo.config",
]

# Nothing here may read the database on a page that a resident opens without signing in.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages shrink to a fifth on a weak network; it adds random bytes against guessing by length.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "youwo.web.people.sessions.Authentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "youwo.web.middleware.WayBack",
    "youwo.web.middleware.Refusals",
]

ROOT_URLCONF = "youwo.config.urls"
WSGI_APPLICATION = "youwo.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "youwo.web.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "youwo.web.templatetags.youwo",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASE_URL = os.environ.get("DATABASE_URL", f"sqlite:///{HOME / 'youwo.sqlite3'}")
_database: dict[str, Any] = dict(dj_database_url.parse(DATABASE_URL))
DATABASES = {"default": _database}
if _database["ENGINE"].endswith("sqlite3"):
    # Readers never wait, and a writer takes its place in the queue when its transaction begins.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; "
            f"PRAGMA synchronous={os.environ.get('YOUWO_SQLITE_SYNC', 'FULL')}; "
            "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; "
            "PRAGMA journal_size_limit=67108864;"
        ),
    }
    _database["CONN_MAX_AGE"] = None
else:
    # A transaction pooler may stand in front: nothing here relies on the session.
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": int(os.environ.get("YOUWO_POOL", "8")), "timeout": 10},
    }
    _database["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
}

# --- sign-in ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["youwo.web.people.sessions.Backend"]
SESSION_ENGINE = "youwo.web.people.sessions"
PASSWORD_HASHERS = ["youwo.people.hashing.ModestArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "youwo.people.passwords.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/me/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "youwo.web.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_FORMS = {
    "login": "youwo.web.people.forms.SignInForm",
    "signup": "youwo.web.people.forms.SignUpForm",
}
# No text message is sent, so a number is kept unverified until somebody has answered under it; and
# signing up has to say when a number has an account, for nobody else could.
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# One browser address may be a whole office behind one line: the account is what is protected, by
# SIGN_IN_TRIES wrong passwords in five minutes, counted across all processes.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "60/m/ip", "signup": "30/m/ip"}
SIGN_IN_TRIES = 5
# A one-time link to set a password, handed over by an administrator.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
MFA_ADAPTER = "youwo.web.people.adapter.FactorsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "有我"
# Staff must set up a second factor before they see other people's data.
STAFF_NEED_SECOND_FACTOR = _flag("YOUWO_STAFF_SECOND_FACTOR", not DEMO)

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("YOUWO_TIME_ZONE", "Asia/Shanghai")
USE_THOUSAND_SEPARATOR = False

# --- files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_ROOT = HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "youwo.config.storage.StaticFiles"},
}
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A photo from a phone, and a table of all the city's members.
PHOTO_MAX_BYTES = 20 * 1024 * 1024
TABLE_MAX_BYTES = 20 * 1024 * 1024

# --- work in the background ------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# --- public writes ---------------------------------------------------------------------------
# Per network address and minute, in each server process; 0 switches the guard off.
PUBLIC_WRITES_PER_MINUTE = int(os.environ.get("YOUWO_PUBLIC_WRITES_PER_MINUTE", "60"))
# Guesses at the four digits behind one reference, which the board shows to everybody.
FOLLOW_TRIES_PER_HOUR = 10
FOLLOW_TRIES_PER_DAY = 30

# --- mail ------------------------------------------------------------------------------------
EMAIL_BACKEND = os.environ.get(
    "YOUWO_EMAIL_BACKEND",
    "django.core.mail.backends.console.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = os.environ.get("YOUWO_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("YOUWO_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("YOUWO_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("YOUWO_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("YOUWO_EMAIL_TLS", False)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("YOUWO_EMAIL_FROM", "youwo@localhost")
# Hosts (127.0.0.1:8091) that stand in for the chat platforms while somebody tries robots out. All
# other posts go to the platforms' own hosts alone, by https, and to no private address.
ROBOT_TEST_HOSTS = _list("YOUWO_ROBOT_TEST_HOSTS")
# Where links in messages lead.
PUBLIC_URL = os.environ.get("YOUWO_URL", "http://127.0.0.1:8000").rstrip("/")

# --- map -------------------------------------------------------------------------------------
# A tile address such as https://tiles.example/{z}/{x}/{y}.png; without one, outlines are drawn.
MAP_TILES = os.environ.get("YOUWO_MAP_TILES", "")
MAP_CREDIT = os.environ.get("YOUWO_MAP_CREDIT", "")

# --- trust -----------------------------------------------------------------------------------
BEHIND_TLS = _flag("YOUWO_TLS", not (DEMO or DEBUG))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = BEHIND_TLS and _flag("YOUWO_TLS_REDIRECT", True)
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies in front are ours; the visitor's address is read that many places from the right.
TRUSTED_PROXIES = int(os.environ.get("YOUWO_TRUSTED_PROXIES", "1" if BEHIND_TLS else "0"))
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# Passkeys need TLS; a browser excuses its own machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS
# A form that stood open too long is shown again, with everything typed.
CSRF_FAILURE_VIEW = "youwo.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_tiles = ["/".join(MAP_TILES.split("/")[:3])] if MAP_TILES else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_tiles],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"links hidden": {"()": "youwo.config.logs.LinksHidden"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # These write down the address of what they could not answer.
    "loggers": {
        "django.request": {"filters": ["links hidden"]},
        "django.security.csrf": {"filters": ["links hidden"]},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("YOUWO_LOG_LEVEL", "INFO")},
}
