"""A form that arrives once more: the same try counts once, and nothing new is lost."""

import uuid
from datetime import timedelta

import pytest

from tests.needs.factories import SAID, published, received
from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.needs import actions
from youwo.needs.models import Mover, Status, Suggestion, Wish
from youwo.needs.sweep import sweep

pytestmark = pytest.mark.django_db

OTHER = actions.Contact("13900009999", "李守信", "1号楼")


@pytest.fixture
def nonce():
    return uuid.uuid4()


def test_a_promise_given_back_is_not_made_again_by_its_old_form(
    worker, volunteer, jinshui, at, nonce
):
    wish = published(worker, jinshui, at)
    actions.claim(wish, by=volunteer, nonce=nonce, at=at)
    actions.release(wish, by=volunteer, reason="这周没空", at=at)
    with pytest.raises(Refused):
        actions.claim(wish, by=volunteer, nonce=nonce, at=at)
    wish.refresh_from_db()
    assert (wish.status, wish.claim) == (Status.PUBLISHED, None)


def test_after_an_old_form_time_goes_on_for_all(worker, volunteer, jinshui, at, nonce):
    wish = published(worker, jinshui, at)
    actions.claim(wish, by=volunteer, nonce=nonce, at=at)
    actions.release(wish, by=volunteer, reason="这周没空", at=at)
    with pytest.raises(Refused):
        actions.claim(wish, by=volunteer, nonce=nonce, at=at)
    sweep(at + timedelta(days=40))
    wish.refresh_from_db()
    assert wish.mover == Mover.WORKER


def test_the_same_words_sent_twice_are_one_wish(jinshui, at, nonce):
    assert received(jinshui, at, nonce=nonce) == received(jinshui, at, nonce=nonce)


@pytest.mark.parametrize(
    "changed", [{"said": "想请人帮忙修一下水龙头"}, {"contact": OTHER}], ids=["words", "person"]
)
def test_a_form_filled_in_once_more_is_a_wish_of_its_own(jinshui, at, nonce, changed):
    first = received(jinshui, at, nonce=nonce)
    second = received(jinshui, at, nonce=nonce, **changed)
    assert second.pk != first.pk


def test_a_form_for_another_community_is_a_wish_of_its_own(
    jinshui: Area, elsewhere: Area, at, nonce
):
    received(jinshui, at, nonce=nonce)
    received(elsewhere, at, nonce=nonce)
    assert sorted(Wish.objects.values_list("community", flat=True)) == [jinshui.pk, elsewhere.pk]


def test_a_form_filled_in_once_more_and_sent_twice_is_one_wish(jinshui, at, nonce):
    received(jinshui, at, nonce=nonce)
    received(jinshui, at, nonce=nonce, contact=OTHER)
    received(jinshui, at, nonce=nonce, contact=OTHER)
    assert Wish.objects.count() == 2


def test_a_try_after_the_answer_is_still_the_same_wish(worker, jinshui, at, nonce):
    wish = received(jinshui, at, nonce=nonce)
    actions.ask(wish, question="哪天方便？", by=worker, at=at)
    actions.answer(wish, words="周四", by=None, at=at)
    assert received(jinshui, at, nonce=nonce, said=SAID) == wish


def suggest(words, nonce, at):
    return actions.suggest(words, page="/", phone="", community=None, nonce=nonce, by=None, at=at)


def test_other_words_are_a_suggestion_of_their_own(db, at, nonce):
    for words in ("字太小了", "字太小了", "电话没人接"):
        suggest(words, nonce, at)
    assert sorted(Suggestion.objects.values_list("words", flat=True)) == ["字太小了", "电话没人接"]
