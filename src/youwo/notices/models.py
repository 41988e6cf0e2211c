"""Messages, their deliveries, and who wants what by which way."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from youwo.people.models import Person


class Channel(models.TextChoices):
    """A way to reach somebody besides the inbox, which always has everything."""

    EMAIL = "email", _("e-mail")


class Kind(models.TextChoices):
    """What a message is about; people choose their channels for each."""

    CASE = "case", _("Wishes I deal with")
    REMINDER = "reminder", _("Reminders before a deadline")
    ACCOUNT = "account", _("My account and my enrolments")


class Message(models.Model):
    """One message in somebody's inbox. Written in the transaction of the fact that causes it."""

    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    subject = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    # What caused it: the same cause never makes a second message for the same person.
    cause = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["recipient", "cause"], name="notices_message_cause_once"
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notices_message_inbox"),
            models.Index(
                fields=["recipient"],
                condition=Q(read_at__isnull=True),
                name="notices_message_unread",
            ),
        ]


class Delivery(models.Model):
    """One message on its way through one channel."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["message", "channel"], name="notices_delivery_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state__in=["waiting", "sending"]),
                name="notices_delivery_due",
            )
        ]


class Preference(models.Model):
    """That somebody wants, or does not want, a kind of message through a channel."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"], name="notices_preference_once"
            )
        ]
