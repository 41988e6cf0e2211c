import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.areas.facts import DAY, fact, three_no
from tests.organizations.factories import MemberEnrolmentFactory
from youwo.areas import actions
from youwo.core.tables import read_rows
from youwo.organizations.models import Pairing
from youwo.people.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def compound(jinshui, at):
    return actions.add_compound(jinshui, name="税苑小区", by=None, at=at)


def page_of(client, compound, **query):
    return client.get(reverse("compounds:compound", args=[compound.pk]), query)


def text(answer):
    return " ".join(answer.content.decode().split())


def names(answer):
    return [row.name for row in answer.context["page"].rows]


def test_the_list_counts_and_opens_three_no_compounds(client, compound, jinshui, at):
    three_no(compound, at)
    actions.add_compound(jinshui, name="锦绣苑", by=None, at=at)
    answer = client.get(reverse("compounds:index"), {"area": jinshui.pk})
    assert [row["count"] for row in answer.context["counts"]] == [2, 1, 0, 0]
    assert "status=three_no" in text(answer)
    assert names(client.get(reverse("compounds:index"), {"status": "three_no"})) == ["税苑小区"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "税苑"}, ["税苑小区"]),
        ({"q": "金税"}, ["税苑小区", "锦绣苑"]),
        ({"q": "别处"}, []),
        ({"status": "three_no-open"}, ["锦绣苑"]),
        ({"status": "three_no-no"}, []),
        ({"fact": "guard-no"}, ["税苑小区"]),
        ({"fact": "guard-open"}, ["锦绣苑"]),
        ({"fact": "guard-yes"}, []),
        ({"fact": "x-y", "status": "z", "area": "abc"}, ["税苑小区", "锦绣苑"]),
    ],
    ids=str,
)
def test_the_list_is_filtered_by_the_address(client, compound, jinshui, at, query, found):
    three_no(compound, at)
    actions.add_compound(jinshui, name="锦绣苑", by=None, at=at)
    assert names(client.get(reverse("compounds:index"), query)) == found


def test_a_place_that_is_not_has_no_list(client, jinshui):
    assert client.get(reverse("compounds:index"), {"area": "140899"}).status_code == 404


def test_an_empty_list_says_what_to_do(client, worker):
    client.force_login(worker)
    assert "录入小区" in text(client.get(reverse("compounds:index")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, worker, jinshui, at, count):
    for number in range(count):
        three_no(actions.add_compound(jinshui, name=f"{number}号院", by=None, at=at), at)
    client.force_login(worker)
    client.get(reverse("compounds:index"))
    with CaptureQueriesContext(
        connection,
    ) as context:
        client.get(reverse("compounds:index"))
    assert len(context) == 5


def test_the_list_leaves_as_a_table(client, worker, compound, jinshui, at):
    three_no(compound, at)
    fact(compound, "guard", present=True, at=at, on=DAY + timedelta(days=1), detail="一人")
    actions.add_compound(jinshui, name="锦绣苑", by=None, at=at)
    client.force_login(worker)
    answer = client.get(reverse("compounds:export"), {"area": jinshui.pk})
    rows = list(read_rows(io.BytesIO(b"".join(answer.streaming_content))))
    assert rows[1][:2] == [compound.pk, "税苑小区"]
    assert rows[1][-3:] == ["否", "待核实", "待核实"]
    assert rows[1][9] == "有 · 一人"
    assert rows[2][3] == "不清楚"


def test_no_table_leaves_of_a_foreign_place(client, worker, elsewhere):
    client.force_login(worker)
    answer = client.get(reverse("compounds:export"), {"area": elsewhere.pk})
    assert answer.status_code == 404


def test_a_status_is_explained_by_its_facts(client, compound, at):
    three_no(compound, at)
    answer = page_of(client, compound)
    judged = answer.context["judgements"][0]
    assert (judged.holds, judged.since) == (True, DAY)
    assert "2024 年 3 月 1 日起，因为" in text(answer)


def test_an_earlier_day_shows_what_held_then(client, compound, at):
    three_no(compound, at)
    fact(compound, "fence", present=True, at=at, on=DAY + timedelta(days=10))
    then = page_of(client, compound, on=(DAY + timedelta(days=5)).isoformat())
    assert then.context["judgements"][0].holds is True
    assert page_of(client, compound).context["judgements"][0].holds is False


def test_an_earlier_knowledge_shows_what_was_known_then(client, compound, at):
    wrong = fact(compound, "guard", present=True, at=at)
    actions.withdraw_fact(wrong, reason="记错", by=None, at=at + timedelta(days=2))
    then = page_of(client, compound, known=at.date().isoformat())
    assert dict(then.context["facts"])["门卫"] == wrong
    assert dict(page_of(client, compound).context["facts"])["门卫"] is None


@pytest.mark.parametrize("day", ["x", "0001-01-01", "2999-01-01"])
def test_a_day_that_makes_no_sense_is_today(client, compound, day):
    answer = page_of(client, compound, on=day)
    assert answer.context["looks_back"] is False


def test_everybody_reads_of_units_but_of_no_person(client, compound, jinshui, at):
    unit = factories.OrganizationFactory(name="市税务局")
    Pairing.objects.create(
        reference="E23456789", organization=unit, area=compound, starts_on=DAY, recorded_at=at
    )
    MemberEnrolmentFactory(
        person=factories.PersonFactory(name="赵明远"), community=jinshui, compound=compound
    )
    page = text(page_of(client, compound))
    assert ("市税务局" in page, "1 名报到党员" in page, "赵明远" in page) == (True, True, False)


def test_staff_read_who_lives_there_and_who_recorded(client, worker, compound, jinshui, at):
    fact(compound, "guard", present=True, at=at, by=worker)
    MemberEnrolmentFactory(
        person=factories.PersonFactory(name="赵明远"), community=jinshui, compound=compound
    )
    client.force_login(worker)
    page = text(page_of(client, compound))
    assert ("赵*" in page, "李桂兰" in page) == (True, True)


def test_only_staff_read_what_was_taken_back(client, worker, compound, at):
    wrong = fact(compound, "guard", present=True, at=at)
    actions.withdraw_fact(wrong, reason="记错小区", by=worker, at=at)
    assert "记错小区" not in text(page_of(client, compound))
    client.force_login(worker)
    assert "记错小区" in text(page_of(client, compound))


def test_a_community_is_no_compound(client, jinshui):
    assert page_of(client, jinshui).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_compound_costs_the_same_with_much_and_with_little(
    client, worker, compound, jinshui, at, count
):
    for number in range(count):
        fact(
            compound, "guard", present=True, at=at, by=worker, on=DAY + timedelta(days=number),
            detail=str(number),
        )  # fmt: skip
        MemberEnrolmentFactory(
            person=factories.PersonFactory(), community=jinshui, compound=compound
        )
    client.force_login(worker)
    page_of(client, compound)
    with CaptureQueriesContext(connection) as context:
        page_of(client, compound)
    assert len(context) == 9


def send(client, compound, **given):
    url = reverse("compounds:facts", args=[compound.pk])
    return client.post(url, {"on": DAY.isoformat(), **given})


def test_facts_are_recorded_in_a_few_taps(client, worker, compound):
    client.force_login(worker)
    answer = send(client, compound, guard="no", fence="yes", fence_detail="砖墙")
    assert answer.status_code == 302
    found = compound.facts.order_by("kind").values_list("kind", "present", "detail", "starts_on")
    assert list(found) == [("fence", True, "砖墙", DAY), ("guard", False, "", DAY)]


def test_a_fact_may_hold_since_a_day_of_its_own(client, worker, compound):
    client.force_login(worker)
    send(client, compound, guard="no", guard_since="2020-01-01")
    assert compound.facts.get().starts_on.year == 2020


def test_what_is_left_as_it_is_makes_no_entry(client, worker, compound, at):
    fact(compound, "guard", present=False, at=at, detail="空岗")
    client.force_login(worker)
    send(client, compound, on="2025-01-01", guard="no", guard_detail="空岗")
    assert compound.facts.count() == 1


def test_what_is_known_stands_in_the_form(client, worker, compound, at):
    fact(compound, "guard", present=False, at=at, detail="空岗")
    client.force_login(worker)
    answer = client.get(reverse("compounds:facts", args=[compound.pk]))
    form = answer.context["form"]
    assert (form["guard"].value(), form["guard_detail"].value()) == ("no", "空岗")


def test_a_day_to_come_is_refused_and_the_rest_kept(client, worker, compound):
    client.force_login(worker)
    answer = send(client, compound, on="2099-01-01", guard="no", guard_detail="空岗")
    assert answer.status_code == 422
    assert "空岗" in text(answer)


def test_a_compound_that_has_ended_is_not_described(client, worker, compound, at):
    compound.valid_to = DAY
    compound.save()
    client.force_login(worker)
    assert send(client, compound, guard="no").status_code == 403


def withdraw(client, wrong, reason):
    url = reverse("compounds:withdraw", args=[wrong.area_id, wrong.pk])
    return client.post(url, {"reason": reason})


def test_a_wrong_entry_is_taken_back_with_a_reason(client, worker, compound, at):
    wrong = fact(compound, "guard", present=True, at=at)
    client.force_login(worker)
    assert withdraw(client, wrong, " ").status_code == 422
    assert withdraw(client, wrong, "记错小区").status_code == 302
    wrong.refresh_from_db()
    assert wrong.withdrawn_reason == "记错小区"


def test_what_was_taken_back_is_not_taken_back_again(client, worker, compound, at):
    wrong = fact(compound, "guard", present=True, at=at)
    client.force_login(worker)
    withdraw(client, wrong, "记错")
    assert withdraw(client, wrong, "记错").status_code == 403


def test_the_citys_administrator_chooses_a_version(client, compound, at, jinshui):
    three_no(compound, at)
    administrator = factories.granted(Role.ADMINISTRATOR, jinshui.parent.parent.parent)
    client.force_login(administrator)
    url = reverse("compounds:definitions")
    given = {"definition": "three_no v2", "starts_on": at.date().isoformat()}
    assert client.post(url, given).status_code == 302
    assert "v2" in text(client.get(url))
    assert client.post(url, {"definition": "x"}).status_code == 422


def test_a_version_that_holds_later_is_announced(client, jinshui):
    client.force_login(factories.granted(Role.ADMINISTRATOR, jinshui.parent.parent.parent))
    url = reverse("compounds:definitions")
    client.post(url, {"definition": "three_no v2", "starts_on": "2098-01-01"})
    assert "2098 年 1 月 1 日起采用 three_no v2" in text(client.get(url))


def test_nobody_else_chooses(client, worker):
    client.force_login(worker)
    answer = client.post(reverse("compounds:definitions"), {"definition": "three_no v2"})
    assert answer.status_code == 403
