"""The ledger: entries that are added and never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area, within
from youwo.core.append_only import AppendOnly, AppendOnlyQuerySet
from youwo.organizations.models import Organization
from youwo.people.models import Person


class Kind(models.TextChoices):
    """What sort of fact an entry is."""

    DEED = "deed", _("deed")
    ACTIVITY = "activity", _("volunteer activity")


class Field(models.TextChoices):
    """The field of service."""

    VISITS = "visits", _("visits and help")
    LECTURES = "lectures", _("policy lectures")
    CLEAN_UPS = "clean_ups", _("clean-ups")
    TROUBLES = "troubles", _("urgent daily troubles")
    HEALTH = "health", _("health and care")
    LEARNING = "learning", _("teaching and learning")
    CULTURE = "culture", _("culture and sport")
    SAFETY = "safety", _("safety")
    MEDIATION = "mediation", _("mediation")
    OTHER = "other", _("other service")


class Counted(models.TextChoices):
    """How the number of people served was found."""

    NAMED = "named", _("each one is known")
    COUNTED = "counted", _("counted on the spot")
    ESTIMATED = "estimated", _("estimated")


class EntryQuerySet(AppendOnlyQuerySet["Entry"]):
    """Entries by place, day and what was known when."""

    def within(self, code: str) -> EntryQuerySet:
        return self.filter(within(code, "area_id"))

    def between(self, since: date, until: date) -> EntryQuerySet:
        """What happened from a day to a day, both included."""
        return self.filter(occurred_on__gte=since, occurred_on__lte=until)

    def known(self, at: datetime) -> EntryQuerySet:
        return self.filter(recorded_at__lte=at)

    def standing(self, at: datetime | None = None) -> EntryQuerySet:
        """Entries that have not been reversed (as far as was known at a moment)."""
        reversed_ = Entry.objects.filter(reverses__isnull=False)
        if at is not None:
            reversed_ = reversed_.filter(recorded_at__lte=at)
        return self.filter(reverses__isnull=True).exclude(pk__in=reversed_.values("reverses_id"))


class Entry(AppendOnly):
    """One fact. `sign` is -1 for an entry that takes an earlier one back, so that sums come right.

    What happened until a day (`occurred_on`), as known at a moment (`recorded_at`).
    """

    kind = models.CharField(max_length=10, choices=Kind.choices)
    sign = models.SmallIntegerField(default=1)
    occurred_on = models.DateField(_("day"))
    started_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField(default=0)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The chapter of the programme, 1 to 5.
    programme = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=12, choices=Field.choices)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    served = models.PositiveIntegerField(_("person-times served"), default=0)
    counted_how = models.CharField(max_length=10, choices=Counted.choices, default=Counted.COUNTED)
    title = models.CharField(max_length=120)
    # The record that this fact comes from, and how word of it reached the system.
    source_label = models.CharField(max_length=60)
    source_key = models.CharField(max_length=40)
    source_channel = models.CharField(max_length=20, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # Who accepted it: "recipient", or "community" where somebody else did for them; never a name.
    confirmed_by = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal"
    )
    reason = models.CharField(max_length=300, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["source_label", "source_key", "kind"],
                condition=Q(reverses__isnull=True),
                name="ledger_entry_source_once",
            ),
            models.CheckConstraint(
                condition=(Q(sign=1) & Q(reverses__isnull=True))
                | (Q(sign=-1) & Q(reverses__isnull=False)),
                name="ledger_entry_sign",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reason=""), name="ledger_entry_reason"
            ),
            models.CheckConstraint(
                condition=Q(programme__gte=1, programme__lte=5), name="ledger_entry_programme"
            ),
            models.CheckConstraint(
                condition=~Q(kind="deed") | Q(confirmed_at__isnull=False),
                name="ledger_entry_deed_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__lte=F("recorded_at")),
                name="ledger_entry_confirmed_before_recorded",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["area", "kind", "-occurred_on", "-id"], name="ledger_entry_area"),
            models.Index(fields=["kind", "-occurred_on", "-id"], name="ledger_entry_day"),
            models.Index(fields=["recorded_at"], name="ledger_entry_recorded"),
        ]


class Participation(AppendOnly):
    """That somebody took part in what an entry says, and for how long."""

    class Part(models.TextChoices):
        DOER = "doer", _("did it")
        LEADER = "leader", _("led it")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField(max_length=8, choices=Part.choices, default=Part.DOER)
    minutes = models.PositiveIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["entry", "person"], name="ledger_participation_once")
        ]


class Goods(AppendOnly):
    """Things that were handed over."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="goods")
    item = models.CharField(max_length=60)
    quantity = models.DecimalField(max_digits=10, decimal_places=2)
    unit = models.CharField(max_length=12)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="ledger_goods_some")
        ]


class Extract(models.Model):
    """That somebody printed their own record of a year: what it said, and as known when.

    With the reference on the paper anybody can see whether the record still says the same.
    """

    reference = models.CharField(max_length=9, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="extracts")
    year = models.PositiveSmallIntegerField()
    entries = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    known_at = models.DateTimeField()
