"""The queue: what waits for somebody, in the order of the clock."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.needs.factories import claimed, confirmed, delivered, published, received
from tests.web.needs.people import HTML, signed_in, words
from youwo.needs import actions
from youwo.needs.models import Wish
from youwo.needs.sweep import sweep

pytestmark = pytest.mark.django_db


def items(browser):
    return browser.get("/work/").context["items"]


def test_worker_reads_what_came_in_and_what_to_do(at_work, jinshui, at):
    wish = received(jinshui, at, said="想请人教教手机")
    (item,) = items(at_work)
    assert (item.sentence, item.button, item.href) == (
        "审一审：想请人教教手机",
        "审核",
        f"/work/wishes/{wish.reference}/",
    )


def test_most_urgent_stands_first(at_work, jinshui, at):
    later = received(jinshui, at)
    sooner = received(jinshui, at - timedelta(days=3))
    assert [item.href.split("/")[3] for item in items(at_work)] == [
        sooner.reference,
        later.reference,
    ]


def test_call_back_waits_for_the_colleague_and_not_for_the_doer(worker, jinshui, at):
    colleague = factories.granted("worker", jinshui)
    confirmed(worker, worker, jinshui, at)
    assert [len(items(signed_in(person))) for person in (worker, colleague)] == [0, 1]


@pytest.mark.parametrize("state", ["returned", "published", "delivered"])
def test_what_others_let_rest_falls_to_the_community(state, at_work, worker, jinshui, at):
    helper = factories.PersonFactory()
    if state == "returned":
        actions.ask(received(jinshui, at), question="您住几号楼", by=worker, at=at)
    elif state == "published":
        published(worker, jinshui, at)
    else:
        delivered(worker, helper, jinshui, at)
    before = len(items(at_work))
    sweep(Wish.objects.get().due_at + timedelta(minutes=1))
    assert (before, len(items(at_work))) == (0, 1)


def test_who_promised_reads_what_they_promised(helper, volunteer, worker, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at, appointment="周四下午四点")
    (item,) = items(helper)
    assert (item.detail, item.about, item.href) == (
        "周四下午四点",
        f"/wishes/{wish.reference}/",
        f"/wishes/{wish.reference}/deliver/",
    )


def test_who_acts_for_a_unit_reads_what_it_promised(worker, jinshui, unit, at):
    first, second = factories.mandated(unit), factories.mandated(unit)
    claimed(worker, first, jinshui, at, organization=unit)
    (item,) = items(signed_in(second))
    assert item.detail.startswith("市税务局")


def test_a_resident_with_an_account_is_asked_to_confirm(worker, volunteer, resident, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at, wisher=resident)
    (item,) = items(signed_in(resident))
    assert (item.sentence, item.href) == (
        "您的心愿“想请人教用手机挂号”办好了吗？",
        f"/follow/{wish.reference}/",
    )
    signed_in(resident).post(f"/follow/{wish.reference}/confirm/")
    assert items(signed_in(resident)) == []


def test_a_resident_with_an_account_is_asked_for_the_answer(worker, resident, jinshui, at):
    wish = received(jinshui, at, by=resident)
    actions.ask(wish, question="您住几号楼", by=worker, at=at)
    (item,) = items(signed_in(resident))
    assert (item.detail, item.button) == ("您住几号楼", "回答")
    signed_in(resident).post(f"/follow/{wish.reference}/answer/", {"words": "3号楼"})
    assert items(signed_in(resident)) == []


def test_who_says_that_something_is_missing_waits_for_the_doer(
    worker, volunteer, resident, jinshui, at
):
    wish = delivered(worker, volunteer, jinshui, at, wisher=resident)
    sent = {"contest-reason": "还差一点"}
    signed_in(resident).post(f"/follow/{wish.reference}/contest/", sent)
    assert [len(items(signed_in(person))) for person in (resident, volunteer)] == [0, 1]


def test_nothing_waiting_says_so(helper):
    assert 'href="/wishes/"' in words(helper.get("/work/"))


def test_stranger_sees_nothing_of_this_community(stranger, jinshui, at):
    received(jinshui, at)
    assert items(signed_in(stranger)) == []


def test_rows_alone_are_a_part_of_a_page(at_work, jinshui, at):
    received(jinshui, at)
    page = words(at_work.get("/work/rows/", headers={"hx-request": "true"}))
    assert ("<html" in page, "审核" in page) == (False, True)


def test_html_is_shown_as_text(at_work, jinshui, at):
    received(jinshui, at, said=HTML)
    assert b"<script>alert" not in at_work.get("/work/").content


@pytest.mark.parametrize(("waiting", "shown"), [(0, ""), (1, "1"), (99, "99"), (100, "99+")])
def test_navigation_counts_up_to_99(at_work, jinshui, at, waiting, shown):
    for _ in range(waiting):
        received(jinshui, at)
    assert at_work.get("/work/count/").content.decode() == shown


@pytest.mark.parametrize("path", ["/work/", "/work/rows/", "/work/count/"])
def test_queue_is_for_who_has_signed_in_and_kept_nowhere(at_work, path):
    assert Client().get(path).url.startswith("/account/login/")
    assert at_work.get(path)["Cache-Control"] == "private, no-store"


def test_shown_links_fit_the_roles(at_work, helper):
    pages = [words(browser.get("/work/")) for browser in (at_work, helper)]
    assert ['href="/work/wishes/"' in page for page in pages] == [True, False]
    assert ['href="/work/wishes/new/"' in page for page in pages] == [True, False]


@pytest.mark.parametrize("path", ["/work/", "/work/rows/"])
def test_staff_see_nobodys_words_before_a_second_factor(at_work, jinshui, at, settings, path):
    received(jinshui, at)
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert at_work.get(path).url == reverse("mfa_index")


def test_who_holds_no_role_needs_no_second_factor(helper, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert helper.get("/work/").status_code == 200


def test_long_queue_is_paged_across_all_roles(worker, jinshui, at):
    browser = signed_in(worker)
    for minutes in range(51):
        received(jinshui, at - timedelta(minutes=minutes))
    claimed(worker, worker, jinshui, at)
    first = browser.get("/work/").context
    second = browser.get("/work/", {"cursor": first["page"].after}).context
    back = browser.get("/work/", {"cursor": second["page"].before}).context
    assert [len(one["items"]) for one in (first, second, back)] == [50, 2, 50]
    assert len({item.href for item in [*first["items"], *second["items"]]}) == 52


@pytest.mark.parametrize("cursor", ["x", "\0", "eyJ4IjoxfQ"])
def test_garbled_cursor_shows_the_beginning(at_work, jinshui, at, cursor):
    received(jinshui, at)
    assert len(at_work.get("/work/", {"cursor": cursor}).context["items"]) == 1
