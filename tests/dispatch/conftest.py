"""Who plays in the tests of whistles, and the moment at which they begin."""

from __future__ import annotations

import pytest

from tests import factories
from tests.dispatch.factories import MONDAY, levels


@pytest.fixture
def at():
    """A Monday morning."""
    return MONDAY


@pytest.fixture
def jinshui(db):
    return factories.community("140802005022", "金税社区")


@pytest.fixture
def worker(jinshui):
    return factories.granted("worker", jinshui)


@pytest.fixture
def town(jinshui):
    """The coordinator of the sub-district."""
    return factories.granted("coordinator", factories.area("140802005"))


@pytest.fixture
def county(jinshui):
    """The coordinator of the county."""
    return factories.granted("coordinator", factories.area("140802"))


@pytest.fixture
def lamps(jinshui):
    return factories.OrganizationFactory(name="路灯所")


@pytest.fixture
def water(jinshui):
    return factories.OrganizationFactory(name="供水公司", kind="enterprise")


@pytest.fixture
def speaker(lamps):
    """Acts for the lamp office."""
    return factories.mandated(lamps)


@pytest.fixture
def plumber(water):
    """Acts for the water company."""
    return factories.mandated(water)


@pytest.fixture
def rungs(db):
    return levels()
