"""Telling people something."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tests.factories import PersonFactory
from youwo.notices import actions, queries
from youwo.notices.models import Message


def tell(*people, at, cause="wish:1:claimed", **kwargs):
    actions.tell(people, kind="case", subject="有人认领了心愿", cause=cause, at=at, **kwargs)


def test_everybody_gets_one_message(resident, volunteer, at):
    tell(resident, volunteer, resident, None, at=at)

    assert set(Message.objects.values_list("recipient", flat=True)) == {resident.pk, volunteer.pk}


def test_the_same_cause_makes_no_second_message(resident, at):
    tell(resident, at=at)
    tell(resident, at=at)

    assert Message.objects.count() == 1


def test_people_who_left_are_told_nothing(db, at):
    tell(PersonFactory(is_active=False), at=at)

    assert Message.objects.count() == 0


def test_each_reads_their_own_language(db, at):
    chinese, english = PersonFactory(), PersonFactory(language="en")
    subject = format_lazy("{kind}", kind=_("e-mail"))
    actions.tell([chinese, english], kind="case", subject=subject, cause="x", at=at)

    assert Message.objects.get(recipient=english).subject == "e-mail"


def test_a_long_subject_is_cut(resident, at):
    actions.tell([resident], kind="case", subject="长" * 300, cause="x", at=at)

    assert len(Message.objects.get().subject) == 120


def test_telling_many_costs_one_statement(resident, at):
    many = PersonFactory.create_batch(4, email="somebody@example.org")
    with CaptureQueriesContext(connection) as captured:
        tell(resident, *many, at=at)

    assert [q["sql"].split()[0] for q in captured if "SAVEPOINT" not in q["sql"]] == ["INSERT"]


def test_the_first_reading_counts(resident, at):
    tell(resident, at=at)
    message = actions.read(Message.objects.get(), at=at)
    actions.read(message, at=at.replace(year=2026))

    assert Message.objects.get().read_at == at


def test_read_all_leaves_the_messages_of_others(resident, volunteer, at):
    tell(resident, volunteer, at=at)

    assert actions.read_all(by=resident, at=at) == 1
    assert (queries.unread_count(resident), queries.unread_count(volunteer)) == (0, 1)


def test_unread_messages_are_counted_up_to_a_hundred(resident, at, django_assert_num_queries):
    Message.objects.bulk_create(
        Message(recipient=resident, kind="case", subject="x", cause=str(n), created_at=at)
        for n in range(130)
    )
    with django_assert_num_queries(1):
        assert queries.unread_count(resident) == 100


def test_a_channel_is_wanted_until_somebody_says_no(resident, at):
    assert queries.wanted(resident)["case", "email"] is True

    actions.choose_channels(by=resident, wanted=set(), at=at)
    assert queries.wanted(resident)["case", "email"] is False

    actions.choose_channels(by=resident, wanted={("case", "email")}, at=at)
    assert queries.wanted(resident) == {
        ("case", "email"): True,
        ("reminder", "email"): False,
        ("account", "email"): False,
        ("digest", "email"): False,
    }
