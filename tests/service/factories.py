"""Meetings and service items in every state, brought there by the actions themselves."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from tests import factories
from tests.organizations.factories import UnitEnrolmentFactory
from youwo.areas.models import Area
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.service import actions
from youwo.service.actions import meetings
from youwo.service.models import JointMeeting, ServiceItem

TITLE = "小区西门加装围栏"


def unit(name: str = "市税务局", **kwargs) -> Organization:
    return factories.OrganizationFactory(name=name, **kwargs)


def enrolled(organization: Organization, community: Area) -> Organization:
    """A unit that is enrolled with a community, so that its staff can choose it."""
    UnitEnrolmentFactory(organization=organization, community=community)
    return organization


def agreed(worker: Person, community: Area, at: datetime, **kwargs) -> ServiceItem:
    """An item on which the community has agreed."""
    given = {"field": "safety", "due_on": at.date() + timedelta(days=14), **kwargs}
    title = given.pop("title", TITLE)
    return actions.agree(title, community=community, by=worker, at=at, **given)


def started(worker: Person, community: Area, at: datetime, **kwargs) -> ServiceItem:
    item = agreed(worker, community, at, **kwargs)
    return actions.start(item, by=worker, at=at + timedelta(hours=1))


def delivered(
    worker: Person, doer: Person, owner: Organization, community: Area, at: datetime, **kwargs
) -> ServiceItem:
    """An item of which its owner says that it is done."""
    item = agreed(worker, community, at, organization=owner, **kwargs)
    deliver(item, doer, owner, at + timedelta(hours=2))
    item.refresh_from_db()
    return item


def deliver(item: ServiceItem, doer: Person, owner: Organization | None, at: datetime, **kwargs):
    given = {
        "occurred_on": at.date(),
        "minutes": 90,
        "people": 4,
        "what": "装好围栏 60 米，门口留出消防通道",
        "goods": [("围栏", Decimal(60), "米")],
        **kwargs,
    }
    return actions.deliver(item, organization=owner, by=doer, at=at, **given)


def closed(
    worker: Person, doer: Person, owner: Organization, community: Area, at: datetime, **kwargs
) -> ServiceItem:
    """An item without a problem, accepted by somebody named."""
    item = delivered(worker, doer, owner, community, at, **kwargs)
    actions.close(item, accepted_by="张敬之", by=worker, at=at + timedelta(hours=3))
    item.refresh_from_db()
    return item


def called(
    worker: Person, community: Area, at: datetime, *, organizations=(), **kwargs
) -> JointMeeting:
    """A meeting to come, in three days."""
    given = {
        "reason": "商量围栏的事",
        "starts_at": at + timedelta(days=3),
        "place": "社区会议室",
        "nonce": uuid.uuid4(),
        **kwargs,
    }
    return meetings.call(community, organizations=organizations, by=worker, at=at, **given)


def held(worker: Person, community: Area, at: datetime, *, matters=(), **kwargs) -> JointMeeting:
    """A meeting that goes on, with some matters on its agenda."""
    meeting = called(worker, community, at, **kwargs)
    for title in matters:
        meetings.add_matter(meeting, title=title, by=worker, at=at)
    return meetings.hold(meeting, by=worker, at=at + timedelta(hours=1))


def ended(worker: Person, community: Area, at: datetime, **kwargs) -> JointMeeting:
    """A meeting whose minutes stand."""
    meeting = held(worker, community, at, **kwargs)
    return meetings.close(meeting, by=worker, at=at + timedelta(hours=2))
