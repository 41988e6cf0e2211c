"""People at the pages of hearings, on one morning."""

import pytest

from tests import factories
from tests.needs.hearing_factories import kind, opened
from tests.web.needs.people import signed_in


@pytest.fixture(autouse=True)
def _now(monkeypatch, at):
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


@pytest.fixture(autouse=True)
def consent(db):
    """The words that people agree to, and one kind of problem."""
    kind()
    return factories.ConsentTextFactory()


@pytest.fixture
def at_work(worker):
    """The browser of the community worker."""
    return signed_in(worker)


@pytest.fixture
def hearing(worker, jinshui, at):
    return opened(worker, jinshui, at)
