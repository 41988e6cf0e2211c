"""Wishes: the voice behind them, their states, deliveries and call-backs; and what lies outside."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from youwo.areas.models import Area, within
from youwo.capacity.models import Claim
from youwo.core.sealing import SealedTextField
from youwo.ledger.models import Field
from youwo.organizations.models import Organization
from youwo.people.models import ConsentText, Person


class Channel(models.TextChoices):
    """How somebody's words reached the community."""

    OWN = "own", _("online, by themselves")
    VISIT = "visit", _("home visit")
    TELEPHONE = "telephone", _("telephone")
    BOX = "box", _("wish box")
    PAPER = "paper", _("paper form")
    HEARING = "hearing", _("hearing")


class Voice(models.Model):
    """Who spoke. Kept apart from the case: personal data of somebody with a need is only here."""

    class Consent(models.TextChoices):
        SELF = "self", _("given by the person")
        SPOKEN = "spoken", _("given in words to the worker")
        GUARDIAN = "guardian", _("given by the guardian")

    name = SealedTextField(_("name"))
    phone = SealedTextField(_("phone number"))
    phone_index = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    address = SealedTextField(_("building and door"))
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="voices"
    )
    minor = models.BooleanField(default=False)
    consent_text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    consent_given_by = models.CharField(max_length=10, choices=Consent.choices)
    consent_at = models.DateTimeField()
    anonymised_at = models.DateTimeField(null=True, blank=True)


class Status(models.TextChoices):
    """Where a wish stands."""

    RECEIVED = "received", _("waiting for review")
    RETURNED = "returned", _("waiting for an answer")
    PUBLISHED = "published", _("waiting for somebody")
    CLAIMED = "claimed", _("claimed")
    DELIVERED = "delivered", _("waiting for confirmation")
    CONFIRMED = "confirmed", _("confirmed")
    CLOSED = "closed", _("closed")
    HANDED_OVER = "handed_over", _("handed over outside")
    DECLINED = "declined", _("not possible")
    WITHDRAWN = "withdrawn", _("withdrawn")
    OUTLIVED = "outlived", _("no longer needed")


class Mover(models.TextChoices):
    """Whose move it is."""

    WORKER = "worker", _("the community")
    RESIDENT = "resident", _("the resident")
    ANYONE = "anyone", _("anyone who can help")
    CLAIMANT = "claimant", _("who promised")
    NOBODY = "nobody", _("nobody")


# What may happen in which state, and where it leads: the whole life of a wish.
MOVES: dict[str, dict[str, str]] = {
    "publish": {Status.RECEIVED: Status.PUBLISHED},
    "ask": {Status.RECEIVED: Status.RETURNED},
    "answer": {Status.RETURNED: Status.RECEIVED},
    "hand_over": {Status.RECEIVED: Status.HANDED_OVER},
    "claim": {Status.PUBLISHED: Status.CLAIMED},
    "release": {Status.CLAIMED: Status.PUBLISHED},
    "expire": {Status.CLAIMED: Status.PUBLISHED},
    "deliver": {Status.CLAIMED: Status.DELIVERED},
    "confirm": {Status.DELIVERED: Status.CONFIRMED},
    "contest": {Status.DELIVERED: Status.CLAIMED},
    "call_back": {Status.CONFIRMED: Status.CLOSED},
    "reopen": dict.fromkeys([Status.DELIVERED, Status.CONFIRMED, Status.CLOSED], Status.PUBLISHED),
    "decline": dict.fromkeys([Status.RECEIVED, Status.RETURNED, Status.PUBLISHED], Status.DECLINED),
    "withdraw": dict.fromkeys(
        [Status.RECEIVED, Status.RETURNED, Status.PUBLISHED, Status.CLAIMED], Status.WITHDRAWN
    ),
    "outlive": dict.fromkeys(
        [Status.RECEIVED, Status.RETURNED, Status.PUBLISHED, Status.CLAIMED], Status.OUTLIVED
    ),
}

# Whose move it is in each state. When somebody other than the community lets the time pass, the
# move falls to the community (see `needs.sweep`).
MOVERS: dict[str, str] = {
    Status.RECEIVED: Mover.WORKER,
    Status.RETURNED: Mover.RESIDENT,
    Status.PUBLISHED: Mover.ANYONE,
    Status.CLAIMED: Mover.CLAIMANT,
    Status.DELIVERED: Mover.RESIDENT,
    Status.CONFIRMED: Mover.WORKER,
    Status.CLOSED: Mover.NOBODY,
    Status.HANDED_OVER: Mover.NOBODY,
    Status.DECLINED: Mover.NOBODY,
    Status.WITHDRAWN: Mover.NOBODY,
    Status.OUTLIVED: Mover.NOBODY,
}

# On the board everybody sees these.
PUBLIC = [Status.PUBLISHED, Status.CLAIMED, Status.DELIVERED, Status.CONFIRMED, Status.CLOSED]


# How much a resident can say, answers included.
SAID_MOST = 1000


class WishQuerySet(models.QuerySet["Wish"]):
    """Wishes by place and state."""

    def within(self, code: str) -> WishQuerySet:
        return self.filter(within(code, "community_id"))

    def on_the_board(self) -> WishQuerySet:
        return self.filter(status__in=PUBLIC)


class Wish(models.Model):
    """What somebody would like: specific, real and easy to do."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("a thing")
        SERVICE = "service", _("a hand")
        OUTING = "outing", _("an outing")
        SKILL = "skill", _("learning something")
        COMPANY = "company", _("company")

    reference = models.CharField(max_length=9, unique=True)
    # What the sender's device made up for this one try.
    nonce = models.UUIDField(unique=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RECEIVED)
    mover = models.CharField(max_length=10, choices=Mover.choices, default=Mover.WORKER)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="wishes", db_index=False
    )
    compound = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    voice = models.OneToOneField(Voice, on_delete=models.PROTECT, related_name="wish")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.OWN)
    recorded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # In the speaker's own words; staff of the area read it, nobody else.
    said = models.TextField(max_length=SAID_MOST)
    search_terms = models.TextField(default="", blank=True, editable=False)
    # What everybody reads, written or approved by the reviewer.
    public_title = models.CharField(max_length=40, blank=True)
    public_text = models.TextField(max_length=500, blank=True)
    public_person = models.CharField(max_length=40, blank=True)
    public_terms = models.TextField(default="", blank=True, editable=False)
    # The worker's question to the resident, and the answer; or the reason of an end.
    question = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    received_at = models.DateTimeField()
    # Since when the wish has been in this state, and until when the one whose move it is has time.
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    # The promise now in force: a person's, or a unit's through somebody who acts for it.
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_wishes",
        db_index=False,
    )
    claimed_for = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_wishes",
        db_index=False,
    )
    appointment = models.CharField(max_length=60, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["claimed", "delivered", "confirmed", "closed"],
                    claimed_by__isnull=False,
                )
                | (
                    ~Q(status__in=["claimed", "delivered", "confirmed", "closed"])
                    & Q(claimed_by__isnull=True)
                ),
                name="needs_wish_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=["published", "claimed", "delivered", "confirmed", "closed"]
                )
                | (Q(published_at__isnull=False) & ~Q(public_title="")),
                name="needs_wish_public_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["handed_over", "declined", "outlived"]) | ~Q(reason=""),
                name="needs_wish_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(mover="nobody") | Q(due_at__isnull=False), name="needs_wish_due"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            # The queue of one community, and of a whole county.
            models.Index(
                fields=["mover", "community", "due_at", "id"], name="needs_wish_queue_place"
            ),
            models.Index(fields=["mover", "due_at", "id"], name="needs_wish_queue"),
            # The queue of who promised.
            models.Index(
                fields=["claimed_by", "due_at"],
                condition=Q(mover="claimant"),
                name="needs_wish_promise_person",
            ),
            models.Index(
                fields=["claimed_for", "due_at"],
                condition=Q(mover="claimant"),
                name="needs_wish_promise_unit",
            ),
            # The board.
            models.Index(fields=["status", "-published_at", "-id"], name="needs_wish_board"),
            models.Index(
                fields=["community", "status", "-published_at", "-id"],
                name="needs_wish_board_place",
            ),
            # Views of the board that hold several states, in its order.
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(published_at__isnull=False),
                name="needs_wish_published",
            ),
            # The staff's list.
            models.Index(fields=["-received_at", "-id"], name="needs_wish_received"),
            models.Index(
                fields=["community", "-received_at", "-id"], name="needs_wish_received_place"
            ),
        ]

    # Django's own look-ups compare all choices for each row; lists have many rows.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the wish stands, in words."""
        return str(Status(self.status).label)

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """Return the kind of the wish, in words."""
        return str(Wish.Kind(self.kind).label)

    def get_channel_display(self) -> str:  # type: ignore[no-redef]
        """Return how the wish reached the community, in words."""
        return str(Channel(self.channel).label)


class Photo(models.Model):
    """A picture that somebody added of their own accord. Re-encoded, without position or device."""

    wish = models.ForeignKey(
        Wish, on_delete=models.CASCADE, null=True, blank=True, related_name="photos"
    )
    report = models.ForeignKey(
        "needs.Report", on_delete=models.CASCADE, null=True, blank=True, related_name="photos"
    )
    file = models.FileField(upload_to="wishes/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(wish__isnull=True, report__isnull=False)
                | Q(wish__isnull=False, report__isnull=True),
                name="needs_photo_of_one_case",
            )
        ]


class Delivery(models.Model):
    """What was done for a wish, as the doer says; a fact once the recipient has confirmed it."""

    class Confirmed(models.TextChoices):
        LINK = "link", _("by the recipient, online")
        CODE = "code", _("by the code the recipient told")
        PAPER = "paper", _("on paper, entered by the community")

    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, related_name="deliveries")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="+")
    doer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deliveries")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    occurred_on = models.DateField(_("day"))
    minutes = models.PositiveIntegerField(_("minutes"))
    what = models.CharField(_("what was done"), max_length=300)
    field = models.CharField(max_length=12, choices=Field.choices)
    # Other pairs of hands, besides the doer's.
    more_hands = models.PositiveSmallIntegerField(default=0)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_how = models.CharField(max_length=10, choices=Confirmed.choices, blank=True)
    confirmation_entered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Taken back, with a reason, by reopening the wish.
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["wish"],
                condition=Q(revoked_at__isnull=True),
                name="needs_delivery_stands_once",
            ),
        ]


class DeliveryGoods(models.Model):
    """Things handed over with a delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="goods")
    item = models.CharField(_("thing"), max_length=60)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=12)


class CallBack(models.Model):
    """Three plain questions, asked of the recipient by somebody other than the doer."""

    class Again(models.TextChoices):
        YES = "yes", pgettext_lazy("ask again", "yes")
        NO = "no", pgettext_lazy("ask again", "no")
        UNSAID = "unsaid", _("did not say")

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="call_back")
    came = models.BooleanField(_("they came and did it"))
    on_time = models.BooleanField(_("on time"))
    again = models.CharField(_("would ask again"), max_length=8, choices=Again.choices)
    words = models.CharField(_("in their words"), max_length=300, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class OutsideMatter(models.Model):
    """Something this programme does not take on, and where people go with it: data, not code."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency", _("emergency")
        PETITION = "petition", _("petition or complaint about officials")
        SECRET = "secret", _("matter of secrecy")
        DUTY = "duty", _("outside the community's duties")

    code = models.CharField(max_length=30, primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=40)
    # Words that point to it, separated by spaces.
    words = models.TextField()
    where_to_go = models.CharField(max_length=200)
    telephone = models.CharField(max_length=20, blank=True)
    # Where the rule holds; everywhere if empty.
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    active = models.BooleanField(default=True)
    place = models.PositiveSmallIntegerField(default=0)


class HandOver(models.Model):
    """That somebody was told where to go. The words themselves are not kept."""

    matter = models.ForeignKey(OutsideMatter, on_delete=models.PROTECT, related_name="hand_overs")
    community = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, null=True, related_name="hand_overs")
    problem = models.ForeignKey(
        "needs.Problem", on_delete=models.PROTECT, null=True, related_name="hand_overs"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    nonce = models.UUIDField(unique=True)


class Suggestion(models.Model):
    """A complaint about the system or the service, or a suggestion, from any page."""

    reference = models.CharField(max_length=9, unique=True)
    nonce = models.UUIDField(unique=True)
    words = models.TextField(max_length=1000)
    # The page it was sent from, without its query.
    page = models.CharField(max_length=200, blank=True)
    phone = SealedTextField(_("phone number"))
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    answer = models.TextField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""),
                name="needs_suggestion_answer_has_words",
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["-at", "-id"], name="needs_suggestion_latest")
        ]
