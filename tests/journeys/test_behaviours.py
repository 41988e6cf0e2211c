"""What the small scripts do for people, and what works without them, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WISH = "想请人教用手机挂号\n每月都要去市医院"


@pytest.fixture
def open_page(chromium, live_server):
    """Open a page on a phone."""
    contexts = []

    def open_(path, **options):
        context = chromium.new_context(
            viewport={"width": 390, "height": 844},
            locale="zh-CN",
            base_url=live_server.url,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


def test_typed_text_survives_a_reload(open_page):
    page = open_page("/wishes/new/")

    page.fill("textarea[name=said]", WISH)
    page.reload()

    expect(page.locator("textarea[name=said]")).to_have_value(WISH)


def test_expired_form_is_sent_with_one_more_tap(open_page):
    page = open_page("/wishes/new/")
    page.fill("textarea[name=said]", WISH)
    page.context.clear_cookies()

    page.click("main form .btn-primary")
    expect(page.locator("h1")).to_have_text("再点一下就发出去了")
    expect(page.locator("main")).to_contain_text("每月都要去市医院")
    page.click("main form .btn-primary")

    expect(page.locator("h1", has_text="再点一下就发出去了")).to_have_count(0)


def test_a_place_that_is_left_out_is_not_said_to_be_noted(open_page, jinshui):
    here = {"longitude": 111.0, "latitude": 35.02}
    page = open_page("/wishes/new/", geolocation=here, permissions=["geolocation"])
    page.fill("textarea[name=said]", WISH)
    page.click("main form .btn-primary")
    noted = page.locator("[data-point] span")

    page.click("[data-point]")
    expect(noted).to_have_text("位置记下了")
    page.click("[data-pick] summary")
    page.click("[data-forget]")

    expect(noted).not_to_have_text("位置记下了")
    expect(page.locator("input[name=longitude]")).to_have_value("")


def test_large_type_works_without_scripts(open_page):
    page = open_page("/", java_script_enabled=False)

    page.click(".topbar .pill")

    expect(page.locator("html[data-elder]")).to_have_count(1)


def test_place_is_chosen_without_scripts(open_page, jinshui):
    page = open_page("/", java_script_enabled=False)

    page.click(".topbar .where")
    page.fill("main input[name=q]", "金税")
    page.click("main .search button")
    page.click("main button[name=code]")

    expect(page.locator(".topbar .where")).to_contain_text("金税社区")


@pytest.mark.parametrize("elder", ["0", "1"])
@pytest.mark.parametrize("path", ["/", "/place/", "/nothing/"])
def test_page_is_never_wider_than_the_phone(open_page, path, elder):
    factories.community("140802005022", "金税社区")
    page = open_page("/")
    page.context.add_cookies([{"name": "elder", "value": elder, "url": page.url}])

    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_page_says_nothing_into_the_console(open_page):
    page = open_page("/place/")
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto("/")
    page.wait_for_load_state("networkidle")

    assert said == []
