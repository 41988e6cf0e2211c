"""Units paired with places, by whom, and what ends it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import area, granted
from tests.organizations.factories import PairingFactory
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.notices.models import Message
from youwo.organizations import actions
from youwo.organizations.models import Pairing

pytestmark = pytest.mark.django_db

MARCH = date(2025, 3, 1)


@pytest.fixture
def compound(jinshui):
    return area(f"{jinshui.pk}-0001", "金税家园")


def paired(tax_office, place, by, at, **kwargs):
    given = {"area": place, "starts_on": MARCH, "by": by, "at": at, **kwargs}
    return actions.pair(tax_office, **given)


def refused(call, *args, **kwargs):
    """Call an action that must refuse, and return the field it names."""
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.field


def test_a_worker_pairs_a_unit_with_a_compound(tax_office, compound, worker, unit_coordinator, at):
    pairing = paired(tax_office, compound, worker, at, reason=" 离得  近 ")

    assert pairing.reason == "离得 近"
    assert parse_reference(pairing.reference) == pairing.reference
    assert pairing.is_in_force(MARCH)
    line = Line.objects.get()
    assert (line.verb, line.area_code) == ("pair", compound.pk)
    assert Message.objects.get(recipient=unit_coordinator).link == (
        f"/work/pairings/{pairing.reference}/"
    )


def test_who_does_not_keep_the_place_is_refused(
    tax_office, jinshui, stranger, unit_coordinator, at
):
    auditor = granted("auditor", jinshui)
    for person in (stranger, unit_coordinator, auditor):
        assert refused(paired, tax_office, jinshui, person, at) == "area"
    assert not Pairing.objects.exists()


def test_a_town_is_no_place_to_pair(tax_office, jinshui, coordinator, at):
    assert refused(paired, tax_office, jinshui.parent, coordinator, at) == "area"


def test_the_same_two_are_not_paired_twice(tax_office, jinshui, worker, at):
    paired(tax_office, jinshui, worker, at)

    assert refused(paired, tax_office, jinshui, worker, at) == "area"


def test_a_new_pairing_begins_when_the_earlier_one_has_ended(tax_office, jinshui, worker, at):
    first = paired(tax_office, jinshui, worker, at)
    actions.end_pairing(first, on=date(2025, 6, 1), reason="任务调整", by=worker, at=at)

    assert refused(paired, tax_office, jinshui, worker, at, starts_on=date(2025, 5, 1)) == (
        "starts_on"
    )
    again = paired(tax_office, jinshui, worker, at, starts_on=date(2025, 6, 1))
    assert Pairing.objects.holding(date(2025, 6, 1)).get() == again
    assert Pairing.objects.holding(date(2025, 5, 31)).get() == first


def test_a_unit_that_has_ended_is_refused(tax_office, jinshui, worker, at):
    tax_office.ends_on = MARCH
    tax_office.save()

    assert refused(paired, tax_office, jinshui, worker, at) == "starts_on"


def test_ending_keeps_the_history(tax_office, jinshui, worker, unit_coordinator, at):
    pairing = PairingFactory(organization=tax_office, area=jinshui)

    ended = actions.end_pairing(pairing, on=MARCH, reason="单位撤并", by=worker, at=at)

    assert (ended.ends_on, ended.ended_at, ended.end_reason) == (MARCH, at, "单位撤并")
    assert Line.objects.get().reason == "单位撤并"
    assert Message.objects.filter(recipient=unit_coordinator).count() == 1
    assert refused(actions.end_pairing, pairing, on=MARCH, reason="单位撤并", by=worker, at=at) == (
        "on"
    )


def test_an_end_needs_a_reason_a_day_and_somebody_who_keeps_the_place(
    tax_office, jinshui, worker, unit_coordinator, at
):
    pairing = PairingFactory(organization=tax_office, area=jinshui)
    given = {"on": MARCH, "reason": "单位撤并", "by": worker, "at": at}

    assert refused(actions.end_pairing, pairing, **{**given, "reason": "无"}) == "reason"
    assert refused(actions.end_pairing, pairing, **{**given, "on": date(2024, 12, 1)}) == "on"
    assert refused(actions.end_pairing, pairing, **{**given, "by": unit_coordinator}) is None


def test_a_void_pairing_counts_no_more(tax_office, jinshui, worker, stranger, at):
    pairing = PairingFactory(organization=tax_office, area=jinshui)
    assert refused(actions.void_pairing, pairing, reason="录错小区了", by=stranger, at=at) is None

    actions.void_pairing(pairing, reason="录错小区了", by=worker, at=at)

    assert not Pairing.objects.holding(MARCH).exists()
    assert refused(actions.void_pairing, pairing, reason="录错小区了", by=worker, at=at) is None
    given = {"on": MARCH, "reason": "单位撤并", "by": worker, "at": at}
    assert refused(actions.end_pairing, pairing, **given) is None
