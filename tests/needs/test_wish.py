import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.needs.factories import SAID, claimed, confirmed, delivered, published, received
from youwo.capacity.models import Claim
from youwo.core.references import spaced
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.ledger.models import Entry, Goods
from youwo.needs import actions, rules
from youwo.needs.models import (
    CallBack,
    Delivery,
    HandOver,
    Mover,
    OutsideMatter,
    Status,
    Voice,
    Wish,
)
from youwo.notices.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_worker(jinshui):
    """Another worker of the same community."""
    return factories.granted("worker", jinshui, name="陈玉梅")


def test_a_received_wish_waits_for_the_community(jinshui, at):
    wish = received(jinshui, at)
    assert (wish.status, wish.mover, wish.since) == (Status.RECEIVED, Mover.WORKER, at)


def test_the_review_has_two_working_days(jinshui, at):
    wish = received(jinshui, at)
    assert wish.due_at == at + timedelta(days=2)


def test_what_was_said_is_found_but_not_on_the_board(jinshui, at):
    wish = received(jinshui, at)
    assert ("挂号" in wish.search_terms, wish.public_terms) == (True, "")


def test_the_same_try_makes_one_wish(jinshui, at):
    nonce = uuid.uuid4()
    first = received(jinshui, at, nonce=nonce)
    second = received(jinshui, at, nonce=nonce)
    assert (first.pk, Wish.objects.count(), Voice.objects.count()) == (second.pk, 1, 1)


def test_name_and_phone_stand_encrypted_in_the_database(jinshui, at):
    wish = received(jinshui, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM needs_voice WHERE id = %s", [wish.voice_id])
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert ("张敬之".encode() in stored, b"13800001234" in stored) == (False, False)


def test_receiving_costs_four_inserts(jinshui, at, django_assert_num_queries):
    factories.ConsentTextFactory()
    received(jinshui, at)
    consent = factories.ConsentTextFactory()
    with django_assert_num_queries(6):  # four, and the two ends of the savepoint in tests
        received(jinshui, at, consent=consent)


def test_the_journal_holds_no_words_and_no_name(jinshui, at):
    received(jinshui, at)
    line = Line.objects.get(verb="receive")
    kept = f"{line.reason}{line.data}{line.target_key}"
    assert [word for word in ("张敬之", "13800001234", SAID[:6]) if word in kept] == []


def test_a_worker_enters_for_the_own_community_only(stranger, jinshui, at):
    with pytest.raises(Refused):
        received(jinshui, at, by=stranger, channel="visit")


def test_a_childs_wish_needs_the_guardian(jinshui, at):
    child = actions.Contact("13800001234", "小童", minor=True)
    with pytest.raises(Refused):
        received(jinshui, at, contact=child)


def test_publishing_opens_the_wish_to_anyone(worker, jinshui, at):
    wish = published(worker, jinshui, at)
    assert (wish.status, wish.mover, wish.published_at) == (Status.PUBLISHED, Mover.ANYONE, at)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("public_title", "张敬之想学挂号"),
        ("public_text", "请打 13800001234 联系"),
        ("public_text", "身份证 140802199001011234 要用"),
        ("public_text", "住在3号楼2单元501"),
        ("public_person", "张敬之老人"),
    ],
)
def test_public_words_may_not_name_the_person(field, text, worker, jinshui, at):
    wish = received(jinshui, at)
    words = {"public_title": "想学用手机挂号", "public_text": "", "public_person": ""} | {
        field: text
    }
    with pytest.raises(Refused) as refused:
        actions.publish(wish, **words, kind="skill", by=worker, at=at)
    assert refused.value.field == field


def test_a_stranger_publishes_nothing(stranger, jinshui, at):
    wish = received(jinshui, at)
    with pytest.raises(Refused):
        actions.publish(
            wish,
            public_title="想学挂号",
            public_text="",
            public_person="",
            kind="skill",
            by=stranger,
            at=at,
        )


def test_a_question_waits_for_the_resident_and_the_answer_for_the_community(worker, jinshui, at):
    wish = received(jinshui, at)
    asked = actions.ask(wish, question="您住几号楼", by=worker, at=at)
    answered = actions.answer(wish, words="三号楼", by=None, at=at)
    assert (asked.mover, answered.mover, "三号楼" in answered.said) == ("resident", "worker", True)


def test_a_wish_without_public_words_is_told_by_kind_and_reference(worker, resident, jinshui, at):
    wish = received(jinshui, at, by=resident)
    actions.ask(wish, question="哪天方便？", by=worker, at=at)
    body = Message.objects.get(recipient=resident).body
    assert body == f"{wish.get_kind_display()} · {spaced(wish.reference)}"


def test_two_people_never_promise_the_same_wish(worker, volunteer, resident, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    with pytest.raises(Refused):
        actions.claim(wish, by=resident, nonce=uuid.uuid4(), at=at)
    assert Claim.objects.count() == 1


def test_a_promise_pressed_twice_is_one_promise(worker, volunteer, jinshui, at):
    wish = published(worker, jinshui, at)
    nonce = uuid.uuid4()
    actions.claim(wish, by=volunteer, nonce=nonce, at=at)
    again = actions.claim(wish, by=volunteer, nonce=nonce, at=at)
    assert (again.claimed_by, Claim.objects.count()) == (volunteer, 1)


def test_a_unit_promises_through_who_acts_for_it(worker, jinshui, at):
    unit = factories.OrganizationFactory(name="市税务局")
    coordinator = factories.mandated(unit)
    wish = published(worker, jinshui, at)
    assert (
        actions.claim(
            wish, by=coordinator, organization=unit, nonce=uuid.uuid4(), at=at
        ).claimed_for
        == unit
    )


def test_nobody_promises_for_a_unit_they_do_not_act_for(worker, volunteer, jinshui, at):
    wish = published(worker, jinshui, at)
    with pytest.raises(Refused):
        actions.claim(
            wish,
            by=volunteer,
            organization=factories.OrganizationFactory(),
            nonce=uuid.uuid4(),
            at=at,
        )


def test_nobody_promises_their_own_wish(worker, resident, jinshui, at):
    wish = published(worker, jinshui, at, by=resident)
    with pytest.raises(Refused):
        actions.claim(wish, by=resident, nonce=uuid.uuid4(), at=at)


def test_a_promise_given_back_is_open_to_others(worker, volunteer, resident, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    actions.release(wish, reason="这周生病了", by=volunteer, at=at)
    again = actions.claim(wish, by=resident, nonce=uuid.uuid4(), at=at)
    assert again.claimed_by == resident


def test_a_stranger_gives_no_promise_back(worker, volunteer, stranger, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    with pytest.raises(Refused):
        actions.release(wish, reason="不让他做", by=stranger, at=at)


def test_only_who_promised_or_the_community_says_it_is_done(
    worker, volunteer, resident, jinshui, at
):
    wish = claimed(worker, volunteer, jinshui, at)
    given = {
        "occurred_on": at.date(),
        "minutes": 30,
        "what": "修好了",
        "field": "troubles",
        "at": at,
    }
    with pytest.raises(Refused):
        actions.deliver(wish, by=resident, **given)
    assert actions.deliver(wish, by=worker, **given).doer == volunteer


@pytest.mark.parametrize("days", [1, -1])
def test_a_deed_lies_between_publication_and_today(days, worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    with pytest.raises(Refused) as refused:
        actions.deliver(
            wish,
            occurred_on=at.date() + timedelta(days=days),
            minutes=30,
            what="修好了",
            field="troubles",
            by=volunteer,
            at=at,
        )
    assert refused.value.field == "occurred_on"


def test_nothing_stands_in_the_ledger_before_the_recipient_confirms(worker, volunteer, jinshui, at):
    delivered(worker, volunteer, jinshui, at)
    assert Entry.objects.count() == 0


def test_a_confirmed_delivery_is_one_deed(worker, volunteer, jinshui, at):
    wish = confirmed(worker, volunteer, jinshui, at)
    entry = Entry.objects.get()
    assert (entry.kind, entry.area, entry.served, entry.minutes, entry.title) == (
        "deed",
        jinshui,
        1,
        45,
        wish.public_title,
    )


def test_the_doers_minutes_are_their_own(worker, volunteer, jinshui, at):
    confirmed(worker, volunteer, jinshui, at)
    part = Entry.objects.get().participations.get()
    assert (part.person, part.minutes) == (volunteer, 45)


def test_things_handed_over_go_into_the_ledger(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    actions.deliver(
        wish,
        occurred_on=at.date(),
        minutes=20,
        what="送去一台轮椅",
        field="visits",
        goods=[("轮椅", Decimal(1), "台")],
        by=volunteer,
        at=at,
    )
    actions.confirm(wish, how=Delivery.Confirmed.LINK, by=None, at=at)
    goods = Goods.objects.get()
    assert (goods.item, goods.quantity, goods.unit) == ("轮椅", Decimal(1), "台")


def test_the_right_code_confirms(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    code = rules.confirmation_code(wish)
    later = at + timedelta(hours=3)
    entry = actions.confirm(wish, how="code", code=f" {code} ", by=volunteer, at=later)
    assert entry.confirmed_at == later


def test_a_wrong_code_confirms_nothing(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    wrong = f"{(int(rules.confirmation_code(wish)) + 1) % 10_000:04d}"
    with pytest.raises(Refused):
        actions.confirm(wish, how="code", code=wrong, by=volunteer, at=at + timedelta(hours=3))
    assert Entry.objects.count() == 0


def test_paper_is_entered_by_staff_who_did_not_do_it(worker, other_worker, jinshui, at):
    wish = delivered(worker, worker, jinshui, at)
    with pytest.raises(Refused):
        actions.confirm(wish, how="paper", by=worker, at=at + timedelta(hours=3))
    entry = actions.confirm(wish, how="paper", by=other_worker, at=at + timedelta(hours=3))
    assert entry.recorded_by == other_worker


def test_what_the_resident_contests_goes_on_with_who_promised(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    contested = actions.contest(wish, reason="灯还是不亮", by=None, at=at)
    assert (contested.status, contested.claimed_by) == (Status.CLAIMED, volunteer)


def test_a_contested_delivery_can_be_done_again(worker, volunteer, jinshui, at):
    wish = delivered(worker, volunteer, jinshui, at)
    actions.contest(wish, reason="灯还是不亮", by=None, at=at)
    actions.deliver(
        wish,
        occurred_on=at.date(),
        minutes=10,
        what="换了灯座",
        field="troubles",
        by=volunteer,
        at=at,
    )
    assert [row.revoked_at is None for row in wish.deliveries.order_by("id")] == [False, True]


def test_who_did_it_does_not_call_back(worker, other_worker, jinshui, at):
    wish = confirmed(worker, worker, jinshui, at)
    answers = {"came": True, "on_time": True, "again": "yes", "words": "", "at": at}
    with pytest.raises(Refused):
        actions.call_back(wish, by=worker, **answers)
    actions.call_back(wish, by=other_worker, **answers)
    wish.refresh_from_db()
    assert (wish.status, wish.closed_at) == (Status.CLOSED, at)


def test_who_acts_for_the_unit_that_did_it_does_not_call_back(worker, other_worker, jinshui, at):
    unit = factories.OrganizationFactory()
    wish = confirmed(worker, factories.mandated(unit), jinshui, at, organization=unit)
    factories.mandate(other_worker, unit)
    answers = {"came": True, "on_time": True, "again": "yes", "words": "", "at": at}
    with pytest.raises(Refused):
        actions.call_back(wish, by=other_worker, **answers)
    actions.call_back(wish, by=worker, **answers)
    wish.refresh_from_db()
    assert wish.status == Status.CLOSED


def test_a_call_back_that_finds_nobody_came_takes_the_deed_back(worker, volunteer, jinshui, at):
    wish = confirmed(worker, volunteer, jinshui, at)
    actions.call_back(
        wish,
        came=False,
        on_time=False,
        again="no",
        words="没人来",
        by=worker,
        at=at + timedelta(days=1),
    )
    wish.refresh_from_db()
    assert (
        wish.status,
        sum(entry.sign for entry in Entry.objects.all()),
        CallBack.objects.count(),
    ) == (
        Status.PUBLISHED,
        0,
        1,
    )


def test_a_reopened_wish_keeps_its_history(worker, volunteer, jinshui, at):
    wish = confirmed(worker, volunteer, jinshui, at)
    actions.reopen(wish, reason="登记错了人", by=worker, at=at + timedelta(days=1))
    reversal = Entry.objects.get(sign=-1)
    assert (reversal.reason, reversal.occurred_on, Entry.objects.count()) == (
        "登记错了人",
        at.date(),
        2,
    )


def test_a_reopened_wish_can_become_a_deed_again(worker, volunteer, resident, jinshui, at):
    wish = confirmed(worker, volunteer, jinshui, at)
    actions.reopen(wish, reason="登记错了人", by=worker, at=at + timedelta(days=1))
    later = at + timedelta(days=1)
    actions.claim(wish, by=resident, nonce=uuid.uuid4(), at=later)
    actions.deliver(
        wish,
        occurred_on=later.date(),
        minutes=30,
        what="教会了",
        field="learning",
        by=resident,
        at=later,
    )
    actions.confirm(wish, how="link", by=None, at=later)
    assert sum(entry.sign for entry in Entry.objects.all()) == 1


@pytest.mark.parametrize("verb", ["decline", "outlive"])
def test_an_end_has_a_reason(verb, worker, jinshui, at):
    wish = received(jinshui, at)
    ended = getattr(actions, verb)(wish, reason="楼道归产权单位管", by=worker, at=at)
    assert (ended.mover, ended.reason, ended.closed_at) == ("nobody", "楼道归产权单位管", at)


def test_withdrawing_frees_who_promised(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    ended = actions.withdraw(wish, by=None, at=at)
    assert (ended.claimed_by, Claim.objects.get().state) == (None, "released")


def test_handing_over_tells_where_to_go(worker, jinshui, at):
    matter = OutsideMatter.objects.create(
        code="court", kind="duty", name="诉讼", words="打官司", where_to_go="请拨打 12348。"
    )
    wish = received(jinshui, at, said="想打官司要回房子")
    ended = actions.hand_over(wish, matter=matter, by=worker, at=at)
    assert (ended.reason, HandOver.objects.get().wish) == ("请拨打 12348。", wish)


def test_what_has_moved_on_is_refused_in_a_sentence(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    with pytest.raises(Refused) as refused:
        actions.decline(wish, reason="办不了", by=worker, at=at)
    assert str(refused.value).endswith("。")


def test_who_promised_is_told_when_it_is_confirmed(worker, volunteer, jinshui, at):
    confirmed(worker, volunteer, jinshui, at)
    assert [message.recipient for message in Message.objects.filter(cause__contains="confirm")] == [
        volunteer
    ]


def test_looking_at_a_number_is_written_down(worker, jinshui, at):
    wish = received(jinshui, at)
    contact = actions.reveal(wish, reason="约上门时间", by=worker, at=at)
    line = Line.objects.get(verb="unmask")
    assert (contact.phone, line.reason, line.actor_key) == (
        "13800001234",
        "约上门时间",
        str(worker.pk),
    )


def test_others_see_no_number(worker, volunteer, stranger, jinshui, at):
    wish = published(worker, jinshui, at)
    for person in (volunteer, stranger):
        with pytest.raises(Refused):
            actions.reveal(wish, reason="想看看", by=person, at=at)


def test_who_promised_sees_the_number(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    assert actions.reveal(wish, reason="约时间", by=volunteer, at=at).name == "张敬之"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "claimed"},
        {"status": "published"},
        {"status": "declined", "mover": "nobody", "due_at": None},
        {"due_at": None},
    ],
)
def test_the_database_refuses_impossible_wishes(change, jinshui, at):
    wish = received(jinshui, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.filter(pk=wish.pk).update(**change)


def test_a_suggestion_sent_twice_is_one(at):
    nonce = uuid.uuid4()
    given = {"page": "/", "phone": "", "community": None, "nonce": nonce, "by": None, "at": at}
    first = actions.suggest("字再大一点就好了", **given)
    assert actions.suggest("字再大一点就好了", **given) == first


def test_a_suggestion_is_answered_once(worker, at):
    suggestion = actions.suggest(
        "字再大一点就好了", page="/", phone="", community=None, nonce=uuid.uuid4(), by=None, at=at
    )
    actions.answer_suggestion(suggestion, answer="右上角有大字开关", by=worker, at=at)
    with pytest.raises(Refused):
        actions.answer_suggestion(suggestion, answer="再答一次", by=worker, at=at)
