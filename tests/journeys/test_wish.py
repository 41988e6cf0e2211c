"""The whole way of a wish, from a resident's words to a figure that somebody opens."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PUBLISHED

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

SAID = "想请人教教我怎么在手机上挂号，孩子在外地"


def deeds(phone) -> int:
    """The city's figure of deeds this year, as everybody reads it."""
    page = phone.open("/figures/1408/deeds/")
    return int(page.locator(".figure .v span").first.inner_text().replace(",", ""))


def make_a_wish(phone) -> str:
    page = phone.open("/")
    page.locator("main a[href='/wishes/new/']").first.click()
    page.fill("[name=said]", SAID)
    phone.press("下一步")
    page.fill("[name=place_words]", "金税")
    page.click("button[name=find]")
    page.check("input[name=community][value='140802005022']")
    page.fill("[name=address]", "3号楼2单元501")
    phone.press("下一步")
    page.fill("[name=phone]", "139 0000 1234")
    page.fill("[name=name]", "张敬之")
    page.check("[name=consent]")
    page.click("main .sheet-btn .btn-primary")
    page.wait_for_url("**/follow/*/")
    return page.url.rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_wish_becomes_an_honest_figure(site, make_phone, scripts):
    visitor, resident, worker, member, colleague, coordinator = phones = [
        make_phone(site, java_script_enabled=scripts) for _ in range(6)
    ]
    before = deeds(visitor)

    reference = make_a_wish(resident)

    page = worker.sign_in("worker")
    worker.open("/work/")
    page.locator("main .queue a.btn").first.click()
    expect(page).to_have_url(re.compile(rf"/work/wishes/{reference}/"))
    page.fill("[name=public_title]", "想请人教用手机挂号")
    page.fill("[name=public_text]", "想学会在手机上挂号。")
    page.fill("[name=public_person]", "独居老人，78 岁")
    page.click("#publish .btn-primary")
    expect(page.locator("#messages .note.success")).to_be_visible()

    page = member.sign_in("member")
    member.open("/wishes/")
    page.click("text=想请人教用手机挂号")
    page.click(".sheet-btn a.btn-primary")
    page.fill("[name=appointment]", "周四下午四点")
    page.click(".sheet-btn button.btn-primary")
    expect(page.locator("#messages .note.success")).to_be_visible()
    page.click(f"form[action='/wishes/{reference}/contact/'] button")
    expect(page.locator("main")).to_contain_text("13900001234")
    member.open(f"/wishes/{reference}/")
    page.click(".sheet-btn a.btn-primary")
    page.fill("[name=what]", "上门教了两遍，自己挂上了号")
    page.fill("[name=minutes]", "45")
    page.click(".sheet-btn button.btn-primary")
    expect(page.locator("#messages .note.success")).to_be_visible()

    assert deeds(visitor) == before
    page = resident.open(f"/follow/{reference}/")
    page.click(f"form[action='/follow/{reference}/confirm/'] button")
    expect(page.locator("main .stamp").first).to_be_visible()

    page = colleague.sign_in("colleague")
    colleague.open("/work/")
    page.locator("main .queue a.btn").first.click()
    for question in ("came", "on_time", "again"):
        page.check(f"#call_back [name={question}][value=yes]")
    page.click("#call_back .btn-primary")
    expect(page.locator("#messages .note.success")).to_be_visible()

    assert deeds(visitor) == before + 1

    page = coordinator.sign_in("coordinator")
    coordinator.open("/figures/140802/deeds/")
    page.locator("#rows a").filter(has_text="想请人教用手机挂号").click()
    expect(page).to_have_url(re.compile(r"/figures/facts/\d+/"))
    expect(page.locator("h1")).to_have_text("想请人教用手机挂号")
    expect(page.locator("main .stamp")).to_be_visible()

    assert [phone.said for phone in phones] == [[]] * 6


def test_two_members_press_at_the_same_moment(site, installation, make_phone):
    reference = installation.python(PUBLISHED).splitlines()[-1]
    phones = [make_phone(site) for _ in range(2)]
    for phone, name in zip(phones, ("member", "other"), strict=True):
        phone.sign_in(name)
        phone.open(f"/wishes/{reference}/claim/")

    press = "document.querySelector('.sheet-btn button.btn-primary').click()"
    moment = max(phone.page.evaluate("Date.now()") for phone in phones) + 700
    for phone in phones:
        phone.page.evaluate(
            f"moment => {{ setTimeout(() => {press}, moment - Date.now()) }}", moment
        )

    told = [phone.page.locator("#messages .note.success, main .problems") for phone in phones]
    for said in told:
        expect(said).to_be_visible()
    sentences = sorted(said.inner_text() for said in told)
    assert "刚刚有人先一步认领了。" in sentences[0] + sentences[1]
    assert sorted(phone.page.url.endswith("/claim/") for phone in phones) == [False, True]
    count = "from youwo.capacity.models import Claim; print(Claim.objects.count())"
    assert installation.python(count).splitlines()[-1] == "1"
