"""Facts are added, and taken back by adding their opposite."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from tests.ledger.factories import deed
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.ledger import actions, queries
from youwo.ledger.models import Entry

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_fact_keeps_what_was_said(jinshui, resident, worker, at):
    entry = deed(jinshui, resident, at=at, by=worker, channel="visit", served=3)

    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.sign, entry.area_id, entry.served, entry.recorded_by_id) == (
        1,
        "140802005022",
        3,
        worker.pk,
    )
    assert (entry.source_label, entry.source_key, entry.source_channel) == (
        "people.person",
        str(resident.pk),
        "visit",
    )
    assert (entry.recorded_at, entry.confirmed_by) == (at, "recipient")


def test_who_took_part_and_what_was_handed_over_belong_to_the_fact(
    jinshui, resident, volunteer, at, django_assert_num_queries
):
    with django_assert_num_queries(5):  # with the savepoint's two
        entry = deed(
            jinshui,
            resident,
            at=at,
            hands=[(volunteer, 90), (resident, 30)],
            goods=[("电饭煲", Decimal(1), "个")],
        )

    assert set(entry.participations.values_list("person", "minutes")) == {
        (volunteer.pk, 90),
        (resident.pk, 30),
    }
    assert list(entry.goods.values_list("item", "quantity", "unit")) == [("电饭煲", 1, "个")]


def test_a_day_that_has_not_come_is_refused(jinshui, resident, at):
    with pytest.raises(Refused) as refused:
        deed(jinshui, resident, at=at, occurred_on=at.date() + DAY)

    assert refused.value.field == "occurred_on"


def test_the_day_is_the_citys_day(jinshui, resident, at):
    """Just after midnight in the city it is still yesterday in Greenwich."""
    midnight = at.replace(hour=0, minute=5)

    assert deed(jinshui, resident, at=midnight, occurred_on=at.date()).pk


def test_nobody_takes_part_twice(jinshui, resident, volunteer, at):
    with pytest.raises(Refused) as refused:
        deed(jinshui, resident, at=at, hands=[(volunteer, 90), (volunteer, 30)])

    assert refused.value.field == "hands"


def test_a_reversal_repeats_the_fact_with_the_opposite_sign(jinshui, resident, worker, at):
    entry = deed(jinshui, resident, at=at, served=3, channel="visit", started_at=at - DAY)

    opposite = actions.reverse(entry, by=worker, at=at + DAY, reason="counted twice")

    own = {"id", "sign", "recorded_by_id", "recorded_at", "reverses_id", "reason"}
    names = [field.attname for field in Entry._meta.concrete_fields if field.attname not in own]
    assert [getattr(opposite, name) for name in names] == [getattr(entry, name) for name in names]
    assert (opposite.sign, opposite.reverses, opposite.reason) == (-1, entry, "counted twice")
    assert (opposite.recorded_by, opposite.recorded_at) == (worker, at + DAY)


def test_a_reversed_fact_sums_to_nothing(jinshui, resident, volunteer, at):
    entry = deed(jinshui, resident, at=at, served=3)
    deed(jinshui, volunteer, at=at, served=4)
    actions.reverse(entry, by=None, at=at, reason="counted twice")

    assert Entry.objects.aggregate(served=Sum(F("sign") * F("served")), deeds=Sum("sign")) == {
        "served": 4,
        "deeds": 1,
    }


def test_what_was_known_before_a_reversal_stays_as_it_was(jinshui, resident, at):
    entry = deed(jinshui, resident, at=at)
    actions.reverse(entry, by=None, at=at + DAY, reason="counted twice")

    assert list(Entry.objects.known(at).standing(at)) == [entry]
    assert list(Entry.objects.standing()) == []


def test_a_reversal_is_journalled(jinshui, resident, worker, at):
    entry = deed(jinshui, resident, at=at)

    actions.reverse(entry, by=worker, at=at, reason="counted twice")

    line = Line.objects.get()
    assert (line.verb, line.target_label, line.target_key) == (
        "reverse",
        "ledger.entry",
        str(entry.pk),
    )
    assert (line.area_code, line.reason) == ("140802005022", "counted twice")


def test_a_fact_is_taken_back_once(jinshui, resident, at):
    """The database decides, and nobody looks before: two in one instant come to the same."""
    entry = deed(jinshui, resident, at=at)
    actions.reverse(entry, by=None, at=at, reason="counted twice")

    with pytest.raises(Refused):
        actions.reverse(entry, by=None, at=at, reason="counted twice")

    assert Entry.objects.count() == 2


def test_a_reversal_stands(jinshui, resident, at):
    opposite = actions.reverse(deed(jinshui, resident, at=at), by=None, at=at, reason="no")

    with pytest.raises(Refused):
        actions.reverse(opposite, by=None, at=at, reason="yes after all")


def test_a_reversal_says_why(jinshui, resident, at):
    with pytest.raises(Refused) as refused:
        actions.reverse(deed(jinshui, resident, at=at), by=None, at=at, reason="  ")

    assert refused.value.field == "reason"


def test_a_fact_that_was_taken_back_is_history_with_its_reversal(jinshui, resident, volunteer, at):
    entry = deed(jinshui, resident, at=at)
    activity = deed(jinshui, resident, at=at, kind="activity")
    deed(jinshui, volunteer, at=at)
    opposite = actions.reverse(entry, by=None, at=at + DAY, reason="counted twice")

    assert list(queries.history(resident)) == [entry, activity, opposite]


def test_a_persons_minutes_are_those_of_facts_that_stand(jinshui, resident, volunteer, worker, at):
    deed(jinshui, resident, at=at, hands=[(volunteer, 90), (worker, 5)])
    wrong = deed(jinshui, worker, at=at, hands=[(volunteer, 30)])
    actions.reverse(wrong, by=None, at=at + DAY, reason="somebody else's")

    assert queries.hours_of(volunteer) == 90
    assert queries.hours_of(volunteer, known_at=at) == 120
    assert queries.hours_of(resident) == 0


def test_a_persons_minutes_are_counted_from_day_to_day(jinshui, resident, volunteer, worker, at):
    today = at.date()
    deed(jinshui, resident, at=at, hands=[(volunteer, 90)], occurred_on=today - 2 * DAY)
    deed(jinshui, worker, at=at, hands=[(volunteer, 30)], occurred_on=today)

    assert queries.hours_of(volunteer, since=today - DAY) == 30
    assert queries.hours_of(volunteer, until=today - DAY) == 90
    assert queries.hours_of(volunteer, since=today - 2 * DAY, until=today) == 120
    assert queries.hours_of(volunteer, known_at=at - DAY) == 0


def test_goods_are_summed_by_thing_where_facts_stand(
    jinshui, elsewhere, resident, volunteer, worker, at
):
    bin_, extinguisher = ("垃圾桶", Decimal(20), "个"), ("灭火器", Decimal(10), "套")
    deed(jinshui, resident, at=at, goods=[bin_, extinguisher])
    deed(jinshui, volunteer, at=at, goods=[bin_])
    deed(elsewhere, resident, at=at, kind="activity", goods=[bin_])
    wrong = deed(jinshui, worker, at=at, goods=[bin_])
    actions.reverse(wrong, by=None, at=at + DAY, reason="counted twice")

    here = Entry.objects.within("140802")
    found = {handed.item: handed.quantity for handed in queries.goods_of(here)}
    known = {handed.item: handed.quantity for handed in queries.goods_of(here, known_at=at)}

    assert found == {"垃圾桶": 40, "灭火器": 10}
    assert known == {"垃圾桶": 60, "灭火器": 10}


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"programme": 6}, "ledger_entry_programme"),
        ({"programme": 0}, "ledger_entry_programme"),
        ({"confirmed_at": None}, "ledger_entry_deed_confirmed"),
        ({"minutes": -1}, "minutes"),
        ({"served": -1}, "served"),
        ({"goods": [("米", Decimal(0), "袋")]}, "ledger_goods_some"),
    ],
)
def test_such_a_fact_cannot_exist(jinshui, resident, at, values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        deed(jinshui, resident, at=at, **values)


def test_a_deed_cannot_be_recorded_before_it_is_confirmed(jinshui, resident, at):
    with (
        pytest.raises(IntegrityError, match="ledger_entry_confirmed_before_recorded"),
        transaction.atomic(),
    ):
        deed(jinshui, resident, at=at, confirmed_at=at + DAY)


def test_a_source_gives_one_fact_of_a_kind(jinshui, resident, at):
    deed(jinshui, resident, at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        deed(jinshui, resident, at=at)


@pytest.mark.parametrize(("sign", "reverses"), [(1, True), (-1, False), (0, False)])
def test_the_sign_says_whether_it_is_a_reversal(jinshui, resident, volunteer, at, sign, reverses):
    entry = deed(jinshui, resident, at=at)
    other = Entry.objects.get(pk=entry.pk)
    other.pk, other._state.adding = None, True
    other.sign, other.source_key, other.reason = sign, "other", "why"
    other.reverses = entry if reverses else None

    with pytest.raises(IntegrityError, match="ledger_entry_sign"), transaction.atomic():
        other.save()
