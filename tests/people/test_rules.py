"""Who may do what, by area and day."""

from datetime import date

import pytest

from tests.factories import granted
from youwo.areas.models import Area
from youwo.people import rules
from youwo.people.models import Grant


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ("1408", ["1408"]),
        ("140802005022", ["1408", "140802", "140802005", "140802005022"]),
        ("140802005022-3", ["1408", "140802", "140802005", "140802005022", "140802005022-3"]),
    ],
)
def test_an_area_lies_in_the_areas_above_it(code, codes):
    assert rules.above(code) == codes


def test_powers_reach_down_and_not_up_or_aside(jinshui, elsewhere):
    worker = granted("worker", jinshui.parent)
    held = rules.powers(worker, date(2025, 6, 3))
    assert held.cover(jinshui.pk, "worker")
    assert held.cover(f"{jinshui.pk}-1", "worker")
    assert not held.cover(jinshui.parent.parent_id, "worker")
    assert not held.cover(elsewhere.pk, "worker")
    assert not held.cover(jinshui.pk, "coordinator")


def test_powers_reach_the_communities_that_went_before(jinshui, elsewhere):
    Area.objects.filter(pk=jinshui.pk).update(valid_to=date(2025, 6, 1), successor=elsewhere)
    held = rules.powers(granted("worker", elsewhere.parent), date(2025, 6, 3))
    assert held.cover(jinshui.pk, "worker")
    assert held.cover(f"{jinshui.pk}-0001", "worker")
    assert not held.cover(jinshui.pk, "coordinator")
    assert not held.cover(jinshui.parent_id, "worker")


def test_powers_begin_and_end_on_their_days(jinshui):
    person = granted("worker", jinshui)
    Grant.objects.filter(person=person).update(starts_on=date(2025, 6, 3), ends_on=date(2025, 6, 5))
    held = [rules.powers(person, date(2025, 6, day)).holds("worker") for day in (2, 3, 4, 5)]
    assert held == [False, True, True, False]


def test_a_closed_account_has_no_powers(worker):
    worker.is_active = False
    assert not rules.powers(worker, date(2025, 6, 3)).holds("worker")


def test_overlapping_grants_are_told_by_the_widest(worker, jinshui):
    Grant.objects.create(
        person=worker,
        role="worker",
        area=jinshui.parent,
        starts_on=date(2025, 1, 1),
        granted_at="2025-01-01T00:00Z",
    )
    assert rules.powers(worker, date(2025, 6, 3)).codes("worker") == [jinshui.parent_id]


def test_powers_cost_one_query(worker, django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(3):
            rules.powers(worker, date(2025, 6, 3))
