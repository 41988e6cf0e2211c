"""The invented words fit the columns that they go into."""

from __future__ import annotations

import pytest

from youwo.demo import words
from youwo.ledger.models import Field
from youwo.needs.actions import received
from youwo.needs.models import Wish

WISHES = words.read("wishes")["wish"]


@pytest.mark.parametrize("wish", WISHES, ids=[wish["title"] for wish in WISHES])
def test_a_wish_fits_its_columns(wish):
    assert wish["kind"] in Wish.Kind.values
    assert wish["field"] in Field.values
    assert len(wish["title"]) <= 40
    assert len(wish["text"]) <= 500
    assert len(wish["person"]) <= 40
    assert len(wish["what"]) <= 300
    assert len(wish["words"]) <= 300


@pytest.mark.parametrize("wish", WISHES, ids=[wish["title"] for wish in WISHES])
def test_what_everybody_reads_holds_no_number(wish):
    public = wish["title"] + wish["text"] + wish["person"]

    assert received._NUMBER.search(public) is None


def test_no_two_wishes_have_the_same_title():
    assert len({wish["title"] for wish in WISHES}) == len(WISHES)


def test_there_are_titles_for_every_field():
    titles = words.read("activities")

    assert [field for field in Field.values if not titles["activities"].get(field)] == []
    assert [field for field in Field.values if not titles["deeds"].get(field)] == []


def test_invented_phones_come_from_one_block():
    assert words.phone(42) == "19900000042"
