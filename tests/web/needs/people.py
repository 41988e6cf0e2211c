"""Browsers, and what people type into them."""

import uuid
from html import unescape

from django.test import Client

SAID = "想请人教教我怎么在手机上挂号"
RARE = "𠮷阿姨想要👨‍👩‍👧合照🎉"
HTML = "<script>alert(1)</script><b>挂号</b>"


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def following(wish) -> Client:
    """The browser of a resident, opened with the reference and the last four digits."""
    client = Client()
    client.post("/follow/", {"reference": wish.reference, "digits": wish.voice.phone[-4:]})
    return client


def words(response) -> str:
    """A page as its source, with its characters instead of their entities."""
    return unescape(response.content.decode())


def answers(**changes) -> dict:
    """All three answers, ready to be sent."""
    given = {
        "step": "reach",
        "nonce": str(uuid.uuid4()),
        "said": SAID,
        "kind": "skill",
        "community": "140802005022",
        "address": "3号楼2单元501",
        "phone": "139 0000 1234",
        "name": "张敬之",
        "consent": "on",
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}
