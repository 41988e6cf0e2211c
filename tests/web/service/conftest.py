"""People at the pages about meetings and service items, on one morning."""

import pytest

from tests import factories
from tests.service import factories as made
from tests.web.needs.people import signed_in


@pytest.fixture(autouse=True)
def _now(monkeypatch, at):
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


@pytest.fixture
def tax_office(jinshui):
    return made.enrolled(made.unit(), jinshui)


@pytest.fixture
def acting(tax_office):
    """Who acts for the tax office."""
    return factories.mandated(tax_office, name="周立")


@pytest.fixture
def at_work(worker):
    """The browser of the community worker."""
    return signed_in(worker)


@pytest.fixture
def colleague(jinshui):
    """The browser of another worker of the same community."""
    return signed_in(factories.granted("worker", jinshui, name="陈玉梅"))


@pytest.fixture
def at_the_unit(acting):
    """The browser of who acts for the tax office."""
    return signed_in(acting)


@pytest.fixture
def elsewhere_at_work(stranger):
    """The browser of a worker of another county."""
    return signed_in(stranger)
