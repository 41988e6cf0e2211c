"""The plainest enrolments and pairings."""

import uuid

import factory

from tests.factories import (
    AT,
    ON,
    ConsentTextFactory,
    OrganizationFactory,
    PersonFactory,
    area,
)
from youwo.core.references import new_reference
from youwo.organizations.models import (
    Contact,
    HouseholdPairing,
    MemberEnrolment,
    Membership,
    Pairing,
    UnitEnrolment,
)


class _EnrolmentFactory(factory.django.DjangoModelFactory):
    reference = factory.LazyFunction(lambda: new_reference("E"))
    organization = factory.SubFactory(OrganizationFactory)
    community = factory.LazyFunction(lambda: area("140802005022", "金税社区"))
    starts_on = ON
    recorded_at = AT


class UnitEnrolmentFactory(_EnrolmentFactory):
    class Meta:
        model = UnitEnrolment


class MemberEnrolmentFactory(_EnrolmentFactory):
    class Meta:
        model = MemberEnrolment

    person = factory.SubFactory(PersonFactory)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    organization = factory.SubFactory(OrganizationFactory)
    starts_on = ON


def member(organization, community=None, **kwargs):
    """A serving member of a unit, enrolled with a community."""
    membership = MembershipFactory(organization=organization, person=PersonFactory(**kwargs))
    given = {"community": community} if community else {}
    return MemberEnrolmentFactory(person=membership.person, organization=organization, **given)


class PairingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pairing

    reference = factory.LazyFunction(lambda: new_reference("B"))
    organization = factory.SubFactory(OrganizationFactory)
    area = factory.LazyFunction(lambda: area("140802005022", "金税社区"))
    starts_on = ON
    recorded_at = AT


class HouseholdPairingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HouseholdPairing

    person = factory.SubFactory(PersonFactory)
    community = factory.LazyFunction(lambda: area("140802005022", "金税社区"))
    name = "段奶奶"
    door = "3号楼2单元501"
    phone = "13800005678"
    starts_on = ON
    recorded_at = AT
    consent_text = factory.SubFactory(ConsentTextFactory, purpose="household")
    consent_given = "paper"
    consent_on = ON
    nonce = factory.LazyFunction(uuid.uuid4)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    pairing = factory.SubFactory(HouseholdPairingFactory)
    on = ON
    by = factory.SelfAttribute("pairing.person")
    recorded_at = AT
