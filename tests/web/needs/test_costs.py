"""The dearest steps of a wish, with all that there can be at once.

Each request of these tests is counted (`tests/web/statements.py`).
"""

from __future__ import annotations

import pytest

from tests import factories
from tests.needs.factories import published
from tests.notices.factories import RobotFactory
from tests.web.needs.people import signed_in
from tests.web.needs.test_promises import enter, promise, say_done
from tests.web.needs.test_staff import CALL_BACK, act
from youwo.ledger.models import Entry
from youwo.needs import rules
from youwo.needs.models import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def wish(worker, jinshui, at):
    """A wish of a resident with an account, from a compound; all who can listen do."""
    RobotFactory(area=jinshui, name="金税社区群")
    RobotFactory(area=factories.area("1408"), name="运城市群")
    resident = factories.PersonFactory(email="resident@example.test")
    place = factories.area(f"{jinshui.pk}-0001", "税苑小区")
    return published(worker, jinshui, at, by=resident, compound=place)


@pytest.fixture
def speaker(unit):
    return factories.mandated(unit, email="speaker@example.test")


@pytest.fixture
def done(wish, unit, speaker, at):
    """Promised by a unit, and said to be done with something handed over."""
    browser = signed_in(speaker)
    promise(browser, wish, organization=unit.pk)
    say_done(browser, wish, at, item="放大镜", quantity="2", unit="个", more_hands="1")
    wish.refresh_from_db()
    assert (wish.status, wish.claimed_for) == (Status.DELIVERED, unit)
    return wish


def test_the_code_confirms_what_a_unit_did_and_gave(done, speaker):
    enter(signed_in(speaker), done, rules.confirmation_code(done))
    entry = Entry.objects.get()
    assert (entry.goods.count(), entry.participations.count()) == (1, 1)


def test_a_worker_confirms_and_finds_that_nobody_came(done, at_work, colleague):
    act(at_work, done, "confirm", code=rules.confirmation_code(done))
    act(colleague, done, "call_back", **{**CALL_BACK, "came": "no", "words": "没有人来"})
    done.refresh_from_db()
    assert (done.status, Entry.objects.count()) == (Status.PUBLISHED, 2)


def test_the_resident_says_that_something_is_missing(done):
    browser = signed_in(done.voice.person)
    browser.post(f"/follow/{done.reference}/contest/", {"contest-reason": "还差一副"})
    done.refresh_from_db()
    assert done.status == Status.CLAIMED
