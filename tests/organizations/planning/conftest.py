"""A county with two towns: units here and there, and places to look after."""

from __future__ import annotations

import pytest

from tests.factories import OrganizationFactory, area
from tests.organizations.factories import UnitEnrolmentFactory
from youwo.areas.models import Area
from youwo.organizations.actions import plans
from youwo.organizations.models import Plan
from youwo.organizations.planning import working

NEAR, FAR = "140802005022", "140802101201"


@pytest.fixture
def county(jinshui):
    """Yanhu, where Jinshui lies."""
    return jinshui.parent.parent


@pytest.fixture
def compounds(jinshui):
    """Two compounds in Jinshui and two in a community of another town."""
    area(FAR, "龙居社区")
    return [area(f"{code}-000{n}", f"小区{code[8]}{n}") for code in (NEAR, FAR) for n in (1, 2)]


@pytest.fixture
def units(jinshui, compounds):
    """One unit enrolled with each of the two communities."""
    found = [OrganizationFactory(name="近处的单位"), OrganizationFactory(name="远处的单位")]
    for unit, code in zip(found, (NEAR, FAR), strict=True):
        UnitEnrolmentFactory(organization=unit, community=Area.objects.get(pk=code))
    return found


@pytest.fixture
def planned(county, coordinator, at):
    """Make a plan of the county and work it out; with what was asked for."""

    def make(**kwargs):
        asked = {"places": "compounds", "slack": 0, **kwargs}
        plan = plans.ask(county, by=coordinator, at=at, **asked)
        working.work_out(plan, at=at)
        return Plan.objects.get(pk=plan.pk)

    return make


def pairs(plan):
    """Who is proposed for each place."""
    rows = plan.rows.order_by("area").values_list("area__name", "organization__name")
    return dict(rows)
