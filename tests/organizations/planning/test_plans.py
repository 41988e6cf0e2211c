"""Plans asked for, changed by people, put into force and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import OrganizationFactory, mandated
from tests.organizations.factories import PairingFactory
from tests.organizations.planning.conftest import NEAR, pairs
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.organizations import actions
from youwo.organizations.actions import plans
from youwo.organizations.models import Pairing, Plan

pytestmark = pytest.mark.django_db


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.field


def standing(at):
    rows = Pairing.objects.holding(local_day(at)).order_by("area", "organization")
    return list(rows.values_list("area__name", "organization__name"))


def test_only_who_coordinates_an_area_plans_it(county, worker, stranger, coordinator, at):
    for person in (worker, stranger):
        assert refused(plans.ask, county, by=person, at=at) == "area"
    assert refused(plans.ask, Area.objects.get(pk=NEAR), by=coordinator, at=at) == "area"


def test_a_stuck_plan_is_started_again(county, coordinator, at):
    plan = plans.ask(county, by=coordinator, at=at)
    assert refused(plans.start_again, plan, by=coordinator, at=at) is None

    later = at + timedelta(minutes=11)
    assert plans.start_again(plan, by=coordinator, at=later).started_at == later


def test_a_plan_is_put_away_once(county, coordinator, stranger, at):
    plan = plans.ask(county, by=coordinator, at=at)
    assert refused(plans.drop, plan, by=stranger, at=at) is None
    plans.drop(plan, by=coordinator, at=at)

    assert refused(plans.drop, plan, by=coordinator, at=at) is None


def test_units_whose_places_change_are_told_of_it_and_of_its_end(
    planned, units, county, coordinator, at
):
    plan, acting = planned(), mandated(units[0])
    subjects = acting.messages.order_by("pk").values_list("subject", flat=True)

    adoption = plans.adopt(plan, area=county, by=coordinator, at=at)
    plans.undo(adoption, by=coordinator, at=at + timedelta(minutes=1))

    assert list(subjects) == ["您单位联系的地方有变动。"] * 2


def test_people_move_a_place_to_another_unit_or_leave_it_out(
    planned, units, compounds, coordinator, at
):
    plan = planned()
    row = plan.rows.get(area=compounds[0])

    moved = plans.move(row, organization=units[1], by=coordinator, at=at)
    assert (moved.organization, moved.distance, moved.is_changed) == (units[1], 200, True)
    left_out = plans.move(row, organization=None, by=coordinator, at=at)
    assert (left_out.organization, left_out.distance) == (None, None)


def test_what_a_plan_does_not_know_or_who_does_not_plan_changes_nothing(
    planned, units, compounds, coordinator, worker, at
):
    plan = planned()
    row = plan.rows.get(area=compounds[0])

    given = {"organization": OrganizationFactory(), "by": coordinator, "at": at}
    assert refused(plans.move, row, **given) == "organization"
    assert refused(plans.move, row, organization=None, by=worker, at=at) is None
    plans.drop(plan, by=coordinator, at=at)
    assert refused(plans.move, row, organization=None, by=coordinator, at=at) is None


def test_adopting_writes_pairings_ends_others_and_journals_each(
    planned, units, compounds, coordinator, county, at
):
    other = PairingFactory(organization=units[1], area=compounds[0])
    same = PairingFactory(organization=units[0], area=compounds[1])
    plan = planned(keep=False)

    adoption = plans.adopt(plan, area=county, by=coordinator, at=at)

    assert (adoption.created, adoption.ended) == (3, 1)
    assert standing(at) == [
        (compounds[0].name, "近处的单位"),
        (compounds[1].name, "近处的单位"),
        (compounds[2].name, "远处的单位"),
        (compounds[3].name, "远处的单位"),
    ]
    other.refresh_from_db()
    assert (other.end_reason, other.ended_by) == (plans.PLANNED, adoption)
    assert Pairing.objects.filter(pk=same.pk, ends_on=None).exists()
    verbs = list(Line.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["ask_plan", "pair", "pair", "pair", "end", "adopt"]


def test_a_part_is_adopted_first_and_the_rest_later(
    planned, units, compounds, coordinator, county, at
):
    plan = planned()
    town = compounds[0].parent.parent

    plans.adopt(plan, area=town, by=coordinator, at=at)
    assert len(standing(at)) == 2
    assert refused(plans.adopt, plan, area=town, by=coordinator, at=at) == "area"
    plans.adopt(plan, area=county, by=coordinator, at=at)

    assert len(standing(at)) == 4


def test_what_was_left_out_stays_as_it_is(planned, units, compounds, coordinator, county, at):
    PairingFactory(organization=units[1], area=compounds[0])
    plan = planned(keep=False)
    row = plan.rows.get(area=compounds[0])
    plans.move(row, organization=None, by=coordinator, at=at)

    plans.adopt(plan, area=county, by=coordinator, at=at)

    assert standing(at)[0] == (compounds[0].name, "远处的单位")


def test_what_is_in_force_is_not_changed_in_the_plan(
    planned, units, compounds, coordinator, county, at
):
    plan = planned()
    plans.adopt(plan, area=county, by=coordinator, at=at)
    row = plan.rows.get(area=compounds[0])

    assert refused(plans.move, row, organization=None, by=coordinator, at=at) is None


def test_only_who_coordinates_adopts_and_only_what_is_ready(
    planned, units, coordinator, worker, county, at
):
    plan = planned()
    assert refused(plans.adopt, plan, area=county, by=worker, at=at) == "area"
    plans.drop(plan, by=coordinator, at=at)

    assert refused(plans.adopt, plan, area=county, by=coordinator, at=at) is None


def test_taking_back_restores_what_was(planned, units, compounds, coordinator, county, at):
    PairingFactory(organization=units[1], area=compounds[0])
    before = standing(at)
    plan = planned(keep=False)
    adoption = plans.adopt(plan, area=county, by=coordinator, at=at)

    plans.undo(adoption, by=coordinator, at=at)

    assert standing(at) == before
    assert not plan.rows.filter(adoption__isnull=False).exists()
    assert refused(plans.undo, adoption, by=coordinator, at=at) is None
    again = plans.adopt(plan, area=county, by=coordinator, at=at)
    assert again.created == 4


@pytest.mark.parametrize("change", ["end", "void", "another"])
def test_nothing_is_taken_back_once_something_else_has_changed(
    change, planned, units, compounds, coordinator, worker, county, at
):
    plan = planned()
    adoption = plans.adopt(plan, area=county, by=coordinator, at=at)
    later = at + timedelta(hours=1)
    pairing = Pairing.objects.get(area=compounds[0])
    given = {"by": worker, "at": later}
    if change == "end":
        actions.end_pairing(pairing, on=local_day(later), reason="任务调整", **given)
    elif change == "void":
        actions.void_pairing(pairing, reason="录错小区了", **given)
    else:
        other = OrganizationFactory()
        actions.pair(other, area=compounds[1], starts_on=local_day(later), **given)

    assert refused(plans.undo, adoption, by=coordinator, at=later) is None
    assert adoption.begun.exists()


def test_a_change_elsewhere_does_not_matter(
    planned, units, compounds, coordinator, county, jinshui, at
):
    plan = planned()
    adoption = plans.adopt(plan, area=county, by=coordinator, at=at)
    PairingFactory(area=jinshui, recorded_at=at + timedelta(hours=1))

    assert plans.undo(adoption, by=coordinator, at=at + timedelta(hours=2)).undone_at is not None


def test_who_does_not_coordinate_takes_nothing_back(
    planned, units, coordinator, worker, county, at
):
    adoption = plans.adopt(planned(), area=county, by=coordinator, at=at)

    assert refused(plans.undo, adoption, by=worker, at=at) is None


def test_adopting_costs_the_same_for_many(
    planned, units, compounds, coordinator, county, at, django_assert_num_queries
):
    plan, other = planned(), planned()
    town = compounds[2].parent.parent
    PairingFactory(organization=units[0], area=compounds[2])
    with django_assert_num_queries(13):
        plans.adopt(plan, area=town, by=coordinator, at=at)
    for unit in units:
        PairingFactory(organization=unit, area=compounds[1])
    with django_assert_num_queries(13):
        plans.adopt(other, area=county, by=coordinator, at=at)


def test_the_task_works_a_plan_out(county, units, coordinator, at):
    from youwo.organizations.tasks import work_out_plan

    plan = plans.ask(county, by=coordinator, at=at)
    work_out_plan.call(plan.pk)

    assert pairs(Plan.objects.get(pk=plan.pk))
