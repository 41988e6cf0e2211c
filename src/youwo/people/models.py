"""People and what is known of them: accounts, sessions, grants, skills, consent."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area
from youwo.core.sealing import SealedTextField, blind


class PersonQuerySet(models.QuerySet["Person"]):
    """People, findable by numbers of which only a keyed fingerprint is kept in the clear."""

    def with_phone(self, phone: str) -> PersonQuerySet:
        return self.filter(phone_index=blind("phone", phone))

    def with_document(self, kind: str, number: str) -> PersonQuerySet:
        return self.filter(document_index=blind(f"document:{kind}", number))


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Accounts by their user name, and everybody as `PersonQuerySet` finds them."""


class Person(AbstractBaseUser):
    """Somebody the programme knows. Most people never sign in: they have no password."""

    class Document(models.TextChoices):
        RESIDENT = "resident", _("resident identity card")
        PASSPORT = "passport", _("passport")
        OTHER = "other", _("another document")

    username = models.CharField(_("user name"), max_length=60, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=40)
    phone = SealedTextField(_("phone number"))
    # Null where there is no phone, so that the constraint lets many people have none.
    phone_index = models.CharField(max_length=32, unique=True, null=True, editable=False)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    document_kind = models.CharField(max_length=10, choices=Document.choices, blank=True)
    document_number = SealedTextField(_("document number"))
    document_index = models.CharField(max_length=32, unique=True, null=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    joined_at = models.DateTimeField()
    anonymised_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = _("person")
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["name", "id"], name="people_person_name")
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_indexes()
        fields = kwargs.get("update_fields")
        if fields is not None:
            pairs = {
                "phone": "phone_index",
                "document_number": "document_index",
                "document_kind": "document_index",
            }
            kwargs["update_fields"] = {*fields, *(pairs[name] for name in fields if name in pairs)}
        super().save(*args, **kwargs)

    def fill_indexes(self) -> None:
        """Set the fingerprints from the numbers; `bulk_create` callers do it themselves."""
        self.phone_index = blind("phone", self.phone) if self.phone else None
        self.document_index = (
            blind(f"document:{self.document_kind}", self.document_number)
            if self.document_number
            else None
        )


class Session(AbstractBaseSession):
    """What a browser is remembered by; it names who has signed in, so that one query reads both."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return what reads and writes the rows."""
        return import_module(settings.SESSION_ENGINE).SessionStore


class Role(models.TextChoices):
    """What a grant lets somebody do in an area. Who acts for a unit holds a mandate instead."""

    WORKER = "worker", _("community worker")
    COORDINATOR = "coordinator", _("coordinator")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by day."""

    def in_force(self, on: date) -> GrantQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


class Grant(models.Model):
    """A role in an area and everything below it, from a day until a day (exclusive)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="grants")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "role", "area"],
                condition=Q(ends_on__isnull=True),
                name="people_grant_open_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="people_grant_ends_after_start",
            ),
        ]


class Skill(models.Model):
    """Something a person can do for others, from one shared list."""

    code = models.CharField(max_length=30, primary_key=True)
    name = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["place", "code"]

    def __str__(self) -> str:
        return self.name


class ConsentText(models.Model):
    """The words people agreed to, by purpose and version. Never changed once published."""

    purpose = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    valid_from = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["purpose", "version"], name="people_consenttext_version"
            )
        ]


class Consent(models.Model):
    """Somebody's agreement to one purpose, until withdrawn."""

    class Giver(models.TextChoices):
        SELF = "self", _("the person")
        GUARDIAN = "guardian", _("a guardian")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    given_by = models.CharField(max_length=10, choices=Giver.choices, default=Giver.SELF)
    guardian = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "text"],
                condition=Q(withdrawn_at__isnull=True),
                name="people_consent_in_force_once",
            ),
            models.CheckConstraint(
                condition=~Q(given_by="guardian") | Q(guardian__isnull=False),
                name="people_consent_names_guardian",
            ),
        ]
