"""A unit, the person who acts for it, and somebody new."""

import pytest

from tests.factories import OrganizationFactory, PersonFactory, mandated


@pytest.fixture
def tax_office(db):
    return OrganizationFactory(name="盐湖区税务局", short_name="盐湖税务")


@pytest.fixture
def hospital(db):
    return OrganizationFactory(name="运城市中心医院", kind="hospital")


@pytest.fixture
def unit_coordinator(tax_office):
    """Who acts for the tax office."""
    return mandated(tax_office, name="周文秀")


@pytest.fixture
def member(db):
    """Somebody who belongs to no unit yet."""
    return PersonFactory(name="陈立新")
