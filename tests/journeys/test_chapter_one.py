"""The first chapter whole: from what people say at a hearing to a judged deed and a unit's reply.

The network goes away in the middle of the hearing; one unit objects to a whistle and another comes.
At the end the case is followed from both ends, and the figure has grown by each deed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, Phone
from tests.journeys.test_wish import deeds

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

# The units of the story with who acts for each, and the tables that the city keeps.
CHAPTER = f"""
from django.utils import timezone
from tests import factories
from tests.organizations.factories import UnitEnrolmentFactory
from youwo.areas.models import Area
from youwo.core.search import terms
from youwo.dispatch.actions import load_ladder
from youwo.evaluation.actions import load_templates
from youwo.needs.defaults import load_problem_kinds

jinshui = Area.objects.get(pk="140802005022")
for number, name in enumerate(("机械厂家属院", "向阳院"), start=1):
    factories.area(f"140802005022-000{{number}}", name)
factories.ConsentTextFactory(purpose="problem")
load_problem_kinds()
load_ladder(at=timezone.now())
load_templates(Area.objects.get(pk="1408"), at=timezone.now())
for username, name, kind in (
    ("tax", "市税务局", "government"),
    ("property", "安和物业", "property"),
    ("owners", "金税业委会", "owners"),
    ("first", "区城管局", "government"),
    ("second", "区公路段", "public"),
):
    unit = factories.OrganizationFactory(
        name=name, kind=kind, area=jinshui, search_terms=terms(name)
    )
    person = factories.mandated(unit, username=username, name="姬文静")
    person.set_password("{PASSWORD}")
    person.save()
    if username == "tax":
        UnitEnrolmentFactory(organization=unit, community=jinshui)
"""

# How the database knows things by, for addresses that people get on paper.
REFERENCE = """
from youwo.needs.models import {model}
print({model}.objects.filter({where}).latest("pk").reference)
"""

# What is said, of what kind, by whom, and where.
FENCE, FENCE_TOO = "后墙塌了一截，外人随便进", "后院没有围栏，孩子一跑就到马路上"
BINS = "院里垃圾桶不够用，夏天味道大"
ROAD = "门口路面塌了个坑，下雨积水绊人"
LINES = [
    (FENCE, "problem", "围墙、栅栏破损或缺少", "王秀兰", "13900000001", "机械厂家属院"),
    (FENCE_TOO, "problem", "围墙、栅栏破损或缺少", "柴永福", "13900000002", "机械厂家属院"),
    (BINS, "problem", "垃圾桶缺少或破损", "冯桂珍", "13900000003", "向阳院"),
    (ROAD, "problem", "院内道路破损、积水", "畅春生", "13900000004", "向阳院"),
    ("想要一个带放大镜的指甲剪", "wish", "物品", "薛爱莲", "13900000005", ""),
    ("想请人教教用手机挂号", "wish", "学一门本事", "景德胜", "13900000006", ""),
    ("孩子在外地，想有人来坐坐", "wish", "陪伴", "同上", "", ""),
    ("想要一台收音机听蒲剧", "wish", "物品", "卫春梅", "13900000007", ""),
    ("想请人帮忙擦擦高处的窗户", "wish", "服务", "樊大爷", "13900000008", ""),
    ("想去看一场戏", "wish", "外出", "同上", "", ""),
    ("大家提议座谈会每个季度开一次", "note", "", "", "", ""),
    ("下次请物业也来讲讲收费", "note", "", "", "", ""),
]


@pytest.fixture
def reference(installation):
    """Look up the newest row's reference in the city's database."""

    def look_up(model: str, where: str) -> str:
        return installation.python(REFERENCE.format(model=model, where=where)).splitlines()[-1]

    return look_up


def told(page: Page) -> None:
    """See that the page says it is done."""
    expect(page.locator("#messages .note.success").first).to_be_visible()


def arrived(page: Page) -> None:
    """See the whole page that was gone to, not only what of it has come so far."""
    page.wait_for_load_state("load")


def act(page: Page, verb: str) -> None:
    """Open the folded form of an act, if it is folded."""
    page.evaluate("id => document.getElementById(id).setAttribute('open', '')", verb)


# --- the hearing ---------------------------------------------------------------------------------
def hold_a_hearing(worker: Phone) -> None:
    page = worker.open("/work/hearings/new/")
    page.fill("[name=topic]", "税务局与金税社区座谈会")
    page.fill("[name=place]", "社区活动室")
    page.fill("[name=organization]", "市税务局")
    page.click("main .sheet-btn .btn-primary")
    expect(page).to_have_url(re.compile(r"/work/hearings/\w+/lines/"))
    expect(page.locator("form.scripted")).to_be_visible()
    for number, line in enumerate(LINES):
        if number == 4:
            page.context.set_offline(True)
        if number == 8:
            page.context.set_offline(False)
        type_line(page, *line)
    expect(page.locator("[data-count]")).to_contain_text("12", timeout=60_000)
    expect(page.locator("[data-line] [data-state].chip.done")).to_have_count(12, timeout=60_000)
    page.click("[data-close]")
    expect(page).to_have_url(re.compile(r"/work/hearings/\w+/close/"))
    arrived(page)
    for choice in page.locator("input[type=radio][value='']").all():
        choice.check()
    page.click("main .sheet-btn .btn-primary")
    told(page)


def type_line(
    page: Page, said: str, what: str, kind: str, name: str, phone: str, compound: str
) -> None:
    """Type into the first empty line, as somebody does who listens."""
    rows = page.locator("[data-line]")
    row = next(
        row for row in rows.all() if not row.locator("[data-cell=said]").input_value().strip()
    )
    nonce = row.get_attribute("data-nonce")
    row = page.locator(f"[data-line][data-nonce='{nonce}']")
    row.locator("[data-cell=said]").fill(said)
    row.locator("[data-cell=what]").select_option(what)
    for cell, words in (("kind", kind), ("name", name), ("phone", phone)):
        if words:
            row.locator(f"[data-cell={cell}]").fill(words)
    if compound:
        row.locator("[data-cell=compound]").select_option(label=compound)
    row.locator("[data-cell=building]").press("Enter")


# --- problems ------------------------------------------------------------------------------------
def accept(worker: Phone, reference: str, title: str) -> None:
    page = worker.open(f"/work/problems/{reference}/")
    act(page, "accept")
    page.fill("#accept [name=public_title]", title)
    page.click("#accept .btn-primary")
    told(page)


def merge(worker: Phone, into: str) -> None:
    page = worker.open(f"/work/problems/{into}/")
    act(page, "merge")
    page.locator("#merge input[type=radio], #merge input[type=checkbox]").first.check()
    page.click("#merge button.btn")
    told(page)


def judge(resident: Phone, reference: str, phone: str) -> None:
    """Say, with the reference and the last four digits, that it is solved."""
    page = resident.open("/follow/")
    page.fill("[name=reference]", reference)
    page.fill("[name=digits]", phone[-4:])
    page.click("main form .btn-primary")
    expect(page).to_have_url(re.compile(rf"/follow/{reference}/"))
    page.check("[name=satisfied][value=yes]")
    page.click(f"form[action='/follow/{reference}/judge/'] .btn-primary")
    expect(page.locator("main .chip.done").first).to_be_visible()


# --- the joint meeting ---------------------------------------------------------------------------
def hold_a_meeting(worker: Phone, tax: Phone) -> None:
    page = worker.open("/meetings/new/")
    page.fill("[name=reason]", "座谈会后商定服务清单")
    # Tomorrow: whatever the hour, that is still to come.
    page.fill("[name=on]", (date.today() + timedelta(days=1)).isoformat())
    page.fill("[name=begins]", "15:00")
    page.fill("[name=place]", "社区活动室")
    for box in page.locator("[name=organizations]").all():
        box.check()
    page.click("main .sheet-btn .btn-primary")
    told(page)
    meeting = re.sub(r"(/meetings/\w+/).*", r"\1", page.url)

    page = tax.open(f"{meeting.removeprefix(tax.url)}answer/")
    page.check("[name=answer][value=yes]")
    page.click("main .sheet-btn .btn-primary")
    told(page)

    page = worker.page
    page.goto(f"{meeting}agenda/")
    for title in ("后墙塌了一截", "垃圾桶不够用"):
        page.locator("label.choice").filter(has_text=title).locator("input").check()
    page.click("main .sheet-btn .btn-primary")
    told(page)
    page.click("form[action$='/hold/'] .btn-primary")
    page.goto(f"{meeting}run/")
    page.click("form[action$='/attendance/'] button")
    decide(page, "后墙塌了一截", "给家属院装围栏", "安和物业")
    decide(page, "垃圾桶不够用", "添置垃圾桶和灭火器", "市税务局")
    page.click("form[action$='/close/'] .btn-primary")
    told(page)
    page.goto(f"{meeting}list/")
    expect(page.locator("main")).to_contain_text("给家属院装围栏")


def decide(page: Page, matter: str, title: str, owner: str) -> None:
    page.locator("main li").filter(has_text=matter).locator("a.btn").first.click()
    page.fill("[name=title]", title)
    page.select_option("[name=organization]", label=owner)
    page.fill("[name=due_on]", (date.today() + timedelta(days=10)).isoformat())
    page.select_option("[name=field]", "safety")
    page.locator("main .sheet-btn .btn-primary").first.click()
    told(page)


# --- what is done --------------------------------------------------------------------------------
def deliver(unit: Phone, title: str, what: str, goods: Sequence[tuple[str, str, str]] = ()) -> str:
    """Find the item in the own list and say what was done; return the item's address."""
    page = unit.open("/service/")
    page.locator("main #rows a, main .rows a").filter(has_text=title).first.click()
    arrived(page)
    item = page.url
    page.goto(f"{item}deliver/")
    page.fill("[name=what]", what)
    page.fill("[name=minutes]", "120")
    page.fill("[name=people]", "5")
    for number, (thing, quantity, measure) in enumerate(goods):
        details = page.locator("details").filter(has=page.locator("[name$='-0-thing']"))
        details.evaluate("one => one.open = true")
        page.fill(f"[name$='-{number}-thing']", thing)
        page.fill(f"[name$='-{number}-quantity']", quantity)
        page.fill(f"[name$='-{number}-unit']", measure)
    page.click("main .sheet-btn .btn-primary")
    told(page)
    return item.removeprefix(unit.url)


def hand_over(worker: Phone, item: str, *quantities: str) -> None:
    """Hand all over in the compound that the item is about: it is filled in already."""
    page = worker.open(item)
    page.locator("main a[href^='/work/deliveries/']").first.click()
    arrived(page)
    for goods, quantity in zip(page.locator(".shares fieldset").all(), quantities, strict=True):
        expect(goods.get_by_label("向阳院")).to_have_value(quantity)
    page.click("main .sheet-btn .btn-primary")
    told(page)


def take(worker: Phone, item: str) -> None:
    page = worker.open(f"{item}close/")
    page.fill("[name=served]", "60")
    page.locator("main .sheet-btn .btn-primary").click()
    told(page)
    expect(page.locator("main .stamp").first).to_be_visible()


# --- the whistle ---------------------------------------------------------------------------------
def whistle(worker: Phone, problem: str) -> str:
    page = worker.open(f"/work/whistles/new/{problem}/")
    page.locator("[name=level]").first.check()
    choose_unit(page, "区城管局")
    page.fill("[name=matter]", "门口路面有坑，雨后积水，请来看看")
    page.select_option("[name=field]", "troubles")
    page.click("main .sheet-btn .btn-primary")
    expect(page).to_have_url(re.compile(r"/work/whistles/C\w+/"))
    return page.url.removeprefix(worker.url)


def choose_unit(page: Page, name: str) -> None:
    if not page.locator("#units label.choice").filter(has_text=name).count():
        page.fill("#unit-words", name)
        page.click("#units button[name=search]")
    page.locator("#units label.choice").filter(has_text=name).locator("input").check()


def object_to(unit: Phone, address: str) -> None:
    page = unit.open(address)
    act(page, "object")
    page.fill("#object [name=reason], #object textarea", "这段路在红线外，由公路段养护")
    page.click("#object button.btn")
    told(page)


def uphold(coordinator: Phone, address: str) -> None:
    page = coordinator.open(f"{address}decide/")
    page.check("[name=granted][value=yes]")
    page.fill("[name=reason]", "核对了养护范围，确实不归这家单位")
    page.locator("details").filter(has=page.locator("#units")).evaluate("one => one.open = true")
    choose_unit(page, "区公路段")
    page.check("[name=granted][value=yes]")
    page.fill("[name=reason]", "核对了养护范围，确实不归这家单位")
    page.click("main .sheet-btn .btn-primary")
    told(page)


def report(unit: Phone, address: str) -> None:
    page = unit.open(f"{address}answer/")
    page.fill("[name=who]", "养护队两名师傅")
    page.check("[name=when][value=soon]")
    page.click("main .sheet-btn .btn-primary")
    told(page)


# --- the evaluation ------------------------------------------------------------------------------
def evaluate(coordinator: Phone, worker: Phone, tax: Phone) -> None:
    page = coordinator.open("/work/evaluations/new/")
    page.check("[name=subject][value=unit]")
    page.check("[name=period][value=own]")
    page.fill("[name=starts_on]", (date.today() - timedelta(days=60)).isoformat())
    page.fill("[name=last_on]", (date.today() - timedelta(days=1)).isoformat())
    page.fill("[name=opens_on]", date.today().isoformat())
    page.click("main .sheet-btn .btn-primary")
    told(page)
    round_ = page.url.removeprefix(coordinator.url)

    page = worker.open(f"{round_}sheets/")
    page.locator("#rows a").first.click()
    arrived(page)
    names = {field.get_attribute("name") or "" for field in page.locator("main [name^=q]").all()}
    for name in sorted(names):
        page.locator(f"[name={name}]").first.check()
    page.fill("[name=words]", "说到做到")
    page.click("main .sheet-btn .btn-primary")
    told(page)

    page = coordinator.open(round_)
    page.click("details:has(form[action$='/close/']) summary")
    for verb in ("close", "publish"):
        page.click(f"form[action$='/{verb}/'] .btn")
        told(page)

    page = tax.open("/me/evaluations/")
    page.locator("main .rows a").first.click()
    page.fill("[action$='/reply/'] [name=words]", "谢谢，下次先备料再约时间")
    page.click("[action$='/reply/'] .btn")
    expect(page.locator("#replies")).to_contain_text("谢谢，下次先备料再约时间")


# --- all of it -----------------------------------------------------------------------------------
def test_from_what_people_say_to_a_judged_deed(site, installation, make_phone, reference):
    installation.python(CHAPTER)
    names = ("worker", "coordinator", "tax", "property", "first", "second")
    phones = {name: make_phone(site) for name in names}
    for name, phone in phones.items():
        phone.sign_in(name)
    worker, coordinator = phones["worker"], phones["coordinator"]
    visitor, resident = make_phone(site), make_phone(site)
    before = deeds(visitor)

    hold_a_hearing(worker)
    problems = {
        said: reference("Problem", f"reports__said={said!r}")
        for said in (FENCE, FENCE_TOO, BINS, ROAD)
    }
    for said, title in (
        (FENCE, "家属院后墙塌了一截"),
        (FENCE_TOO, "家属院后院没有围栏"),
        (BINS, "向阳院垃圾桶不够用"),
        (ROAD, "向阳院门口路面塌陷"),
    ):
        accept(worker, problems[said], title)
    merge(worker, problems[FENCE])
    hold_a_meeting(worker, phones["tax"])

    fence = deliver(phones["property"], "给家属院装围栏", "围栏装好了，留了小门")
    bins = deliver(
        phones["tax"],
        "添置垃圾桶和灭火器",
        "送到院里摆好",
        [("垃圾桶", "40", "个"), ("灭火器", "20", "组")],
    )
    hand_over(worker, bins, "40", "20")
    address = whistle(worker, problems[ROAD])
    object_to(phones["first"], address)
    uphold(coordinator, address)
    report(phones["second"], address)
    road = deliver(phones["second"], "向阳院门口路面塌陷", "挖开重填，铺平压实")

    voices = ((FENCE, "13900000001"), (BINS, "13900000003"), (ROAD, "13900000004"))
    for said, phone in voices:
        judge(resident, reference("Report", f"said={said!r}"), phone)
    for item in (fence, bins, road):
        take(worker, item)
    assert deeds(visitor) == before + 3

    evaluate(coordinator, worker, phones["tax"])

    # From the voice to the deed …
    page = worker.open(f"/work/problems/{problems[FENCE]}/")
    page.locator(f"main a[href='{fence}']").first.click()
    expect(page.locator(".lineage")).to_contain_text("2")
    page.locator("main a[href^='/figures/facts/']").first.click()
    expect(page.locator("h1")).to_have_text("给家属院装围栏")
    # … and from a thing that stands in the yard back to the delivery that brought it …
    page = worker.open("/work/assets/")
    page.locator("#rows a, main .rows a").filter(has_text="垃圾桶").first.click()
    expect(page.locator(f"main a[href='{bins}']").first).to_be_visible()
    # … and from the deed back to the voices.
    page = coordinator.open("/figures/140802/deeds/")
    page.locator("#rows a").filter(has_text="添置垃圾桶和灭火器").click()
    expect(page.locator("main")).to_contain_text("垃圾桶 40")
    page.locator(f"main a[href='{bins}']").first.click()
    page.locator(f"main a[href='/work/problems/{problems[BINS]}/']").first.click()
    expect(page.locator("#voices")).to_be_visible()

    said = [phone.said for phone in (*phones.values(), visitor, resident)]
    # While the network was away, the browser said so.
    assert [one for line in said for one in line if "ERR_INTERNET_DISCONNECTED" not in one] == []
