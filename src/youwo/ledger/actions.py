"""Adding facts to the ledger, and taking facts back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date, datetime
from decimal import Decimal

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

import youwo.journal.actions as journal
from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.ledger.models import Entry, Extract, Goods, Participation
from youwo.ledger.queries import record_of
from youwo.organizations.models import Organization
from youwo.people.models import Person


@acting()
def record(
    *,
    kind: str,
    occurred_on: date,
    area: Area,
    programme: int,
    field: str,
    title: str,
    source: models.Model,
    served: int,
    counted_how: str,
    minutes: int = 0,
    started_at: datetime | None = None,
    organization: Organization | None = None,
    channel: str = "",
    by: Person | None,
    confirmed_by: str = "",
    confirmed_at: datetime | None = None,
    hands: Iterable[tuple[Person, int]] = (),
    goods: Iterable[tuple[str, Decimal, str]] = (),
    at: datetime,
) -> Entry:
    """Add a fact, once for each source and kind, with who took part and what was handed over.

    `hands` are people with their minutes; `goods` are things with quantity and unit. Refuses a day
    that has not come yet, and a person named twice. The domain that acts journals it.
    """
    if occurred_on > local_day(at):
        raise Refused(_("This day has not come yet."), "occurred_on")
    hands = list(hands)
    if len({person.pk for person, _minutes in hands}) < len(hands):
        raise Refused(_("Somebody is named twice among those who took part."), "hands")
    entry = Entry(
        kind=kind,
        occurred_on=occurred_on,
        started_at=started_at,
        minutes=minutes,
        area=area,
        programme=programme,
        field=field,
        organization=organization,
        served=served,
        counted_how=counted_how,
        title=title,
        source_label=source._meta.label_lower,
        source_key=str(source.pk),
        source_channel=channel,
        recorded_by=by,
        recorded_at=at,
        confirmed_by=confirmed_by,
        confirmed_at=confirmed_at,
    )
    entry.save(force_insert=True)
    Participation.objects.bulk_create(
        [Participation(entry=entry, person=person, minutes=spent) for person, spent in hands]
    )
    Goods.objects.bulk_create(
        [Goods(entry=entry, item=item, quantity=much, unit=unit) for item, much, unit in goods]
    )
    return entry


@acting()
def reverse(entry: Entry, *, by: Person | None, at: datetime, reason: str) -> Entry:
    """Take a fact back by adding its opposite, which repeats it with the sign -1 and says why.

    The opposite carries neither hands nor goods of its own: those of the original count no more,
    because only entries that stand are counted. Refuses a second reversal, and the reversal of a
    reversal: what was right after all is recorded anew.
    """
    if not reason.strip():
        raise Refused(_("Say why this is taken back."), "reason")
    if entry.sign < 0:
        raise Refused(_("A reversal cannot be reversed. Record the fact again instead."))
    opposite = Entry(
        kind=entry.kind,
        sign=-1,
        occurred_on=entry.occurred_on,
        started_at=entry.started_at,
        minutes=entry.minutes,
        area_id=entry.area_id,
        programme=entry.programme,
        field=entry.field,
        organization_id=entry.organization_id,
        served=entry.served,
        counted_how=entry.counted_how,
        title=entry.title,
        source_label=entry.source_label,
        source_key=entry.source_key,
        source_channel=entry.source_channel,
        recorded_by=by,
        recorded_at=at,
        confirmed_by=entry.confirmed_by,
        confirmed_at=entry.confirmed_at,
        reverses=entry,
        reason=reason.strip(),
    )
    # Not locked: the role that serves may not lock rows it may not change. The constraint decides.
    try:
        with transaction.atomic():
            opposite.save(force_insert=True)
    except IntegrityError as error:
        if not Entry.objects.filter(reverses=entry).exists():
            raise
        raise Refused(_("This has been taken back already.")) from error
    journal.write("reverse", entry, by=by, at=at, area_code=entry.area_id, reason=opposite.reason)
    return opposite


@acting()
def extract(person: Person, *, year: int, at: datetime) -> Extract:
    """Make a sheet of somebody's own record of a year, which anybody can check by its reference.

    As long as nothing has changed, the sheet made before is given again. Refuses empty years.
    """
    known = year in range(MINYEAR, MAXYEAR)
    minutes = [part.minutes for part in record_of(person, year, known_at=at)] if known else []
    if not minutes:
        raise Refused(_("Nothing is recorded for this year."))
    said = {"person": person, "year": year, "entries": len(minutes), "minutes": sum(minutes)}
    before = Extract.objects.filter(**said).order_by("-known_at").first()
    if before is not None:
        return before
    made = Extract.objects.create(reference=new_reference("X"), known_at=at, **said)
    journal.write("extract", made, by=person, at=at)
    return made
