"""The words people agree to: versions, and publishing new ones."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import ConsentTextFactory, PersonFactory
from youwo.journal.models import Line
from youwo.people import actions, queries
from youwo.people.models import Consent, ConsentText

pytestmark = pytest.mark.django_db

CONSENTS = "/work/keep/consents/"


@pytest.fixture
def first(db):
    return ConsentTextFactory(purpose="account", text="同意建立账号。")


@pytest.fixture
def today():
    return timezone.localdate()


def entry(day, **more):
    return {"text": "甲。\r\n乙。", "valid_from": day.isoformat(), "after": "1", **more}


def test_the_versions_stand_with_their_state(city_desk, first, today):
    ConsentTextFactory(purpose="account", version=2, valid_from=date(2025, 2, 1))
    ConsentTextFactory(purpose="account", version=3, valid_from=today + timedelta(days=9))
    [(purpose, _name, versions)] = city_desk.get(CONSENTS).context["purposes"]
    assert purpose == "account"
    assert [(row.text.version, row.state) for row in versions] == [
        (3, "coming"),
        (2, "now"),
        (1, "over"),
    ]


def test_new_words_are_looked_at_before_they_are_published(city_desk, first, today):
    response = city_desk.post(f"{CONSENTS}account/", entry(today))
    assert response.context["preview"] is True
    assert ConsentText.objects.count() == 1


def test_publishing_makes_the_next_version(city_desk, keeper, first, today):
    response = city_desk.post(f"{CONSENTS}account/", entry(today, publish="1"))
    assert response.status_code == 302
    newest = queries.text_in_force("account", today)
    assert (newest.version, newest.text) == (2, "甲。\n乙。")
    assert Line.objects.get(verb="publish_consent_text").actor_key == str(keeper.pk)


def test_earlier_consents_stay_what_they_were(city_desk, first, today, at):
    person = PersonFactory()
    actions.give_consent(person, purpose="account", by=person, at=at)
    city_desk.post(f"{CONSENTS}account/", entry(today, publish="1"))
    assert Consent.objects.get(person=person).text == first


def test_one_goes_back_from_the_preview_to_the_words(city_desk, first, today):
    response = city_desk.post(f"{CONSENTS}account/", entry(today, edit="1"))
    assert response.context["preview"] is False
    assert response.context["form"]["text"].value() == "甲。\r\n乙。"


def test_words_do_not_hold_from_the_past(city_desk, first, today):
    response = city_desk.post(f"{CONSENTS}account/", entry(today - timedelta(days=1), publish="1"))
    assert list(response.context["form"].errors) == ["valid_from"]
    assert ConsentText.objects.count() == 1


def test_two_who_write_at_once_do_not_publish_over_each_other(city_desk, first, today):
    ConsentTextFactory(purpose="account", version=2)
    response = city_desk.post(f"{CONSENTS}account/", entry(today, publish="1"))
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "text": ["Version 2 has just been published. Please read it before going on."]
    }
    assert response.context["form"]["after"].value() == "2"
    assert ConsentText.objects.count() == 2


def test_a_county_reads_but_does_not_publish(county_desk, first, today):
    assert "同意建立账号。" in county_desk.get(CONSENTS).content.decode()
    assert county_desk.post(f"{CONSENTS}account/", entry(today, publish="1")).status_code == 403
    assert ConsentText.objects.count() == 1


def test_a_purpose_that_nobody_knows_does_not_exist(city_desk, first):
    assert city_desk.get(f"{CONSENTS}else/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_many_versions(count, city_desk, django_assert_num_queries):
    for number in range(count):
        ConsentTextFactory(purpose="account", version=number + 1)
    with django_assert_num_queries(2):
        city_desk.get(CONSENTS)
