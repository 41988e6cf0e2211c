"""What becomes of typed words in a real browser: sent once, and kept exactly as long as needed."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_wish import SAID, make_a_wish

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

COUNT = "from youwo.needs.models import Wish; print(Wish.objects.count())"


def test_pressed_twice_in_a_hurry_is_sent_once(site, installation, make_phone):
    page = make_phone(site).open("/wishes/new/")
    page.fill("[name=said]", SAID)
    page.click("main .sheet-btn .btn-primary")
    page.fill("[name=place_words]", "金税")
    page.click("button[name=find]")
    page.check("input[name=community]")
    page.click("main .sheet-btn .btn-primary")
    page.fill("[name=phone]", "13900001234")
    page.check("[name=consent]")

    page.dblclick("main .sheet-btn .btn-primary")
    page.wait_for_url("**/follow/*/")

    assert installation.python(COUNT).splitlines()[-1] == "1"


def test_after_sending_the_next_wish_begins_empty(site, make_phone):
    phone = make_phone(site)
    make_a_wish(phone)

    page = phone.open("/wishes/new/")

    expect(page.locator("[name=said]")).to_have_value("")


def test_worker_takes_one_down_after_the_other(site, installation, make_phone):
    phone = make_phone(site)
    phone.sign_in("worker")
    page = phone.open("/work/wishes/new/")
    for said in ("想学写毛笔字", "想有人陪着下棋"):
        page.fill("[name=said]", said)
        page.click("button[name=another]")
        expect(page.locator("#messages .note.success")).to_be_visible()
        expect(page.locator("[name=said]")).to_have_value("")

    assert installation.python(COUNT).splitlines()[-1] == "2"
    assert phone.said == []


def test_refused_words_are_still_there_after_a_look_elsewhere(site, make_phone):
    phone = make_phone(site)
    page = phone.open("/suggest/")
    page.fill("[name=words]", "字太小，看不清")
    page.fill("[name=phone]", "12")
    page.click("main form .btn-primary")
    expect(page.locator("main .problems")).to_be_visible()

    phone.open("/")
    phone.open("/suggest/")

    expect(page.locator("[name=words]")).to_have_value("字太小，看不清")


def test_accepted_words_are_gone(site, make_phone):
    phone = make_phone(site)
    page = phone.open("/suggest/")
    page.fill("[name=words]", "字太小，看不清")
    page.click("main form .btn-primary")
    expect(page.locator("#messages .note.success")).to_be_visible()

    phone.open("/suggest/")

    expect(page.locator("[name=words]")).to_have_value("")
