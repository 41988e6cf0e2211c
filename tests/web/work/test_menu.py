"""What stands below the queue opens for whom it stands there."""

import pytest

from tests import factories
from tests.web.needs.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["worker", "coordinator", "auditor", "administrator", "member"])
def test_every_link_opens(role, jinshui, coordinator):
    city = jinshui.parent.parent.parent
    place = {"worker": jinshui, "administrator": city}.get(role, jinshui.parent.parent)
    if role == "member":
        person = factories.mandated(factories.OrganizationFactory())
    else:
        person = factories.granted(role, place)
    browser = signed_in(person)
    links = [href for _, shown in browser.get("/work/").context["links"] for href, _ in shown]
    assert {href: browser.get(href).status_code for href in links} == dict.fromkeys(links, 200)
