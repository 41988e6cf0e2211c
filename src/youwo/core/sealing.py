"""Columns encrypted at rest, and keyed blind indexes to find them by equality.

The keys come from the setting `FIELD_KEYS`, a list of (name, 32 bytes), newest first: the first one
seals, all of them open, so that keys can be changed without stopping.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_NONCE = 12


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(text: str) -> bytes:
    """Encrypt text with the newest key (AES-256-GCM). The key's name stands in front."""
    name, key = settings.FIELD_KEYS[0]
    nonce = os.urandom(_NONCE)
    label = name.encode()
    return label + b":" + nonce + _cipher(key).encrypt(nonce, text.encode(), label)


def unseal(data: bytes) -> str:
    """Decrypt what `seal` made. Raises KeyError for an unknown key, InvalidTag for changed data."""
    label, _, rest = bytes(data).partition(b":")
    key = dict(settings.FIELD_KEYS)[label.decode()]
    return _cipher(key).decrypt(rest[:_NONCE], rest[_NONCE:], label).decode()


def blind(purpose: str, text: str) -> str:
    """Return a keyed fingerprint (32 hex digits): equal texts agree, and none can be read back.

    It depends on `BLIND_KEY` alone, so changing the sealing keys leaves the indexes valid.
    """
    message = purpose.encode() + b"\0" + text.encode()
    return hmac.new(settings.BLIND_KEY, message, hashlib.sha256).hexdigest()[:32]


class SealedTextField(models.Field[str, str]):
    """Text that stands encrypted in the database and is a plain string in Python. May be empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": "", "blank": True, **kwargs})

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.Database.Binary(seal(value) if value else b"")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return unseal(value) if value else ""
