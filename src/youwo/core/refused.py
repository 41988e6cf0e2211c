"""The one exception that a caller of an action must expect."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 (an answer to a person, not an error)
    """Say, in a full sentence for people, why something cannot be done.

    `reason` is translated text. `field` names the form field it belongs to, if any.
    """

    def __init__(self, reason: object, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field

    def __str__(self) -> str:
        return str(self.reason)
