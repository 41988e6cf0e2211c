"""A hearing on a phone: twelve lines, each once, whatever the network does."""

import pytest
from playwright.sync_api import Error, expect

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

KINDS = "from youwo.needs.defaults import load_problem_kinds; load_problem_kinds()"
SAID = """
from youwo.needs.models import HearingLine
for line in HearingLine.objects.order_by("number"):
    print(line.number, line.said, line.what, line.name, line.phone)
"""
CASES = """
from youwo.needs.models import Report, Wish
print(Wish.objects.count(), Report.objects.count())
"""
LINES = [
    "楼道灯坏了半个月",
    "想请人教教怎么在手机上挂号",
    "垃圾桶坏了没人换",
    "想有人陪着去办老年证",
    "北边的护栏倒了",
    "灭火器都过期了",
    "孩子想要一套科普书",
    "空地上堆着装修垃圾",
    "想听听退税怎么办",
    "电动车进楼充电",
    "想请人把旧沙发抬下楼",
    "井盖松了走路危险",
]


def opened(phone) -> str:
    """Open a hearing in the browser; return the address of its lines."""
    page = phone.open("/work/hearings/new/")
    page.fill("[name=topic]", "税务局心愿征集座谈会")
    page.fill("[name=place]", "社区二楼")
    page.click("main .sheet-btn .btn-primary")
    page.wait_for_url("**/lines/")
    return page.url


def type_line(page, said: str, name: str = "", number: str = "") -> None:
    """Type a line with the keyboard alone, and go on to the next one."""
    page.keyboard.insert_text(said)
    if name:
        for text in ("", "", name, number):
            page.keyboard.press("Tab")
            page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def kept(page) -> int:
    """How many lines wait on this device."""
    return page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('hearing:')).length"
    )


@pytest.fixture
def phone(site, installation, make_phone):
    installation.python(KINDS)
    phone = make_phone(site)
    phone.sign_in("worker")
    return phone


def test_twelve_lines_with_the_network_cut_in_the_middle(phone, installation):
    lines = opened(phone)
    page = phone.page
    page.locator(".line.open [data-cell=said]").focus()
    for number, said in enumerate(LINES[:4]):
        type_line(page, said, f"居民{number}", f"1390000000{number}")
    expect(page.locator("[data-count]")).to_have_text("4 条全部存好")
    assert kept(page) == 0

    page.context.set_offline(True)
    for said in LINES[4:8]:
        type_line(page, said, "张敬之", "13800001234")
    expect(page.locator(".line[data-state=typed]")).to_have_count(4)
    assert kept(page) == 4
    # Leaving the page and coming back loses nothing.
    with pytest.raises(Error):
        page.reload()
    page.context.set_offline(False)
    page.goto(lines)
    expect(page.locator("[data-count]")).to_have_text("8 条全部存好")
    assert kept(page) == 0

    # An answer that never arrives: the server has the line, and the phone does not know.
    page.route("**/lines/send/", lambda route: (route.fetch(), route.abort()))
    page.locator(".line.open [data-cell=said]").focus()
    type_line(page, LINES[8])
    expect(page.locator(".line[data-state=typed]")).to_have_count(1)
    page.unroute("**/lines/send/")
    for said in LINES[9:]:
        type_line(page, said)
    expect(page.locator("[data-count]")).to_have_text("12 条全部存好")

    rows = installation.python(SAID).strip().splitlines()
    assert [row.split()[1] for row in rows] == LINES
    assert rows[4].split()[3:] == ["张敬之", "13800001234"]
    page.click("[data-close]")
    page.wait_for_url("**/close/")
    phone.press("结束座谈会")
    assert sum(map(int, installation.python(CASES).split())) == 12


def test_the_keys_turn_a_line_and_repeat_the_speaker(phone, installation):
    opened(phone)
    page = phone.page
    page.locator(".line.open [data-cell=said]").focus()
    type_line(page, "楼道灯坏了", "张敬之", "13800001234")
    page.keyboard.insert_text("还想学打车")
    page.keyboard.press("F4")
    page.keyboard.press("F2")
    page.keyboard.press("F2")
    page.keyboard.press("F2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-count]")).to_have_text("2 条全部存好")
    assert installation.python(SAID).strip().splitlines()[1].split()[2:] == [
        "note",
        "张敬之",
        "13800001234",
    ]


def test_a_number_that_is_none_stays_to_be_mended_and_goes_when_it_is_emptied(phone, installation):
    opened(phone)
    page = phone.page
    page.locator(".line.open [data-cell=said]").focus()
    type_line(page, "楼道灯坏了", "张敬之", "138")
    expect(page.locator("[data-count]")).to_have_text("1 条全部存好")
    page.reload()
    first = page.locator(".line").first
    number = first.locator("[data-cell=phone]")
    first.locator("[data-cell=said]").focus()
    expect(number).to_have_value("138")
    number.fill("")
    number.press("Enter")
    expect(page.locator("[data-count]")).to_have_text("1 条全部存好")
    expect(first.locator("[data-says]")).to_have_text("")
    expect(number).to_have_value("")
    assert installation.python(SAID).strip().split() == ["1", "楼道灯坏了", "problem", "张敬之"]


def test_a_line_is_left_out_and_put_back(phone, installation):
    opened(phone)
    page = phone.page
    page.locator(".line.open [data-cell=said]").focus()
    type_line(page, "楼道灯坏了")
    expect(page.locator("[data-count]")).to_have_text("1 条全部存好")
    page.locator(".line").first.locator("[data-cell=said]").focus()
    page.locator(".line.open [data-drop]").click()
    expect(page.locator(".line.dropped[data-state='']")).to_have_count(1)
    page.locator(".line.open [data-drop]").click()
    expect(page.locator("[data-count]")).to_have_text("1 条全部存好")


def test_a_pasted_table_becomes_lines(phone, installation):
    lines = opened(phone)
    page = phone.page
    page.evaluate(
        """() => {
            const cell = document.querySelector(".line.open [data-cell=said]");
            const data = new DataTransfer();
            data.setData("text/plain", "姓名\\t诉求\\n张敬之\\t楼道灯坏了\\n李桂兰\\t想学手机挂号");
            const options = {clipboardData: data, bubbles: true, cancelable: true};
            cell.dispatchEvent(new ClipboardEvent("paste", options));
        }"""
    )
    page.wait_for_url("**/paste/")
    page.click("main .sheet-btn .btn-primary")
    page.wait_for_url(f"{lines}#next")
    assert len(installation.python(SAID).strip().splitlines()) == 2


def test_what_is_typed_before_the_script_has_come_stays(phone, installation):
    lines, page, late = opened(phone), phone.page, []

    def keep_back(route):
        late.append(route)

    page.route("**/hearing*.js", keep_back)
    with page.expect_request("**/hearing*.js"):
        page.goto(lines, wait_until="commit")
    early = page.locator("[data-cell=said]").first
    early.fill("楼道灯坏了")
    early.focus()
    for route in late:
        route.continue_()
    expect(page.locator("form.scripted")).to_be_visible()
    expect(page.locator(".line.open [data-cell=said]")).to_have_value("楼道灯坏了")
    page.keyboard.insert_text("半个月")
    page.keyboard.press("Enter")
    expect(page.locator("[data-count]")).to_have_text("1 条全部存好")
    assert [row.split()[1] for row in installation.python(SAID).strip().splitlines()] == [
        "楼道灯坏了半个月"
    ]


def test_twelve_lines_without_a_script(site, installation, make_phone):
    installation.python(KINDS)
    phone = make_phone(site, java_script_enabled=False)
    phone.sign_in("worker")
    opened(phone)
    page = phone.page
    for half in (LINES[:6], LINES[6:]):
        empty = page.locator(".line[data-revision='0'] [data-cell=said]")
        for place, said in enumerate(half):
            empty.nth(place).fill(said)
        page.click("[data-save]")
        page.wait_for_load_state()
    rows = installation.python(SAID).strip().splitlines()
    assert [row.split()[1] for row in rows] == LINES
