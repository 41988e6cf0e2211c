"""Many open wishes in a county, written in sets, and the people who deal with them."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from youwo.areas import actions as areas
from youwo.areas.models import Area
from youwo.areas.tables import read
from youwo.core.references import new_reference
from youwo.core.search import terms
from youwo.needs.models import Mover, Status, Voice, Wish
from youwo.needs.waiting import turns_of
from youwo.people.models import Grant, Person
from youwo.turns import actions as turns
from youwo.web.people.sessions import SessionStore

COUNTY = "140802"
COMMUNITY = "140802005022"
_WORDS = [
    "想请人教用手机挂号",
    "家里的水龙头一直滴水",
    "想要一台轮椅",
    "一个人在家想有人说说话",
    "想去盐湖边转转",
    "孩子的作业没人辅导",
    "厨房的灯坏了",
    "想学写毛笔字",
    "想请人上门理发",
    "想要几本故事书",
    "帮忙把旧柜子搬下楼",
    "想请人陪着去医院",
    "药吃完了想请人代取",
    "想学用微信视频",
    "阳台的窗户关不上",
    "想听一场蒲剧",
    "想请人写一封家信",
    "想给老伴过生日",
    "想要一根拐杖",
    "想学包粽子",
]
_MORE = [
    "邻居",
    "楼道",
    "周末",
    "儿子",
    "外地",
    "天冷",
    "膝盖",
    "上下楼",
    "老伴",
    "退休",
    "孙女",
    "学校",
    "社区",
    "晚饭",
    "早上",
    "腿脚",
    "眼睛",
    "耳朵",
    "电话",
    "门口",
]


def places() -> None:
    """Load the city's official places."""
    if not Area.objects.exists():
        areas.load(read(), at=datetime.now(UTC))


def staff(role: str, code: str) -> Person:
    """Make somebody who holds a role in a place."""
    now = datetime.now(UTC)
    person = Person.objects.create(name="李桂兰", username=uuid.uuid4().hex, joined_at=now)
    Grant.objects.create(
        person=person,
        role=role,
        area_id=code,
        starts_on=now.date() - timedelta(days=9),
        granted_at=now,
    )
    return person


def cookie_of(person: Person) -> str:
    """Sign somebody in, and return the cookie that says so."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


def wishes(number: int, *, seed: int = 7) -> None:
    """Write open wishes: a third waits for review, two thirds stand on the board."""
    draw = random.Random(seed)
    named = Area.objects.within(COUNTY).communities().order_by("code").in_bulk()
    codes = sorted(named)
    now = datetime.now(UTC)
    # Among a hundred thousand at random, a few would meet.
    references = {new_reference("W") for _ in range(number + 100)}
    for start in range(0, number, 5000):
        some = range(start, min(start + 5000, number))
        voices = Voice.objects.bulk_create(
            [Voice(consent_given_by=Voice.Consent.SELF, consent_at=now) for _ in some]
        )
        made = Wish.objects.bulk_create(
            [_wish(draw, codes, voice, references.pop(), now) for voice in voices]
        )
        for wish in made:
            wish.community = named[wish.community_id]
        turns.put_many([(wish, turns_of(wish)) for wish in made])


def _wish(
    draw: random.Random, codes: list[str], voice: Voice, reference: str, now: datetime
) -> Wish:
    said = "，".join([draw.choice(_WORDS), *draw.sample(_MORE, 3)])
    received = now - timedelta(minutes=draw.randrange(400_000))
    public = draw.random() < 0.67
    return Wish(
        reference=reference,
        nonce=uuid.UUID(int=draw.getrandbits(128)),
        status=Status.PUBLISHED if public else Status.RECEIVED,
        mover=Mover.ANYONE if public and draw.random() < 0.7 else Mover.WORKER,
        kind=draw.choice(Wish.Kind.values),
        community_id=draw.choice(codes),
        voice=voice,
        said=said,
        search_terms=terms(said),
        public_title=said[:20] if public else "",
        public_text=said if public else "",
        public_terms=terms(said) if public else "",
        received_at=received,
        since=received,
        due_at=received + timedelta(days=2),
        published_at=received if public else None,
    )
