"""Double evaluation: templates in versions, rounds, sheets and answers, results, replies, appeals.

A unit or a member is evaluated as it is enrolled with one community: what the community saw there,
and nothing across communities or units.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area, within
from youwo.dispatch.models import Call, Whistle
from youwo.organizations.models import Organization
from youwo.people.models import Person, Role


class Subject(models.TextChoices):
    """What a template evaluates."""

    UNIT = "unit", _("units")
    MEMBER = "member", _("members")


class Viewpoint(models.TextChoices):
    """From where somebody looks."""

    SELF = "self", _("their own view")
    LEADER = "leader", _("the leader's view")
    PUBLIC = "public", _("the public's view")
    COMMUNITY = "community", _("the community's view")
    DEPARTMENT = "department", _("the department's view")


class Template(models.Model):
    """One version of an evaluation sheet. What has been published is never changed."""

    # The same through all versions.
    code = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=8, choices=Subject.choices)
    name = models.CharField(_("name"), max_length=60)
    # Where it is used: in this area and below it, unless a place nearer has its own.
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    # Who opens a round with it.
    opens = models.CharField(max_length=16, choices=Role.choices)
    days = models.PositiveSmallIntegerField(_("working days to fill in the sheets"), default=10)
    # Whether residents may also fill in a sheet by its QR code, besides what they said already.
    asks_public = models.BooleanField(default=False)
    # Who signs the printed result, as titles.
    signatories = models.JSONField(default=list)
    # From which hundredths of the best a result is called what: [[85, "very good"], …, [0, "…"]].
    levels = models.JSONField(default=list)
    published_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["code", "version"], name="evaluation_template_version"),
            models.CheckConstraint(
                condition=Q(opens__in=["worker", "coordinator"]), name="evaluation_template_opens"
            ),
            models.CheckConstraint(condition=Q(days__gte=1), name="evaluation_template_days"),
        ]

    def __str__(self) -> str:
        return self.name


class Weight(models.Model):
    """How much a viewpoint counts in a template."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="weights")
    viewpoint = models.CharField(max_length=12, choices=Viewpoint.choices)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["template", "viewpoint"], name="evaluation_weight_once"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100), name="evaluation_weight_some"
            ),
        ]


class Question(models.Model):
    """One concrete question, with words for each step of its scale."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="questions")
    viewpoint = models.CharField(max_length=12, choices=Viewpoint.choices)
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=80)
    # Two to five steps, the least first.
    steps = models.JSONField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["template", "viewpoint", "number"], name="evaluation_question_number"
            )
        ]


class Status(models.TextChoices):
    """Where a round stands."""

    PLANNED = "planned", _("planned")
    OPEN = "open", _("sheets are being filled in")
    CLOSED = "closed", _("closed, not yet published")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")


# What may happen to a round in which state, and where it leads.
MOVES: dict[str, dict[str, str]] = {
    "open": {Status.PLANNED: Status.OPEN},
    "close": {Status.OPEN: Status.CLOSED},
    "extend": {Status.OPEN: Status.OPEN},
    "publish": {Status.CLOSED: Status.PUBLISHED},
    "cancel": dict.fromkeys([Status.PLANNED, Status.OPEN, Status.CLOSED], Status.CANCELLED),
}


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds by place."""

    def within(self, code: str) -> RoundQuerySet:
        return self.filter(within(code, "area_id"))


class Round(models.Model):
    """One evaluation of everybody who was enrolled in an area during a period."""

    reference = models.CharField(max_length=9, unique=True)
    nonce = models.UUIDField(unique=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="rounds")
    title = models.CharField(max_length=60)
    # The period that is evaluated; the end exclusive.
    starts_on = models.DateField()
    ends_on = models.DateField()
    # While the sheets are collected; when they really were is in the journal.
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    planned_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    planned_at = models.DateTimeField()
    # Until when the facts were known that the sheets are filled with.
    cut_off = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    # Why it was cancelled.
    reason = models.CharField(max_length=300, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="evaluation_round_period"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="evaluation_round_collects"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["open", "closed", "published"]) | Q(cut_off__isnull=False),
                name="evaluation_round_facts_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["closed", "published"]) | Q(closed_at__isnull=False),
                name="evaluation_round_closed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="evaluation_round_published_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(reason=""),
                name="evaluation_round_cancelled_why",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["area", "-planned_at", "-id"], name="evaluation_round_place"),
            models.Index(
                fields=["opens_at"], condition=Q(status="planned"), name="evaluation_round_opens"
            ),
            models.Index(
                fields=["closes_at"], condition=Q(status="open"), name="evaluation_round_closes"
            ),
        ]

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the round stands, in words."""
        return str(Status(self.status).label)


class Evaluated(models.Model):
    """One unit or member in a round, as enrolled with one community; with the facts as they were.

    The facts are sums; the entries behind them are found again by the period and the round's
    cut-off.
    """

    reference = models.CharField(max_length=9, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="evaluated")
    # The unit; of a member, the unit they are enrolled from.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="evaluated"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="evaluated"
    )
    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)
    # When words about a member whose account is closed were deleted.
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["round", "organization", "community"],
                condition=Q(person__isnull=True),
                name="evaluation_evaluated_unit_once",
            ),
            models.UniqueConstraint(
                fields=["round", "person", "community"],
                condition=Q(person__isnull=False),
                name="evaluation_evaluated_member_once",
            ),
        ]


class Stack(models.Model):
    """The sheets of a round that one evaluator has before them: one turn for all of them."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="stacks")
    viewpoint = models.CharField(max_length=12, choices=Viewpoint.choices)
    # Exactly one of the three, as in `turns`: who holds a role in a place, a unit, one person.
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(role="", organization__isnull=True, person__isnull=False)
                | Q(role="", organization__isnull=False, person__isnull=True)
                | (~Q(role="") & Q(organization__isnull=True, person__isnull=True)),
                name="evaluation_stack_of_somebody",
            ),
        ]


class SheetState(models.TextChoices):
    """Where a sheet stands."""

    WAITING = "waiting", _("not yet filled in")
    BEGUN = "begun", _("begun")
    DONE = "done", _("filled in")
    MISSED = "missed", _("not filled in")


# A sheet in these states still waits to be filled in.
LEFT = (SheetState.WAITING, SheetState.BEGUN)


class EnteredFrom(models.TextChoices):
    """How a sheet reached the one who entered it for somebody."""

    PAPER = "paper", _("from their signed paper")
    TELEPHONE = "telephone", _("as they said on the telephone")


class Sheet(models.Model):
    """What one evaluator says about one unit or member, from one viewpoint."""

    evaluated = models.ForeignKey(Evaluated, on_delete=models.PROTECT, related_name="sheets")
    viewpoint = models.CharField(max_length=12, choices=Viewpoint.choices)
    # None for a resident's own sheet.
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, null=True, related_name="sheets")
    # What a resident's device made up for this one try.
    nonce = models.UUIDField(unique=True, null=True)
    state = models.CharField(max_length=8, choices=SheetState.choices, default=SheetState.WAITING)
    words = models.CharField(_("in their words"), max_length=300, blank=True)
    # Empty where the evaluator filled it in; otherwise it was entered for them.
    entered_from = models.CharField(max_length=10, choices=EnteredFrom.choices, blank=True)
    filled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    filled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["evaluated", "viewpoint"],
                condition=Q(stack__isnull=False),
                name="evaluation_sheet_once",
            ),
            models.CheckConstraint(
                condition=Q(stack__isnull=False) | Q(viewpoint="public", nonce__isnull=False),
                name="evaluation_sheet_of_residents",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(filled_at__isnull=False),
                name="evaluation_sheet_filled_at",
            ),
        ]

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """Return where the sheet stands, in words."""
        return str(SheetState(self.state).label)


class Answer(models.Model):
    """The step chosen for one question; none says that the evaluator cannot say."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    # The place of the step in the question's scale, from 0.
    step = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["sheet", "question"], name="evaluation_answer_once")
        ]


class Result(models.Model):
    """What came out for one unit or member. A correction is a further version."""

    evaluated = models.ForeignKey(Evaluated, on_delete=models.PROTECT, related_name="results")
    version = models.PositiveSmallIntegerField()
    # Tenths of a hundredth of the best; none where nobody who counts said anything.
    tenths = models.PositiveSmallIntegerField(null=True)
    # The sums it was made of, viewpoint by viewpoint (see `evaluation.sums`).
    sums = models.JSONField()
    # How it differs from the version before, in words, and the appeal that led to it.
    differs = models.TextField(blank=True)
    appeal = models.OneToOneField(
        "Appeal", on_delete=models.PROTECT, null=True, related_name="result"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["evaluated", "version"], name="evaluation_result_version"
            ),
            models.CheckConstraint(
                condition=Q(tenths__isnull=True) | Q(tenths__lte=1000),
                name="evaluation_result_share",
            ),
            models.CheckConstraint(
                condition=Q(version=1, appeal__isnull=True)
                | (Q(version__gt=1, appeal__isnull=False) & ~Q(differs="")),
                name="evaluation_result_correction_says_how",
            ),
        ]


class Reply(models.Model):
    """What the evaluated say to their published result."""

    evaluated = models.ForeignKey(Evaluated, on_delete=models.PROTECT, related_name="replies")
    words = models.TextField(max_length=500)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    nonce = models.UUIDField(unique=True)


class AppealStatus(models.TextChoices):
    """Where an appeal stands."""

    OPEN = "open", _("waiting for a decision")
    UPHELD = "upheld", _("upheld")
    REJECTED = "rejected", _("not upheld")
    WITHDRAWN = "withdrawn", _("withdrawn")


# What may happen to an appeal, and where it leads.
APPEAL_MOVES: dict[str, dict[str, str]] = {
    "uphold": {AppealStatus.OPEN: AppealStatus.UPHELD},
    "reject": {AppealStatus.OPEN: AppealStatus.REJECTED},
    "withdraw_appeal": {AppealStatus.OPEN: AppealStatus.WITHDRAWN},
}


class Appeal(models.Model):
    """That the evaluated ask the area above to look at a result again."""

    evaluated = models.ForeignKey(Evaluated, on_delete=models.PROTECT, related_name="appeals")
    # The version that is appealed against.
    against = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="appeals")
    # Who decides: the coordinators of this place.
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=500)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=AppealStatus.choices, default=AppealStatus.OPEN
    )
    decision = models.TextField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["evaluated"],
                condition=Q(status="open"),
                name="evaluation_appeal_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["against"],
                condition=~Q(status="withdrawn"),
                name="evaluation_appeal_once_a_version",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["upheld", "rejected"])
                | (~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="evaluation_appeal_decided_with_reason",
            ),
        ]

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the appeal stands, in words."""
        return str(AppealStatus(self.status).label)


class Correction(models.Model):
    """What an upheld appeal changes: another step for an answer, or a whole sheet set aside.

    The sheet itself stays as it was filled in.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="corrections")
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="corrections")
    # None where the whole sheet is set aside.
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, related_name="+")
    step = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["appeal", "sheet", "question"], name="evaluation_correction_once"
            )
        ]


class Side(models.TextChoices):
    """Who looks back on a whistle that was closed."""

    COMMUNITY = "community", _("the community, on how the unit answered")
    UNIT = "unit", _("the unit, on how it was called")


class LookBack(models.Model):
    """What one side of a closed whistle says of the other: three concrete questions, once."""

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="look_backs")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="look_backs")
    side = models.CharField(max_length=10, choices=Side.choices)
    asked_at = models.DateTimeField()
    # The steps chosen, from 0; an empty list until somebody has answered.
    steps = models.JSONField(default=list)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(null=True)
    # Nobody answered in time, and nobody is asked any more.
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["call", "side"], name="evaluation_lookback_once"),
            models.CheckConstraint(
                condition=Q(at__isnull=True, by__isnull=True)
                | Q(at__isnull=False, by__isnull=False, lapsed_at__isnull=True),
                name="evaluation_lookback_by_somebody",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["asked_at"],
                condition=Q(at__isnull=True, lapsed_at__isnull=True),
                name="evaluation_lookback_waits",
            )
        ]

    def get_side_display(self) -> str:  # type: ignore[no-redef]
        """Return who looks back, in words."""
        return str(Side(self.side).label)
