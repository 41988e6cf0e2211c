"""Reading the ledger: the facts of a source, a person's minutes, goods handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import models
from django.db.models import Count, Q, QuerySet, Sum

from youwo.ledger.models import Entry, EntryQuerySet, Goods, Participation
from youwo.people.models import Person


@dataclass(frozen=True)
class Handed:
    """How much of one thing was handed over."""

    item: str
    unit: str
    quantity: Decimal


class YearOfService(NamedTuple):
    """What somebody took part in during a year; of its minutes some are not confirmed yet."""

    year: int
    facts: int
    minutes: int
    unconfirmed: int


def history(source: models.Model) -> EntryQuerySet:
    """Return what the ledger says about a record: facts and reversals, in the order written."""
    return Entry.objects.filter(
        source_label=source._meta.label_lower, source_key=str(source.pk)
    ).order_by("recorded_at", "id")


def hours_of(
    person: Person,
    *,
    since: date | None = None,
    until: date | None = None,
    known_at: datetime | None = None,
) -> int:
    """Return a person's minutes of service from a day to a day, both included.

    Hands of a fact that was taken back count no more; with `known_at`, as was known then.
    """
    entries = Entry.objects.standing(known_at)
    if known_at is not None:
        entries = entries.known(known_at)
    if since is not None:
        entries = entries.filter(occurred_on__gte=since)
    if until is not None:
        entries = entries.filter(occurred_on__lte=until)
    parts = Participation.objects.filter(person=person, entry__in=entries)
    return int(parts.aggregate(minutes=Sum("minutes", default=0))["minutes"])


def goods_of(entries: EntryQuerySet, *, known_at: datetime | None = None) -> list[Handed]:
    """Return the things handed over in some entries, as far as these stand, summed by thing."""
    entries = entries.standing(known_at)
    if known_at is not None:
        entries = entries.known(known_at)
    rows = Goods.objects.filter(entry__in=entries.order_by()).values_list("item", "unit")
    return [
        Handed(item=item, unit=unit, quantity=quantity)
        for item, unit, quantity in rows.annotate(Sum("quantity")).order_by("item", "unit")
    ]


def record_of(
    person: Person, year: int | None = None, *, known_at: datetime | None = None
) -> QuerySet[Participation]:
    """Return what somebody took part in, as far as it stands, with the facts and their units."""
    entries = Entry.objects.standing(known_at)
    if known_at is not None:
        entries = entries.known(known_at)
    if year is not None:
        entries = entries.between(date(year, 1, 1), date(year, 12, 31))
    parts = Participation.objects.filter(person=person, entry__in=entries.order_by())
    return parts.select_related("entry__area", "entry__organization")


def sums_by_year(person: Person) -> list[YearOfService]:
    """Return somebody's years of service, the latest first."""
    rows = record_of(person).order_by().values_list("entry__occurred_on__year")
    unconfirmed = Q(entry__confirmed_at__isnull=True)
    summed = rows.annotate(
        facts=Count("pk"),
        spent=Sum("minutes"),
        open=Sum("minutes", filter=unconfirmed, default=0),
    ).values_list("entry__occurred_on__year", "facts", "spent", "open")
    return sorted((YearOfService(*row) for row in summed), reverse=True)
