from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.service.asset_factories import (
    brought,
    compound,
    entered,
    handed_over,
    inspected,
    received,
    share,
)
from tests.service.factories import deliver
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.service import upkeep
from youwo.service.actions import assets, contest
from youwo.service.carrying import carry_over
from youwo.service.models import Asset, Delivery
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


def kinds(asset):
    return sorted(
        Turn.objects.filter(subject_key=str(asset.pk), subject_label="service.asset").values_list(
            "kind", flat=True
        )
    )


def again(asset):
    return Asset.objects.get(pk=asset.pk)


def handing(delivery, shares, worker, at, on=None):
    on = on or delivery.occurred_on
    return assets.hand_over(delivery, shares=shares, on=on, by=worker, at=at)


def test_one_row_of_goods_goes_to_three_compounds(worker, jinshui, at):
    delivery = brought(worker, jinshui, at)
    shares = [
        share(delivery, compound(jinshui, number, f"{number}号院"), quantity)
        for number, quantity in ((1, 15), (2, 15), (3, 10))
    ]
    made = handing(delivery, shares, worker, at)
    assert sum(asset.quantity for asset in made) == 40
    assert {asset.delivery_goods.item for asset in made} == {"垃圾桶"}


def test_many_shares_cost_as_many_statements_as_one(worker, jinshui, at, django_assert_num_queries):
    delivery = brought(worker, jinshui, at)
    places = [compound(jinshui, number, f"{number}号院") for number in (1, 2, 3)]
    shares = [share(delivery, place, 1) for place in places]
    handing(delivery, shares[:1], worker, at)
    with django_assert_num_queries(9):
        handing(delivery, shares[:1], worker, at)
    with django_assert_num_queries(9):
        handing(delivery, shares, worker, at)


def test_no_more_is_handed_over_than_was_delivered(worker, jinshui, at):
    delivery, place = brought(worker, jinshui, at), compound(jinshui)
    handing(delivery, [share(delivery, place, 30)], worker, at)
    with pytest.raises(Refused, match="只剩 10"):
        handing(delivery, [share(delivery, place, 11)], worker, at)


def test_a_second_try_with_the_same_nonce_makes_nothing_new(worker, jinshui, at):
    delivery, nonce = brought(worker, jinshui, at), uuid4()
    shares = [share(delivery, compound(jinshui), 40, nonce=nonce)]
    assert handing(delivery, shares, worker, at) == handing(delivery, shares, worker, at)


def test_the_unit_that_delivered_may_hand_over(worker, jinshui, at):
    delivery = brought(worker, jinshui, at)
    doer = delivery.recorded_by
    assert handing(delivery, [share(delivery, compound(jinshui))], doer, at)


def test_strangers_may_not_hand_over(worker, stranger, jinshui, at):
    delivery = brought(worker, jinshui, at)
    with pytest.raises(Refused, match="不能移交"):
        handing(delivery, [share(delivery, compound(jinshui))], stranger, at)


def test_nothing_cannot_be_handed_over(worker, jinshui, at):
    with pytest.raises(Refused, match="至少"):
        handing(brought(worker, jinshui, at), [], worker, at)


def test_a_delivery_taken_back_has_nothing_to_hand_over(worker, jinshui, at):
    delivery = brought(worker, jinshui, at)
    Delivery.objects.filter(pk=delivery.pk).update(revoked_at=at)
    with pytest.raises(Refused, match="已经撤回"):
        handing(delivery, [share(delivery, compound(jinshui))], worker, at)


@pytest.mark.parametrize("days", [-1, 4])
def test_things_are_handed_over_after_they_came_and_not_in_the_future(worker, jinshui, at, days):
    delivery = brought(worker, jinshui, at)
    on = delivery.occurred_on + timedelta(days=days)
    with pytest.raises(Refused) as refused:
        handing(delivery, [share(delivery, compound(jinshui))], worker, at, on=on)
    assert refused.value.field == "on"


def test_goods_go_to_the_community_of_their_service_item(worker, jinshui, elsewhere, at):
    delivery = brought(worker, jinshui, at)
    with pytest.raises(Refused) as refused:
        handing(delivery, [share(delivery, elsewhere)], worker, at)
    assert refused.value.field == "area"


def test_goods_of_another_delivery_are_refused(worker, jinshui, at):
    one, other = brought(worker, jinshui, at), brought(worker, jinshui, at)
    with pytest.raises(Refused, match="另一次"):
        handing(one, [share(other, compound(jinshui))], worker, at)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"inspect_every_months": 121}, "inspect_every_months"),
        ({"expires_on": date(2020, 1, 1)}, "expires_on"),
    ],
    ids=str,
)
def test_a_share_that_cannot_be_is_refused(worker, jinshui, at, wrong, field):
    delivery = brought(worker, jinshui, at)
    with pytest.raises(Refused) as refused:
        handing(delivery, [share(delivery, compound(jinshui), **wrong)], worker, at)
    assert refused.value.field == field


def test_an_asset_has_one_keeper(worker, resident, jinshui, at):
    delivery, unit = brought(worker, jinshui, at), factories.OrganizationFactory()
    shares = [share(delivery, compound(jinshui), organization=unit, person=resident)]
    with pytest.raises(Refused) as refused:
        handing(delivery, shares, worker, at)
    assert refused.value.field == "keeper"


def test_the_first_inspection_is_counted_from_the_handover(worker, jinshui, at):
    assert handed_over(worker, jinshui, at).next_inspection_on == date(2025, 8, 31)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 6, 3), 12, date(2026, 6, 3)),
    ],
    ids=str,
)
def test_months_end_on_their_last_day(day, months, expected):
    assert upkeep.months_after(day, months) == expected


def test_an_asset_is_entered_with_its_source(worker, jinshui, at):
    asset = entered(worker, compound(jinshui), at)
    assert (asset.source, asset.delivery_goods) == ("街道 2023 年配发", None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"source": " "}, "source"),
        ({"on": date(2030, 1, 1)}, "on"),
        ({"name": " "}, "name"),
        ({"quantity": Decimal(0)}, "quantity"),
    ],
    ids=str,
)
def test_what_is_entered_wrongly_is_refused(worker, jinshui, at, wrong, field):
    with pytest.raises(Refused) as refused:
        entered(worker, jinshui, at, **wrong)
    assert refused.value.field == field


def test_nobody_enters_assets_of_other_places(worker, elsewhere, at):
    with pytest.raises(Refused):
        entered(worker, elsewhere, at)


def test_assets_stand_in_communities_and_compounds(coordinator, jinshui, at):
    with pytest.raises(Refused, match="社区或者小区"):
        entered(coordinator, jinshui.parent, at)


def test_entering_twice_makes_one(worker, jinshui, at):
    nonce = uuid4()
    assert entered(worker, jinshui, at, nonce=nonce) == entered(worker, jinshui, at, nonce=nonce)


def test_the_staff_note_who_signed(worker, jinshui, at):
    asset = again(received(worker, jinshui, at))
    assert (asset.receiver, asset.received_how) == ("张敬之", "signature")


def test_the_keepers_account_confirms(worker, jinshui, at):
    keeper = factories.OrganizationFactory()
    asset = handed_over(worker, jinshui, at, organization=keeper)
    by = factories.mandated(keeper)
    assets.receive([asset], how="confirmed", on=at.date(), by=by, at=at)
    assert again(asset).received_how == "confirmed"


def test_only_staff_enter_signatures(worker, jinshui, at):
    keeper = factories.OrganizationFactory()
    asset = handed_over(worker, jinshui, at, organization=keeper)
    with pytest.raises(Refused):
        assets.receive(
            [asset],
            how="signature",
            receiver="张",
            on=at.date(),
            by=factories.mandated(keeper),
            at=at,
        )


@pytest.mark.parametrize("receiver", ["", " ", "长" * 41])
def test_a_signature_has_a_name(worker, jinshui, at, receiver):
    asset = handed_over(worker, jinshui, at)
    with pytest.raises(Refused) as refused:
        assets.receive([asset], how="signature", receiver=receiver, on=at.date(), by=worker, at=at)
    assert refused.value.field == "receiver"


@pytest.mark.parametrize("days", [-9, 1])
def test_things_are_received_between_handover_and_today(worker, jinshui, at, days):
    asset = handed_over(worker, jinshui, at)
    on = at.date() + timedelta(days=days)
    with pytest.raises(Refused) as refused:
        assets.receive([asset], how="confirmed", on=on, by=worker, at=at)
    assert refused.value.field == "on"


def test_what_is_received_already_is_passed_over(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    assert assets.receive([asset], how="confirmed", on=at.date(), by=worker, at=at) == []


def test_a_handover_waits_for_the_keeper(worker, jinshui, at):
    keeper = factories.OrganizationFactory()
    asset = handed_over(worker, jinshui, at, organization=keeper)
    turn = Turn.objects.get(kind="asset.receive")
    assert (turn.organization, turn.reference, turn.role) == (keeper, asset.reference, "")


def test_the_community_keeps_what_nobody_else_keeps(worker, jinshui, at):
    handed_over(worker, jinshui, at)
    turn = Turn.objects.get(kind="asset.receive")
    assert (turn.role, turn.area, turn.detail) == ("worker", jinshui, "40 个 · 东门内侧")


def test_a_part_is_set_apart_and_the_sum_stays(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    other = compound(jinshui, 2, "二号院")
    part = assets.split(
        asset, quantity=Decimal(15), area=other, place="北门", nonce=uuid4(), by=worker, at=at
    )
    assert (again(asset).quantity, part.quantity, part.split_from) == (25, 15, asset)
    assert part.next_inspection_on == asset.next_inspection_on
    assert kinds(part) == ["asset.receive"]


def test_splitting_twice_with_one_nonce_splits_once(worker, jinshui, at):
    asset, nonce = received(worker, jinshui, at), uuid4()
    parts = [
        assets.split(
            asset, quantity=Decimal(15), area=jinshui, place="", nonce=nonce, by=worker, at=at
        )
        for _ in range(2)
    ]
    assert parts[0] == parts[1]
    assert again(asset).quantity == 25


@pytest.mark.parametrize("quantity", [0, 40, 41])
def test_a_part_is_less_than_the_whole_and_more_than_nothing(worker, jinshui, at, quantity):
    asset = received(worker, jinshui, at)
    with pytest.raises(Refused) as refused:
        assets.split(
            asset,
            quantity=Decimal(quantity),
            area=jinshui,
            place="",
            nonce=uuid4(),
            by=worker,
            at=at,
        )
    assert refused.value.field == "quantity"


def test_a_moved_asset_keeps_its_receipt_while_its_keeper_stays(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    other = compound(jinshui, 2, "二号院")
    moved = assets.move(asset, area=other, place="西门", by=worker, at=at)
    assert (moved.area, moved.place, moved.is_received) == (other, "西门", True)


def test_a_new_keeper_is_asked_to_confirm(worker, resident, jinshui, at):
    asset = received(worker, jinshui, at)
    assets.move(asset, area=asset.area, place="", person=resident, by=worker, at=at)
    assert Turn.objects.get(kind="asset.receive").person == resident


def test_an_asset_moves_within_the_own_area_only(worker, jinshui, elsewhere, at):
    asset = received(worker, jinshui, at)
    with pytest.raises(Refused) as refused:
        assets.move(asset, area=elsewhere, place="", by=worker, at=at)
    assert refused.value.field == "area"


def test_an_asset_moves_to_a_community_or_compound(coordinator, worker, jinshui, at):
    asset = received(worker, jinshui, at)
    with pytest.raises(Refused, match="社区或者小区"):
        assets.move(asset, area=jinshui.parent, place="", by=coordinator, at=at)


def test_a_moved_asset_has_one_keeper(worker, resident, jinshui, at):
    asset, unit = received(worker, jinshui, at), factories.OrganizationFactory()
    with pytest.raises(Refused, match="一个就够"):
        assets.move(
            asset, area=jinshui, place="", organization=unit, person=resident, by=worker, at=at
        )


def test_history_keeps_each_place_and_keeper(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    assets.move(asset, area=jinshui, place="居委会仓库", by=worker, at=at + timedelta(hours=1))
    found = [(event.kind, event.place) for event in asset.events.all()]
    assert found == [("moved", "居委会仓库"), ("received", "东门内侧"), ("handed_over", "东门内侧")]


def test_a_sound_asset_is_due_again_after_its_interval(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    inspected(asset, worker, at)
    assert again(asset).next_inspection_on == date(2025, 9, 3)


def test_a_broken_asset_waits_for_repair(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    inspected(asset, worker, at, sound=False, note="压力不足")
    asset = again(asset)
    assert (asset.is_broken, asset.reason) == (True, "压力不足")
    assert kinds(asset) == ["asset.repair"]


def test_an_inspection_that_finds_it_mended_ends_the_repair(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    inspected(asset, worker, at, sound=False, note="压力不足")
    inspected(asset, worker, at)
    assert (again(asset).status, again(asset).reason) == ("in_use", "")


def test_an_inspection_sent_twice_counts_once(worker, jinshui, at):
    asset, nonce = received(worker, jinshui, at), uuid4()
    for _ in range(2):
        assets.inspect(asset, on=at.date(), sound=True, note="", nonce=nonce, by=worker, at=at)
    assert asset.inspections.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sound": False, "note": " "}, "note"),
        ({"note": "长" * 201}, "note"),
        ({"on": date(2030, 1, 1)}, "on"),
        ({"on": date(2024, 1, 1)}, "on"),
    ],
    ids=str,
)
def test_an_inspection_that_cannot_be_is_refused(worker, jinshui, at, wrong, field):
    asset = received(worker, jinshui, at)
    given = {"on": at.date(), "sound": True, "note": "", **wrong}
    with pytest.raises(Refused) as refused:
        assets.inspect(asset, **given, nonce=uuid4(), by=worker, at=at)
    assert refused.value.field == field


def test_only_the_keeper_and_the_staff_inspect(worker, stranger, resident, jinshui, at):
    asset = received(worker, jinshui, at, person=resident)
    inspected(asset, resident, at)
    with pytest.raises(Refused):
        inspected(asset, stranger, at)


def test_a_repaired_asset_is_inspected_after_its_interval(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    inspected(asset, worker, at, sound=False, note="轮子掉了")
    mended = assets.repair(asset, note="换了轮子", by=worker, at=at + timedelta(days=1))
    assert (mended.status, mended.next_inspection_on) == ("in_use", date(2025, 9, 4))


def test_what_is_in_order_is_not_repaired(worker, jinshui, at):
    with pytest.raises(Refused):
        assets.repair(received(worker, jinshui, at), note="", by=worker, at=at)


def test_a_retired_asset_is_nobodys_turn_and_stays_on_record(worker, jinshui, at):
    asset = handed_over(worker, jinshui, at)
    retired = assets.retire(asset, reason="已报废", by=worker, at=at)
    assert (retired.is_kept, retired.next_inspection_on, kinds(asset)) == (False, None, [])


def test_retiring_needs_a_reason(worker, jinshui, at):
    with pytest.raises(Refused):
        assets.retire(received(worker, jinshui, at), reason=" ", by=worker, at=at)


def test_nothing_happens_to_a_retired_asset(worker, jinshui, at):
    asset = assets.retire(received(worker, jinshui, at), reason="报废", by=worker, at=at)
    with pytest.raises(Refused, match="已经停用"):
        inspected(asset, worker, at)


def test_the_keeper_does_not_retire(worker, resident, jinshui, at):
    asset = received(worker, jinshui, at, person=resident)
    with pytest.raises(Refused):
        assets.retire(asset, reason="报废", by=resident, at=at)


def test_dates_can_be_changed(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    changed = assets.schedule(
        asset, inspect_every_months=1, expires_on=date(2027, 1, 1), by=worker, at=at
    )
    assert (changed.next_inspection_on, changed.expires_on) == (date(2025, 6, 30), date(2027, 1, 1))


def test_a_changed_interval_is_counted_from_the_last_inspection(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    inspected(asset, worker, at)
    changed = assets.schedule(asset, inspect_every_months=1, expires_on=None, by=worker, at=at)
    assert changed.next_inspection_on == date(2025, 7, 3)


def test_an_expiry_before_the_handover_is_refused(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    with pytest.raises(Refused):
        assets.schedule(
            asset, inspect_every_months=None, expires_on=date(2020, 1, 1), by=worker, at=at
        )


def test_an_inspection_that_comes_due_fills_the_queue(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    assert upkeep.remind(at) == 0
    later = at + timedelta(days=83)
    assert upkeep.remind(later) == 1
    assert kinds(asset) == ["asset.inspect"]
    assert upkeep.remind(later) == 0


def test_an_expiry_fills_the_queue_a_month_before(worker, jinshui, at):
    asset = received(worker, jinshui, at, expires_on=at.date() + timedelta(days=60))
    assert upkeep.remind(at + timedelta(days=31)) == 1
    assert kinds(asset) == ["asset.replace"]


def test_an_inspection_clears_the_queue(worker, jinshui, at):
    asset, later = received(worker, jinshui, at), at + timedelta(days=90)
    upkeep.remind(later)
    inspected(asset, worker, later)
    assert kinds(asset) == []


def test_many_that_come_due_cost_as_many_statements_as_one(
    worker, jinshui, at, django_assert_num_queries
):
    later = at + timedelta(days=90)
    received(worker, jinshui, at)
    with django_assert_num_queries(10):
        upkeep.remind(later)
    for _ in range(3):
        received(worker, jinshui, at)
    with django_assert_num_queries(10):
        assert upkeep.remind(later) == 3


def test_lineage_leads_from_an_asset_to_its_delivery_and_back(worker, jinshui, at):
    delivery = brought(worker, jinshui, at)
    shares = [share(delivery, compound(jinshui), 20) for _ in range(2)]
    one, other = handing(delivery, shares, worker, at)
    found = upkeep.origin(one)
    assert (found.delivery, found.siblings) == (delivery, (other,))
    assert list(upkeep.assets_of([delivery])) == [one, other]


def test_parts_of_what_was_entered_know_each_other(worker, jinshui, at):
    asset = entered(worker, jinshui, at)
    part = assets.split(
        asset, quantity=Decimal(1), area=jinshui, place="", nonce=uuid4(), by=worker, at=at
    )
    assert upkeep.origin(part).siblings == (asset,)
    assert upkeep.origin(asset).siblings == (part,)


def test_what_was_entered_alone_has_no_origin(worker, jinshui, at):
    found = upkeep.origin(entered(worker, jinshui, at))
    assert (found.delivery, found.siblings) == (None, ())


def test_everybody_sees_the_assets_they_work_with(worker, resident, stranger, jinshui, at):
    keeper = factories.OrganizationFactory()
    kept = received(worker, jinshui, at, organization=keeper)
    own = received(worker, jinshui, at, person=resident)
    on = at.date()
    assert set(upkeep.seen_by(worker, on)) == {kept, own}
    assert list(upkeep.seen_by(factories.mandated(keeper), on)) == [kept]
    assert list(upkeep.seen_by(resident, on)) == [own]
    assert list(upkeep.seen_by(stranger, on)) == []


def test_every_act_is_journalled(worker, jinshui, at):
    asset = received(worker, jinshui, at)
    verbs = Line.objects.filter(target_label="service.asset").values_list("verb", "area_code")
    assert list(verbs.order_by("pk")) == [
        ("hand_over_goods", asset.area_id),
        ("receive_asset", asset.area_id),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"delivery_goods": None, "source": ""},
        {"received_how": "signature", "received_on": None},
        {"status": "retired", "reason": ""},
        {"inspect_every_months": 0},
        {"status": "retired", "reason": "报废", "next_inspection_on": date(2026, 1, 1)},
    ],
    ids=str,
)
def test_the_database_refuses(worker, jinshui, at, wrong):
    asset = received(worker, jinshui, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=asset.pk).update(**wrong)


def test_the_database_refuses_two_keepers(worker, resident, jinshui, at):
    asset = received(worker, jinshui, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=asset.pk).update(
            keeper_person=resident, keeper_organization=factories.OrganizationFactory()
        )


def said_again(asset, worker, at, *things):
    """What the asset came with is contested; an hour later the unit brings these (thing, many)."""
    delivery = asset.delivery_goods.delivery
    contest(delivery.item, reason="还差一点", by=worker, at=at)
    return deliver(
        delivery.item,
        factories.mandated(delivery.organization),
        delivery.organization,
        at + timedelta(hours=1),
        goods=[(thing, Decimal(many), unit) for thing, many, unit in things],
    )


def test_what_stands_already_belongs_to_the_next_delivery_of_the_same(worker, jinshui, at):
    asset = handed_over(worker, jinshui, at)
    made = said_again(asset, worker, at, ("灭火器", 20, "套"), ("垃圾桶", 40, "个"))
    # Nothing of it can be handed over a second time meanwhile.
    assert sorted(assets.left_of(made).values()) == [0, 20]
    assert carry_over(at=at) == 1
    assert sorted(assets.left_of(made).values()) == [0, 20]

    bins = made.goods.get(item="垃圾桶")
    assert again(asset).delivery_goods == bins
    assert upkeep.handed_on(made.goods.all()) == {bins.pk: Decimal(40)}
    assert carry_over(at=at) == 0


def test_more_than_comes_now_stays_with_what_was_taken_back(worker, jinshui, at):
    asset = handed_over(worker, jinshui, at)
    made = said_again(asset, worker, at, ("垃圾桶", 30, "个"))

    assert carry_over(at=at) == 0
    assert again(asset).delivery_goods == asset.delivery_goods
    assert upkeep.handed_on(made.goods.all()) == {}


def test_what_is_written_down_before_it_is_carried_over_counts(worker, jinshui, at):
    asset = handed_over(worker, jinshui, at)
    made = said_again(asset, worker, at, ("垃圾桶", 50, "个"))
    bins = made.goods.get()
    on, late = at.date(), at + timedelta(hours=2)
    shares = [share(made, compound(jinshui), 20)]
    # Forty of the fifty stand already.
    with pytest.raises(Refused):
        assets.hand_over(made, shares=shares, on=on, by=worker, at=late)
    assets.hand_over(made, shares=[share(made, compound(jinshui), 10)], on=on, by=worker, at=late)

    assert carry_over(at=late) == 1
    assert upkeep.handed_on([bins]) == {bins.pk: Decimal(50)}


def test_what_was_retired_or_is_another_thing_is_not_carried_over(worker, jinshui, at):
    asset = handed_over(worker, jinshui, at)
    item, owner = asset.delivery_goods.delivery.item, asset.delivery_goods.delivery.organization
    contest(item, reason="灭火器还没有到", by=worker, at=at)
    goods = [("灭火器", Decimal(20), "套")]
    deliver(item, factories.mandated(owner), owner, at + timedelta(hours=1), goods=goods)
    assert carry_over(at=at) == 0

    assets.retire(asset, reason="报废", by=worker, at=at)
    contest(item, reason="还差垃圾桶", by=worker, at=at + timedelta(hours=2))
    goods = [("垃圾桶", Decimal(40), "个")]
    deliver(item, factories.mandated(owner), owner, at + timedelta(hours=3), goods=goods)
    assert carry_over(at=at) == 0


def test_carrying_over_costs_the_same_for_one_and_for_many(worker, jinshui, at):
    costs = []
    for count in (1, 3):
        for _ in range(count):
            asset = handed_over(worker, jinshui, at)
            said_again(asset, worker, at, ("垃圾桶", 40, "个"))
        with CaptureQueriesContext(connection) as captured:
            assert carry_over(at=at) == count
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
    assert costs[0] == costs[1]
    with CaptureQueriesContext(connection) as captured:
        carry_over(at=at)
    assert len(captured) == 1
