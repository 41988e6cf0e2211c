"""The queue holds what waits for somebody in all their roles, by the clock."""

from datetime import timedelta

import pytest

from tests import factories
from tests.turns.factories import wanted
from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.recent import forget_all
from youwo.turns import actions, queries

pytestmark = pytest.mark.django_db


def put(case, at, **kwargs):
    actions.put(case, [wanted(at, **kwargs)])


def references(person, at, **kwargs):
    return [turn.reference for turn in queries.queue(person, at, **kwargs)]


@pytest.fixture
def cases(db):
    """Three rows that stand for cases of any kind."""
    return [factories.PersonFactory() for _ in range(3)]


def test_the_most_urgent_stands_first(cases, worker, at):
    put(cases[0], at, reference="LATER", hours=9)
    put(cases[1], at, reference="SOONER", hours=1)
    assert references(worker, at) == ["SOONER", "LATER"]


def test_a_workers_turn_is_for_all_workers_around_the_community(cases, worker, stranger, at):
    county = factories.granted("worker", factories.area("140802"))
    put(cases[0], at)
    queues = [len(references(person, at)) for person in (worker, county, stranger)]
    assert queues == [1, 1, 0]


def test_a_coordinators_turn_is_for_exactly_that_area(cases, coordinator, worker, at):
    city = factories.granted("coordinator", factories.area("1408"))
    put(cases[0], at, role="coordinator", area="140802")
    queues = [len(references(person, at)) for person in (coordinator, city, worker)]
    assert queues == [1, 0, 0]


def test_a_units_turn_is_for_everybody_who_acts_for_it(cases, at):
    unit = factories.OrganizationFactory()
    first, second = factories.mandated(unit), factories.mandated(unit)
    put(cases[0], at, role="", organization=unit.pk)
    queues = [len(references(p, at)) for p in (first, second, factories.PersonFactory())]
    assert queues == [1, 1, 0]


def test_a_persons_turn_is_their_own(cases, volunteer, worker, at):
    put(cases[0], at, role="", person=volunteer.pk)
    assert [len(references(person, at)) for person in (volunteer, worker)] == [1, 0]


def test_who_is_barred_does_not_see_it(cases, worker, at):
    other = factories.granted("worker", factories.area("140802005022"))
    put(cases[0], at, not_persons=(worker.pk,))
    assert [len(references(person, at)) for person in (worker, other)] == [0, 1]


def test_who_acts_for_a_barred_unit_does_not_see_it(cases, worker, at):
    unit = factories.OrganizationFactory()
    other = factories.granted("worker", factories.area("140802005022"))
    factories.mandate(worker, unit)
    put(cases[0], at, not_organizations=(unit.pk,))
    assert [len(references(person, at)) for person in (worker, other)] == [0, 1]


def test_one_key_within_another_bars_nobody(cases, worker, at):
    put(cases[0], at, not_persons=(int(f"{worker.pk}0"), int(f"1{worker.pk}")))
    assert len(references(worker, at)) == 1


def test_putting_again_replaces_what_was_there(cases, worker, at):
    put(cases[0], at, reference="OLD")
    put(cases[0], at, reference="NEW")
    assert references(worker, at) == ["NEW"]


def test_what_a_case_had_before_an_act_is_replaced_whatever_is_said_later(cases, worker, at):
    put(cases[0], at, reference="OLD")
    with acting():
        actions.clear(cases[0])
        actions.put(cases[0], [wanted(at, reference="NEW")])
    assert references(worker, at) == ["NEW"]


def test_clearing_one_case_leaves_the_others(cases, worker, at):
    put(cases[0], at, reference="ONE")
    put(cases[1], at, reference="TWO")
    actions.clear(cases[0])
    assert references(worker, at) == ["TWO"]


def test_what_a_case_needs_no_more_is_in_no_queue_and_not_counted(cases, worker, at):
    coordinator = factories.granted("coordinator", factories.area("140802"))
    unit = factories.OrganizationFactory()
    factories.mandate(worker, unit)
    others = [
        wanted(at, role="coordinator", area="140802"),
        wanted(at, role="", organization=unit.pk),
        wanted(at, role="", person=worker.pk),
    ]
    actions.put(cases[0], [wanted(at, reference="OLD"), *others])
    assert [queries.count_queue(p, at).total for p in (worker, coordinator)] == [3, 1]
    put(cases[0], at, reference="NEW")
    assert (references(worker, at), references(coordinator, at)) == (["NEW"], [])
    assert [queries.count_queue(p, at).total for p in (worker, coordinator)] == [1, 0]


def test_long_titles_are_cut(cases, worker, at):
    put(cases[0], at, title="很长的标题" * 30)
    (turn,) = queries.queue(worker, at)
    assert (len(turn.title), turn.title[-1]) == (80, "…")


def test_what_waits_in_an_ended_community_waits_for_its_successor(
    cases, worker, stranger, jinshui, elsewhere, at
):
    put(cases[0], at)
    Area.objects.filter(pk=jinshui.pk).update(valid_to=at.date(), successor=elsewhere)
    forget_all()
    assert len(references(stranger, at)) == 1


def test_the_count_tells_late_today_and_later(cases, worker, at):
    for case, hours in zip(cases, (-1, 2, 40), strict=True):
        put(case, at, hours=hours)
    found = queries.count_queue(worker, at)
    assert (found.late, found.today, found.later, found.total) == (1, 1, 1, 3)


def test_more_than_99_are_not_all_counted(worker, volunteer, jinshui, at):
    actions.put(volunteer, [wanted(at) for _ in range(101)])
    assert queries.count_queue(worker, at).more is True


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_four_statements_whatever_waits(
    count, cases, worker, at, django_assert_num_queries
):
    county = factories.granted("coordinator", factories.area("140802"))
    unit = factories.OrganizationFactory()
    factories.mandate(county, unit)
    factories.mandate(worker, unit)
    for case in cases[:count]:
        put(case, at)
        put(case, at, role="", organization=unit.pk)
    for person, statements in ((worker, 3), (county, 3)):
        queries.queue(person, at)  # the grants are read once for each person object
        with django_assert_num_queries(statements):
            queries.queue(person, at)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_queue_is_paged_across_roles_and_back(size, cases, worker, at):
    put(cases[0], at, role="", person=worker.pk, reference="B", hours=2)
    put(cases[1], at, reference="A", hours=1)
    put(cases[2], at, reference="C", hours=3)
    seen, page = [], queries.queue(worker, at, size=size)
    while True:
        seen.extend(turn.reference for turn in page)
        if page.after is None:
            break
        page = queries.queue(worker, at, cursor=page.after, size=size)
    assert seen == ["A", "B", "C"]
    while page.before:
        page = queries.queue(worker, at, cursor=page.before, size=size)
    assert [turn.reference for turn in page] == seen[:size]


def test_counts_say_when_there_is_more(at):
    count = queries.count_due([at, at + timedelta(hours=1), at + timedelta(days=2)], at, more=True)
    assert (count.late, count.today, count.later, count.more) == (1, 1, 1, True)
