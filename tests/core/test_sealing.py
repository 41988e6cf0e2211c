import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from tests import factories
from youwo.core.sealing import blind, seal, unseal
from youwo.people.models import Person

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@pytest.mark.parametrize("text", ["13900000000", "", "𠮷田", "a" * 10000])
def test_what_is_sealed_reads_back(text):
    assert unseal(seal(text)) == text


def test_equal_texts_are_sealed_differently():
    assert seal("13900000000") != seal("13900000000")


def test_a_sealed_text_does_not_show_its_text():
    assert b"13900000000" not in seal("13900000000")


def test_the_newest_key_seals(settings):
    settings.FIELD_KEYS = [NEW, OLD]
    assert seal("x").startswith(b"new:")


def test_an_older_key_still_opens(settings):
    settings.FIELD_KEYS = [OLD]
    sealed = seal("13900000000")
    settings.FIELD_KEYS = [NEW, OLD]
    assert unseal(sealed) == "13900000000"


def test_a_key_that_was_taken_away_opens_nothing(settings):
    settings.FIELD_KEYS = [OLD]
    sealed = seal("13900000000")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(KeyError):
        unseal(sealed)


@pytest.mark.parametrize("place", [4, 10, 20, -1])
def test_a_changed_byte_is_found(settings, place):
    settings.FIELD_KEYS = [NEW]
    sealed = bytearray(seal("13900000000"))
    sealed[place] ^= 1
    with pytest.raises(InvalidTag):
        unseal(bytes(sealed))


def test_a_text_under_the_name_of_another_key_is_found(settings):
    settings.FIELD_KEYS = [("old", b"o" * 32), ("new", b"o" * 32)]
    with pytest.raises(InvalidTag):
        unseal(b"new:" + seal("13900000000").partition(b":")[2])


def test_equal_texts_have_equal_blind_indexes_for_one_purpose_only():
    assert blind("phone", "139") == blind("phone", "139")
    assert blind("phone", "139") != blind("document", "139")
    assert blind("phone", "139") != blind("phone", "138")


def test_a_change_of_sealing_keys_leaves_the_blind_index_as_it_is(settings):
    before = blind("phone", "139")
    settings.FIELD_KEYS = [("newer", b"x" * 32)]
    assert blind("phone", "139") == before


def test_another_blind_key_gives_another_index(settings):
    before = blind("phone", "139")
    settings.BLIND_KEY = b"another"
    assert blind("phone", "139") != before


def stored(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person WHERE id = %s", [person.pk])
        return bytes(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_column_is_plain_in_python_and_sealed_in_the_database():
    person = factories.PersonFactory(phone="13912345678")
    assert Person.objects.get(pk=person.pk).phone == "13912345678"
    assert b"13912345678" not in stored(person)


@pytest.mark.django_db
def test_an_empty_column_stays_empty():
    person = factories.PersonFactory(phone="")
    assert Person.objects.get(pk=person.pk).phone == ""
    assert stored(person) == b""
