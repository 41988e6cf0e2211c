"""People at the pages about wishes, on one morning."""

import pytest

from tests import factories
from tests.web.needs.people import signed_in
from youwo.needs.defaults import load_outside_matters


@pytest.fixture(autouse=True)
def _now(monkeypatch, at):
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def consent(db):
    """The words that people agree to."""
    return factories.ConsentTextFactory()


@pytest.fixture
def outside(db):
    """The usual list of what lies outside."""
    load_outside_matters()


@pytest.fixture
def at_work(worker):
    """The browser of the community worker."""
    return signed_in(worker)


@pytest.fixture
def colleague(jinshui):
    """The browser of another worker of the same community."""
    return signed_in(factories.granted("worker", jinshui, name="陈玉梅"))


@pytest.fixture
def helper(volunteer):
    """The browser of somebody who helps."""
    return signed_in(volunteer)


@pytest.fixture
def unit():
    return factories.OrganizationFactory(name="市税务局")
