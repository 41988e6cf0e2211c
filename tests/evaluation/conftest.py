"""One unit enrolled with Jinshui, and everybody with a view of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests import factories
from tests.evaluation.factories import enrolled_unit, planned, template


@pytest.fixture
def sheet(jinshui, at):
    """The sheet for units that the city uses."""
    return template(jinshui.parent.parent.parent, at)


@pytest.fixture
def unit(jinshui):
    return enrolled_unit(jinshui, name="市税务局")


@pytest.fixture
def acting(unit):
    """Who acts for the unit."""
    return factories.mandated(unit, name="姬文静")


@pytest.fixture
def open_round(worker, coordinator, acting, sheet, jinshui, at):
    return planned(worker, sheet, jinshui, at)


@pytest.fixture
def city_coordinator(jinshui):
    return factories.granted("coordinator", jinshui.parent.parent.parent, name="崔立新")


@pytest.fixture
def published_round(open_round, worker, coordinator, acting, city_coordinator, at):
    """A round with three views: the unit's own the best, the community's the middle one."""
    from tests.evaluation.factories import filled
    from youwo.evaluation import actions

    filled(open_round, "self", acting, at, 2)
    filled(open_round, "community", worker, at, 1)
    filled(open_round, "department", coordinator, at, 2)
    actions.close(open_round, by=worker, at=at)
    round_ = actions.publish(open_round, by=worker, at=at)
    return SimpleNamespace(round=round_, evaluated=round_.evaluated.get())
