"""The plainest enrolments."""

import factory

from tests.factories import AT, ON, OrganizationFactory, PersonFactory, area
from youwo.core.references import new_reference
from youwo.organizations.models import MemberEnrolment, Membership, UnitEnrolment


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
