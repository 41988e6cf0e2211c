"""Joint meetings: their rhythm, who is invited, and what stands on the agenda."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from youwo.areas.models import Area, within
from youwo.core.sealing import SealedTextField
from youwo.needs.models import Problem
from youwo.organizations.models import Organization
from youwo.people.models import Person


class MeetingSeries(models.Model):
    """That a community meets every month on the same day, or on the first working day after it."""

    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="meeting_series")
    day_of_month = models.PositiveSmallIntegerField(_("day of the month"))
    begins = models.TimeField(_("time"))
    place = models.CharField(_("place"), max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["community"],
                condition=Q(ends_on__isnull=True),
                name="service_meetingseries_open_once",
            ),
            models.CheckConstraint(
                condition=Q(day_of_month__gte=1, day_of_month__lte=31),
                name="service_meetingseries_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="service_meetingseries_dates",
            ),
        ]


class MeetingStatus(models.TextChoices):
    """Where a joint meeting stands."""

    CALLED = "called", _("has been called")
    HELD = "held", _("being held")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


# What may happen to a meeting in which state, and where it leads.
MEETING_MOVES: dict[str, dict[str, str]] = {
    "change": {MeetingStatus.CALLED: MeetingStatus.CALLED},
    # A matter or a guest, before the meeting or while it goes on.
    "add": {
        MeetingStatus.CALLED: MeetingStatus.CALLED,
        MeetingStatus.HELD: MeetingStatus.HELD,
    },
    "hold": {MeetingStatus.CALLED: MeetingStatus.HELD},
    "decide": {MeetingStatus.HELD: MeetingStatus.HELD},
    "close": {MeetingStatus.HELD: MeetingStatus.CLOSED},
    "cancel": {MeetingStatus.CALLED: MeetingStatus.CANCELLED},
}


class JointMeetingQuerySet(models.QuerySet["JointMeeting"]):
    """Meetings by place and state."""

    def within(self, code: str) -> JointMeetingQuerySet:
        return self.filter(within(code, "community_id"))

    def to_come(self) -> JointMeetingQuerySet:
        return self.filter(status=MeetingStatus.CALLED)


class JointMeeting(models.Model):
    """One meeting of unit, residents' committee, property company and owners' committee."""

    reference = models.CharField(max_length=9, unique=True)
    # What the sender's device made up for this one try.
    nonce = models.UUIDField(unique=True)
    status = models.CharField(
        max_length=10, choices=MeetingStatus.choices, default=MeetingStatus.CALLED
    )
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="meetings", db_index=False
    )
    series = models.ForeignKey(
        MeetingSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    # The first of the month that it is the meeting of; only in a series.
    month = models.DateField(null=True, blank=True)
    # Why it is called, outside the rhythm.
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=60)
    search_terms = models.TextField(default="", blank=True, editable=False)
    called_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    called_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)

    objects = JointMeetingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["series", "month"], name="service_jointmeeting_month_once"
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=False, month__isnull=False)
                | (Q(series__isnull=True, month__isnull=True) & ~Q(reason="")),
                name="service_jointmeeting_series_or_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["held", "closed"]) | Q(held_at__isnull=False),
                name="service_jointmeeting_held_at",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="service_jointmeeting_closed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancelled_why=""),
                name="service_jointmeeting_cancelled_why",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["-starts_at", "-id"], name="service_meeting_list"),
            models.Index(fields=["community", "-starts_at", "-id"], name="service_meeting_place"),
        ]

    def __str__(self) -> str:
        return self.reference

    # Django's own look-ups compare all choices for each row; lists have many rows.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Return where the meeting stands, in words."""
        return str(MeetingStatus(self.status).label)

    @property
    def is_called(self) -> bool:
        """Whether it is still to come."""
        return self.status == MeetingStatus.CALLED

    @property
    def is_held(self) -> bool:
        """Whether it is going on."""
        return self.status == MeetingStatus.HELD

    @property
    def is_closed(self) -> bool:
        """Whether its minutes stand."""
        return self.status == MeetingStatus.CLOSED


class Invitation(models.Model):
    """That somebody is asked to a meeting, what they answered, and whether they came."""

    class Seat(models.TextChoices):
        UNIT = "unit", _("paired or enrolled unit")
        COMMITTEE = "committee", _("residents' committee")
        PROPERTY = "property", _("property company")
        OWNERS = "owners", _("owners' committee")
        GUEST = "guest", _("guest")

    class Answer(models.TextChoices):
        NONE = "none", _("no answer yet")
        YES = "yes", _("will come")
        NO = "no", _("cannot come")
        DEPUTY = "deputy", _("sends somebody else")

    meeting = models.ForeignKey(JointMeeting, on_delete=models.CASCADE, related_name="invitations")
    # A guest comes in nobody's name.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    seat = models.CharField(max_length=10, choices=Seat.choices)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.NONE)
    # Who comes in the organization's name, or the guest.
    who = SealedTextField(_("name"))
    words = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    # Told on paper or by telephone, and entered by the community.
    on_behalf = models.BooleanField(default=False)
    # Noted at the meeting; None: not noted.
    came = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["meeting", "organization"], name="service_invitation_once"
            ),
            models.CheckConstraint(
                condition=Q(seat="guest", organization__isnull=True)
                | (~Q(seat="guest") & Q(organization__isnull=False)),
                name="service_invitation_guest_or_organization",
            ),
            models.CheckConstraint(
                condition=Q(answer="none", answered_at__isnull=True)
                | (~Q(answer="none") & Q(answered_at__isnull=False)),
                name="service_invitation_answered_at",
            ),
        ]

    def get_seat_display(self) -> str:  # type: ignore[no-redef]
        """Return in what capacity they are asked, in words."""
        return str(Invitation.Seat(self.seat).label)

    def get_answer_display(self) -> str:  # type: ignore[no-redef]
        """Return the answer, in words."""
        return str(Invitation.Answer(self.answer).label)


class AgendaItem(models.Model):
    """One matter on the agenda of a meeting, and what the meeting made of it."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("not talked about yet")
        ITEM = "item", _("became a service item")
        REASON = "reason", _("not taken up, with a reason")
        ROLLED = "rolled", _("goes to the next meeting")

    meeting = models.ForeignKey(JointMeeting, on_delete=models.CASCADE, related_name="agenda")
    number = models.PositiveSmallIntegerField()
    # Null for a matter that nobody has reported as a problem.
    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    title = models.CharField(max_length=80)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Where what stayed open at an earlier meeting stood there; a chain back to the first time.
    rolled_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="rolled_to"
    )
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["meeting", "problem"], name="service_agendaitem_problem_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="open") | Q(decided_at__isnull=False),
                name="service_agendaitem_decided_at",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="reason") | ~Q(reason=""), name="service_agendaitem_reason"
            ),
        ]

    def get_outcome_display(self) -> str:  # type: ignore[no-redef]
        """Return what became of it, in words."""
        return str(AgendaItem.Outcome(self.outcome).label)

    @property
    def is_open(self) -> bool:
        """Whether the meeting has still to decide about it."""
        return self.outcome == AgendaItem.Outcome.OPEN
