"""Browsers of everybody who has to do with whistles. The moment is now: pages ask the clock."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.dispatch.conftest import (  # noqa: F401 (fixtures of these names)
    county,
    jinshui,
    lamps,
    plumber,
    rungs,
    speaker,
    town,
    water,
    worker,
)
from tests.web.needs.people import signed_in


@pytest.fixture
def at():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def at_work(worker):  # noqa: F811
    return signed_in(worker)


@pytest.fixture
def at_the_unit(speaker):  # noqa: F811
    return signed_in(speaker)


@pytest.fixture
def at_the_office(town):  # noqa: F811
    return signed_in(town)
