"""Notices, messages and their deliveries, group robots and their posts, and who wants what when."""

from __future__ import annotations

from datetime import time
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area
from youwo.core.sealing import SealedTextField
from youwo.people.models import Person

# Between these times nothing leaves the house, unless it is urgent or people choose otherwise.
QUIET_FROM, QUIET_UNTIL = time(21), time(8)


class Channel(models.TextChoices):
    """A way to reach somebody besides the inbox, which always has everything."""

    EMAIL = "email", _("e-mail")


class Kind(models.TextChoices):
    """What a message is about; people choose their channels for each."""

    CASE = "case", _("Matters I have a part in")
    REMINDER = "reminder", _("Reminders before a deadline")
    ACCOUNT = "account", _("My account and my enrolments")
    DIGEST = "digest", _("My week at a glance")


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
    # Still to be put on its way, because its reader can be reached outside; urgent: even at night.
    outgoing = models.BooleanField(default=False, db_default=False)
    urgent = models.BooleanField(default=False, db_default=False)

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
            models.Index(
                fields=["id"], condition=Q(outgoing=True), name="notices_message_outgoing"
            ),
        ]


class Notice(models.Model):
    """Something to be told whose readers are looked up later.

    Written in the transaction of the fact that causes it. Messages and posts are made of it, and it
    is gone.
    """

    # A name from `audiences`, and the keys of the units, problems, people or robots it is about.
    audience = models.CharField(max_length=12)
    keys = models.JSONField()
    # The key of somebody who did it themselves and need not be told.
    but = models.BigIntegerField(null=True)
    # A value of Kind, or of GroupKind where groups hear of it.
    kind = models.CharField(max_length=12)
    # By language, subject and body.
    texts = models.JSONField()
    link = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    # How often its readers could not be looked up, and when to try; null: given up.
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    def words(self, language: str) -> tuple[str, str]:
        """Return subject and body in a language, or in the only one that was thought of."""
        subject, body = self.texts.get(language) or next(iter(self.texts.values()))
        return subject, body


class Sending(models.Model):
    """Something on its way out: what messages to people and posts to groups have in common."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Delivery(Sending):
    """One message on its way through one channel."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    # Put off by quiet hours: all that waited through them goes out as one.
    held = models.BooleanField(default=False)

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


class Weekday(models.IntegerChoices):
    """A day of the week, as ISO 8601 counts them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class Habits(models.Model):
    """When somebody wants to be left alone, and on which day to hear about their week.

    Whoever has no row keeps to the defaults: quiet at night, and the week on Mondays for those who
    hold a role or act for a unit.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="habits")
    quiet = models.BooleanField(default=True)
    quiet_from = models.TimeField(default=QUIET_FROM)
    quiet_until = models.TimeField(default=QUIET_UNTIL)
    # Null: not at all.
    digest_on = models.PositiveSmallIntegerField(choices=Weekday.choices, null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(quiet_from=F("quiet_until")), name="notices_habits_some_quiet"
            ),
            models.CheckConstraint(
                condition=Q(digest_on__isnull=True) | Q(digest_on__gte=1, digest_on__lte=7),
                name="notices_habits_weekday",
            ),
        ]


class Digest(models.Model):
    """That somebody has been told about their week, or that there was nothing to tell."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="digests")
    # The Monday of the week in which it was made.
    week = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "week"], name="notices_digest_once")
        ]


class GroupKind(models.TextChoices):
    """What a post to a group is about; each robot takes those that its group wants."""

    NEW = "new", _("Something new waits to be looked through")
    WHISTLE = "whistle", _("A whistle, and what becomes of it")
    ESCALATION = "escalation", _("Something has climbed a level")
    OVERDUE = "overdue", _("Once a day: what is overdue")


class Robot(models.Model):
    """A robot in a chat group, reached by webhook: it posts what happens in a place or to a unit.

    Its address is a password: who knows it can write into the group.
    """

    class Platform(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")

    class Paused(models.TextChoices):
        BY_KEEPER = "keeper", _("paused")
        BY_REFUSAL = "refusal", _("paused, because the group does not take its posts")

    platform = models.CharField(max_length=10, choices=Platform.choices)
    name = models.CharField(max_length=40)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="robots")
    # The key of a unit. Units stand above this package, so it is no foreign key; they never go.
    organization = models.BigIntegerField(null=True)
    address = SealedTextField()
    address_index = models.CharField(max_length=32, null=True, editable=False)
    secret = SealedTextField()
    # A word that the group demands in every post.
    keyword = models.CharField(max_length=20, blank=True)
    # Values of GroupKind.
    wanted = models.JSONField(default=list)
    quiet = models.BooleanField(default=True)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    paused = models.CharField(max_length=8, choices=Paused.choices, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # When it may post again.
    free_at = models.DateTimeField()
    # What the platform said last: a name from `robots.answers`, and when.
    answer = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(area__isnull=False, organization__isnull=True)
                | Q(area__isnull=True, organization__isnull=False),
                name="notices_robot_of_place_or_unit",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(address_index__isnull=True),
                name="notices_robot_removed_forgets",
            ),
            # The same group twice would be told twice, and faster than it may.
            models.UniqueConstraint(fields=["address_index"], name="notices_robot_address_once"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["organization"],
                condition=Q(organization__isnull=False),
                name="notices_robot_unit",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Post(Sending):
    """One line for a group. It names no person."""

    robot = models.ForeignKey(Robot, on_delete=models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=12, choices=GroupKind.choices)
    subject = models.CharField(max_length=120)
    body = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=200, blank=True)
    # The same cause never makes a second post in the same group.
    cause = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["robot", "cause"], name="notices_post_cause_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state__in=["waiting", "sending"]),
                name="notices_post_due",
            ),
            models.Index(fields=["robot", "-created_at", "-id"], name="notices_post_of_robot"),
        ]
