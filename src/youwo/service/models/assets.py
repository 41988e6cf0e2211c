"""Assets: what was handed over, where it stands, who keeps it, and how it has fared since."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area, within
from youwo.core.sealing import SealedTextField
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service.models.items import DeliveryGoods


class AssetStatus(models.TextChoices):
    """Where an asset stands."""

    IN_USE = "in_use", _("in use")
    REPAIR = "repair", _("to be repaired")
    RETIRED = "retired", _("taken out of use")


_KEPT = [AssetStatus.IN_USE, AssetStatus.REPAIR]

# What may happen to an asset in which state, and where it leads: its whole life.
ASSET_MOVES: dict[str, dict[str, str]] = {
    "receive": dict(zip(_KEPT, _KEPT, strict=True)),
    "split": dict(zip(_KEPT, _KEPT, strict=True)),
    "move": dict(zip(_KEPT, _KEPT, strict=True)),
    "schedule": dict(zip(_KEPT, _KEPT, strict=True)),
    "find_sound": dict.fromkeys(_KEPT, AssetStatus.IN_USE),
    "find_broken": dict.fromkeys(_KEPT, AssetStatus.REPAIR),
    "repair": {AssetStatus.REPAIR: AssetStatus.IN_USE},
    "retire": dict.fromkeys(_KEPT, AssetStatus.RETIRED),
}


class AssetQuerySet(models.QuerySet["Asset"]):
    """Assets by place, state and day."""

    def within(self, code: str) -> AssetQuerySet:
        return self.filter(within(code, "area_id"))

    def kept(self) -> AssetQuerySet:
        """Those that somebody still keeps."""
        return self.filter(status__in=_KEPT)

    def due(self, until: date) -> AssetQuerySet:
        """Those to be inspected by a day."""
        return self.filter(status=AssetStatus.IN_USE, next_inspection_on__lte=until)

    def expired(self, on: date) -> AssetQuerySet:
        """Those that must no longer be relied on from this day."""
        return self.filter(status__in=_KEPT, expires_on__lte=on)


class Asset(models.Model):
    """Things of one sort at one place, with one keeper: 15 bins at the east gate.

    The keeper is a unit, a person, or, if neither is named, the community.
    """

    class Received(models.TextChoices):
        SIGNATURE = "signature", _("signed on the handover sheet")
        CONFIRMED = "confirmed", _("confirmed by the keeper online")

    Status = AssetStatus

    reference = models.CharField(max_length=9, unique=True)
    # What the sender's device made up for this one try.
    nonce = models.UUIDField(unique=True)
    name = models.CharField(_("thing"), max_length=60)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=12)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="assets", db_index=False)
    place = models.CharField(_("where exactly"), max_length=60, blank=True)
    keeper_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="kept_assets"
    )
    keeper_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="kept_assets"
    )
    delivery_goods = models.ForeignKey(
        DeliveryGoods, on_delete=models.PROTECT, null=True, blank=True, related_name="assets"
    )
    # Where it comes from, if no delivery recorded here brought it.
    source = models.CharField(_("where it comes from"), max_length=120, blank=True)
    split_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    handed_over_on = models.DateField(_("handed over on"))
    received_on = models.DateField(null=True, blank=True)
    received_how = models.CharField(max_length=10, choices=Received.choices, blank=True)
    # Who signed; whoever confirmed online stands in `AssetEvent.by`.
    receiver = SealedTextField(_("who received it"))
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    inspect_every_months = models.PositiveSmallIntegerField(null=True, blank=True)
    next_inspection_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=AssetStatus.choices, default=AssetStatus.IN_USE)
    # Since when it has been in this state.
    since = models.DateTimeField()
    # What is broken, or why it was retired, in words that others read.
    reason = models.CharField(max_length=200, blank=True)
    search_terms = models.TextField(default="", blank=True, editable=False)
    recorded_at = models.DateTimeField()

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="service_asset_some"),
            models.CheckConstraint(
                condition=Q(keeper_organization__isnull=True) | Q(keeper_person__isnull=True),
                name="service_asset_one_keeper",
            ),
            models.CheckConstraint(
                condition=Q(delivery_goods__isnull=False) | ~Q(source=""),
                name="service_asset_has_source",
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True, received_how="")
                | (Q(received_on__isnull=False) & ~Q(received_how="")),
                name="service_asset_received_how",
            ),
            models.CheckConstraint(
                condition=Q(status="in_use") | ~Q(reason=""), name="service_asset_reason"
            ),
            models.CheckConstraint(
                condition=Q(inspect_every_months__isnull=True)
                | Q(inspect_every_months__gte=1, inspect_every_months__lte=120),
                name="service_asset_inspected_every",
            ),
            models.CheckConstraint(
                condition=Q(next_inspection_on__isnull=True)
                | Q(status__in=["in_use", "repair"], inspect_every_months__isnull=False),
                name="service_asset_inspected_while_kept",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["area", "-id"], name="service_asset_place"),
            # What is due, for the list and for the task that fills the queue.
            models.Index(
                fields=["next_inspection_on", "id"],
                condition=Q(status="in_use", next_inspection_on__isnull=False),
                name="service_asset_due",
            ),
            models.Index(
                fields=["expires_on", "id"],
                condition=Q(status__in=["in_use", "repair"], expires_on__isnull=False),
                name="service_asset_expires",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    # Django's own look-ups compare all choices for each row; lists have many rows.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the asset stands, in words."""
        return str(AssetStatus(self.status).label)

    @property
    def is_kept(self) -> bool:
        """Whether somebody still keeps it."""
        return self.status in _KEPT

    @property
    def is_broken(self) -> bool:
        """Whether it waits for repair."""
        return self.status == AssetStatus.REPAIR

    @property
    def is_received(self) -> bool:
        """Whether its keeper has said that it is there."""
        return self.received_on is not None

    @property
    def community_code(self) -> str:
        """The code of the community that it lies in."""
        return self.area_id.partition("-")[0]

    def is_expired(self, on: date) -> bool:
        """Say whether it must no longer be relied on."""
        return self.is_kept and self.expires_on is not None and self.expires_on <= on

    def is_due(self, on: date) -> bool:
        """Say whether its inspection day has come."""
        due = self.next_inspection_on
        return self.status == AssetStatus.IN_USE and due is not None and due <= on


class AssetEvent(models.Model):
    """What happened to an asset, and how it stood afterwards: its history, never changed."""

    class Kind(models.TextChoices):
        HANDED_OVER = "handed_over", _("handed over")
        ENTERED = "entered", _("entered by hand")
        RECEIVED = "received", _("received")
        SPLIT = "split", _("split")
        MOVED = "moved", _("moved")
        SCHEDULED = "scheduled", _("dates changed")
        SOUND = "sound", _("inspected: in order")
        BROKEN = "broken", _("found broken")
        REPAIRED = "repaired", _("repaired")
        RETIRED = "retired", _("taken out of use")

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    quantity = models.DecimalField(max_digits=10, decimal_places=2)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.CharField(max_length=60, blank=True)
    keeper_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    keeper_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]


class Inspection(models.Model):
    """That somebody looked at an asset on a day, and whether it was in order."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="inspections")
    nonce = models.UUIDField(unique=True)
    on = models.DateField(_("day"))
    sound = models.BooleanField(_("in order"))
    note = models.CharField(_("in words"), max_length=200, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(sound=True) | ~Q(note=""), name="service_inspection_broken_says_what"
            )
        ]
        ordering: ClassVar[list[str]] = ["-on", "-id"]
