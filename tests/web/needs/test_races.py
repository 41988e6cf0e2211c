"""Two presses at the same moment, each in a thread and a transaction of its own."""

import pytest

from tests import factories
from tests.needs.factories import delivered, published
from tests.side_by_side import at_once, on_postgresql
from tests.web.needs.people import answers, following, signed_in
from youwo.capacity.models import Claim
from youwo.ledger.models import Entry
from youwo.needs.models import Voice, Wish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    on_postgresql,
]


def test_one_form_sent_twice_at_once_is_one_wish(client, jinshui, consent):
    given = answers()
    sent = at_once(*[lambda: client.__class__().post("/wishes/new/", given)] * 4)
    assert {response.status_code for response in sent} == {302}
    assert len({response.url for response in sent}) == 1
    assert (Wish.objects.count(), Voice.objects.count()) == (1, 1)


def test_two_members_who_press_at_once_get_it_once(worker, jinshui, at):
    wish = published(worker, jinshui, at)
    browsers = [signed_in(factories.PersonFactory()) for _ in range(4)]

    def press(browser, number):
        nonce = f"00000000-0000-0000-0000-00000000000{number}"
        return browser.post(f"/wishes/{wish.reference}/claim/", {"nonce": nonce})

    acts = [lambda b=b, n=n: press(b, n) for n, b in enumerate(browsers)]
    codes = [response.status_code for response in at_once(*acts)]
    assert sorted(codes) == [302, 422, 422, 422]
    assert Claim.objects.count() == 1


def test_confirming_twice_at_once_is_one_deed(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    browser = following(wish)

    def press():
        mine = browser.__class__()
        mine.cookies = browser.cookies
        return mine.post(f"/follow/{wish.reference}/confirm/")

    codes = [response.status_code for response in at_once(*[press] * 3)]
    assert codes.count(302) >= 1
    assert Entry.objects.count() == 1
