"""A turn is somebody's, and one's only; a slot holds one; a spare row says nothing."""

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.turns.factories import wanted
from youwo.turns import actions
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("whose", [(), ("person",), ("organization",), ("person", "organization")])
def test_the_database_refuses_a_turn_of_nobody_and_of_two(whose, volunteer, at):
    keys = {"person": volunteer.pk, "organization": factories.OrganizationFactory().pk}
    # Beside a role, each of them is one too many; without a role, none and both are wrong.
    given = {name: keys[name] for name in whose}
    given["role"] = "" if len(whose) != 1 else "worker"
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.put(volunteer, [wanted(at, **given)])


def test_the_database_refuses_two_turns_in_one_slot(volunteer, at):
    actions.put(volunteer, [wanted(at), wanted(at)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Turn.objects.filter(slot=1).update(slot=0)


@pytest.mark.parametrize("column", ["kind", "reference", "title", "detail", "barred"])
def test_the_database_refuses_a_spare_row_with_a_word(column, volunteer, at):
    actions.put(volunteer, [wanted(at)])
    empty = dict.fromkeys(("role", "kind", "reference", "title", "detail", "barred"), "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Turn.objects.update(**{**empty, column: "a"})
    Turn.objects.update(**empty)
    assert Turn.objects.count() == 0
