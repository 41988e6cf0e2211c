"""The people and units that the tests of the actions use, and browsers for them."""

import pytest

from tests.organizations.conftest import (  # noqa: F401
    hospital,
    member,
    tax_office,
    unit_coordinator,
)


@pytest.fixture
def at_work(client, worker):
    """A browser in which the worker has signed in."""
    client.force_login(worker)
    return client


@pytest.fixture
def for_unit(client, unit_coordinator):  # noqa: F811
    """A browser in which the tax office's coordinator has signed in."""
    client.force_login(unit_coordinator)
    return client
