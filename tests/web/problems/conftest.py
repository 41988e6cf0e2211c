"""People at the pages about problems, on one morning."""

import pytest

from tests import factories
from tests.needs.problem_factories import kind
from tests.web.needs.people import signed_in


@pytest.fixture(autouse=True)
def _now(monkeypatch, at):
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def kinds(db):
    """Three kinds of the catalogue."""
    kind()
    kind("fence", name="围墙破损", words="围栏 围墙", group="安全与消防", duty=False)
    kind("other", name="其他问题", words="", group="其他")


@pytest.fixture
def consent(db):
    return factories.ConsentTextFactory(purpose="problem")


@pytest.fixture
def at_work(worker):
    """The browser of the community worker."""
    return signed_in(worker)
