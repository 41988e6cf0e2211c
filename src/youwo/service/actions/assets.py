"""Assets: handing over, receiving, splitting, moving, looking after and retiring them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import acting, at_end, hold, hold_found, once, under_way
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service import upkeep
from youwo.service.carrying import spoken_for
from youwo.service.models import (
    ASSET_MOVES,
    Asset,
    AssetEvent,
    AssetStatus,
    Delivery,
    DeliveryGoods,
    Inspection,
)
from youwo.turns import actions as turns

_LONGEST_INTERVAL = 120


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of some goods that stands at one place with one keeper (the community, if none)."""

    goods: DeliveryGoods
    quantity: Decimal
    area: Area
    place: str = ""
    organization: Organization | None = None
    person: Person | None = None
    expires_on: date | None = None
    inspect_every_months: int | None = None
    nonce: UUID | None = None


def goods_of(delivery: Delivery) -> list[DeliveryGoods]:
    """Return the goods of a delivery, in an act locked and read once."""
    rows = DeliveryGoods.objects.filter(delivery=delivery.pk)
    if not under_way():
        return list(rows.order_by("pk"))
    return once((DeliveryGoods, delivery.pk), lambda: hold_found(rows))


def left_of(delivery: Delivery) -> dict[int, Decimal]:
    """Return how much of each of the goods of a delivery has not become an asset yet.

    What stands already because it came with a delivery that was taken back has.
    """

    def counted() -> dict[int, Decimal]:
        goods = goods_of(delivery)
        gone = spoken_for(delivery, goods)
        return {row.pk: row.quantity - gone[row.pk] for row in goods}

    return dict(once((left_of, delivery.pk), counted))


@acting()
def hand_over(
    delivery: Delivery, *, shares: Sequence[Share], on: date, by: Person, at: datetime
) -> list[Asset]:
    """Make assets of a delivery's goods: which of them, how many, where, and who keeps them.

    Refuses more than was delivered and not yet handed over, places outside the community of the
    service item, and days before the delivery. The keepers are asked to confirm. A second try with
    the same nonces returns what the first one made.
    """
    item = delivery.item
    if not upkeep.may_hand_over(by, delivery, local_day(at)):
        raise Refused(_("You cannot hand over the goods of this delivery."))
    # Locked, because two people may hand over the rest of the same goods at once.
    goods = {row.pk: row for row in goods_of(delivery)}
    again = Asset.objects.filter(nonce__in=[share.nonce for share in shares if share.nonce])
    if made := list(again.order_by("pk")):
        return made
    if hold(delivery).revoked_at is not None:
        raise Refused(_("This delivery has been taken back."))
    if not shares:
        raise Refused(_("Please say for at least one thing how many are handed over."))
    if not delivery.occurred_on <= on <= local_day(at):
        raise Refused(_("Things are handed over after they came, and not in the future."), "on")
    left = left_of(delivery)
    assets = []
    for share in shares:
        if share.goods.pk not in goods:
            raise Refused(_("These goods belong to another delivery."))
        if share.area.community_code != item.community_id:
            raise Refused(_("Please choose a place in the community of this service item."), "area")
        left[share.goods.pk] -= _positive(share.quantity)
        if left[share.goods.pk] < 0:
            raise Refused(
                _("Only %(count)s of “%(thing)s” are left to hand over.")
                % {
                    "count": upkeep.amount(left[share.goods.pk] + share.quantity),
                    "thing": share.goods.item,
                },
                "quantity",
            )
        assets.append(
            _made(
                name=share.goods.item,
                quantity=share.quantity,
                unit=share.goods.unit,
                area=share.area,
                place=share.place,
                organization=share.organization,
                person=share.person,
                goods=goods[share.goods.pk],
                source="",
                on=on,
                expires_on=share.expires_on,
                inspect_every_months=share.inspect_every_months,
                nonce=share.nonce or uuid4(),
                at=at,
            )
        )
    return _entered(assets, AssetEvent.Kind.HANDED_OVER, "hand_over_goods", by=by, at=at)


@acting()
def enter(
    name: str,
    *,
    quantity: Decimal,
    unit: str,
    area: Area,
    source: str,
    on: date,
    nonce: UUID,
    by: Person,
    at: datetime,
    place: str = "",
    organization: Organization | None = None,
    person: Person | None = None,
    expires_on: date | None = None,
    inspect_every_months: int | None = None,
) -> Asset:
    """Enter an asset that no delivery recorded here brought, with where it comes from.

    Refuses places that are not one's own, and days in the future.
    """
    if not upkeep.may_manage(by, area.pk, local_day(at)):
        raise Refused(_("You cannot enter assets of this place."), "area")
    if made := Asset.objects.filter(nonce=nonce).first():
        return made
    if on > local_day(at):
        raise Refused(_("This day is still to come. Please enter it when it has happened."), "on")
    source = " ".join(source.split())
    if not source:
        raise Refused(_("Please say where it comes from."), "source")
    asset = _made(
        name=" ".join(name.split()),
        quantity=_positive(quantity),
        unit=" ".join(unit.split()),
        area=area,
        place=place,
        organization=organization,
        person=person,
        goods=None,
        source=source,
        on=on,
        expires_on=expires_on,
        inspect_every_months=inspect_every_months,
        nonce=nonce,
        at=at,
    )
    return _entered([asset], AssetEvent.Kind.ENTERED, "enter", by=by, at=at)[0]


def _positive(quantity: Decimal) -> Decimal:
    if quantity <= 0:
        raise Refused(_("Please enter how many, more than none."), "quantity")
    return quantity


def _made(
    *,
    name: str,
    quantity: Decimal,
    unit: str,
    area: Area,
    place: str,
    organization: Organization | None,
    person: Person | None,
    goods: DeliveryGoods | None,
    source: str,
    on: date,
    expires_on: date | None,
    inspect_every_months: int | None,
    nonce: UUID,
    at: datetime,
) -> Asset:
    """Make an unsaved asset, and refuse what cannot be."""
    if not name or not unit:
        raise Refused(_("Please say what it is, and in what it is counted."), "name")
    if area.kind not in (Area.Kind.COMMUNITY, Area.Kind.COMPOUND):
        raise Refused(_("Assets stand in a community or one of its compounds."), "area")
    if organization is not None and person is not None:
        raise Refused(_("One keeper is enough: a unit or a person."), "keeper")
    if expires_on is not None and expires_on <= on:
        raise Refused(_("It would expire before it is handed over."), "expires_on")
    place = " ".join(place.split())
    asset = Asset(
        reference=new_reference("A"),
        nonce=nonce,
        name=name,
        quantity=quantity,
        unit=unit,
        area=area,
        place=place,
        keeper_organization=organization,
        keeper_person=person,
        delivery_goods=goods,
        source=source,
        handed_over_on=on,
        expires_on=expires_on,
        since=at,
        recorded_at=at,
    )
    _set_interval(asset, inspect_every_months, since=on)
    asset.search_terms = terms(name, area.name, place, source)
    return asset


def _set_interval(asset: Asset, months: int | None, *, since: date) -> None:
    if months is not None and not 1 <= months <= _LONGEST_INTERVAL:
        raise Refused(
            _("Please inspect it every 1 to 120 months, or leave the field empty."),
            "inspect_every_months",
        )
    asset.inspect_every_months = months
    asset.next_inspection_on = upkeep.months_after(since, months) if months else None


def _entered(
    assets: list[Asset], kind: AssetEvent.Kind, verb: str, *, by: Person, at: datetime
) -> list[Asset]:
    Asset.objects.bulk_create(assets)
    _write(assets, kind, verb, by=by, at=at)
    turns.put_many([(asset, upkeep.turns_of(asset, at)) for asset in assets])
    return assets


def _write(
    assets: Sequence[Asset],
    kind: AssetEvent.Kind,
    verb: str,
    *,
    by: Person,
    at: datetime,
    words: str = "",
) -> None:
    """Write down what happened to some assets: into their history, and into the journal."""
    at_end(
        _insert_events,
        [
            AssetEvent(
                asset=asset,
                kind=kind,
                quantity=asset.quantity,
                area=asset.area,
                place=asset.place,
                keeper_organization_id=asset.keeper_organization_id,
                keeper_person_id=asset.keeper_person_id,
                words=words,
                by=by,
                at=at,
            )
            for asset in assets
        ],
    )
    journal.write_all(
        journal.line(verb, asset, by=by, at=at, area_code=asset.area_id) for asset in assets
    )


def _insert_events(events: list[AssetEvent]) -> None:
    AssetEvent.objects.bulk_create(events)


def _locked(asset: Asset, verb: str) -> Asset:
    """Lock an asset and read it as it is now."""
    row = hold(asset, "area", "keeper_organization")
    if row.status not in ASSET_MOVES[verb]:
        raise Refused(_("This asset has been retired."))
    return row


def _must_keep(asset: Asset, by: Person, at: datetime) -> None:
    if not upkeep.may_keep(by, asset, local_day(at)):
        raise Refused(_("This asset is in somebody else's keeping."))


def _must_manage(asset: Asset, by: Person, at: datetime) -> None:
    if not upkeep.may_manage(by, asset.area_id, local_day(at)):
        raise Refused(_("This asset belongs to another community."))


def _move(asset: Asset, verb: str, *, at: datetime, also: Sequence[str] = ()) -> None:
    """Set the state that a verb leads to, save the named fields, and say whose turn it is."""
    status = ASSET_MOVES[verb][asset.status]
    if status != asset.status:
        asset.status, asset.since = status, at
    if status == AssetStatus.IN_USE:
        asset.reason = ""
    asset.save(update_fields=["status", "since", "reason", *also])
    turns.put(asset, upkeep.turns_of(asset, at))


@acting()
def receive(
    assets: Sequence[Asset],
    *,
    how: str,
    on: date,
    by: Person,
    at: datetime,
    receiver: str = "",
) -> list[Asset]:
    """Note that keepers have received assets: confirmed by themselves, or signed on the sheet.

    A signature is entered by the staff, with the name of who signed. What has been received
    already is passed over. Refuses days before the handover or in the future.
    """
    receiver = " ".join(receiver.split())
    signed = how == Asset.Received.SIGNATURE
    if signed and not receiver:
        raise Refused(_("Please enter who signed."), "receiver")
    if len(receiver) > 40:
        raise Refused(_("A name has at most 40 characters."), "receiver")
    rows = Asset.objects.select_for_update(of=("self",)).order_by("pk")
    found = []
    for asset in rows.filter(pk__in=[one.pk for one in assets]).select_related("area"):
        (_must_manage if signed else _must_keep)(asset, by, at)
        if asset.is_received or not asset.is_kept:
            continue
        if not asset.handed_over_on <= on <= local_day(at):
            raise Refused(
                _("It was received after it was handed over, and not in the future."), "on"
            )
        asset.received_on, asset.received_how = on, how
        asset.receiver = receiver if signed else ""
        found.append(asset)
    for asset in found:
        asset.save(update_fields=["received_on", "received_how", "receiver"])
    turns.put_many([(asset, upkeep.turns_of(asset, at)) for asset in found])
    _write(found, AssetEvent.Kind.RECEIVED, "receive_asset", by=by, at=at)
    return found


@acting()
def split(
    asset: Asset,
    *,
    quantity: Decimal,
    area: Area,
    place: str,
    nonce: UUID,
    by: Person,
    at: datetime,
    organization: Organization | None = None,
    person: Person | None = None,
) -> Asset:
    """Set a part of an asset apart, at a place and with a keeper of its own; the sum stays.

    The new keeper is asked to confirm. Refuses all of it (that is a move) and more than there is.
    """
    _must_manage(asset, by, at)
    _must_reach(asset, area, by, at)
    asset = _locked(asset, "split")
    if made := Asset.objects.filter(nonce=nonce).first():
        return made
    if _positive(quantity) >= asset.quantity:
        raise Refused(
            _("There are %(count)s here. Please set fewer apart, or move them all.")
            % {"count": upkeep.amount(asset.quantity)},
            "quantity",
        )
    part = _made(
        name=asset.name,
        quantity=quantity,
        unit=asset.unit,
        area=area,
        place=place,
        organization=organization,
        person=person,
        goods=None,
        source=asset.source,
        on=local_day(at),
        expires_on=None,
        inspect_every_months=asset.inspect_every_months,
        nonce=nonce,
        at=at,
    )
    part.expires_on, part.next_inspection_on = asset.expires_on, asset.next_inspection_on
    part.status, part.reason = asset.status, asset.reason
    part.delivery_goods_id = asset.delivery_goods_id
    part.split_from_id = asset.split_from_id or asset.pk
    asset.quantity -= quantity
    _move(asset, "split", at=at, also=["quantity"])
    _write([asset], AssetEvent.Kind.SPLIT, "split", by=by, at=at)
    return _entered([part], AssetEvent.Kind.HANDED_OVER, "hand_over_goods", by=by, at=at)[0]


def _must_reach(asset: Asset, area: Area, by: Person, at: datetime) -> None:
    """Refuse to send things to a place for which the person does not answer."""
    if not upkeep.may_manage(by, area.pk, local_day(at)):
        raise Refused(_("Please choose a place in your own area."), "area")


@acting()
def move(
    asset: Asset,
    *,
    area: Area,
    place: str,
    by: Person,
    at: datetime,
    organization: Organization | None = None,
    person: Person | None = None,
) -> Asset:
    """Bring an asset to another place, or give it to another keeper, who is asked to confirm."""
    _must_manage(asset, by, at)
    _must_reach(asset, area, by, at)
    asset = _locked(asset, "move")
    if area.kind not in (Area.Kind.COMMUNITY, Area.Kind.COMPOUND):
        raise Refused(_("Assets stand in a community or one of its compounds."), "area")
    if organization is not None and person is not None:
        raise Refused(_("One keeper is enough: a unit or a person."), "keeper")
    keeper = asset.keeper_organization_id, asset.keeper_person_id
    asset.area, asset.place = area, " ".join(place.split())
    asset.keeper_organization, asset.keeper_person = organization, person
    asset.search_terms = terms(asset.name, area.name, asset.place, asset.source)
    if keeper != (asset.keeper_organization_id, asset.keeper_person_id):
        asset.handed_over_on = local_day(at)
        asset.received_on, asset.received_how, asset.receiver = None, "", ""
    also = ["area", "place", "keeper_organization", "keeper_person", "search_terms"]
    also += ["handed_over_on", "received_on", "received_how", "receiver"]
    _move(asset, "move", at=at, also=also)
    _write([asset], AssetEvent.Kind.MOVED, "move_asset", by=by, at=at)
    return asset


@acting()
def schedule(
    asset: Asset,
    *,
    inspect_every_months: int | None,
    expires_on: date | None,
    by: Person,
    at: datetime,
) -> Asset:
    """Change how often an asset is inspected, counted from the last time, and when it expires."""
    _must_manage(asset, by, at)
    asset = _locked(asset, "schedule")
    last = asset.inspections.first()
    _set_interval(asset, inspect_every_months, since=last.on if last else asset.handed_over_on)
    if expires_on is not None and expires_on <= asset.handed_over_on:
        raise Refused(_("It would expire before it is handed over."), "expires_on")
    asset.expires_on = expires_on
    also = ["inspect_every_months", "next_inspection_on", "expires_on"]
    _move(asset, "schedule", at=at, also=also)
    _write([asset], AssetEvent.Kind.SCHEDULED, "schedule", by=by, at=at)
    return asset


@acting()
def inspect(
    asset: Asset, *, on: date, sound: bool, note: str, nonce: UUID, by: Person, at: datetime
) -> Inspection:
    """Note that somebody looked at an asset: in order until the next time, or to be repaired.

    Refuses days in the future, and a broken one without a word of what is wrong.
    """
    _must_keep(asset, by, at)
    asset = _locked(asset, "find_sound" if sound else "find_broken")
    if made := Inspection.objects.filter(nonce=nonce).first():
        return made
    note = _words(note)
    if not sound and not note:
        raise Refused(_("Please say what is wrong with it."), "note")
    if not asset.handed_over_on <= on <= local_day(at):
        raise Refused(_("Please check the day of the inspection."), "on")
    inspection = Inspection.objects.create(
        asset=asset, nonce=nonce, on=on, sound=sound, note=note, by=by, at=at
    )
    _set_interval(asset, asset.inspect_every_months, since=on)
    if not sound:
        asset.reason = note
    verb = "find_sound" if sound else "find_broken"
    _move(asset, verb, at=at, also=["next_inspection_on"])
    kind = AssetEvent.Kind.SOUND if sound else AssetEvent.Kind.BROKEN
    _write([asset], kind, "inspect", by=by, at=at, words=note)
    return inspection


def _words(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > 200:
        raise Refused(_("Please say it in at most 200 characters."), "note")
    return text


@acting()
def repair(asset: Asset, *, note: str, by: Person, at: datetime) -> Asset:
    """Note that a broken asset is in order again; the next inspection is counted from today."""
    _must_keep(asset, by, at)
    asset = _locked(asset, "find_sound")
    if not asset.is_broken:
        raise Refused(_("This asset is in order already."))
    _set_interval(asset, asset.inspect_every_months, since=local_day(at))
    _move(asset, "repair", at=at, also=["next_inspection_on"])
    _write([asset], AssetEvent.Kind.REPAIRED, "repair", by=by, at=at, words=_words(note))
    return asset


@acting()
def retire(asset: Asset, *, reason: str, by: Person, at: datetime) -> Asset:
    """Take an asset out of use for good, with the reason. It stays on record."""
    _must_manage(asset, by, at)
    reason = _words(reason)
    if not reason:
        raise Refused(_("Please say why it is taken out of use."), "note")
    asset = _locked(asset, "retire")
    asset.reason, asset.next_inspection_on = reason, None
    _move(asset, "retire", at=at, also=["next_inspection_on"])
    _write([asset], AssetEvent.Kind.RETIRED, "retire_asset", by=by, at=at, words=reason)
    return asset
