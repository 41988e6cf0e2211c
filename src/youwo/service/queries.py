"""Which meetings and service items, for whom; when the next meeting is; what leads to what."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Cast, JSONArray
from django.utils import timezone

from youwo.almanac.queries import day
from youwo.areas.models import Area
from youwo.areas.queries import lying_in
from youwo.core.gathering import Gathered
from youwo.core.search import matching
from youwo.ledger.models import Entry
from youwo.needs.models import Problem, ProblemStatus, Report
from youwo.organizations.models import Organization
from youwo.organizations.queries import in_any, partners
from youwo.organizations.rules import mandates
from youwo.people.models import Person
from youwo.people.rules import powers
from youwo.service import rules
from youwo.service.models import (
    AgendaItem,
    Delivery,
    DeliveryGoods,
    DeliveryHand,
    Invitation,
    ItemHelper,
    ItemStatus,
    JointMeeting,
    JointMeetingQuerySet,
    MeetingSeries,
    MeetingStatus,
    ServiceItem,
    ServiceItemQuerySet,
)

# What an item belongs to, to be read with it where it is locked together with its problem.
WHOLE = (
    "community", "compound", "organization",
    "problem__kind", "problem__community", "problem__compound",
)  # fmt: skip
# The order of the lists.
MEETINGS = ("-starts_at", "-id")
ITEMS = ("-agreed_at", "-id")
PROBLEMS = ("-accepted_at", "-id")


def occurrence(series: MeetingSeries, month: date) -> datetime:
    """Return when a rhythm meets in a month: on its day, or the first working day after it.

    In a month that is too short it is the last day, or the first working day after that.
    """
    last = monthrange(month.year, month.month)[1]
    on = month.replace(day=min(series.day_of_month, last))
    while not day(on).working:
        on += timedelta(days=1)
    return timezone.make_aware(datetime.combine(on, series.begins))


def first_guests(community: Area, on: date) -> list[Organization]:
    """Return whom a meeting invites by itself.

    The committees, property companies and owners' committees of the community, and the units
    paired with it; where none is paired, those enrolled.
    """
    found = partners(community, on)
    paired = [unit for unit in found.units if getattr(unit, "is_paired", False)]
    return [
        *found.committees,
        *found.property_companies,
        *found.owners,
        *(paired or found.units),
    ]


def meetings_seen_by(person: Person, on: date) -> JointMeetingQuerySet:
    """Return the meetings that somebody runs or reads as staff, or is invited to for a unit."""
    condition: Any = in_any(powers(person, on).codes(*rules.READING), "community_id")
    held = mandates(person, on)
    if held:
        condition |= Exists(
            Invitation.objects.filter(meeting=OuterRef("pk"), organization__in=held)
        )
    return JointMeeting.objects.filter(condition)


def items_seen_by(person: Person, on: date) -> ServiceItemQuerySet:
    """Return the service items that somebody keeps or reads as staff, or has a part in."""
    condition: Any = in_any(powers(person, on).codes(*rules.READING), "community_id")
    held = mandates(person, on)
    if held:
        helping = ServiceItem.objects.filter(helpers__organization__in=held)
        condition |= Q(organization__in=held) | Q(pk__in=helping.values("pk"))
    return ServiceItem.objects.filter(condition)


def joined_by(person: Person) -> QuerySet[ServiceItem]:
    """Return the items for which somebody has put their name down and that are not done yet."""
    return (
        having_joined(person)
        .filter(status__in=[ItemStatus.AGREED, ItemStatus.STARTED])
        .order_by("due_on", "pk")
    )


def having_joined(person: Person) -> QuerySet[ServiceItem]:
    """Return all items for which somebody's name stands, done or not."""
    rows = ServiceItem.objects.filter(joined__person=person, joined__left_at__isnull=True)
    return rows.select_related("community", "compound", "organization").defer("search_terms")


def to_pick(meeting: JointMeeting) -> QuerySet[Problem]:
    """Return the open problems of the community that stand on no agenda of a meeting to come.

    Those that an earlier meeting left open come first (`was_rolled`), then the oldest.
    """
    to_come = AgendaItem.objects.filter(
        problem=OuterRef("pk"), meeting__status__in=[MeetingStatus.CALLED, MeetingStatus.HELD]
    )
    rolled = AgendaItem.objects.filter(problem=OuterRef("pk"), outcome=AgendaItem.Outcome.ROLLED)
    return (
        Problem.objects.filter(community=meeting.community_id, status=ProblemStatus.OPEN)
        .exclude(Exists(to_come))
        .annotate(was_rolled=Exists(rolled))
        .select_related("kind", "compound")
        .order_by("-was_rolled", "accepted_at", "pk")
    )


def seated(meeting: JointMeeting) -> list[Invitation]:
    """Return who is invited to a meeting, as they sit: units first, guests last."""
    rows = meeting.invitations.select_related("organization").order_by("pk")
    seats = list(Invitation.Seat.values)
    return sorted(rows, key=lambda row: seats.index(row.seat))


def meetings_list(
    person: Person, on: date, *, status: str = "", code: str = "", words: str = ""
) -> QuerySet[JointMeeting]:
    """Return the meetings somebody may open, narrowed down, to be paged in the order `MEETINGS`."""
    rows: QuerySet[JointMeeting] = meetings_seen_by(person, on)
    if status:
        rows = rows.filter(status=status)
    if code:
        rows = rows.filter(lying_in(code, "community_id"))
    rows = matching(rows, words).select_related("community").defer("search_terms")
    return rows.annotate(matters=Count("agenda"))


def items_list(
    person: Person,
    on: date,
    *,
    status: str = "",
    code: str = "",
    words: str = "",
    own: bool = False,
) -> QuerySet[ServiceItem]:
    """Return the service items somebody may open, narrowed down, to be paged in the order `ITEMS`.

    `own` keeps those that the visitor's units own or help with.
    """
    rows: QuerySet[ServiceItem] = items_seen_by(person, on)
    if status:
        rows = rows.filter(status=status)
    if code:
        rows = rows.filter(lying_in(code, "community_id"))
    if own:
        held = mandates(person, on)
        helping = ServiceItem.objects.filter(helpers__organization__in=held)
        rows = rows.filter(Q(organization__in=held) | Q(pk__in=helping.values("pk")))
    rows = matching(rows, words)
    return rows.select_related("community", "compound", "organization").defer("search_terms")


def problem_list(code: str) -> QuerySet[Problem]:
    """Return the accepted problems of a place, each with `on_the_list`: its service items.

    The two columns problem list and service list, to be paged in the order `PROBLEMS`.
    """
    items = (
        ServiceItem.objects.select_related("organization")
        .defer("search_terms")
        .order_by("agreed_at", "pk")
    )
    return (
        Problem.objects.public()
        .filter(lying_in(code, "community_id"), accepted_at__isnull=False)
        .select_related("community", "compound")
        .defer("search_terms", "public_terms")
        .prefetch_related(Prefetch("service_items", items, to_attr="on_the_list"))
    )


def beside_the_list(code: str) -> QuerySet[ServiceItem]:
    """Return the items of a place that are under way without a reported problem behind them."""
    return (
        ServiceItem.objects.under_way()
        .filter(lying_in(code, "community_id"), problem__isnull=True)
        .select_related("organization")
        .defer("search_terms")
        .order_by(*ITEMS)
    )


@dataclass(frozen=True)
class Chain:
    """What led to what: voices, problem, meetings, service items with their deliveries."""

    problem: Problem | None
    voices: int
    first_voice_at: datetime | None
    agenda: list[AgendaItem] = field(default_factory=list)
    items: list[ServiceItem] = field(default_factory=list)


def with_deliveries(items: QuerySet[ServiceItem]) -> QuerySet[ServiceItem]:
    """Read items with their helpers and what was done: `done`, with goods and its `entry`.

    Four statements, however many there are. `members` counts who is named as having taken part in
    a delivery, `voices` who reported the problem behind it.
    """
    entries = Entry.objects.filter(
        source_label="service.delivery",
        source_key=Cast(OuterRef("pk"), CharField()),
        reverses__isnull=True,
        reversal__isnull=True,
    )
    hands = DeliveryHand.objects.filter(delivery=OuterRef("pk")).order_by().values("delivery")
    deliveries = (
        Delivery.objects.select_related("organization", "recorded_by")
        .annotate(
            entry=Subquery(entries.values("pk")[:1]),
            members=Subquery(hands.annotate(count=Count("pk")).values("count")),
        )
        .prefetch_related("goods")
        .order_by("recorded_at", "pk")
    )
    helpers = ItemHelper.objects.select_related("organization").order_by("pk")
    return (
        items.select_related("community", "compound", "organization")
        .annotate(voices=_voices(OuterRef("problem_id")))
        .prefetch_related(
            Prefetch("deliveries", deliveries, to_attr="done"), Prefetch("helpers", helpers)
        )
    )


def chain_of(problem: Problem) -> Chain:
    """Return all that is known of a problem: who spoke, which meetings, which items, what was done.

    Six statements at most.
    """
    return Chain(
        problem=problem,
        voices=problem.reports.count(),
        first_voice_at=problem.received_at,
        agenda=agenda_of_problem(problem),
        items=list(with_deliveries(problem.service_items.all()).order_by("agreed_at", "pk")),
    )


def chain_of_item(item: ServiceItem) -> Chain:
    """Return the same from the side of an item that was read by `with_deliveries`.

    One statement at most, and none where no problem and no meeting stands behind it.
    """
    problem = item.problem
    if problem is None:
        agenda = [item.agenda_item] if item.agenda_item else []
        return Chain(problem=None, voices=0, first_voice_at=None, agenda=agenda, items=[item])
    return Chain(
        problem=problem,
        voices=item.voices or 0,  # type: ignore[attr-defined]
        first_voice_at=problem.received_at,
        agenda=agenda_of_problem(problem),
        items=[item],
    )


def _voices(problem: OuterRef) -> Subquery:
    counted = Report.objects.filter(problem=problem).order_by().values("problem")
    return Subquery(counted.annotate(count=Count("pk")).values("count"))


def standing(item: ServiceItem) -> QuerySet[Delivery]:
    """Return the deliveries of an item that have not been taken back, in their order."""
    return item.deliveries.filter(revoked_at__isnull=True).order_by("recorded_at", "pk")


def standing_whole(item: ServiceItem) -> list[Any]:
    """Return the same, each with its unit, who took part and what was handed over.

    `took_part` is a list of (person's key, minutes), `handed` one of (thing, quantity, unit). One
    statement.
    """
    hands = DeliveryHand.objects.filter(delivery=OuterRef("pk")).order_by()
    goods = DeliveryGoods.objects.filter(delivery=OuterRef("pk")).order_by()
    quantity = Cast("quantity", CharField())
    rows: list[Any] = list(
        standing(item)
        .select_related("organization")
        .annotate(
            hands_known=Subquery(
                hands.values(all=Gathered(JSONArray("pk", "person_id", "minutes")))
            ),
            goods_known=Subquery(
                goods.values(all=Gathered(JSONArray("pk", "item", quantity, "unit")))
            ),
        )
    )
    for row in rows:
        # In the order in which they were written down.
        row.took_part = [(person, spent) for _key, person, spent in sorted(row.hands_known or [])]
        row.handed = [
            (thing, Decimal(many), unit)
            for _key, thing, many, unit in sorted(row.goods_known or [])
        ]
    return rows


def items_of_problem(problem: Problem, *, whole: bool) -> list[ServiceItem]:
    """Return the service items that a problem led to; `whole` with what was done (`done`)."""
    rows = problem.service_items.select_related("organization").order_by("agreed_at", "pk")
    if not whole:
        return list(rows)
    deliveries = Delivery.objects.select_related("organization").prefetch_related("goods")
    deliveries = deliveries.order_by("recorded_at", "pk")
    return list(rows.prefetch_related(Prefetch("deliveries", deliveries, to_attr="done")))


def carrier_of(problem: Problem) -> ServiceItem | None:
    """Return the service item that carries a problem now, or that solved it, if one did."""
    if problem.status == ProblemStatus.CLOSED:
        return problem.service_items.filter(status=ItemStatus.CLOSED).order_by("-closed_at").first()
    return problem.service_items.under_way().first()


def agenda_of_problem(problem: Problem) -> list[AgendaItem]:
    """Return where a problem stood on the agenda of a meeting, the earliest first."""
    rows = AgendaItem.objects.filter(problem=problem).select_related("meeting")
    return list(rows.order_by("meeting__starts_at", "pk"))
