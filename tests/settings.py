"""The product's settings with secrets that only the tests use."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("YOUWO_HOME", str(Path(tempfile.gettempdir()) / "youwo-tests"))
os.environ["YOUWO_SECRET_KEY"] = "only-for-tests-and-nowhere-else-0123456789-abcdefghijk"
os.environ["YOUWO_FIELD_KEYS"] = "new:" + "bmV3" * 10 + "bmU=" + ",old:" + "b2xk" * 10 + "b2w="
os.environ["YOUWO_BLIND_KEY"] = "YmxpbmQtYmxpbmQtYmxpbmQtYmxpbmQtYmxpbmQtYmw="
os.environ["YOUWO_TLS"] = "0"
os.environ["YOUWO_SQLITE_SYNC"] = "OFF"
os.environ["YOUWO_PUBLIC_WRITES_PER_MINUTE"] = "0"
os.environ["YOUWO_STAFF_SECOND_FACTOR"] = "0"
os.environ["YOUWO_EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
os.environ.setdefault("DATABASE_URL", os.environ.get("TEST_DATABASE_URL", "sqlite:///:memory:"))

from youwo.config.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Each test hashes many passwords, and none of them is anybody's.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
