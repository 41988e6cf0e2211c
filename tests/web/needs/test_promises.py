"""What people who help do with a wish, and what they are asked when something does not do."""

import uuid

import pytest
from django.test import Client

from tests import factories
from tests.needs import problem_factories
from tests.needs.factories import PHONE, claimed, confirmed, delivered, published, received
from tests.web.needs.people import HTML, RARE, signed_in, words
from youwo.capacity.models import Claim
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs import actions, rules
from youwo.needs.models import Delivery, Status

pytestmark = pytest.mark.django_db

FASTER = "刚刚有人先一步认领了。"


@pytest.fixture
def wish(worker, jinshui, at):
    return published(worker, jinshui, at)


@pytest.fixture
def promised(worker, volunteer, jinshui, at):
    """A wish that the volunteer has promised."""
    return claimed(worker, volunteer, jinshui, at)


@pytest.fixture
def done(worker, volunteer, jinshui, at):
    """A wish that the volunteer has seen to."""
    return delivered(worker, volunteer, jinshui, at)


def promise(browser, wish, **changes):
    given = {"nonce": str(uuid.uuid4()), "appointment": "", "organization": "", **changes}
    return browser.post(f"/wishes/{wish.reference}/claim/", given)


def test_visitor_signs_in_first_and_comes_back(client, wish):
    response = client.get(f"/wishes/{wish.reference}/claim/")
    assert response.url == f"/account/login/?next=/wishes/{wish.reference}/claim/"


def test_one_press_promises(helper, volunteer, wish):
    response = promise(helper, wish, appointment="周四下午四点")
    wish.refresh_from_db()
    assert (response.url, wish.claimed_by, wish.appointment) == (
        f"/wishes/{wish.reference}/",
        volunteer,
        "周四下午四点",
    )


def test_the_page_says_that_it_is_yours(helper, wish):
    promise(helper, wish)
    page = words(helper.get(f"/wishes/{wish.reference}/"))
    assert f'href="/wishes/{wish.reference}/deliver/"' in page


def test_second_member_reads_that_somebody_was_faster(helper, resident, wish):
    promise(helper, wish)
    response = promise(signed_in(resident), wish, appointment="明天上午")
    assert (response.status_code, FASTER in words(response)) == (422, True)
    assert response.context["form"]["appointment"].value() == "明天上午"


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_promised_already_is_told_that_it_is_theirs(method, helper, wish):
    promise(helper, wish)
    response = getattr(helper, method)(f"/wishes/{wish.reference}/claim/", follow=True)
    assert response.redirect_chain == [(f"/wishes/{wish.reference}/", 302)]
    assert ("已经认领了" in words(response), FASTER in words(response)) == (True, False)


def test_promise_pressed_twice_is_one(helper, wish):
    nonce = str(uuid.uuid4())
    responses = [promise(helper, wish, nonce=nonce) for _ in range(2)]
    assert [response.status_code for response in responses] == [302, 302]
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("appointment", "长" * 51),
        ("appointment", "四点\0"),
        ("nonce", "x"),
        ("nonce", ""),
        ("organization", "999"),
        ("organization", "x"),
    ],
)
def test_promise_that_does_not_do_is_asked_again(helper, wish, name, value):
    response = promise(helper, wish, **{name: value})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [name])
    assert response.context["form"][name].value() == value


@pytest.mark.parametrize("appointment", [RARE, HTML])
def test_odd_appointment_is_kept_and_shown_as_text(helper, worker, wish, appointment):
    promise(helper, wish, appointment=appointment)
    wish.refresh_from_db()
    response = signed_in(worker).get(f"/work/wishes/{wish.reference}/")
    assert (wish.appointment, appointment in words(response)) == (appointment, True)
    assert b"<script>alert" not in response.content


def test_unit_promises_through_who_acts_for_it(wish, unit):
    member = factories.mandated(unit)
    promise(signed_in(member), wish, organization=str(unit.pk))
    wish.refresh_from_db()
    assert (wish.claimed_by, wish.claimed_for) == (member, unit)


def test_nobody_promises_for_a_foreign_unit(helper, wish, unit):
    response = promise(helper, wish, organization=str(unit.pk))
    assert (response.status_code, Claim.objects.count()) == (422, 0)


def test_without_a_unit_nobody_is_asked_for_one(helper, wish):
    page = words(helper.get(f"/wishes/{wish.reference}/claim/"))
    assert 'name="organization"' not in page


def test_own_wish_is_not_promised(resident, jinshui, worker, at):
    wish = published(worker, jinshui, at, by=resident)
    assert promise(signed_in(resident), wish).status_code == 422


def test_wish_before_review_is_not_promised(helper, jinshui, at):
    assert promise(helper, received(jinshui, at)).status_code == 404


def test_expired_form_loses_no_word(volunteer, wish):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(volunteer)
    response = promise(strict, wish, appointment="周四下午四点")
    assert (response.status_code, "周四下午四点" in words(response)) == (403, True)


# --- given back -------------------------------------------------------------------------------
def test_promise_is_given_back_with_a_reason(helper, promised):
    helper.post(f"/wishes/{promised.reference}/release/", {"reason": "这周病了"})
    promised.refresh_from_db()
    assert (promised.status, promised.claimed_by) == (Status.PUBLISHED, None)


@pytest.mark.parametrize("reason", ["", " ", "病", "长" * 201, "病了\0"])
def test_giving_back_without_words_is_asked_again(helper, promised, reason):
    response = helper.post(f"/wishes/{promised.reference}/release/", {"reason": reason})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["reason"])


def test_what_is_done_is_not_given_back(helper, done):
    response = helper.post(f"/wishes/{done.reference}/release/", {"reason": "这周病了"})
    assert (response.status_code, "这周病了" in words(response)) == (422, True)


# --- done -------------------------------------------------------------------------------------
def say_done(browser, wish, at, **changes):
    given = {
        "what": "上门教了两遍",
        "occurred_on": at.date().isoformat(),
        "minutes": "45",
        "field": "learning",
        **changes,
    }
    return browser.post(f"/wishes/{wish.reference}/deliver/", given)


def test_what_was_done_is_written_down(helper, promised, at):
    say_done(helper, promised, at, item="放大镜", quantity="2", unit="个", more_hands="1")
    delivery = Delivery.objects.get()
    goods = delivery.goods.get()
    assert (delivery.what, delivery.minutes, delivery.more_hands) == ("上门教了两遍", 45, 1)
    assert (goods.item, goods.quantity, goods.unit) == ("放大镜", 2, "个")


def test_a_thing_without_a_unit_is_counted_in_pieces(helper, promised, at):
    say_done(helper, promised, at, item="放大镜", quantity="2")
    assert Delivery.objects.get().goods.get().unit == "件"


def test_today_and_the_field_are_filled_in(helper, promised, at):
    form = helper.get(f"/wishes/{promised.reference}/deliver/").context["form"]
    assert (form["occurred_on"].value(), form["field"].value()) == (at.date(), "health")


def test_nothing_counts_before_the_resident_confirms(helper, promised, at):
    say_done(helper, promised, at)
    assert Entry.objects.count() == 0


def test_said_to_be_done_twice_is_once(helper, promised, at):
    responses = [say_done(helper, promised, at), say_done(helper, promised, at)]
    assert [response.status_code for response in responses] == [302, 302]
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("what", ""),
        ("what", "长" * 201),
        ("what", "教了\0"),
        ("occurred_on", ""),
        ("occurred_on", "2025-02-30"),
        ("occurred_on", "0000-00-00"),
        ("occurred_on", "昨天"),
        ("occurred_on", "2025-06-04"),
        ("occurred_on", "9999-12-31"),
        ("occurred_on", "0001-01-01"),
        ("occurred_on", "2025-06-02"),
        ("minutes", ""),
        ("minutes", "0"),
        ("minutes", "-5"),
        ("minutes", "1441"),
        ("minutes", "9" * 30),
        ("minutes", "1.5"),
        ("minutes", "一小时"),
        ("field", "gold"),
        ("more_hands", "-1"),
        ("more_hands", "201"),
        ("item", "长" * 41),
        ("unit", "长" * 9),
    ],
)
def test_delivery_that_does_not_do_is_asked_again(helper, promised, at, name, value):
    response = say_done(helper, promised, at, **({"item": "米", "quantity": "1"} | {name: value}))
    form = response.context["form"]
    assert (response.status_code, name in form.errors) == (422, True)
    assert (form[name].value(), Delivery.objects.count()) == (value, 0)


@pytest.mark.parametrize(
    ("item", "quantity", "wrong"),
    [
        ("米", "", "quantity"),
        ("米", "0", "quantity"),
        ("米", "NaN", "quantity"),
        ("米", "-1", "quantity"),
        ("米", "9999999999", "quantity"),
        ("米", "1.234", "quantity"),
        ("", "2", "item"),
    ],
)
def test_things_have_a_name_and_a_number(helper, promised, at, item, quantity, wrong):
    response = say_done(helper, promised, at, item=item, quantity=quantity)
    assert (response.status_code, wrong in response.context["form"].errors) == (422, True)


def test_what_is_wrong_below_a_fold_is_unfolded(helper, promised, at):
    page = words(say_done(helper, promised, at, quantity="2"))
    assert "<details open>" in " ".join(page.split()).replace(" >", ">")


@pytest.mark.parametrize("what", [RARE, HTML])
def test_odd_words_are_kept_and_shown_as_text(helper, promised, at, what):
    say_done(helper, promised, at, what=what)
    response = helper.get("/me/wishes/")
    assert (Delivery.objects.get().what, what in words(response)) == (what, True)
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("page", ["release", "deliver", "code"])
def test_who_did_not_promise_finds_nothing(promised, resident, page):
    browser = signed_in(resident)
    assert browser.get(f"/wishes/{promised.reference}/{page}/").status_code == 404


# --- the code ---------------------------------------------------------------------------------
def enter(browser, wish, code):
    return browser.post(f"/wishes/{wish.reference}/code/", {"code": code})


def wrong(wish) -> str:
    return f"{(int(rules.confirmation_code(wish)) + 1) % 10_000:04d}"


def test_code_that_the_resident_told_confirms(helper, done):
    enter(helper, done, f" {rules.confirmation_code(done)} ")
    assert (Delivery.objects.get().confirmed_how, Entry.objects.count()) == ("code", 1)


def test_wrong_code_confirms_nothing(helper, done):
    response = enter(helper, done, wrong(done))
    assert list(response.context["form"].errors["code"]) == ["口令不对，请居民再念一遍。"]
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("code", ["", "12", "12345", "abcd", "１２３\0"])
def test_code_has_four_digits(helper, done, code):
    response = enter(helper, done, code)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["code"])


def test_code_is_not_guessed(helper, done, settings):
    settings.FOLLOW_TRIES_PER_HOUR = 2
    for _ in range(2):
        enter(helper, done, wrong(done))
    response = enter(helper, done, rules.confirmation_code(done))
    assert list(response.context["form"].errors["code"]) == ["试的次数太多了，请社区帮忙确认。"]
    assert Entry.objects.count() == 0


def test_code_is_shown_to_nobody_who_helps(helper, done):
    pages = "".join(
        words(helper.get(path))
        for path in (f"/wishes/{done.reference}/", f"/wishes/{done.reference}/code/", "/me/wishes/")
    )
    assert f">{rules.confirmation_code(done)}<" not in pages


def test_code_is_asked_only_when_it_is_done(helper, promised):
    response = helper.get(f"/wishes/{promised.reference}/code/")
    assert response.url == f"/wishes/{promised.reference}/"


# --- how to reach them ------------------------------------------------------------------------
def test_who_promised_sees_how_to_reach_them(helper, promised):
    response = helper.post(f"/wishes/{promised.reference}/contact/")
    page = words(response)
    assert [part in page for part in ("张敬之", PHONE, "3号楼2单元501")] == [True] * 3
    assert response["Cache-Control"] == "no-store"


def test_that_they_looked_is_journalled(helper, volunteer, promised):
    helper.post(f"/wishes/{promised.reference}/contact/")
    line = Line.objects.get(verb="unmask")
    assert (line.actor_key, line.target_key) == (str(volunteer.pk), str(promised.pk))


def test_a_link_shows_nothing(helper, promised):
    assert helper.get(f"/wishes/{promised.reference}/contact/").status_code == 302
    assert not Line.objects.filter(verb="unmask").exists()


def test_others_see_nothing(promised, resident):
    response = signed_in(resident).post(f"/wishes/{promised.reference}/contact/")
    assert (response.status_code, Line.objects.filter(verb="unmask").exists()) == (404, False)


def test_after_giving_it_back_it_is_closed_again(helper, promised):
    helper.post(f"/wishes/{promised.reference}/release/", {"reason": "这周病了"})
    assert helper.post(f"/wishes/{promised.reference}/contact/").status_code == 404


# --- one's own --------------------------------------------------------------------------------
def test_mine_lists_promises_deeds_and_wishes(helper, volunteer, worker, jinshui, at):
    promised = claimed(worker, volunteer, jinshui, at)
    done = confirmed(worker, volunteer, jinshui, at)
    said = received(jinshui, at, by=volunteer)
    context = helper.get("/me/wishes/").context
    assert list(context["promised"]) == [promised]
    assert [row.wish_id for row in context["done"].rows] == [done.pk]
    assert list(context["said"]) == [said]


def test_mine_lists_what_one_reported_and_where_it_stands(volunteer, helper, worker, jinshui, at):
    mine = problem_factories.in_hand(worker, jinshui, at, by=volunteer).reports.get()
    problem_factories.reported(jinshui, at)
    shown = helper.get("/me/wishes/")
    assert list(shown.context["reported"]) == [mine]
    assert f'href="/follow/{mine.reference}/"' in words(shown)


def test_mine_leads_to_what_was_sent_without_an_account(helper):
    assert 'href="/follow/"' in words(helper.get("/me/wishes/"))


def test_mine_shows_nothing_of_others(promised, resident):
    page = words(signed_in(resident).get("/me/wishes/"))
    assert promised.public_title not in page


def test_mine_lists_what_the_unit_promised(worker, jinshui, unit, at):
    first, second = factories.mandated(unit), factories.mandated(unit)
    wish = claimed(worker, first, jinshui, at, organization=unit)
    assert list(signed_in(second).get("/me/wishes/").context["promised"]) == [wish]


def test_mine_is_kept_nowhere(helper):
    assert helper.get("/me/wishes/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("cursor", ["x", "\0", RARE, "eyJ4IjoxfQ"])
def test_garbled_cursor_shows_the_first_page(helper, done, cursor):
    response = helper.get("/me/wishes/", {"cursor": cursor})
    assert len(response.context["done"].rows) == 1


@pytest.fixture
def missing(done, at):
    """A wish of which the resident says that something is missing."""
    return actions.contest(done, reason="灯泡还没有换", by=None, at=at)


def test_who_promised_reads_what_is_missing(helper, missing):
    assert "灯泡还没有换" in words(helper.get(f"/wishes/{missing.reference}/"))


def test_the_box_and_the_queue_say_what_is_missing(helper, missing):
    box = words(helper.get(f"/wishes/{missing.reference}/")).split('<div class="paper pad">')[0]
    assert "居民说还没办到位：灯泡还没有换" in box
    (item,) = helper.get("/work/").context["items"]
    assert (item.sentence, item.detail) == ("还没办到位：想请人教用手机挂号", "灯泡还没有换")


def test_a_new_promise_says_nothing_of_what_an_earlier_one_missed(missing, worker, resident, at):
    actions.release(missing, reason="没空", by=worker, at=at)
    actions.claim(missing, by=resident, nonce=uuid.uuid4(), at=at)
    assert signed_in(resident).get(f"/wishes/{missing.reference}/").context["missing"] == ""
    (item,) = signed_in(resident).get("/work/").context["items"]
    assert item.sentence.startswith("您认领了")


def test_staff_read_what_is_missing(worker, missing):
    assert "灯泡还没有换" in words(signed_in(worker).get(f"/work/wishes/{missing.reference}/"))


def test_nobody_else_reads_what_is_missing(client, missing):
    assert "灯泡还没有换" not in words(client.get(f"/wishes/{missing.reference}/"))
