"""Plans worked out from units, places and today's pairs."""

from __future__ import annotations

import pytest

from tests.factories import ON, OrganizationFactory, area
from tests.organizations.factories import (
    MemberEnrolmentFactory,
    PairingFactory,
    UnitEnrolmentFactory,
)
from tests.organizations.planning.conftest import pairs
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.organizations.actions import plans
from youwo.organizations.models import Plan
from youwo.organizations.planning import working
from youwo.organizations.planning.reading import read
from youwo.web.pairings.words import trouble

pytestmark = pytest.mark.django_db


def test_every_place_gets_the_unit_that_is_near(planned, units, compounds):
    plan = planned()

    assert (plan.state, plan.progress, plan.trouble) == ("ready", 100, {})
    assert (plan.is_proven, plan.gap) == (True, 0)
    assert list(pairs(plan).values()) == ["近处的单位"] * 2 + ["远处的单位"] * 2
    assert plan.cost == sum(plan.rows.values_list("distance", flat=True)) == 20


def test_equal_shares_hold_where_all_units_are_in_one_place(planned, units, compounds):
    for row in units[1].enrolments.all():
        row.community_id = units[0].enrolments.get().community_id
        row.save()

    plan = planned()

    loads = [list(pairs(plan).values()).count(unit.name) for unit in units]
    assert loads == [2, 2]
    assert list(plan.units.values_list("least", "most")) == [(2, 2)] * 2


def test_shares_follow_members_where_that_is_asked(planned, units, compounds):
    for _ in range(3):
        MemberEnrolmentFactory(organization=units[0])
    MemberEnrolmentFactory(organization=units[1])

    plan = planned(share="members")

    assert [list(pairs(plan).values()).count(unit.name) for unit in units] == [3, 1]
    assert list(plan.units.order_by("pk").values_list("members", flat=True)) == [3, 1]


def test_todays_pairs_are_kept_unless_asked(planned, units, compounds):
    PairingFactory(organization=units[1], area=compounds[0])

    kept, redrawn = planned(), planned(keep=False)

    assert pairs(kept)[compounds[0].name] == "远处的单位"
    row = kept.rows.get(area=compounds[0])
    assert (row.today, row.today_distance, row.is_new) == (units[1], 200, False)
    assert pairs(redrawn)[compounds[0].name] == "近处的单位"


def test_where_it_is_redrawn_a_tie_decides_between_equals(planned, units, compounds):
    other = OrganizationFactory(name="邻近的单位")
    UnitEnrolmentFactory(organization=other, community=compounds[0].parent)
    PairingFactory(organization=other, area=compounds[1])

    plan = planned(keep=False, slack=2)

    assert pairs(plan)[compounds[1].name] == "邻近的单位"


def test_neighbours_look_after_no_other_place(planned, units, compounds):
    for kind in ("committee", "property", "owners"):
        UnitEnrolmentFactory(organization=OrganizationFactory(kind=kind))

    assert planned().units.count() == 2


def test_villages_come_in_only_when_asked(county, planned, units, compounds):
    village = area("140802005201", "村")
    village.rural = True
    village.save()

    assert planned(places="both").rows.count() == 6
    assert planned(places="both", villages=True).rows.count() == 7
    assert planned(places="communities").rows.count() == 2


@pytest.mark.parametrize(
    ("asked", "trouble"),
    [
        ({"ceiling": 1}, {"kind": "too_little_room", "places": 4, "room": 2, "needed": 2}),
        ({"farthest_km": 0}, None),
        ({"farthest_km": 1, "ceiling": 9}, None),
    ],
)
def test_what_cannot_be_is_explained(asked, trouble, planned, units, compounds):
    units[1].enrolments.all().delete()
    OrganizationFactory(name="路过的单位")
    UnitEnrolmentFactory(organization=units[1])

    plan = planned(**asked)

    if trouble is None and not asked["farthest_km"]:
        # Nought means that nothing is too far.
        assert plan.state == "ready"
        return
    expected = trouble or {
        "kind": "too_far",
        "places": 2,
        "named": [compounds[2].pk, compounds[3].pk],
    }
    assert (plan.state, plan.trouble) == ("impossible", expected)
    assert not plan.rows.exists()


def test_kept_pairs_can_leave_too_few_places_for_the_others(planned, units, compounds):
    for compound in compounds[:3]:
        PairingFactory(organization=units[1], area=compound)

    plan = planned()

    assert plan.trouble == {"kind": "too_few_places", "places": 1, "asked": 2}


def test_without_units_or_places_there_is_nothing_to_plan(planned, compounds, jinshui):
    assert planned().trouble == {"kind": "no_units"}
    Area.objects.filter(kind="compound").update(valid_to=ON)
    assert planned().trouble == {"kind": "no_places"}


def test_all_kept_is_a_plan_too(planned, units, compounds):
    for compound, unit in zip(compounds, units * 2, strict=True):
        PairingFactory(organization=unit, area=compound)

    plan = planned()

    assert (plan.state, plan.cost, plan.is_proven) == ("ready", 0, True)
    assert plan.rows.filter(organization=None).count() == 0


def test_a_plan_is_worked_out_once_and_not_when_put_away(planned, units, coordinator, at):
    plan = planned()
    working.work_out(plan, at=at)
    assert plan.rows.count() == 4
    dropped = plans.ask(plan.area, by=coordinator, at=at)
    plans.drop(dropped, by=coordinator, at=at)

    working.work_out(dropped, at=at)

    assert Plan.objects.get(pk=dropped.pk).state == "dropped"


def test_whoever_waits_for_a_plan_that_failed_is_told(county, units, coordinator, at, monkeypatch):
    plan = plans.ask(county, by=coordinator, at=at)

    def broken(*args):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(working, "pair", broken)
    with pytest.raises(RuntimeError):
        working.work_out(plan, at=at)

    plan.refresh_from_db()
    assert (plan.state, "请再提一次" in trouble(plan.trouble)) == ("impossible", True)


def test_what_is_put_away_while_it_is_worked_out_stays_put_away(
    county, units, coordinator, at, monkeypatch
):
    plan = plans.ask(county, by=coordinator, at=at)
    real = working.pair

    def slowly(*args):
        worked = real(*args)
        plans.drop(plan, by=coordinator, at=at)
        return worked

    monkeypatch.setattr(working, "pair", slowly)
    working.work_out(plan, at=at)

    assert not plan.rows.exists()


def test_reading_costs_the_same_for_many(planned, units, compounds, at, django_assert_num_queries):
    plan = planned()
    with django_assert_num_queries(5):
        read(plan, local_day(at))
    for number in range(3):
        unit = OrganizationFactory()
        UnitEnrolmentFactory(organization=unit)
        PairingFactory(organization=unit, area=compounds[number], starts_on=ON)
    with django_assert_num_queries(5):
        start = read(plan, local_day(at))
    assert len(start.units) == 5
