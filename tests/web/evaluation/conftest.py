"""People at the pages about evaluation, on one morning."""

import pytest

from tests.evaluation.conftest import (  # noqa: F401 (fixtures)
    acting,
    city_coordinator,
    open_round,
    published_round,
    sheet,
    unit,
)
from tests.web.needs.people import signed_in


@pytest.fixture(autouse=True)
def _now(monkeypatch, at):
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


@pytest.fixture
def at_work(worker):
    """The browser of the community's worker."""
    return signed_in(worker)
