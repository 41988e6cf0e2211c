"""Wishes in every state, brought there by the actions themselves."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from tests import factories
from youwo.areas.models import Area
from youwo.needs import actions
from youwo.needs.models import Delivery, Voice, Wish
from youwo.people.models import Person

PHONE = "13800001234"
SAID = "我是张敬之，想请人教教怎么在手机上挂号"


def received(
    community: Area, at: datetime, *, said: str = SAID, by: Person | None = None, **kwargs
) -> Wish:
    """A wish somebody made without an account."""
    given = {
        "kind": "skill",
        "contact": actions.Contact(PHONE, "张敬之", "3号楼2单元501"),
        "consent_given_by": Voice.Consent.SELF,
        "nonce": uuid.uuid4(),
        **kwargs,
    }
    if "consent" not in given:
        given["consent"] = factories.ConsentTextFactory()
    return actions.receive(said, community=community, by=by, at=at, **given)


def published(
    worker: Person, community: Area, at: datetime, *, title: str = "想请人教用手机挂号", **kwargs
) -> Wish:
    wish = received(community, at, **kwargs)
    return actions.publish(
        wish,
        public_title=title,
        public_text="每月要去医院拿药，想学会在手机上挂号。",
        public_person="独居老人，78 岁",
        kind="skill",
        by=worker,
        at=at,
    )


def claimed(worker: Person, doer: Person, community: Area, at: datetime, **kwargs) -> Wish:
    wish = published(worker, community, at, by=kwargs.pop("wisher", None))
    return actions.claim(wish, by=doer, nonce=uuid.uuid4(), at=at, **kwargs)


def delivered(worker: Person, doer: Person, community: Area, at: datetime, **kwargs) -> Wish:
    wish = claimed(worker, doer, community, at, **kwargs)
    actions.deliver(
        wish,
        occurred_on=at.date(),
        minutes=45,
        what="上门教了两遍，自己挂上了号",
        field="learning",
        by=doer,
        at=at + timedelta(hours=1),
    )
    wish.refresh_from_db()
    return wish


def confirmed(worker: Person, doer: Person, community: Area, at: datetime, **kwargs) -> Wish:
    wish = delivered(worker, doer, community, at, **kwargs)
    actions.confirm(wish, how=Delivery.Confirmed.LINK, by=None, at=at + timedelta(hours=2))
    wish.refresh_from_db()
    return wish
