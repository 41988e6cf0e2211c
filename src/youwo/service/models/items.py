"""Service items: who does what until when, with what, what was done, and who helped."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area, within
from youwo.core.sealing import SealedTextField
from youwo.ledger.models import Field
from youwo.needs.models import Problem
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service.models.meetings import AgendaItem


class ItemStatus(models.TextChoices):
    """Where a service item stands."""

    AGREED = "agreed", _("agreed")
    STARTED = "started", _("under way")
    DELIVERED = "delivered", _("done, to be confirmed")
    CLOSED = "closed", _("closed")
    DROPPED = "dropped", _("dropped")


# What may happen to a service item in which state, and where it leads: its whole life.
ITEM_MOVES: dict[str, dict[str, str]] = {
    "hand_on": dict.fromkeys([ItemStatus.AGREED, ItemStatus.STARTED], ItemStatus.AGREED),
    "add_helper": {
        ItemStatus.AGREED: ItemStatus.AGREED,
        ItemStatus.STARTED: ItemStatus.STARTED,
    },
    "start": {ItemStatus.AGREED: ItemStatus.STARTED},
    # A helper's part: the item is done when its owner says so.
    "contribute": {
        ItemStatus.AGREED: ItemStatus.STARTED,
        ItemStatus.STARTED: ItemStatus.STARTED,
        ItemStatus.DELIVERED: ItemStatus.DELIVERED,
    },
    "deliver": dict.fromkeys([ItemStatus.AGREED, ItemStatus.STARTED], ItemStatus.DELIVERED),
    "contest": {ItemStatus.DELIVERED: ItemStatus.STARTED},
    "close": {ItemStatus.DELIVERED: ItemStatus.CLOSED},
    "reopen": {ItemStatus.CLOSED: ItemStatus.STARTED},
    "drop": dict.fromkeys([ItemStatus.AGREED, ItemStatus.STARTED], ItemStatus.DROPPED),
}

# Somebody still has something to do.
UNDER_WAY = [ItemStatus.AGREED, ItemStatus.STARTED, ItemStatus.DELIVERED]


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    """Service items by place and state."""

    def within(self, code: str) -> ServiceItemQuerySet:
        return self.filter(within(code, "community_id"))

    def under_way(self) -> ServiceItemQuerySet:
        return self.filter(status__in=UNDER_WAY)


class ServiceItem(models.Model):
    """What has been agreed to be done: by whom, with whom, with what, until when."""

    reference = models.CharField(max_length=9, unique=True)
    # What the sender's device made up for this one try.
    nonce = models.UUIDField(unique=True)
    status = models.CharField(max_length=10, choices=ItemStatus.choices, default=ItemStatus.AGREED)
    title = models.CharField(_("what is to be done"), max_length=80)
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="service_items", db_index=False
    )
    compound = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, null=True, blank=True, related_name="service_items"
    )
    # The joint meeting that agreed it, if one did.
    agenda_item = models.OneToOneField(
        AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="item"
    )
    # The owner; null while nobody has it.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="service_items"
    )
    field = models.CharField(max_length=12, choices=Field.choices)
    due_on = models.DateField(_("until"))
    # What called for it keeps its time, and asks its owner.
    clocked = models.BooleanField(default=False, db_default=False)
    # Who moved it last, and that what keeps its time has not looked since.
    moved_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_follow = models.BooleanField(default=False, db_default=False)
    search_terms = models.TextField(default="", blank=True, editable=False)
    agreed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    agreed_at = models.DateTimeField()
    # Since when it has been in this state.
    since = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Why it was dropped, handed on, contested or opened again, in words that others read.
    reason = models.CharField(max_length=300, blank=True)
    # Who accepted it, where no resident's voice stands behind it; and whom a worker asked.
    accepted_by = SealedTextField(_("accepted by"))
    asked = models.CharField(max_length=300, blank=True)

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="service_serviceitem_closed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="delivered") | Q(delivered_at__isnull=False),
                name="service_serviceitem_delivered_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="dropped") | ~Q(reason=""), name="service_serviceitem_dropped"
            ),
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(status__in=["agreed", "started", "delivered"]),
                name="service_serviceitem_carries_once",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["-agreed_at", "-id"], name="service_item_list"),
            models.Index(fields=["community", "-agreed_at", "-id"], name="service_item_place"),
            models.Index(fields=["organization", "-agreed_at", "-id"], name="service_item_unit"),
            models.Index(fields=["id"], condition=Q(to_follow=True), name="service_item_to_follow"),
        ]

    def __str__(self) -> str:
        return self.reference

    # Django's own look-ups compare all choices for each row; lists have many rows.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the item stands, in words."""
        return str(ItemStatus(self.status).label)

    def get_field_display(self) -> str:  # type: ignore[no-redef]
        """Return the field of service, in words."""
        return str(Field(self.field).label)

    @property
    def is_under_way(self) -> bool:
        """Whether somebody still has something to do."""
        return self.status in UNDER_WAY

    @property
    def is_dropped(self) -> bool:
        """Whether it was given up."""
        return self.status == ItemStatus.DROPPED

    @property
    def is_delivered(self) -> bool:
        """Whether its owner says that it is done."""
        return self.status == ItemStatus.DELIVERED

    @property
    def is_closed(self) -> bool:
        """Whether it has been accepted and stands in the ledger."""
        return self.status == ItemStatus.CLOSED


class ItemHelper(models.Model):
    """A unit that helps the owner of a service item."""

    item = models.ForeignKey(ServiceItem, on_delete=models.CASCADE, related_name="helpers")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="helped_items"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["item", "organization"], name="service_itemhelper_once")
        ]


class Resource(models.Model):
    """What is needed for a service item, and who brings it."""

    item = models.ForeignKey(ServiceItem, on_delete=models.CASCADE, related_name="resources")
    name = models.CharField(_("thing"), max_length=60)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=12)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="service_resource_some")
        ]


class Delivery(models.Model):
    """What a unit did for a service item, as it says; a fact once the item is closed."""

    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="deliveries")
    nonce = models.UUIDField(unique=True)
    # Null where the community's own people did it.
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="service_deliveries",
    )
    occurred_on = models.DateField(_("day"))
    minutes = models.PositiveIntegerField(_("minutes"))
    people = models.PositiveIntegerField(_("number of people"))
    what = models.CharField(_("what was done"), max_length=300)
    recorded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()
    # From whom the community heard it, where it entered this for the unit.
    source = models.CharField(max_length=60, blank=True)
    # Taken back with a reason, because the resident said that it is not done.
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(minutes__gt=0, people__gt=0), name="service_delivery_some"
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["item"],
                condition=Q(revoked_at__isnull=False),
                name="service_delivery_revoked",
            )
        ]


class DeliveryGoods(models.Model):
    """Things handed over with a delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="goods")
    item = models.CharField(_("thing"), max_length=60)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=12)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="service_deliverygoods_some")
        ]


class DeliveryHand(models.Model):
    """A member of the unit who took part in a delivery, with the minutes."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="hands")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="service_hands")
    minutes = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["delivery", "person"], name="service_deliveryhand_once"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="service_deliveryhand_some"),
        ]
