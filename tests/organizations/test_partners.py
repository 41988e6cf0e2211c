"""Whom a place is paired with, and who has a part in a community."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.factories import AT, ON, OrganizationFactory, area
from tests.organizations.factories import (
    ContactFactory,
    HouseholdPairingFactory,
    PairingFactory,
    UnitEnrolmentFactory,
)
from youwo.organizations import queries

pytestmark = pytest.mark.django_db

LATER = date(2025, 6, 1)


@pytest.fixture
def compound(jinshui):
    return area(f"{jinshui.pk}-0001", "金税家园")


def test_a_compound_is_paired_with_its_own_units_first(jinshui, compound, hospital, tax_office):
    PairingFactory(organization=hospital, area=jinshui)
    PairingFactory(organization=tax_office, area=compound, starts_on=date(2025, 3, 1))

    assert queries.paired_with(compound.pk, LATER) == [tax_office, hospital]
    assert queries.paired_with(jinshui.pk, LATER) == [hospital]


def test_a_unit_paired_twice_over_is_named_once(jinshui, compound, hospital):
    PairingFactory(organization=hospital, area=jinshui)
    PairingFactory(organization=hospital, area=compound)

    assert queries.paired_with(compound.pk, LATER) == [hospital]


def test_ended_later_and_void_pairings_do_not_count(jinshui, hospital, tax_office):
    PairingFactory(organization=hospital, area=jinshui, ends_on=date(2025, 3, 1), ended_at=AT)
    PairingFactory(organization=tax_office, area=jinshui, voided_at=AT)
    PairingFactory(area=jinshui, starts_on=date(2025, 7, 1))

    assert queries.paired_with(jinshui.pk, LATER) == []


def test_partners_are_told_apart_by_what_they_are(
    jinshui, compound, elsewhere, hospital, tax_office, django_assert_num_queries
):
    committee = OrganizationFactory(kind="committee", area=jinshui)
    company = OrganizationFactory(kind="property")
    owners = OrganizationFactory(kind="owners", area=compound)
    OrganizationFactory(kind="owners", area=elsewhere)
    OrganizationFactory(kind="committee", area=jinshui, ends_on=ON)
    UnitEnrolmentFactory(organization=hospital, community=jinshui)
    UnitEnrolmentFactory(organization=company, community=jinshui)
    PairingFactory(organization=tax_office, area=compound)

    with django_assert_num_queries(1):
        found = queries.partners(jinshui, LATER)

    assert found.committees == [committee]
    assert found.property_companies == [company]
    assert found.owners == [owners]
    assert found.units == [tax_office, hospital]
    assert [unit.is_paired for unit in found.units] == [True, False]
    assert found.everybody() == [committee, company, owners, tax_office, hospital]


@pytest.mark.parametrize(
    "rows",
    [
        lambda unit: [PairingFactory(organization=unit), PairingFactory(organization=unit)],
        lambda unit: PairingFactory(organization=unit, ends_on=date(2025, 1, 1), ended_at=AT),
        lambda unit: PairingFactory(organization=unit, ends_on=LATER),
        lambda unit: HouseholdPairingFactory(ends_on=date(2025, 1, 1)),
        lambda unit: HouseholdPairingFactory(ends_on=LATER, withdrawn_at=AT),
        lambda unit: HouseholdPairingFactory(forgotten_at=AT),
        lambda unit: HouseholdPairingFactory(consent_on=LATER),
    ],
    ids=[
        "twice at once",
        "an end before the beginning",
        "an end of which nobody knows since when",
        "a household's end before the beginning",
        "withdrawn and still remembered",
        "forgotten while it lasts",
        "agreed after it began",
    ],
)
def test_the_database_refuses(rows, tax_office):
    with pytest.raises(IntegrityError), transaction.atomic():
        rows(tax_office)


def test_the_database_keeps_one_contact_a_day_from_each_side():
    first = ContactFactory()
    ContactFactory(pairing=first.pairing, side="household")

    with pytest.raises(IntegrityError), transaction.atomic():
        ContactFactory(pairing=first.pairing)
