"""A turn is somebody's, and one's only."""

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.turns.factories import wanted
from youwo.turns import actions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("whose", [(), ("person",), ("organization",), ("person", "organization")])
def test_the_database_refuses_a_turn_of_nobody_and_of_two(whose, volunteer, at):
    keys = {"person": volunteer.pk, "organization": factories.OrganizationFactory().pk}
    # Beside a role, each of them is one too many; without a role, none and both are wrong.
    given = {name: keys[name] for name in whose}
    given["role"] = "" if len(whose) != 1 else "worker"
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.put(volunteer, [wanted(at, **given)])
