"""One act: one transaction, one lock for each row, one write for what is gathered."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from tests.factories import PersonFactory
from youwo.core.acts import (
    acting,
    as_held,
    at_end,
    attempt,
    held,
    hold,
    hold_all,
    hold_first,
    hold_found,
    once,
    under_way,
)
from youwo.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    """What was written, a list for each time."""
    return []


def test_what_is_gathered_is_written_once_at_the_end(written):
    with acting():
        at_end(written.append, [1])
        with acting():
            at_end(written.append, [2, 3])
        assert written == []
    assert written == [[1, 2, 3]]


def test_outside_an_act_it_is_written_at_once(written):
    at_end(written.append, [1])
    at_end(written.append, [])
    assert written == [[1]]


def test_what_writing_brings_about_is_written_as_well(written):
    def hands_on(rows):
        at_end(written.append, [row * 10 for row in rows])

    with acting():
        at_end(hands_on, [2])
    assert written == [[20]]


def test_an_act_that_fails_writes_nothing(written):
    @acting()
    def act():
        PersonFactory(name="王小明")
        at_end(written.append, [1])
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        act()
    assert written == []
    assert not Person.objects.filter(name="王小明").exists()
    assert not under_way()


def test_a_part_may_fail_and_the_rest_stays(written):
    @attempt()
    def fail():
        at_end(written.append, [2])
        at_end(print, ["never"])
        PersonFactory(username="same")
        PersonFactory(username="same")

    with acting():
        at_end(written.append, [1])
        with pytest.raises(IntegrityError):
            fail()
        at_end(written.append, [3])
    assert written == [[1, 3]]
    assert not Person.objects.filter(username="same").exists()


def test_an_attempt_alone_is_an_act(written):
    with attempt():
        assert under_way()
        at_end(written.append, [1])
    assert written == [[1]]


def test_what_failed_is_read_anew():
    person = PersonFactory(name="王小明")

    @attempt()
    def fail():
        row = hold(person)
        row.name = "李小红"
        row.save(update_fields=["name"])
        raise ValueError("no")

    with acting():
        hold(person)
        once("age", lambda: 1)
        with pytest.raises(ValueError, match="no"):
            fail()
        assert hold(person).name == "王小明"
        assert once("age", lambda: 2) == 2


def test_a_row_is_locked_and_read_once(django_assert_num_queries):
    person, other = PersonFactory(), PersonFactory()
    with acting(), django_assert_num_queries(2):
        first = hold(person)
        assert hold(person) is first
        assert held(person) is first
        assert hold_all([other, person])[1] is first
        assert hold_all([]) == []


def test_rows_found_by_a_query_are_held_too():
    person = PersonFactory()
    with acting():
        first = hold_first(Person.objects.filter(pk=person.pk))
        assert hold(person) is first
        assert hold_found(Person.objects.filter(pk=person.pk)) == [first]
        assert hold_first(Person.objects.none()) is None


def test_a_row_that_has_just_been_made_is_held_as_it_is(django_assert_num_queries):
    with acting():
        person = as_held(PersonFactory())
        with django_assert_num_queries(0):
            assert hold(Person(pk=person.pk)) is person


def test_outside_an_act_nothing_is_held():
    person = PersonFactory()
    assert held(person) is None
    assert hold_found(Person.objects.filter(pk=person.pk)) == [person]
    assert as_held(person) is person
    assert once("key", lambda: 1) == 1
    assert once("key", lambda: 2) == 2


def test_what_is_gone_is_said_to_be_gone():
    person = PersonFactory()
    Person.objects.filter(pk=person.pk).delete()
    with pytest.raises(Person.DoesNotExist), acting():
        hold(person)
