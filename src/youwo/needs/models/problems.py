"""Problems: the voices behind them, their states, and how several become one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area, within
from youwo.needs.models.catalogue import ProblemKind
from youwo.needs.models.wishes import SAID_MOST, Channel, Voice
from youwo.people.models import Person


class ProblemStatus(models.TextChoices):
    """Where a problem stands."""

    RECEIVED = "received", _("waiting for review")
    OPEN = "open", _("waiting for somebody to take it on")
    IN_HAND = "in_hand", _("in hand")
    DONE = "done", _("waiting for the residents' word")
    CLOSED = "closed", _("closed")
    DECLINED = "declined", _("not possible")
    HANDED_OVER = "handed_over", _("handed over outside")
    MERGED = "merged", _("joined with another")


class ProblemMover(models.TextChoices):
    """Whose move it is."""

    WORKER = "worker", _("the community")
    CARRIER = "carrier", _("who took it on")
    RESIDENT = "resident", _("the residents")
    NOBODY = "nobody", _("nobody")


# What may happen in which state, and where it leads: the whole life of a problem.
PROBLEM_MOVES: dict[str, dict[str, str]] = {
    "accept": {ProblemStatus.RECEIVED: ProblemStatus.OPEN},
    "decline": dict.fromkeys([ProblemStatus.RECEIVED, ProblemStatus.OPEN], ProblemStatus.DECLINED),
    "hand_over": dict.fromkeys(
        [ProblemStatus.RECEIVED, ProblemStatus.OPEN], ProblemStatus.HANDED_OVER
    ),
    "merge": dict.fromkeys([ProblemStatus.RECEIVED, ProblemStatus.OPEN], ProblemStatus.MERGED),
    # Back to where it was, before or after its review.
    "undo_merge": {ProblemStatus.MERGED: ProblemStatus.OPEN},
    "undo_early_merge": {ProblemStatus.MERGED: ProblemStatus.RECEIVED},
    "take_up": {ProblemStatus.OPEN: ProblemStatus.IN_HAND},
    "put_back": {ProblemStatus.IN_HAND: ProblemStatus.OPEN},
    "mark_done": {ProblemStatus.IN_HAND: ProblemStatus.DONE},
    "contest": {ProblemStatus.DONE: ProblemStatus.IN_HAND},
    "close": {ProblemStatus.DONE: ProblemStatus.CLOSED},
    # A voice says afterwards that it is not solved.
    "doubt": {ProblemStatus.CLOSED: ProblemStatus.DONE},
    "reopen": dict.fromkeys([ProblemStatus.DONE, ProblemStatus.CLOSED], ProblemStatus.OPEN),
    # Opened again, and whoever carried it goes on at once.
    "go_on": {ProblemStatus.CLOSED: ProblemStatus.IN_HAND},
}

# Whose move it is in each state. When somebody other than the community lets the time pass, the
# move falls to the community (see `needs.sweep`).
PROBLEM_MOVERS: dict[str, str] = {
    ProblemStatus.RECEIVED: ProblemMover.WORKER,
    ProblemStatus.OPEN: ProblemMover.WORKER,
    ProblemStatus.IN_HAND: ProblemMover.CARRIER,
    ProblemStatus.DONE: ProblemMover.RESIDENT,
    ProblemStatus.CLOSED: ProblemMover.NOBODY,
    ProblemStatus.DECLINED: ProblemMover.NOBODY,
    ProblemStatus.HANDED_OVER: ProblemMover.NOBODY,
    ProblemStatus.MERGED: ProblemMover.NOBODY,
}

# Everybody sees these.
PUBLIC_PROBLEMS = [
    ProblemStatus.OPEN,
    ProblemStatus.IN_HAND,
    ProblemStatus.DONE,
    ProblemStatus.CLOSED,
]
# Another voice may join these.
JOINABLE = [
    ProblemStatus.RECEIVED,
    ProblemStatus.OPEN,
    ProblemStatus.IN_HAND,
    ProblemStatus.DONE,
]
# Another problem may be merged into these, and voices split off.
GATHERING = [ProblemStatus.RECEIVED, ProblemStatus.OPEN, ProblemStatus.IN_HAND]

# What everybody reads of these may still be put better.
REPHRASABLE = [ProblemStatus.OPEN, ProblemStatus.IN_HAND]


class ProblemQuerySet(models.QuerySet["Problem"]):
    """Problems by place and state."""

    def within(self, code: str) -> ProblemQuerySet:
        return self.filter(within(code, "community_id"))

    def public(self) -> ProblemQuerySet:
        return self.filter(status__in=PUBLIC_PROBLEMS)

    def with_voices(self) -> ProblemQuerySet:
        """Add `voices`: how many spoke of it."""
        counted = Report.objects.filter(problem=OuterRef("pk")).order_by().values("problem")
        number = Subquery(counted.annotate(number=Count("pk")).values("number"))
        return self.annotate(voices=Coalesce(number, 0))


class Problem(models.Model):
    """Something that is wrong in a place, however many people spoke of it."""

    Status = ProblemStatus
    Mover = ProblemMover

    reference = models.CharField(max_length=9, unique=True)
    kind = models.ForeignKey(
        ProblemKind, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(
        max_length=12, choices=ProblemStatus.choices, default=ProblemStatus.RECEIVED
    )
    mover = models.CharField(
        max_length=10, choices=ProblemMover.choices, default=ProblemMover.WORKER
    )
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="problems", db_index=False
    )
    compound = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Where the problem is, not where anybody lives.
    building = models.CharField(max_length=60, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    # A short name for the staff, from the first voice's words until somebody writes a better one.
    title = models.CharField(max_length=60)
    # What everybody reads, written or approved by whoever accepts it.
    public_title = models.CharField(max_length=60, blank=True)
    public_text = models.TextField(max_length=500, blank=True)
    # All that was said and written about it; and what of it everybody may find.
    search_terms = models.TextField(default="", blank=True, editable=False)
    public_terms = models.TextField(default="", blank=True, editable=False)

    received_at = models.DateTimeField()
    # Since when it has been in this state, and until when the one whose move it is has time.
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Why it ended, rests or is open again: every voice reads it.
    reason = models.CharField(max_length=300, blank=True)
    # Whom the worker asked, where no voice said that it is solved.
    asked = models.CharField(max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    split_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="split_off"
    )
    hearing = models.ForeignKey(
        "needs.Hearing", on_delete=models.PROTECT, null=True, blank=True, related_name="problems"
    )

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="needs_problem_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="needs_problem_not_into_itself",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["open", "in_hand", "done", "closed"])
                | (Q(accepted_at__isnull=False) & ~Q(public_title="")),
                name="needs_problem_public_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["declined", "handed_over"]) | ~Q(reason=""),
                name="needs_problem_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["closed", "declined", "handed_over"], closed_at__isnull=False
                )
                | (
                    ~Q(status__in=["closed", "declined", "handed_over"]) & Q(closed_at__isnull=True)
                ),
                name="needs_problem_end_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(mover="nobody") | Q(due_at__isnull=False), name="needs_problem_due"
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__isnull=False, latitude__isnull=False),
                name="needs_problem_point_is_whole",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            # What the clock looks for.
            models.Index(fields=["mover", "due_at", "id"], name="needs_problem_due_first"),
            # What is open in a community or compound.
            models.Index(
                fields=["community", "status", "-accepted_at", "-id"], name="needs_problem_place"
            ),
            models.Index(
                fields=["compound", "status"],
                condition=Q(compound__isnull=False),
                name="needs_problem_compound",
            ),
            # The public list, in its order.
            models.Index(
                fields=["-accepted_at", "-id"],
                condition=Q(accepted_at__isnull=False),
                name="needs_problem_accepted",
            ),
            # The staff's list.
            models.Index(fields=["-received_at", "-id"], name="needs_problem_received"),
            models.Index(
                fields=["community", "-received_at", "-id"], name="needs_problem_received_in"
            ),
        ]

    def __str__(self) -> str:
        return self.public_title or self.title

    # Django's own look-up compares all choices for each row; lists have many rows.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the problem stands, in words."""
        return str(ProblemStatus(self.status).label)

    @property
    def is_public(self) -> bool:
        return self.status in PUBLIC_PROBLEMS

    @property
    def is_joinable(self) -> bool:
        return self.status in JOINABLE

    @property
    def has_ended(self) -> bool:
        return self.mover == ProblemMover.NOBODY

    def can_join(self, into: Problem) -> bool:
        """Say whether this one may be merged into another of its community, as both stand."""
        return (
            self.status in PROBLEM_MOVES["merge"]
            and into.status in GATHERING
            and (into.is_public or not self.is_public)
        )


class Report(models.Model):
    """One voice's words about a problem. Whoever spoke follows it by the report's reference."""

    reference = models.CharField(max_length=9, unique=True)
    # What the sender's device made up for this one try.
    nonce = models.UUIDField(unique=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="reports")
    # Nobody, where somebody spoke without saying who they are.
    voice = models.OneToOneField(
        Voice, on_delete=models.PROTECT, null=True, blank=True, related_name="report"
    )
    # In the speaker's own words; staff of the area read it, nobody else.
    said = models.TextField(max_length=SAID_MOST)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.OWN)
    recorded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    received_at = models.DateTimeField()
    # What this voice says when it is done.
    satisfied = models.BooleanField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(satisfied__isnull=True, answered_at__isnull=True)
                | Q(satisfied__isnull=False, answered_at__isnull=False),
                name="needs_report_answer_has_a_moment",
            ),
        ]

    def get_channel_display(self) -> str:  # type: ignore[no-redef]
        """Return how the words reached the community, in words."""
        return str(Channel(self.channel).label)


class Merge(models.Model):
    """That a problem was joined with another, and all that is needed to undo it."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="merges_into")
    reports = models.ManyToManyField(Report, related_name="merges")
    # Where the problem stood.
    status = models.CharField(max_length=12, choices=ProblemStatus.choices)
    mover = models.CharField(max_length=10, choices=ProblemMover.choices)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    # Where the other stood: once it has moved on, there is no way back.
    into_since = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(undone_at__isnull=True),
                name="needs_merge_stands_once",
            ),
            models.CheckConstraint(
                condition=~Q(problem=F("into")), name="needs_merge_not_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["received", "open"]), name="needs_merge_of_what_waits"
            ),
        ]
