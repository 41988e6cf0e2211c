"""Opening a round costs the same whoever is evaluated, and from whatever viewpoints."""

from __future__ import annotations

import pytest

from tests import factories
from tests.evaluation.factories import enrolled_member, enrolled_unit, template
from tests.web.evaluation.test_pages import plan
from youwo.evaluation.models import Sheet, Stack

pytestmark = pytest.mark.django_db
EVERYBODY = {"self": 10, "leader": 20, "public": 20, "community": 30, "department": 20}


@pytest.mark.parametrize("subject", ["unit", "member"])
def test_a_round_from_every_viewpoint(subject, at_work, worker, jinshui, at):
    factories.granted("coordinator", factories.area("140802"), email="county@example.test")
    above = factories.OrganizationFactory(name="省税务局")
    for unit in (above, enrolled_unit(jinshui, parent=above), enrolled_unit(jinshui)):
        factories.mandated(unit, email=f"{unit.pk}@example.test")
        enrolled_member(unit, jinshui, email=f"member.{unit.pk}@example.test")
    template(jinshui, at, subject=subject, weights=EVERYBODY)

    response = at_work.post("/work/evaluations/new/", plan(subject=subject))

    assert response.status_code == 302
    assert (Sheet.objects.count() > 6, Stack.objects.count() > 3) == (True, True)
