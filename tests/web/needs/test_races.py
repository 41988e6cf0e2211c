"""Two presses at the same moment, each in a thread and a transaction of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests import factories
from tests.needs.factories import delivered, published
from tests.web.needs.people import answers, following, signed_in
from youwo.capacity.models import Claim
from youwo.ledger.models import Entry
from youwo.needs.models import Voice, Wish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'sqlite'",
        reason="On SQLite the tests share one connection in memory, so nothing runs side by side.",
    ),
]


@pytest.fixture
def together():
    """Do several things at once and return what each of them returned."""

    def do(*acts):
        barrier = Barrier(len(acts))

        def one(act):
            barrier.wait(10)
            try:
                return act()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    return do


def test_one_form_sent_twice_at_once_is_one_wish(client, jinshui, consent, together):
    given = answers()
    sent = together(*[lambda: client.__class__().post("/wishes/new/", given)] * 4)
    assert {response.status_code for response in sent} == {302}
    assert len({response.url for response in sent}) == 1
    assert (Wish.objects.count(), Voice.objects.count()) == (1, 1)


def test_two_members_who_press_at_once_get_it_once(worker, jinshui, at, together):
    wish = published(worker, jinshui, at)
    browsers = [signed_in(factories.PersonFactory()) for _ in range(4)]

    def press(browser, number):
        nonce = f"00000000-0000-0000-0000-00000000000{number}"
        return browser.post(f"/wishes/{wish.reference}/claim/", {"nonce": nonce})

    acts = [lambda b=b, n=n: press(b, n) for n, b in enumerate(browsers)]
    codes = [response.status_code for response in together(*acts)]
    assert sorted(codes) == [302, 422, 422, 422]
    assert Claim.objects.count() == 1


def test_confirming_twice_at_once_is_one_deed(worker, volunteer, jinshui, at, together):
    wish = delivered(worker, volunteer, jinshui, at)
    browser = following(wish)

    def press():
        mine = browser.__class__()
        mine.cookies = browser.cookies
        return mine.post(f"/follow/{wish.reference}/confirm/")

    codes = [response.status_code for response in together(*[press] * 3)]
    assert codes.count(302) >= 1
    assert Entry.objects.count() == 1
