"""Somebody at work in Jinshui, somebody who coordinates the district, and a plan of theirs."""

from __future__ import annotations

import pytest

from tests.factories import OrganizationFactory, area, mandated
from tests.organizations.factories import UnitEnrolmentFactory
from youwo.core.search import terms
from youwo.organizations.actions import plans
from youwo.organizations.models import Plan
from youwo.organizations.planning import working


@pytest.fixture
def at_work(client, worker):
    """A worker of Jinshui at the computer."""
    client.force_login(worker)
    return client


@pytest.fixture
def coordinating(client, coordinator):
    """A coordinator of the district at the computer."""
    client.force_login(coordinator)
    return client


@pytest.fixture
def tax_office(db):
    return OrganizationFactory(
        name="盐湖区税务局",
        short_name="盐湖税务",
        search_terms=terms("盐湖区税务局", "盐湖税务"),
    )


@pytest.fixture
def for_unit(client, tax_office):
    """Who acts for the tax office, at the computer."""
    client.force_login(mandated(tax_office, name="周文秀"))
    return client


@pytest.fixture
def compounds(jinshui):
    return [area(f"{jinshui.pk}-000{n}", f"小区{n}") for n in (1, 2, 3)]


@pytest.fixture
def plan(jinshui, compounds, tax_office, coordinator, at):
    """A plan of the district: the tax office and another unit share three compounds."""
    UnitEnrolmentFactory(organization=tax_office, community=jinshui)
    UnitEnrolmentFactory(organization=OrganizationFactory(name="近邻单位"), community=jinshui)
    asked = plans.ask(jinshui.parent.parent, places="compounds", by=coordinator, at=at)
    working.work_out(asked, at=at)
    return Plan.objects.get(pk=asked.pk)
