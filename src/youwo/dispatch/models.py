"""Whistles: who was called, who answers, what was objected, and the intervals of the clock."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area, within
from youwo.ledger.models import Field
from youwo.needs.models import Problem
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service.models import ItemStatus, ServiceItem


class Office(models.TextChoices):
    """Who has to see that a whistle is answered."""

    UNIT = "unit", _("the unit called")
    TOWN = "town", _("the town or sub-district")
    COUNTY = "county", _("the county")
    CITY = "city", _("the city")


class Colour(models.TextChoices):
    """How a level is marked, always beside its name."""

    BLUE = "blue", _("blue")
    YELLOW = "yellow", _("yellow")
    RED = "red", _("red")
    NONE = "none", _("no colour")


class Ladder(models.Model):
    """The levels of whistles as they hold from a day on. A later one replaces it, never changes it.

    A whistle keeps the ladder on which it was blown.
    """

    valid_from = models.DateField(_("from"), unique=True)
    basis = models.CharField(_("by which decision"), max_length=120)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()


class Level(models.Model):
    """One rung: its name, who answers for it, and how many working hours there are."""

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="levels")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12)
    name = models.CharField(_("name"), max_length=12)
    colour = models.CharField(max_length=8, choices=Colour.choices, default=Colour.NONE)
    answers = models.CharField(max_length=8, choices=Office.choices)
    reply_hours = models.DecimalField(_("hours to answer"), max_digits=5, decimal_places=1)
    solve_hours = models.DecimalField(_("hours to solve it"), max_digits=5, decimal_places=1)
    # So much more a unit may take by itself; beyond it, the level above decides.
    extend_hours = models.DecimalField(_("hours of extension"), max_digits=5, decimal_places=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["ladder", "number"], name="dispatch_level_number"),
            models.UniqueConstraint(fields=["ladder", "code"], name="dispatch_level_code"),
            models.CheckConstraint(
                condition=Q(
                    number__gte=1, reply_hours__gt=0, solve_hours__gt=0, extend_hours__gte=0
                ),
                name="dispatch_level_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    """Where a whistle stands."""

    BLOWN = "blown", _("waiting for a unit to report")
    ANSWERED = "answered", _("answered, in hand")
    PAUSED = "paused", _("paused")
    DELIVERED = "delivered", _("done, to be judged")
    CLOSED = "closed", _("closed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Mover(models.TextChoices):
    """Whose move it is."""

    UNIT = "unit", _("the unit")
    WHISTLER = "whistler", _("the community, with the resident")
    NOBODY = "nobody", _("nobody")


OPEN = [Status.BLOWN, Status.ANSWERED, Status.PAUSED, Status.DELIVERED]

# What may happen in which state, and where it leads: the whole life of a whistle.
MOVES: dict[str, dict[str, str]] = {
    "call": {Status.BLOWN: Status.BLOWN},
    "answer": {Status.BLOWN: Status.ANSWERED},
    "object": {Status.BLOWN: Status.BLOWN},
    "decide": {status: status for status in (Status.BLOWN, Status.ANSWERED, Status.PAUSED)},
    "ask_over": {Status.ANSWERED: Status.ANSWERED},
    "take_over": {Status.ANSWERED: Status.ANSWERED},
    "ask_help": {Status.ANSWERED: Status.ANSWERED},
    "help": {status: status for status in (Status.ANSWERED, Status.PAUSED)},
    "pause": {Status.ANSWERED: Status.PAUSED},
    "resume": {Status.PAUSED: Status.ANSWERED},
    "extend": {Status.ANSWERED: Status.ANSWERED},
    "climb": {status: status for status in (Status.BLOWN, Status.ANSWERED)},
    "deliver": {Status.ANSWERED: Status.DELIVERED, Status.PAUSED: Status.DELIVERED},
    "close": {Status.DELIVERED: Status.CLOSED},
    "reopen": {Status.DELIVERED: Status.ANSWERED, Status.CLOSED: Status.ANSWERED},
    "withdraw": dict.fromkeys([Status.BLOWN, Status.ANSWERED, Status.PAUSED], Status.WITHDRAWN),
}

_GOES_ON: dict[str, str] = {Status.DELIVERED: Status.ANSWERED, Status.CLOSED: Status.ANSWERED}

# What an answered whistle becomes when the item that carries it stands so.
FOLLOWS: dict[str, dict[str, str]] = {
    ItemStatus.AGREED: _GOES_ON,
    ItemStatus.STARTED: _GOES_ON,
    ItemStatus.DELIVERED: dict.fromkeys([Status.ANSWERED, Status.PAUSED], Status.DELIVERED),
    ItemStatus.CLOSED: dict.fromkeys(
        [Status.ANSWERED, Status.PAUSED, Status.DELIVERED], Status.CLOSED
    ),
    ItemStatus.DROPPED: dict.fromkeys(
        [Status.ANSWERED, Status.PAUSED, Status.DELIVERED], Status.WITHDRAWN
    ),
}

MOVERS: dict[str, str] = {
    Status.BLOWN: Mover.UNIT,
    Status.ANSWERED: Mover.UNIT,
    Status.PAUSED: Mover.UNIT,
    Status.DELIVERED: Mover.WHISTLER,
    Status.CLOSED: Mover.NOBODY,
    Status.WITHDRAWN: Mover.NOBODY,
}


class WhistleQuerySet(models.QuerySet["Whistle"]):
    """Whistles by place and state."""

    def within(self, code: str) -> WhistleQuerySet:
        return self.filter(within(code, "community_id"))

    def open(self) -> WhistleQuerySet:
        return self.filter(status__in=OPEN)


class Whistle(models.Model):
    """A community calls units about one matter, and they report to it."""

    reference = models.CharField(max_length=9, unique=True)
    # What the sender's device made up for this one try.
    nonce = models.UUIDField(unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BLOWN)
    # The rung on which it stands now, and the one on which it was blown.
    level = models.ForeignKey(
        Level, on_delete=models.PROTECT, related_name="whistles", db_index=False
    )
    began = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+", db_index=False)
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="whistles", db_index=False
    )
    compound = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # What it is about: a problem, or a service item; once answered, the item that carries it.
    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, null=True, blank=True, related_name="whistles"
    )
    item = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="whistles"
    )
    # Blown from a service item that was there before.
    from_item = models.BooleanField(default=False, db_default=False)
    # Read by the units that are called: nothing personal.
    title = models.CharField(_("title"), max_length=60)
    matter = models.CharField(_("matter"), max_length=500)
    field = models.CharField(
        max_length=12,
        choices=Field.choices,
        default=Field.TROUBLES,
        db_default=Field.TROUBLES.value,
    )
    search_terms = models.TextField(default="", blank=True, editable=False)
    whistled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="whistles", db_index=False
    )
    whistled_at = models.DateTimeField()
    # Since when it has been in this state, and until when the one whose move it is has time.
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    # When the clock next does something by itself: climbs, or ends a pause. Null on the top rung.
    rings_at = models.DateTimeField(null=True, blank=True)
    # How much working time there is to solve it, extensions included; counted from the answer.
    solve_minutes = models.PositiveIntegerField(null=True, blank=True)
    # When the time to solve it was over, until an office has set a new one.
    overdue_at = models.DateTimeField(null=True, blank=True)
    climbed = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Of a withdrawal or of opening it again.
    reason = models.CharField(max_length=300, blank=True)

    objects = WhistleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(status__in=["closed", "withdrawn"]) | Q(due_at__isnull=False),
                name="dispatch_whistle_due",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["blown", "answered", "paused"]) | Q(rings_at__isnull=True),
                name="dispatch_whistle_rings_while_running",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["blown", "withdrawn"])
                | Q(answered_at__isnull=False, solve_minutes__isnull=False),
                name="dispatch_whistle_answered_at",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=["closed", "withdrawn"]) & Q(closed_at__isnull=False))
                | (~Q(status__in=["closed", "withdrawn"]) & Q(closed_at__isnull=True)),
                name="dispatch_whistle_closed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | ~Q(reason=""),
                name="dispatch_whistle_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(problem__isnull=False) | Q(item__isnull=False),
                name="dispatch_whistle_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["blown", "withdrawn"]) | Q(item__isnull=False),
                name="dispatch_whistle_answered_has_item",
            ),
            # One whistle at a time calls for one matter.
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(status__in=["blown", "answered", "paused", "delivered"]),
                name="dispatch_whistle_problem_once",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(status__in=["blown", "answered", "paused", "delivered"]),
                name="dispatch_whistle_item_once",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            # The sweep.
            models.Index(
                fields=["rings_at", "id"],
                condition=Q(rings_at__isnull=False),
                name="dispatch_whistle_rings",
            ),
            # The lists of a community, and of a whole county.
            models.Index(
                fields=["community", "-whistled_at", "-id"], name="dispatch_whistle_place"
            ),
            models.Index(fields=["-whistled_at", "-id"], name="dispatch_whistle_newest"),
        ]

    # Django's own look-up compares all choices for each row; lists have many rows.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the whistle stands, in words."""
        return str(Status(self.status).label)

    @property
    def is_open(self) -> bool:
        """Say whether it is still on its way."""
        return self.status in OPEN

    @property
    def is_running(self) -> bool:
        """Say whether its clock runs."""
        return self.status in (Status.BLOWN, Status.ANSWERED)


class Call(models.Model):
    """That one unit was called to a whistle, or asked to take it over or to help."""

    class Role(models.TextChoices):
        RECEIVER = "receiver", _("called")
        SUCCESSOR = "successor", _("asked to take over")
        HELPER = "helper", _("asked to help")

    class Status(models.TextChoices):
        CALLED = "called", _("not reported yet")
        OBJECTED = "objected", _("objection to be decided")
        ANSWERED = "answered", _("has answered")
        HELPING = "helping", _("helps")
        RELIEVED = "relieved", _("no longer needed")
        EXCUSED = "excused", _("excused")
        DECLINED = "declined", _("said no")
        HANDED_ON = "handed_on", _("handed on")

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="calls")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="calls", db_index=False
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.RECEIVER)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CALLED)
    # The first receiver: whoever is called first, then whoever answers first, until another takes
    # over.
    responsible = models.BooleanField(default=False)
    called_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # What was said when it was called or asked.
    words = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    # Who comes, as the unit says it ("two colleagues of the water section"), and when.
    who = models.CharField(_("who comes"), max_length=60, blank=True)
    arrives_at = models.DateTimeField(_("when"), null=True, blank=True)
    reply = models.CharField(_("in a sentence"), max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            # The lock behind the lock: of two that answer at once, one is responsible. Among those
            # only called it is their order that says who is first, and an answer relieves them in
            # the same statement that makes another responsible.
            models.UniqueConstraint(
                fields=["whistle"],
                condition=Q(responsible=True, status="answered"),
                name="dispatch_call_one_is_responsible",
            ),
            models.UniqueConstraint(
                fields=["whistle", "organization"],
                condition=Q(status__in=["called", "objected", "answered", "helping"]),
                name="dispatch_call_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["answered", "helping"])
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="dispatch_call_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(responsible=False) | Q(status__in=["called", "objected", "answered"]),
                name="dispatch_call_responsible_takes_part",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organization", "-whistle"], name="dispatch_call_unit"),
        ]

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the call stands, in words."""
        if self.status == Call.Status.CALLED and self.role in _ASKED:
            return str(_ASKED[self.role])
        return str(Call.Status(self.status).label)

    @property
    def takes_part(self) -> bool:
        """Say whether the unit is still concerned."""
        return self.status in ("called", "objected", "answered", "helping")


# Who was asked has not reported or not: they say yes or no.
_ASKED: dict[str, Any] = {
    Call.Role.SUCCESSOR: _("asked to take over, no answer yet"),
    Call.Role.HELPER: _("asked to help, no answer yet"),
}


class Span(models.Model):
    """One interval of a whistle's clock. Together they are the clock; none is ever counted twice.

    It ends where the next one begins (`clock.ended`). What it gives in working time follows from
    the almanac and is not stored.
    """

    class Kind(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")

    class Stage(models.TextChoices):
        REPLY = "reply", _("until an answer")
        SOLVE = "solve", _("until it is solved")

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="spans")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    stage = models.CharField(max_length=8, choices=Stage.choices)
    starts_at = models.DateTimeField()
    # Written where the clock stops and no other interval follows at the same moment.
    ends_at = models.DateTimeField(null=True, blank=True)
    # Of a pause: the resident reads it. And until when it is to last at the most.
    reason = models.CharField(max_length=300, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="dispatch_span_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(kind="running", until__isnull=True)
                | (Q(kind="paused", until__isnull=False) & ~Q(reason="")),
                name="dispatch_span_pause_has_reason_and_end",
            ),
        ]


class Decided(models.Model):
    """What a unit asks and the level above decides, with a reason."""

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    # The place whose coordinator decides, and until when.
    office = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


def _decided_with_reason(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(granted__isnull=True, decided_at__isnull=True)
        | (Q(granted__isnull=False, decided_at__isnull=False) & ~Q(decision="")),
        name=name,
    )


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections by whether anybody still has to decide."""

    def open(self) -> ObjectionQuerySet:
        return self.filter(granted__isnull=True, call__status=Call.Status.OBJECTED)

    def overtaken(self) -> ObjectionQuerySet:
        return self.filter(granted__isnull=True).exclude(call__status=Call.Status.OBJECTED)


class Objection(Decided):
    """A unit says that a whistle is not for it. Upheld, it is excused; rejected, it must answer.

    It waits as long as its call stands as objected: where a unit has answered, nothing is left to
    decide. That is written down by the next sweep.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="objections")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            _decided_with_reason("dispatch_objection_decided_with_reason"),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(granted__isnull=True),
                name="dispatch_objection_open_once",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["due_at"],
                condition=Q(granted__isnull=True),
                name="dispatch_objection_due",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Say whether it waits for a decision. Needs its call."""
        return self.granted is None and self.call.status == Call.Status.OBJECTED

    @property
    def is_overtaken(self) -> bool:
        """Say whether a unit answered before it was decided. Needs its call."""
        return self.granted is None and not self.is_open


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Wishes for more time by whether anybody still has to decide."""

    def open(self) -> ExtensionQuerySet:
        ended = Q(whistle__status=Status.WITHDRAWN)
        return self.filter(~ended, granted__isnull=True)

    def overtaken(self) -> ExtensionQuerySet:
        return self.filter(whistle__status=Status.WITHDRAWN, granted__isnull=True)


class Extension(Decided):
    """More time: within the level's limit at once, beyond it if the level above grants it.

    It waits no longer than the whistle is there: that it was withdrawn, the next sweep writes down.
    """

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="extensions")
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    # Granted by the unit itself, within the limit; or set by an office of its own accord.
    itself = models.BooleanField(default=False)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            _decided_with_reason("dispatch_extension_decided_with_reason"),
            models.UniqueConstraint(
                fields=["whistle"],
                condition=Q(granted__isnull=True),
                name="dispatch_extension_open_once",
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0), name="dispatch_extension_of_some_hours"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["due_at"],
                condition=Q(granted__isnull=True),
                name="dispatch_extension_due",
            ),
        ]

    @property
    def is_overtaken(self) -> bool:
        """Say whether the whistle was withdrawn before it was decided. Needs its whistle."""
        return self.granted is None and self.whistle.status == Status.WITHDRAWN
