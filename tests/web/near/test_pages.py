"""What is near somebody, lending a hand, skills, and one's own record."""

import io
import re
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.dispatch.factories import blown
from tests.ledger.factories import deed
from tests.needs.factories import claimed, published
from tests.organizations.factories import MemberEnrolmentFactory, UnitEnrolmentFactory
from tests.service.factories import agreed, delivered
from tests.web.needs.people import signed_in, words
from youwo.core import tables
from youwo.core.refused import Refused
from youwo.ledger import actions as ledger
from youwo.ledger import queries
from youwo.ledger.models import Extract
from youwo.needs.models import Wish
from youwo.notices.models import Message
from youwo.notices.outbox import put_into_inboxes
from youwo.organizations import actions as organizations
from youwo.people.models import Skill
from youwo.service import actions
from youwo.service.models import Joined
from youwo.web.near.found import Looked, Nearness, Sort

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch, at):
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


@pytest.fixture
def compound(jinshui):
    return factories.area(f"{jinshui.pk}-0001", "税苑小区")


@pytest.fixture
def member(volunteer, jinshui, compound):
    """A member enrolled in Jinshui and one of its compounds."""
    unit = factories.OrganizationFactory(name="市税务局")
    MemberEnrolmentFactory(
        person=volunteer, organization=unit, community=jinshui, compound=compound
    )
    return volunteer


def found(person, on, chosen="1408"):
    return {
        group.nearness: [(one.sort, one.title) for one in group.rows]
        for group in Looked(person, on, chosen=chosen).groups()
    }


def test_the_own_compound_stands_before_the_community(member, worker, jinshui, compound, at):
    published(worker, jinshui, at, title="社区里的心愿")
    published(worker, jinshui, at, title="小区里的心愿", compound=compound)
    got = found(member, at.date())
    assert list(got) == [Nearness.COMPOUND, Nearness.COMMUNITY]
    assert got[Nearness.COMPOUND] == [(Sort.WISH, "小区里的心愿")]


def test_where_the_unit_is_enrolled_comes_next(member, at):
    place = factories.community("140802005023", "学苑社区")
    worker = factories.granted("worker", place)
    UnitEnrolmentFactory(organization=member.enrolments.get().organization, community=place)
    published(worker, place, at)
    assert list(found(member, at.date())) == [Nearness.UNIT]


def test_what_fits_the_own_skills_comes_from_the_county(member, at):
    member.enrolments.update(skills=["computers", "nursing"])
    place = factories.community("140802005023", "学苑社区")
    worker = factories.granted("worker", place)
    published(worker, place, at, title="想学会用手机挂号")
    agreed(worker, place, at, title="清理楼道", field="clean_ups")
    assert found(member, at.date()) == {
        Nearness.SKILLS: [(Sort.WISH, "想学会用手机挂号")],
    }


def test_wishes_far_away_are_not_near(member, stranger, elsewhere, at):
    published(stranger, elsewhere, at)
    assert found(member, at.date()) == {}


def test_own_wishes_look_for_others(member, worker, jinshui, at):
    published(worker, jinshui, at, by=member)
    assert found(member, at.date()) == {}


def test_service_items_and_whistles_are_near_too(member, worker, jinshui, at):
    agreed(worker, jinshui, at)
    blown(worker, jinshui, [factories.OrganizationFactory()], at)
    sorts = {sort for rows in found(member, at.date()).values() for sort, _title in rows}
    assert {Sort.ITEM, Sort.WHISTLE} <= sorts


def test_many_wishes_do_not_hide_the_one_item(member, worker, jinshui, at):
    for number in range(14):
        published(worker, jinshui, at, title=f"心愿{number}")
    agreed(worker, jinshui, at)
    [rows] = found(member, at.date()).values()
    assert (len(rows), rows[-1][0]) == (12, Sort.ITEM)


def test_visitors_see_what_is_public_in_the_place_they_chose(worker, jinshui, at):
    published(worker, jinshui, at)
    agreed(worker, jinshui, at)
    got = found(None, at.date(), chosen=jinshui.pk)
    assert {sort for rows in got.values() for sort, _title in rows} == {Sort.WISH}
    assert list(found(None, at.date())) == [Nearness.ELSEWHERE]


def test_the_page_says_why_it_is_near(member, worker, jinshui, compound, at):
    published(worker, jinshui, at, compound=compound)
    page = words(signed_in(member).get("/near/"))
    assert "在您的小区" in page
    assert "不获取您的位置" in page


def test_one_sort_can_be_chosen(member, worker, jinshui, at):
    published(worker, jinshui, at, title="想请人教用手机挂号")
    page = words(signed_in(member).get("/near/?sort=items"))
    assert "想请人教用手机挂号" not in page
    assert "附近暂时没有这一类的事" in page


def listed(page):
    return [one.title for one in page.context["rows"]]


def test_a_sort_is_shown_whole_and_paged_nearest_first(member, worker, jinshui, compound, at):
    for number in range(21):
        published(worker, jinshui, at, title=f"社区心愿{number}")
    published(worker, jinshui, at, title="小区心愿", compound=compound)
    client = signed_in(member)
    first = client.get("/near/?sort=wishes")
    assert (len(listed(first)), listed(first)[0]) == (20, "小区心愿")
    rest = client.get(f"/near/?sort=wishes&cursor={first.context['page'].after}")
    assert listed(rest) == ["社区心愿1", "社区心愿0"]


def test_each_group_leads_to_all_of_a_sort_with_its_count(member, worker, jinshui, at):
    for number in range(13):
        published(worker, jinshui, at, title=f"心愿{number}")
    agreed(worker, jinshui, at)
    page = words(signed_in(member).get("/near/"))
    assert "查看全部心愿（13）" in page
    assert "查看全部服务项（1）" in page
    assert "查看全部吹哨" not in page


def test_what_is_near_is_found_by_two_characters(member, worker, jinshui, stranger, elsewhere, at):
    published(worker, jinshui, at, title="想要一台收音机")
    published(worker, jinshui, at, title="想要一副老花镜")
    published(stranger, elsewhere, at, title="远处的收音机")
    agreed(worker, jinshui, at, title="修收音机")
    blown(worker, jinshui, [factories.OrganizationFactory()], at, title="收音机太吵")
    client = signed_in(member)
    [(_title, group)] = client.get("/near/?q=音机").context["groups"]
    assert [one.title for one in group.rows] == ["想要一台收音机", "修收音机", "收音机太吵"]
    counts = [count for _name, _label, count in client.get("/near/?q=音机").context["sorts"]]
    assert counts == [1, 1, 1, 0]
    for sort, title in (("wishes", "想要一台收音机"), ("items", "修收音机")):
        assert listed(client.get(f"/near/?sort={sort}&q=音机")) == [title]


def test_the_matter_of_a_whistle_is_not_searched(member, worker, jinshui, at):
    whistle = blown(worker, jinshui, [factories.OrganizationFactory()], at, title="楼道积水")
    client = signed_in(member)
    assert whistle.matter[:2] not in whistle.title
    assert listed(client.get(f"/near/?sort=whistles&q={whistle.matter[:2]}")) == []
    assert listed(client.get("/near/?sort=whistles&q=积水")) == ["楼道积水"]


@pytest.mark.parametrize("query", ["?q=飞机", "?sort=wishes&q=飞机"])
def test_a_search_without_a_hit_says_what_to_do(member, worker, jinshui, at, query):
    published(worker, jinshui, at)
    page = words(signed_in(member).get(f"/near/{query}"))
    assert "附近没有与“飞机”有关的事" in page
    assert "显示全部" in page


@pytest.mark.parametrize("only", ["items", "nothing"])
def test_visitors_cannot_list_what_needs_an_account(worker, jinshui, at, only):
    agreed(worker, jinshui, at)
    page = Client().get(f"/near/?sort={only}")
    assert (page.context["sort"], "rows" in page.context) == ("", False)


def test_visitors_are_told_to_choose_their_place():
    assert "选好社区" in words(Client().get("/near/"))


def test_a_wish_is_promised_in_one_tap(member, worker, jinshui, at):
    wish = published(worker, jinshui, at)
    signed_in(member).post(f"/wishes/{wish.reference}/claim/", {"nonce": str(uuid.uuid4())})
    assert Wish.objects.get().claimed_by == member


def test_own_promises_stand_on_top(member, worker, jinshui, at):
    wish = claimed(worker, member, jinshui, at)
    assert f"/wishes/{wish.reference}/deliver/" in words(signed_in(member).get("/near/"))


def test_joining_in_one_tap_and_leaving_again(member, worker, jinshui, at):
    owner = factories.OrganizationFactory()
    acting = factories.mandated(owner)
    item = agreed(worker, jinshui, at, organization=owner)
    client = signed_in(member)
    for _ in range(2):
        client.post(f"/near/items/{item.reference}/join/")
    assert Joined.objects.get().left_at is None
    assert "您已报名" in words(client.get("/near/"))
    put_into_inboxes(at)
    assert Message.objects.filter(recipient=acting, subject="有人报名来搭把手。").count() == 1
    for _ in range(2):
        client.post(f"/near/items/{item.reference}/leave/")
    assert Joined.objects.get().left_at == at


@pytest.mark.parametrize("query", ["", "?sort=items"])
def test_the_buttons_of_rows_pass_the_check_of_forged_forms(member, worker, jinshui, at, query):
    item = agreed(worker, jinshui, at)
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    page = words(client.get(f"/near/{query}"))
    [token] = set(
        re.findall(
            rf'items/{item.reference}/join/">\s*<input type="hidden"'
            r' name="csrfmiddlewaretoken" value="(\w+)"',
            page,
        )
    )
    client.post(f"/near/items/{item.reference}/join/", {"csrfmiddlewaretoken": token})
    assert Joined.objects.exists()


@pytest.mark.parametrize("verb", ["join", "leave"])
def test_a_button_leads_back_to_the_same_list(member, worker, jinshui, at, verb):
    item = agreed(worker, jinshui, at)
    sent = {"sort": "items", "q": "围栏"}
    response = signed_in(member).post(f"/near/items/{item.reference}/{verb}/", sent)
    assert response.url == "/near/?sort=items&q=%E5%9B%B4%E6%A0%8F"
    assert signed_in(member).post(f"/near/items/{item.reference}/{verb}/").url == "/near/"


@pytest.mark.parametrize("path", ["/near/", "/me/wishes/"])
def test_what_one_joined_stands_with_what_one_promised(path, member, stranger, elsewhere, at):
    item = agreed(stranger, elsewhere, at)
    actions.join(item, by=member, at=at)
    browser = signed_in(member)
    shown = browser.get(path)
    assert list(shown.context["joined"]) == [item]
    assert f'href="/near/items/{item.reference}/"' in words(shown)
    back = "mine" if path == "/me/wishes/" else ""
    left = browser.post(f"/near/items/{item.reference}/leave/", {"back": back})
    assert left.url == path
    assert list(browser.get(path).context["joined"]) == []


def test_who_joined_reads_what_where_when_and_by_which_unit(member, worker, jinshui, compound, at):
    unit, helper = factories.OrganizationFactory(name="市水务局"), factories.OrganizationFactory()
    item = agreed(worker, jinshui, at, compound=compound, organization=unit, helpers=[helper])
    address = f"/near/items/{item.reference}/"
    assert signed_in(member).get(address).status_code == 404
    actions.join(item, by=member, at=at)
    page = words(signed_in(member).get(address))
    told = [item.title, compound.name, "市水务局", helper.name, "我去不了了"]
    assert [word for word in told if word not in page] == []
    assert worker.name not in page


def test_who_joined_reads_that_it_was_given_up(member, worker, jinshui, at):
    item = agreed(worker, jinshui, at)
    actions.join(item, by=member, at=at)
    actions.drop(item, reason="另有安排", by=worker, at=at)
    browser = signed_in(member)
    page = words(browser.get(f"/near/items/{item.reference}/"))
    assert ("另有安排" in page, "我去不了了" in page) == (True, False)
    assert list(browser.get("/near/").context["joined"]) == []


def test_the_owner_and_the_community_read_who_comes(member, worker, jinshui, stranger, at):
    owner = factories.OrganizationFactory()
    acting = factories.mandated(owner)
    item = agreed(worker, jinshui, at, organization=owner)
    actions.join(item, by=member, at=at)
    page = f"/service/{item.reference}/hands/"
    assert member.name in words(signed_in(acting).get(page))
    assert member.name in words(signed_in(worker).get(page))
    answers = [signed_in(one).get(page).status_code for one in (stranger, member)]
    assert answers == [404, 404]


def test_helpers_do_not_read_who_comes(worker, jinshui, at):
    helping = factories.OrganizationFactory()
    acting = factories.mandated(helping)
    item = agreed(worker, jinshui, at, helpers=[helping])
    assert signed_in(acting).get(f"/service/{item.reference}/hands/").status_code == 404


def test_nobody_joins_what_is_done(member, worker, jinshui, at):
    owner = factories.OrganizationFactory()
    item = delivered(worker, factories.mandated(owner), owner, jinshui, at)
    with pytest.raises(Refused):
        actions.join(item, by=member, at=at)


def test_joining_an_item_without_an_owner_tells_nobody(member, worker, jinshui, at):
    actions.join(agreed(worker, jinshui, at), by=member, at=at)
    assert not Message.objects.filter(subject="有人报名来搭把手。").exists()


def test_one_name_stands_once(member, worker, jinshui, at):
    row = actions.join(agreed(worker, jinshui, at), by=member, at=at)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_member_says_what_they_can_do(member):
    Skill.objects.create(code="computers", name="手机电脑辅导")
    client = signed_in(member)
    assert "手机电脑辅导" in words(client.get("/me/skills/"))
    client.post("/me/skills/", {"skills": ["computers"], "service_wishes": ["visits"]})
    enrolment = member.enrolments.get()
    assert (enrolment.skills, enrolment.service_wishes) == (["computers"], ["visits"])


def test_skills_that_do_not_exist_are_refused(member):
    assert signed_in(member).post("/me/skills/", {"skills": ["flying"]}).status_code == 422


def test_who_is_not_enrolled_is_told_how(resident):
    assert "您还没有在社区报到" in words(signed_in(resident).get("/me/skills/"))


def test_nobody_changes_the_skills_of_others(member, worker, at):
    with pytest.raises(Refused):
        organizations.choose_service(
            member.enrolments.get(), skills=[], service_wishes=[], by=worker, at=at
        )


@pytest.fixture
def recorded(member, jinshui, worker, resident, at):
    """A year with a deed of 40 minutes, and an earlier one with an activity."""
    unit = member.enrolments.get().organization
    deed(jinshui, worker, at=at, organization=unit, hands=[(member, 40)], title="陪诊")
    deed(
        jinshui,
        resident,
        at=at,
        kind="activity",
        occurred_on=at.replace(year=2024).date(),
        hands=[(member, 90)],
        title="清扫",
        confirmed_by="",
        confirmed_at=None,
    )
    return signed_in(member)


def test_the_own_record_shows_every_minute_by_year(recorded):
    page = words(recorded.get("/me/record/"))
    assert "陪诊" in page
    assert "受助人确认" in page
    assert "历年合计 2 小时 10 分" in page
    earlier = words(recorded.get("/me/record/?year=2024"))
    assert "尚未确认" in earlier
    assert "陪诊" not in earlier


def test_a_year_says_how_much_of_it_is_not_confirmed(recorded, member):
    assert "其中" not in words(recorded.get("/me/record/"))
    assert "其中 1 小时 30 分尚未确认" in words(recorded.get("/me/record/?year=2024"))
    recorded.post("/me/record/sheet/", {"year": "2024"})
    sheet = Extract.objects.get(person=member)
    page = words(recorded.get(f"/me/record/sheets/{sheet.reference}/"))
    assert "其中 1 小时 30 分尚未确认" in page


@pytest.mark.parametrize("query", ["?year=x", "?year=1999"])
def test_years_without_a_record_give_the_latest(recorded, query):
    assert "陪诊" in words(recorded.get(f"/me/record/{query}"))


def test_an_empty_record_says_what_to_do(resident):
    assert "/near/" in words(signed_in(resident).get("/me/record/"))


def test_the_own_record_as_a_table(recorded):
    response = recorded.get("/me/record/export/")
    rows = list(tables.read_rows(io.BytesIO(b"".join(response.streaming_content))))
    assert rows[0][-2:] == ["时长（分钟）", "确认情况"]
    assert [row[1] for row in rows[1:]] == ["清扫", "陪诊"]


def made(client) -> Extract:
    client.post("/me/record/sheet/", {"year": "2025"})
    return Extract.objects.get()


def test_a_printed_record_is_checked_by_its_code(recorded):
    sheet = made(recorded)
    assert "陪诊" in words(recorded.get(f"/me/record/sheets/{sheet.reference}/"))
    page = words(Client().get(f"/records/{sheet.reference}/"))
    assert "记录属实，与目前一致" in page
    assert ("赵*" in page, "赵明远" in page, "陪诊" in page) == (True, False, False)


def test_a_printed_record_says_in_full_when_it_was_known(recorded, member):
    sheet = made(recorded)
    Extract.objects.update(known_at=datetime(2025, 6, 3, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai")))
    for page in (
        recorded.get(f"/me/record/sheets/{sheet.reference}/"),
        Client().get(f"/records/{sheet.reference}/"),
    ):
        assert "2025 年 6 月 3 日 01:02" in words(page)


def test_a_printed_record_heads_its_minutes_as_a_length_of_time(recorded):
    page = words(recorded.get(f"/me/record/sheets/{made(recorded).reference}/"))
    assert "时长（分钟）" in page
    assert "会议纪要" not in page


def test_the_same_record_is_printed_under_the_same_reference(recorded):
    assert made(recorded) == made(recorded)


def test_a_check_says_when_the_record_has_changed(recorded, member, worker, at):
    sheet = made(recorded)
    entry = queries.record_of(member, 2025).get().entry
    ledger.reverse(entry, by=worker, at=at, reason="记错了")
    page = words(Client().get(f"/records/{sheet.reference}/"))
    assert "打印之后又有新增或冲销" in page
    assert "0 分钟，0 次" in page


@pytest.mark.parametrize("year", ["1999", "x", ""])
def test_empty_years_are_not_printed(recorded, year):
    recorded.post("/me/record/sheet/", {"year": year})
    assert not Extract.objects.exists()


def test_others_do_not_open_a_printed_record(recorded, resident):
    sheet = made(recorded)
    page = f"/me/record/sheets/{sheet.reference}/"
    assert signed_in(resident).get(page).status_code == 404


def test_wrong_references_are_counted(monkeypatch):
    monkeypatch.setattr("youwo.web.near.record.MOST_WRONG", 1)
    answers = [Client().get("/records/XAAAAAAAA/").status_code for _ in range(2)]
    assert answers == [404, 429]


PAGES = {
    ("visitor", "/near/"): 3,
    ("visitor", "/near/?sort=wishes"): 2,
    ("member", "/near/"): 11,
    ("member", "/near/?q=心愿"): 9,
    ("member", "/near/?sort=wishes"): 6,
    ("member", "/near/?sort=items"): 6,
    ("member", "/near/?sort=whistles&q=水"): 6,
    ("member", "/me/record/"): 3,
    ("member", "/me/record/sheets/{sheet}/"): 3,
    ("member", "/me/skills/"): 3,
    ("visitor", "/records/{sheet}/"): 2,
    ("worker", "/service/{item}/hands/"): 3,
}


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_costs_the_same_for_one_and_for_three(
    member, worker, jinshui, compound, at, rows
):
    member.enrolments.update(skills=["computers"])
    for number in range(rows):
        published(worker, jinshui, at, compound=compound)
        item = agreed(worker, jinshui, at)
        blown(worker, jinshui, [factories.OrganizationFactory()], at)
        helper = factories.PersonFactory()
        actions.join(item, by=helper, at=at)
        place = factories.community(f"14080200503{number}", f"第{number}社区")
        deed(jinshui, place, at=at, hands=[(member, 40)])
        UnitEnrolmentFactory(organization=member.enrolments.get().organization, community=place)
    sheet = ledger.extract(member, year=2025, at=at)
    given = {"sheet": sheet.reference, "item": item.reference}
    browsers = {"visitor": Client(), "member": signed_in(member), "worker": signed_in(worker)}
    got = {}
    for who, path in PAGES:
        url = path.format(**given)
        browsers[who].get(url).getvalue()
        with CaptureQueriesContext(connection) as counted:
            response = browsers[who].get(url)
            response.getvalue()
        assert response.status_code == 200
        got[who, path] = len(counted)
    assert got == PAGES
    assert max(got.values()) <= 12
