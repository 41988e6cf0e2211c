"""Who may open what: every page, for every role, in the own area and in a foreign one.

The letters stand for: `o` opens, `l` is sent to sign in, `-` does not exist for this person (404),
`>` is sent to another page, `x` is not a way to ask for it (405).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories
from tests.needs.factories import claimed, published, received
from tests.needs.pictures import picture
from tests.notices.factories import DeliveryFactory, MessageFactory
from tests.organizations.factories import (
    MemberEnrolmentFactory,
    MembershipFactory,
    UnitEnrolmentFactory,
)
from tests.web.matrix import MODULES, PAGES
from youwo.ledger.models import Entry
from youwo.needs import actions, photos
from youwo.needs.models import OutsideMatter
from youwo.organizations.models import Import

pytestmark = pytest.mark.django_db

ROLES = [
    "visitor",
    "resident",
    "member",
    "worker",
    "coordinator",
    "stranger",
    "neighbour",
    "auditor",
    "administrator",
]


def all_pages(resolver=None, space=""):
    """Yield the name and the view of every address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from all_pages(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback


@dataclass
class City:
    """One row of everything, in Jinshui, and one person for every role."""

    people: dict
    arguments: dict


@pytest.fixture
def city(jinshui, elsewhere, worker, coordinator, stranger, resident, at):
    unit = factories.OrganizationFactory(name="市税务局")
    member = factories.mandated(unit, name="赵明远")
    county, other_county = jinshui.parent.parent, elsewhere.parent.parent
    auditor = factories.granted("auditor", county, name="周正")
    administrator = factories.granted("administrator", county.parent, name="吴管")
    neighbour = factories.granted("coordinator", other_county, name="冯远")
    waiting = received(jinshui, at)
    photo = photos.add(waiting, photos.Picture(picture(), 40, 30), at=at)
    promised = claimed(worker, member, jinshui, at, organization=unit)
    public = published(worker, jinshui, at)
    suggestion = actions.suggest(
        "字太小",
        page="/",
        phone="13800001234",
        community=jinshui,
        nonce=waiting.nonce,
        by=None,
        at=at,
    )
    done = claimed(worker, member, jinshui, at)
    actions.deliver(
        done, occurred_on=at.date(), minutes=10, what="好了", field="visits", by=member, at=at
    )
    actions.confirm(done, how="link", by=None, at=at)
    message = MessageFactory(recipient=resident)
    delivery = DeliveryFactory(state="failed")
    enrolment = MemberEnrolmentFactory(
        person=factories.PersonFactory(), organization=unit, community=jinshui
    )
    membership = MembershipFactory(person=enrolment.person, organization=unit)
    UnitEnrolmentFactory(organization=unit, community=jinshui)
    table = Import.objects.create(
        subject="units", area=jinshui, file_name="单位.xlsx", started_by=worker, started_at=at
    )
    people = {
        "visitor": None,
        "resident": resident,
        "member": member,
        "worker": worker,
        "coordinator": coordinator,
        "stranger": stranger,
        "neighbour": neighbour,
        "auditor": auditor,
        "administrator": administrator,
    }
    arguments = {
        "": [],
        "community": [jinshui.pk],
        "compound": [factories.area(f"{jinshui.pk}-0001").pk],
        "hours": [1],
        "matter": [OutsideMatter.objects.create(code="fire", kind="emergency", name="火情").pk],
        "purpose": [factories.ConsentTextFactory(purpose="account").purpose],
        "area": ["140802"],
        "figure": ["140802", "deeds"],
        "entry": [Entry.objects.get().pk],
        "waiting": [waiting.reference],
        "photo": [waiting.reference, photo.pk],
        "public": [public.reference],
        "promised": [promised.reference],
        "waiting publish": [waiting.reference, "publish"],
        "waiting withdraw": [waiting.reference, "withdraw"],
        "suggestion": [suggestion.pk],
        "sent": [suggestion.reference],
        "passkey": [1],
        "consent": [1],
        "person": [worker.pk],
        "grant": [worker.grants.get().pk],
        "welcome": ["x", "y"],
        "message": [message.pk],
        "delivery": [delivery.pk],
        "unit": [unit.pk],
        "mandate": [unit.mandates.get().pk],
        "membership": [membership.pk],
        "enrolment": [enrolment.reference],
        "subject": ["members"],
        "table": [table.pk],
    }
    found = City(people, arguments)
    for module in MODULES:
        if hasattr(module, "arguments"):
            found.arguments.update(module.arguments(found))
    return found


def _letter(response) -> str:
    if response.status_code == 302:
        return "l" if response.url.startswith("/account/login/") else ">"
    return {200: "o", 404: "-", 405: "x", 403: "f"}[response.status_code]


def test_every_page_is_in_the_table():
    assert sorted(name for name, _view in all_pages()) == sorted(PAGES)


def test_every_view_says_who_may_open_it():
    assert [name for name, view in all_pages() if getattr(view, "access", None) is None] == []


@pytest.mark.parametrize("name", PAGES)
def test_who_may_open(name, city, client):
    wanted, expected = PAGES[name]
    url = reverse(name, args=city.arguments[wanted])
    got = {}
    for role in ROLES:
        client.logout()
        person = city.people[role]
        if person is not None:
            client.force_login(person)
        response = client.get(url)
        got[role] = _letter(response)
        if response.streaming:
            # Read to its end, so that the file behind it is closed.
            b"".join(response.streaming_content)
    assert got == dict(zip(ROLES, expected, strict=True))
