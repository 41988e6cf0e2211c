"""Each page costs a small, fixed number of statements, however many rows there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.needs.problem_factories import accepted
from tests.organizations.factories import MembershipFactory
from tests.service import factories as made
from tests.web.needs.people import signed_in
from youwo.service import actions
from youwo.service.actions import meetings

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(worker, jinshui, tax_office, acting, at):
    """Rows of every sort, and the browsers of everybody who looks at them."""

    def build(rows: int) -> dict:
        units = [tax_office]
        units += [made.enrolled(made.unit(f"单位{n}"), jinshui) for n in range(rows)]
        for _ in range(rows):
            MembershipFactory(organization=tax_office)
        called = made.called(worker, jinshui, at, organizations=units)
        for number in range(rows):
            accepted(worker, jinshui, at, title=f"路灯{number}")
        held = made.called(worker, jinshui, at, organizations=units)
        picked = [accepted(worker, jinshui, at, title=f"门{number}") for number in range(rows)]
        meetings.pick(held, problems=picked, by=worker, at=at)
        meetings.add_matter(held, title="另一件", by=worker, at=at)
        for number in range(rows):
            meetings.add_matter(called, title=f"事{number}", by=worker, at=at)
        meetings.hold(held, by=worker, at=at)
        agenda = list(held.agenda.order_by("number"))
        items = [
            meetings.decide(
                matter,
                title=f"修门{number}",
                field="troubles",
                due_on=at.date() + timedelta(days=7),
                organization=tax_office,
                helpers=units[1:],
                resources=[(f"门{n}", 1, "扇", None) for n in range(rows)],
                by=worker,
                at=at,
            )
            for number, matter in enumerate(agenda[:rows])
        ]
        for item in items:
            made.deliver(
                item,
                acting,
                tax_office,
                at,
                hands=[(acting, 30)],
                goods=[(f"门{n}", 1, "扇") for n in range(rows)],
            )
        going = made.agreed(worker, jinshui, at, organization=tax_office, helpers=units[1:])
        for _ in range(rows):
            member = MembershipFactory(organization=tax_office).person
            actions.join(going, by=member, at=at)
        for _ in range(rows):
            closed = made.delivered(worker, acting, tax_office, jinshui, at)
            actions.close(closed, accepted_by="张敬之", by=worker, at=at)
        return {
            "worker": signed_in(worker),
            "unit": signed_in(acting),
            "called": called.reference,
            "held": held.reference,
            "matter": agenda[-1].pk,
            "done": items[0].reference,
            "closed": closed.reference,
            "going": going.reference,
        }

    return build


PAGES = {
    ("worker", "/meetings/"): 2,
    ("worker", "/meetings/?q=金税&status=called&area=140802"): 2,
    ("worker", "/meetings/export/"): 2,
    ("worker", "/meetings/new/"): 4,
    ("worker", "/meetings/rhythm/"): 3,
    ("worker", "/meetings/{called}/"): 4,
    ("worker", "/meetings/{called}/agenda/"): 3,
    ("worker", "/meetings/{called}/guests/"): 4,
    ("worker", "/meetings/{called}/letters/"): 4,
    ("worker", "/meetings/{held}/run/"): 4,
    ("worker", "/meetings/{held}/decide/{matter}/"): 4,
    ("worker", "/meetings/{held}/minutes/"): 7,
    ("worker", "/meetings/{held}/list/"): 3,
    ("worker", "/service/"): 2,
    ("worker", "/service/?q=修门&status=delivered&area=140802"): 2,
    ("worker", "/service/export/"): 2,
    ("worker", "/service/new/"): 3,
    ("worker", "/service/list/"): 6,
    ("worker", "/service/list/export/"): 4,
    ("worker", "/service/{done}/"): 9,
    ("worker", "/service/{closed}/"): 8,
    ("worker", "/service/{done}/close/"): 6,
    ("worker", "/service/{going}/deliver/"): 5,
    ("worker", "/service/{going}/hand_on/"): 3,
    ("unit", "/meetings/"): 2,
    ("unit", "/meetings/{called}/"): 4,
    ("unit", "/meetings/{called}/answer/"): 4,
    ("unit", "/meetings/{held}/minutes/"): 7,
    ("unit", "/service/?own=1"): 2,
    ("unit", "/service/{done}/"): 9,
    ("unit", "/service/{going}/deliver/"): 5,
}


def statements(act) -> int:
    with CaptureQueriesContext(connection) as counted:
        response = act()
        response.getvalue()
    assert response.status_code == 200
    return len(counted)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages(city, rows):
    given = city(rows)
    got = {}
    for who, path in PAGES:
        url = path.format(**given)
        # What a process keeps for a minute is there already.
        given[who].get(url).getvalue()
        got[who, path] = statements(lambda who=who, url=url: given[who].get(url))
    assert got == PAGES


def test_no_page_costs_more_than_twelve():
    assert max(PAGES.values()) <= 12
