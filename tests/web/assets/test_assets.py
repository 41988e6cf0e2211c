import io
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

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
from youwo.core.tables import read_rows
from youwo.service import upkeep
from youwo.service.actions import assets
from youwo.service.models import Asset
from youwo.web.work.words import words_of_turns

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(worker, jinshui, at):
    return received(worker, jinshui, at)


@pytest.fixture
def place(jinshui):
    return compound(jinshui)


def text(answer):
    return " ".join(answer.content.decode().split())


def card(client, asset):
    return client.get(reverse("assets:asset", args=[asset.reference]))


def act(client, asset, verb, **given):
    url = reverse("assets:act", args=[asset.reference, verb])
    return client.post(url, {"nonce": str(uuid.uuid4()), **given})


def listed(client, **query):
    answer = client.get(reverse("assets:index"), query)
    return [row.name for row in answer.context["page"].rows]


def again(asset):
    return Asset.objects.get(pk=asset.pk)


def test_everybody_reads_what_it_is_and_who_keeps_it(client, worker, jinshui, at):
    unit = factories.OrganizationFactory(name="恒安物业")
    asset = handed_over(worker, jinshui, at, organization=unit)
    page = text(card(client, asset))
    assert ("垃圾桶" in page, "恒安物业" in page, "东门内侧" in page) == (True, True, True)


def test_nobody_reads_the_name_of_a_person_who_keeps_it(client, worker, resident, jinshui, at):
    asset = received(worker, jinshui, at, person=resident)
    page = text(card(client, asset))
    assert ("张敬之" in page, "张*" in page, "一位邻居" in page) == (False, False, True)


def test_staff_read_where_it_comes_from(client, worker, asset):
    client.force_login(worker)
    answer = card(client, asset)
    assert answer.context["origin"].delivery == asset.delivery_goods.delivery
    assert "李桂兰" in text(answer)


def test_a_card_that_is_not_is_not_found(client, db):
    assert client.get("/assets/AAAAAAAAA/").status_code == 404


def test_an_expired_asset_warns_everybody(client, worker, jinshui, at):
    asset = received(worker, jinshui, at, expires_on=at.date() + timedelta(days=1))
    assert "已过有效期" in text(card(client, asset))


@pytest.mark.parametrize("count", [1, 3])
def test_a_card_costs_the_same_with_much_and_with_little(client, worker, jinshui, at, count, asset):
    for number in range(count):
        inspected(asset, worker, at + timedelta(days=number))
        assets.split(
            asset, quantity=Decimal(1), area=jinshui, place="", nonce=uuid.uuid4(), by=worker, at=at
        )
    client.force_login(worker)
    with CaptureQueriesContext(connection) as context:
        card(client, asset)
    assert len(context) == 6


def test_the_keeper_confirms_in_one_tap(client, worker, jinshui, at):
    unit = factories.OrganizationFactory()
    asset = handed_over(worker, jinshui, at, organization=unit)
    client.force_login(factories.mandated(unit))
    assert "我已收到" in text(card(client, asset))
    assert act(client, asset, "receive").status_code == 302
    assert again(asset).received_how == "confirmed"


def test_the_keeper_inspects(client, worker, resident, jinshui, at):
    asset = received(worker, jinshui, at, person=resident)
    client.force_login(resident)
    assert act(client, asset, "inspect", sound="yes", on="2025-06-03").status_code == 302
    assert asset.inspections.get().by == resident


def test_a_broken_one_needs_words(client, worker, asset):
    client.force_login(worker)
    assert act(client, asset, "inspect", sound="no", on="2025-06-03").status_code == 422
    assert (
        act(client, asset, "inspect", sound="no", note="盖子掉了", on="2025-06-03").status_code
        == 302
    )
    assert again(asset).is_broken


def test_a_broken_one_is_repaired(client, worker, at, asset):
    inspected(asset, worker, at, sound=False, note="盖子掉了")
    client.force_login(worker)
    act(client, asset, "repair", note="换了盖子")
    assert not again(asset).is_broken


def test_what_is_in_order_offers_no_repair(client, worker, asset):
    client.force_login(worker)
    assert act(client, asset, "repair").status_code == 404


def test_some_are_set_apart(client, worker, jinshui, asset):
    client.force_login(worker)
    assert client.get(reverse("assets:act", args=[asset.reference, "split"])).status_code == 200
    act(client, asset, "split", quantity="15", area=jinshui.pk, place="仓库")
    assert sorted(Asset.objects.values_list("quantity", flat=True)) == [15, 25]


def test_more_than_there_are_cannot_be_set_apart(client, worker, jinshui, asset):
    client.force_login(worker)
    answer = act(client, asset, "split", quantity="40", area=jinshui.pk)
    assert answer.status_code == 422


def test_an_asset_is_given_to_a_person_by_telephone_number(client, worker, resident, asset):
    client.force_login(worker)
    given = {"area": asset.area_id, "keeper": "person"}
    assert act(client, asset, "move", **given, phone="13712345678").status_code == 422
    assert act(client, asset, "move", **given, phone=resident.phone).status_code == 302
    assert again(asset).keeper_person == resident


def test_a_keeper_from_elsewhere_stays_in_the_form(client, worker, jinshui, elsewhere, at):
    unit = factories.OrganizationFactory(name="远方单位", area=elsewhere)
    asset = received(worker, jinshui, at, organization=unit)
    client.force_login(worker)
    assert "远方单位" in text(client.get(reverse("assets:act", args=[asset.reference, "move"])))


def test_dates_are_changed(client, worker, asset):
    client.force_login(worker)
    act(client, asset, "schedule", inspect_every_months="6", expires_on="2030-01-01")
    assert again(asset).inspect_every_months == 6


def test_an_asset_is_taken_out_of_use(client, worker, asset):
    client.force_login(worker)
    act(client, asset, "retire", note="已损毁")
    assert "已停用：已损毁" in text(card(client, asset))
    assert act(client, asset, "inspect").status_code == 404


def test_the_stranger_does_nothing(client, stranger, asset):
    client.force_login(stranger)
    for verb in ("inspect", "retire", "x"):
        assert act(client, asset, verb).status_code == 404


def test_the_list_is_filtered_by_the_address(client, worker, jinshui, at, asset, place):
    extinguisher = entered(worker, jinshui, at, name="灭火器", expires_on=at.date())
    inspected(extinguisher, worker, at, sound=False, note="压力不足")
    assets.retire(entered(worker, jinshui, at, name="旧桶"), reason="坏了", by=worker, at=at)
    client.force_login(worker)
    assert listed(client) == ["灭火器", "垃圾桶"]
    assert listed(client, view="broken") == ["灭火器"]
    assert listed(client, view="waiting") == ["灭火器"]
    assert listed(client, view="expired") == ["灭火器"]
    assert listed(client, view="retired") == ["旧桶"]
    assert listed(client, view="due") == ["垃圾桶"]
    assert listed(client, area=place.pk) == ["垃圾桶"]
    assert listed(client, q="灭火") == ["灭火器"]
    assert listed(client, q="没有") == []


def test_a_unit_lists_what_it_keeps(client, worker, jinshui, at, asset):
    unit = factories.OrganizationFactory()
    received(worker, jinshui, at, organization=unit)
    client.force_login(factories.mandated(unit))
    assert listed(client) == ["垃圾桶"]


def test_an_empty_list_says_where_assets_come_from(client, worker):
    client.force_login(worker)
    assert "还没有物资" in text(client.get(reverse("assets:index")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, worker, jinshui, at, count):
    for _ in range(count):
        entered(worker, jinshui, at)
    client.force_login(worker)
    client.get(reverse("assets:index"), {"area": jinshui.pk})
    with CaptureQueriesContext(connection) as context:
        client.get(reverse("assets:index"), {"area": jinshui.pk})
    assert len(context) == 3


def test_the_list_leaves_as_a_table_without_names(client, worker, resident, jinshui, at, asset):
    entered(worker, jinshui, at, person=resident)
    received(worker, jinshui, at, organization=factories.OrganizationFactory(name="恒安物业"))
    client.force_login(worker)
    answer = client.get(reverse("assets:export"))
    rows = list(read_rows(io.BytesIO(b"".join(answer.streaming_content))))
    assert [row[7] for row in rows] == ["保管方", "个人", "金税社区", "恒安物业"]
    assert rows[1][14] == "街道 2023 年配发"


def hand(client, delivery, **given):
    url = reverse("assets:hand-over", args=[delivery.pk])
    return client.post(url, {"on": delivery.occurred_on.isoformat(), **given})


def test_goods_are_handed_over_to_several_places_at_once(client, worker, jinshui, at):
    delivery, places = (
        brought(worker, jinshui, at),
        [compound(jinshui, n, f"{n}号院") for n in (1, 2)],
    )
    key = delivery.goods.get().pk
    client.force_login(worker)
    given = {f"{key}_{places[0].pk}": "25", f"{key}_{places[1].pk}": "15", f"{key}_months": "3"}
    answer = hand(client, delivery, **given, **{f"{key}_{places[0].pk}_place": "东门"})
    assert answer.url == f"/work/assets/sheet/?delivery={delivery.pk}"
    found = Asset.objects.order_by("area").values_list("area__name", "quantity", "place")
    assert list(found) == [("1号院", 25, "东门"), ("2号院", 15, "")]


def test_goods_are_given_to_somebody_by_their_telephone_number(client, worker, jinshui, at, place):
    keeper = factories.PersonFactory(phone="13800001299")
    goods = [("垃圾桶", Decimal(40), "个"), ("灭火器", Decimal(20), "套")]
    delivery = brought(worker, jinshui, at, goods)
    client.force_login(worker)
    given = {f"{row.pk}_{place.pk}": "5" for row in delivery.goods.all()}
    assert hand(client, delivery, keeper="person", phone=keeper.phone, **given).status_code == 302
    assert set(Asset.objects.values_list("keeper_person", flat=True)) == {keeper.pk}


def test_a_form_sent_twice_hands_over_once(client, worker, jinshui, at, place):
    delivery, nonce = brought(worker, jinshui, at), str(uuid.uuid4())
    key = delivery.goods.get().pk
    client.force_login(worker)
    for _ in range(2):
        hand(client, delivery, nonce=nonce, **{f"{key}_{place.pk}": "25"})
    assert Asset.objects.get().quantity == 25


def test_what_was_taken_back_has_nothing_to_hand_over(client, worker, jinshui, at, place):
    delivery = brought(worker, jinshui, at)
    delivery.item.deliveries.update(revoked_at=at)
    client.force_login(worker)
    url = reverse("assets:hand-over", args=[delivery.pk])

    answer = client.get(url, follow=True)
    assert answer.redirect_chain == [(f"/service/{delivery.item.reference}/", 302)]
    assert "这次办理记录已经撤回" in answer.content.decode()


def test_too_many_are_refused_at_their_place(client, worker, jinshui, at, place):
    delivery = brought(worker, jinshui, at)
    key = delivery.goods.get().pk
    client.force_login(worker)
    answer = hand(client, delivery, **{f"{key}_{place.pk}": "41"})
    assert answer.status_code == 422
    assert f"{key}_{place.pk}" in answer.context["form"].errors


def test_nothing_is_refused(client, worker, jinshui, at):
    client.force_login(worker)
    assert hand(client, brought(worker, jinshui, at)).status_code == 422


def test_the_place_of_the_item_is_filled_in(client, worker, jinshui, at, place):
    delivery = brought(worker, jinshui, at)
    delivery.item.compound = place
    delivery.item.save()
    key = delivery.goods.get().pk
    client.force_login(worker)
    answer = client.get(reverse("assets:hand-over", args=[delivery.pk]))
    assert answer.context["form"][f"{key}_{place.pk}"].value() == "40"


def test_what_is_all_handed_over_leads_to_the_sheet(client, worker, asset):
    client.force_login(worker)
    delivery = asset.delivery_goods.delivery
    assert "已经全部移交" in text(client.get(reverse("assets:hand-over", args=[delivery.pk])))


def test_foreign_deliveries_do_not_exist(client, stranger, worker, jinshui, at):
    client.force_login(factories.mandated(factories.OrganizationFactory()))
    assert hand(client, brought(worker, jinshui, at)).status_code == 404


def enter(client, **given):
    url = reverse("assets:new")
    return client.post(
        url,
        {
            "name": "灭火器",
            "quantity": "4",
            "unit": "具",
            "source": "街道配发",
            "on": "2025-01-01",
            **given,
        },
    )


def test_an_asset_is_entered_by_hand(client, worker, place):
    client.force_login(worker)
    assert enter(client, area=place.pk).status_code == 302
    assert Asset.objects.get().source == "街道配发"


def test_what_is_typed_is_kept_when_refused(client, worker, place):
    client.force_login(worker)
    answer = enter(client, area=place.pk, expires_on="2024-01-01")
    assert answer.status_code == 422
    assert "街道配发" in text(answer)


def test_who_works_in_many_communities_chooses_one_first(client, coordinator, jinshui, place):
    client.force_login(coordinator)
    assert "哪个社区" in text(client.get(reverse("assets:new")))
    answer = client.get(reverse("assets:new"), {"area": place.pk})
    assert answer.context["community"] == jinshui


def test_a_sheet_stands_for_each_place_and_keeper(client, worker, jinshui, at):
    delivery = brought(worker, jinshui, at)
    shares = [
        share(delivery, compound(jinshui, 1), 10),
        share(delivery, compound(jinshui, 2, "二号院"), 10),
        share(delivery, compound(jinshui, 2, "二号院"), 10, person=factories.PersonFactory()),
    ]
    assets.hand_over(delivery, shares=shares, on=delivery.occurred_on, by=worker, at=at)
    client.force_login(worker)
    answer = client.get(reverse("assets:sheet"), {"delivery": delivery.pk})
    assert [len(one["assets"]) for one in answer.context["sheets"]] == [1, 1, 1]
    assert answer.context["sheets"][0]["link"].endswith(
        f"/work/assets/sign/?delivery={delivery.pk}&area={jinshui.pk}-0001&keeper=community"
    )


def test_the_yearly_sheet_lists_what_a_keeper_has(client, worker, jinshui, at, asset):
    unit = factories.OrganizationFactory()
    kept = received(worker, jinshui, at, organization=unit)
    client.force_login(worker)
    answer = client.get(reverse("assets:sheet"), {"area": jinshui.pk, "keeper": unit.pk})
    assert [one["assets"] for one in answer.context["sheets"]] == [[kept]]


def test_an_empty_sheet_says_so(client, worker, jinshui):
    client.force_login(worker)
    assert "没有物资" in text(client.get(reverse("assets:sheet"), {"area": jinshui.pk}))


@pytest.mark.parametrize("query", [{"delivery": "9" * 30}, {"keeper": "1"}, {"area": "x"}], ids=str)
def test_a_sheet_of_nothing_does_not_exist(client, worker, query):
    client.force_login(worker)
    assert client.get(reverse("assets:sheet"), query).status_code == 404


def test_a_signature_is_noted_for_the_whole_sheet(client, worker, jinshui, at):
    for _ in range(2):
        handed_over(worker, jinshui, at)
    client.force_login(worker)
    url = f"{reverse('assets:sign')}?area={jinshui.pk}"
    assert client.post(url, {"receiver": "", "on": "2025-06-03"}).status_code == 422
    assert client.post(url, {"receiver": "张敬之", "on": "1990-06-03"}).status_code == 422
    assert client.post(url, {"receiver": "张敬之", "on": "2025-06-03"}).status_code == 302
    assert {row.receiver for row in Asset.objects.all()} == {"张敬之"}
    assert "都已签收" in text(client.get(url))


def test_only_staff_note_signatures(client, worker, jinshui, at):
    unit = factories.OrganizationFactory()
    handed_over(worker, jinshui, at, organization=unit)
    client.force_login(factories.mandated(unit))
    assert client.get(f"{reverse('assets:sign')}?area={jinshui.pk}").status_code == 404


def test_labels_lead_to_the_cards(client, worker, place, asset):
    client.force_login(worker)
    answer = client.get(reverse("assets:labels"), {"area": place.pk})
    assert [label["asset"] for label in answer.context["labels"]] == [asset]
    one = client.get(reverse("assets:labels"), {"asset": asset.reference})
    assert len(one.context["labels"]) == 1


def test_nothing_to_label_is_said(client, worker, jinshui):
    client.force_login(worker)
    answer = client.get(reverse("assets:labels"), {"area": jinshui.pk})
    assert "没有可以贴标签" in text(answer)


def test_every_turn_has_words():
    kinds = {"asset.receive", "asset.inspect", "asset.repair", "asset.replace"}
    assert kinds <= set(words_of_turns())


def test_what_is_due_stands_in_the_queue_of_its_keeper(client, worker, resident, jinshui, at):
    received(worker, jinshui, at, person=resident)
    upkeep.remind(at + timedelta(days=90))
    client.force_login(resident)
    assert "该检查了：垃圾桶" in text(client.get(reverse("work:queue")))


def test_the_page_of_a_service_item_leads_to_its_assets(client, worker, asset):
    client.force_login(worker)
    item = asset.delivery_goods.delivery.item
    page = text(client.get(reverse("service:item", args=[item.reference])))
    assert reverse("assets:asset", args=[asset.reference]) in page
    assert reverse("assets:hand-over", args=[asset.delivery_goods.delivery_id]) in page
