"""A mail server that fails on demand."""

from __future__ import annotations

import smtplib
from typing import ClassVar

from django.core.mail.backends.base import BaseEmailBackend


class FlakyBackend(BaseEmailBackend):
    """Raises the errors in `errors`, one a message, and then accepts what it is given."""

    errors: ClassVar[list[Exception]] = []
    accepted: ClassVar[list] = []

    def __init__(self, *args, **kwargs):
        super().__init__()

    def send_messages(self, messages):
        if self.errors:
            raise self.errors.pop(0)
        self.accepted.extend(messages)
        return len(messages)


def busy() -> Exception:
    return smtplib.SMTPServerDisconnected("busy with somebody@example.org")
