"""The closed wishes behind some deeds: voice, promise, delivery, call-back and journal lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from youwo.capacity.models import Claim, Pool, State
from youwo.core.clock import local_day
from youwo.core.sealing import blind
from youwo.core.search import terms
from youwo.demo.draws import References, moment, nonce
from youwo.demo.words import door, person_name, read
from youwo.journal.actions import line
from youwo.journal.models import Line
from youwo.ledger.models import Counted, Entry
from youwo.needs.models import (
    CallBack,
    Delivery,
    DeliveryGoods,
    Mover,
    Status,
    Voice,
    Wish,
)
from youwo.people.models import ConsentText, Person

if TYPE_CHECKING:
    from youwo.demo.history import Cast


@dataclass
class Case:
    """A wish on its whole way: who helped, and when each step happened."""

    words: dict[str, Any]
    key: str
    doer: int | None
    received_at: datetime
    published_at: datetime
    claimed_at: datetime
    delivered_at: datetime
    confirmed_at: datetime
    called_at: datetime
    goods: list[tuple[str, Decimal, str]]
    draw: Random
    clerk: int | None = None
    wish: Wish | None = None
    delivery: Delivery | None = None
    claim: Claim | None = None


def draw_case(entry: Entry, doer: int | None, draw: Random, *, now: datetime) -> Case:
    """Draw the wish behind a deed, and let the deed agree with it."""
    wishes = read("wishes")["wish"]
    fitting = [words for words in wishes if words["field"] == entry.field]
    words = draw.choice(fitting or wishes)
    day = entry.occurred_on
    confirmed_at = entry.confirmed_at or entry.recorded_at
    received_on = day - timedelta(days=draw.randint(4, 9))
    case = Case(
        words=words,
        key=entry.source_key,
        doer=doer,
        received_at=moment(received_on, draw, 8.0, 20.0),
        published_at=moment(received_on + timedelta(days=1), draw),
        claimed_at=moment(received_on + timedelta(days=draw.choice([2, 3])), draw, 9.0, 21.0),
        delivered_at=moment(day, draw, 18.5, 21.5),
        confirmed_at=confirmed_at,
        called_at=moment(local_day(confirmed_at) + timedelta(days=draw.randint(1, 4)), draw),
        goods=[(item, Decimal(count), unit) for item, count, unit in words.get("goods", [])],
        draw=Random(draw.getrandbits(64)),  # noqa: S311 -- not a secret
    )
    # Whoever was confirmed only just now was called back only just now.
    case.called_at = min(case.called_at, max(now - timedelta(minutes=3), confirmed_at))
    entry.field = words["field"]
    entry.title = words["title"]
    entry.minutes = words["minutes"]
    entry.served, entry.counted_how = 1, Counted.NAMED
    entry.started_at = None
    entry.recorded_by_id = None
    entry.source_channel = draw.choice(["own", "own", "visit", "telephone", "box", "paper"])
    return case


def save(pairs: Sequence[tuple[Entry, Case]], cast: Cast, references: References) -> int:
    """Write the wishes behind some deeds in sets, and let each deed name its delivery."""
    consent = ConsentText.objects.filter(purpose="wish").order_by("-version").first()
    for entry, case in pairs:
        if case.doer is None:
            case.doer = cast.anybody(case.draw)
        case.clerk = cast.clerk(entry.area_id, case.draw, but=case.doer)
        case.wish = _wish(entry, case, consent, references)
    Voice.objects.bulk_create([_of(case.wish).voice for _, case in pairs])
    for _, case in pairs:
        _of(case.wish).voice = _of(case.wish).voice
    Wish.objects.bulk_create([_of(case.wish) for _, case in pairs])
    pools = [
        Pool(subject_label="needs.wish", subject_key=str(_of(case.wish).pk), capacity=1)
        for _, case in pairs
    ]
    Pool.objects.bulk_create(pools)
    for pool, (entry, case) in zip(pools, pairs, strict=True):
        case.claim = _claim(pool, entry, case)
    Claim.objects.bulk_create([_of(case.claim) for _, case in pairs])
    for entry, case in pairs:
        case.delivery = _delivery(entry, case)
    Delivery.objects.bulk_create([_of(case.delivery) for _, case in pairs])
    DeliveryGoods.objects.bulk_create(
        DeliveryGoods(delivery=_of(case.delivery), item=item, quantity=quantity, unit=unit)
        for _, case in pairs
        for item, quantity, unit in case.goods
    )
    for entry, case in pairs:
        entry.source_label = "needs.delivery"
        entry.source_key = str(_of(case.delivery).pk)
    CallBack.objects.bulk_create(_call_back(case) for _, case in pairs)
    # Voice, wish, pool, claim, delivery, call-back, and the six lines of `close`.
    return 12 * len(pairs)


def close(pairs: Sequence[tuple[Entry, Case]]) -> None:
    """Once the entries are there, tie each wish to its promise and write the journal of its way."""
    wishes = []
    lines: list[Line] = []
    for entry, case in pairs:
        wish = _of(case.wish)
        wish.claim = case.claim
        wishes.append(wish)
        lines += _lines(entry, case)
    Wish.objects.bulk_update(wishes, ["claim"], batch_size=200)
    lines.sort(key=lambda one: one.at)
    Line.objects.bulk_create(lines)


def _of(row: Any) -> Any:
    """Return a row that is there by now."""
    if row is None:
        raise ValueError(row)
    return row


def _wish(entry: Entry, case: Case, consent: ConsentText | None, references: References) -> Wish:
    draw, words, own = case.draw, case.words, entry.source_channel == "own"
    phone = f"199001{draw.randrange(100_000):05d}"
    community, _, local = entry.area_id.partition("-")
    voice = Voice(
        name=person_name(draw),
        phone=phone,
        phone_index=blind("phone", phone),
        address=door(draw),
        consent_text=consent,
        consent_given_by=Voice.Consent.SELF if own else Voice.Consent.SPOKEN,
        consent_at=case.received_at,
    )
    return Wish(
        reference=references.next(),
        nonce=nonce(draw),
        status=Status.CLOSED,
        mover=Mover.NOBODY,
        kind=words["kind"],
        community_id=community,
        compound_id=entry.area_id if local else None,
        voice=voice,
        channel=entry.source_channel,
        recorded_by_id=None if own else case.clerk,
        said=words["said"],
        search_terms=terms(words["said"]),
        public_title=words["title"],
        public_text=words["text"],
        public_person=words["person"],
        public_terms=terms(words["title"], words["text"]),
        received_at=case.received_at,
        since=case.called_at,
        due_at=None,
        published_at=case.published_at,
        closed_at=case.called_at,
        claimed_by_id=case.doer,
        claimed_for_id=entry.organization_id,
    )


def _claim(pool: Pool, entry: Entry, case: Case) -> Claim:
    unit = entry.organization_id
    return Claim(
        pool=pool,
        holder_label="organizations.organization" if unit else "people.person",
        holder_key=str(unit or case.doer),
        by_id=case.doer,
        state=State.CONFIRMED,
        claimed_at=case.claimed_at,
        nonce=nonce(case.draw),
    )


def _delivery(entry: Entry, case: Case) -> Delivery:
    return Delivery(
        wish=case.wish,
        claim=case.claim,
        doer_id=_of(case.doer),
        organization_id=entry.organization_id,
        occurred_on=entry.occurred_on,
        minutes=entry.minutes,
        what=case.words["what"],
        field=entry.field,
        recorded_by_id=_of(case.doer),
        recorded_at=case.delivered_at,
        confirmed_at=case.confirmed_at,
        confirmed_how=Delivery.Confirmed.LINK,
    )


def _call_back(case: Case) -> CallBack:
    draw = case.draw
    return CallBack(
        delivery=case.delivery,
        came=True,
        on_time=draw.random() < 0.93,
        again=draw.choice(["yes", "yes", "yes", "yes", "unsaid"]),
        words=case.words["words"] if draw.random() < 0.8 else "",
        by_id=_of(case.clerk),
        at=case.called_at,
    )


def _lines(entry: Entry, case: Case) -> list[Line]:
    """Write the lines that the actions would have written."""
    wish, delivery = _of(case.wish), _of(case.delivery)
    code = wish.community_id
    doer = Person(pk=case.doer)
    clerk = Person(pk=case.clerk)
    entered_by = clerk if wish.recorded_by_id else None
    unit = entry.organization_id
    return [
        line(
            "receive",
            wish,
            by=entered_by,
            at=case.received_at,
            area_code=code,
            channel=wish.channel,
        ),
        line("publish", wish, by=clerk, at=case.published_at, area_code=code),
        line("claim", wish, by=doer, at=case.claimed_at, area_code=code, organization=unit),
        line("deliver", wish, by=doer, at=case.delivered_at, area_code=code, delivery=delivery.pk),
        line(
            "confirm",
            wish,
            by=None,
            at=case.confirmed_at,
            area_code=code,
            how="link",
            entry=entry.pk,
        ),
        line("call_back", wish, by=clerk, at=case.called_at, area_code=code),
    ]
