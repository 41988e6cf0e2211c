"""Units entered, enrolled, ended; members who join, move and retire."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from tests.factories import OrganizationFactory, PersonFactory, area, granted, mandated
from tests.organizations.factories import (
    MembershipFactory,
    UnitEnrolmentFactory,
)
from tests.organizations.factories import (
    member as enrolled_member,
)
from tests.side_by_side import at_once, on_postgresql
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.core.search import matching
from youwo.journal.models import Line
from youwo.notices.models import Message
from youwo.organizations import actions, credit_codes, rules
from youwo.organizations.models import (
    Mandate,
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)

MARCH = date(2025, 3, 1)
MAY = date(2025, 5, 1)


def lines() -> list[str]:
    return list(Line.objects.order_by("id").values_list("verb", flat=True))


def refused(call, **kwargs) -> str | None:
    """Call an action that must refuse, and return the field it names."""
    with pytest.raises(Refused) as caught:
        call(**kwargs)
    assert str(caught.value).strip()
    return caught.value.field


# --- units ---------------------------------------------------------------------------------------


def found(by, at, place, **kwargs):
    return actions.found(
        **{
            "name": "盐湖区税务局",
            "kind": "government",
            "area": place,
            "starts_on": MARCH,
            "by": by,
            "at": at,
            **kwargs,
        }
    )


def test_a_coordinator_enters_a_unit(coordinator, jinshui, at):
    unit = found(coordinator, at, jinshui, credit_code=" 11140802mb0t00001l ")

    assert (unit.credit_code, unit.recorded_at, lines()) == ("11140802MB0T00001L", at, ["found"])


def test_a_unit_can_be_found_by_two_characters_of_its_name(coordinator, jinshui, at):
    found(coordinator, at, jinshui)

    assert "税务" in Organization.objects.get().search_terms.split()


def test_a_stranger_enters_no_unit_here(stranger, jinshui, at):
    assert refused(found, by=stranger, at=at, place=jinshui) == "area"


def test_two_units_of_one_name_do_not_stand_in_one_place(coordinator, jinshui, at):
    found(coordinator, at, jinshui)

    assert refused(found, by=coordinator, at=at, place=jinshui) == "name"


def test_two_units_do_not_share_a_credit_code(coordinator, jinshui, at):
    found(coordinator, at, jinshui, credit_code="11140802MB0T00001L")

    again = {"name": "另一单位", "credit_code": "11140802MB0T00001L"}
    assert refused(found, by=coordinator, at=at, place=jinshui, **again) == "credit_code"


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2026, 12, 1), date(205, 1, 1)])
def test_a_day_far_away_is_a_slip_of_the_pen(coordinator, jinshui, at, day):
    assert refused(found, by=coordinator, at=at, place=jinshui, starts_on=day) == "starts_on"


@pytest.mark.parametrize("code", ["11140802MB0T0000", "11140802MB0T00002R", "一1140802MB0T00001R"])
def test_a_credit_code_with_a_slip_is_refused(code):
    assert refused(credit_codes.normalise, text=code) == "credit_code"


# --- units and communities -----------------------------------------------------------------------


def enrol_unit(organization, by, at, community, starts_on=MARCH, **kwargs):
    return actions.enrol_unit(
        organization, community=community, starts_on=starts_on, by=by, at=at, **kwargs
    )


@pytest.mark.parametrize("who", ["worker", "coordinator", "unit_coordinator"])
def test_unit_community_and_county_may_enrol_a_unit(request, who, tax_office, jinshui, at):
    enrolment = enrol_unit(tax_office, request.getfixturevalue(who), at, jinshui)

    assert parse_reference(enrolment.reference) == enrolment.reference
    assert (enrolment.reference[0], lines()) == ("E", ["enrol"])


@pytest.mark.parametrize("who", ["stranger", "resident"])
def test_others_may_not(request, who, tax_office, jinshui, at):
    by = request.getfixturevalue(who)

    kwargs = {"organization": tax_office, "by": by, "at": at, "community": jinshui}
    assert refused(enrol_unit, **kwargs) == "community"


def test_a_unit_enrols_with_communities_only(tax_office, unit_coordinator, jinshui, at):
    kwargs = {"by": unit_coordinator, "at": at, "community": jinshui.parent}
    assert refused(enrol_unit, organization=tax_office, **kwargs) == "community"


def test_an_enrolment_is_not_entered_twice(tax_office, unit_coordinator, jinshui, at):
    enrol_unit(tax_office, unit_coordinator, at, jinshui)

    kwargs = {"by": unit_coordinator, "at": at, "community": jinshui, "starts_on": MAY}
    assert refused(enrol_unit, organization=tax_office, **kwargs) == "community"


def test_enrolments_of_one_pair_do_not_overlap(tax_office, unit_coordinator, jinshui, at):
    UnitEnrolmentFactory(
        organization=tax_office, community=jinshui, ends_on=date(2025, 4, 1), ended_at=at
    )
    kwargs = {"by": unit_coordinator, "at": at, "community": jinshui}
    assert refused(enrol_unit, organization=tax_office, **kwargs) == "starts_on"

    assert enrol_unit(tax_office, unit_coordinator, at, jinshui, starts_on=date(2025, 4, 1))


def test_a_voided_enrolment_stands_in_nobodys_way(tax_office, worker, jinshui, at):
    first = enrol_unit(tax_office, worker, at, jinshui)
    actions.void(first, reason="写错了单位", by=worker, at=at)

    assert enrol_unit(tax_office, worker, at, jinshui).pk != first.pk


def test_a_branch_of_another_unit_is_refused(
    tax_office, hospital, worker, coordinator, jinshui, at
):
    branch = actions.add_branch(hospital, name="第一支部", by=coordinator, at=at)

    kwargs = {"by": worker, "at": at, "community": jinshui, "branch": branch}
    assert refused(enrol_unit, organization=tax_office, **kwargs) == "branch"


def test_who_acts_for_the_unit_is_told(tax_office, unit_coordinator, worker, jinshui, at):
    unit_coordinator.language = "en"
    unit_coordinator.save()
    enrol_unit(tax_office, worker, at, jinshui)

    message = Message.objects.get()
    assert (message.recipient, message.subject) == (
        unit_coordinator,
        "盐湖税务 is enrolled with 金税社区",
    )


def test_the_database_refuses_a_second_open_enrolment(tax_office, jinshui):
    UnitEnrolmentFactory(organization=tax_office, community=jinshui)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitEnrolmentFactory(organization=tax_office, community=jinshui)


# --- members -------------------------------------------------------------------------------------


def enrol_member(person, organization, by, at, community, starts_on=MARCH, **kwargs):
    return actions.enrol_member(
        person,
        organization=organization,
        community=community,
        starts_on=starts_on,
        by=by,
        at=at,
        **kwargs,
    )


@pytest.mark.parametrize("who", ["worker", "coordinator", "unit_coordinator"])
def test_a_member_enrols_and_belongs_to_the_unit(request, who, member, tax_office, jinshui, at):
    by = request.getfixturevalue(who)
    compound = area("140802005022-3", "锦绣苑")
    enrolment = enrol_member(member, tax_office, by, at, jinshui, compound=compound)

    membership = Membership.objects.get(person=member)
    assert (membership.organization, membership.starts_on) == (tax_office, MARCH)
    assert (enrolment.compound, lines()) == (compound, ["join", "enrol"])


def test_the_member_is_told(member, tax_office, worker, jinshui, at):
    enrolment = enrol_member(member, tax_office, worker, at, jinshui)

    assert Message.objects.get(recipient=member).link == f"/e/{enrolment.reference}/"


def test_strangers_enrol_nobody(member, tax_office, stranger, jinshui, at):
    kwargs = {"organization": tax_office, "by": stranger, "at": at, "community": jinshui}
    assert refused(enrol_member, person=member, **kwargs) == "community"


def test_a_member_lives_in_one_place(member, tax_office, unit_coordinator, jinshui, elsewhere, at):
    enrol_member(member, tax_office, unit_coordinator, at, jinshui)

    kwargs = {"organization": tax_office, "by": unit_coordinator, "at": at, "community": elsewhere}
    assert refused(enrol_member, person=member, **kwargs) == "community"


def test_a_compound_lies_in_the_community(member, tax_office, worker, jinshui, elsewhere, at):
    compound = area(f"{elsewhere.code}-1", "别处小区")

    kwargs = {"organization": tax_office, "by": worker, "at": at, "community": jinshui}
    assert refused(enrol_member, person=member, **kwargs, compound=compound) == "compound"


def test_an_unknown_skill_is_refused(member, tax_office, worker, jinshui, at):
    kwargs = {"organization": tax_office, "by": worker, "at": at, "community": jinshui}
    assert refused(enrol_member, person=member, **kwargs, skills=["flying"]) == "skills"


def test_a_member_of_another_unit_is_transferred_instead(
    member, tax_office, hospital, worker, jinshui, at
):
    MembershipFactory(person=member, organization=hospital)

    kwargs = {"organization": tax_office, "by": worker, "at": at, "community": jinshui}
    assert refused(enrol_member, person=member, **kwargs) == "phone"


def test_retired_members_do_not_enrol_as_serving_ones(member, tax_office, worker, jinshui, at):
    MembershipFactory(person=member, organization=tax_office, standing="retired")

    kwargs = {"organization": tax_office, "by": worker, "at": at, "community": jinshui}
    refused(enrol_member, person=member, **kwargs)
    assert MemberEnrolment.objects.count() == 0


# --- the end -------------------------------------------------------------------------------------


def test_an_enrolment_ends_on_a_day_for_a_reason(tax_office, worker, jinshui, at):
    enrolment = enrol_unit(tax_office, worker, at, jinshui)
    ended = actions.end_enrolment(enrolment, on=MAY, reason="单位迁往外地", by=worker, at=at)

    assert (ended.ends_on, ended.ended_at, ended.ended_why) == (MAY, at, "单位迁往外地")
    assert [ended.is_in_force(day) for day in (MARCH, date(2025, 4, 30), MAY)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"on": date(2025, 2, 1)}, "on"),
        ({"on": date(1900, 1, 1)}, "on"),
    ],
)
def test_an_end_needs_a_reason_and_a_day_after_the_beginning(
    tax_office, worker, jinshui, at, changes, field
):
    enrolment = enrol_unit(tax_office, worker, at, jinshui)
    kwargs = {"on": MAY, "reason": "单位迁往外地", "by": worker, "at": at, **changes}

    assert refused(actions.end_enrolment, enrolment=enrolment, **kwargs) == field


def test_what_has_ended_or_was_voided_does_not_end_again(tax_office, hospital, worker, jinshui, at):
    ended = enrol_unit(tax_office, worker, at, jinshui)
    actions.end_enrolment(ended, on=MAY, reason="单位迁往外地", by=worker, at=at)
    voided = enrol_unit(hospital, worker, at, jinshui)
    actions.void(voided, reason="写错了单位", by=worker, at=at)

    for enrolment in (ended, voided):
        kwargs = {"on": MAY, "reason": "单位迁往外地", "by": worker, "at": at}
        refused(actions.end_enrolment, enrolment=enrolment, **kwargs)
    refused(actions.void, enrolment=voided, reason="写错了单位", by=worker, at=at)


def test_strangers_end_and_void_nothing(tax_office, stranger, jinshui, at):
    enrolment = UnitEnrolmentFactory(organization=tax_office, community=jinshui)

    kwargs = {"enrolment": enrolment, "reason": "单位迁往外地", "by": stranger, "at": at}
    refused(actions.end_enrolment, on=MAY, **kwargs)
    refused(actions.void, **kwargs)
    assert UnitEnrolment.objects.holding(MAY).count() == 1


def test_a_voided_enrolment_counts_no_more_but_is_known_to_have_counted(
    tax_office, worker, jinshui, at
):
    enrolment = enrol_unit(tax_office, worker, at, jinshui)
    later = at.replace(hour=15)
    actions.void(enrolment, reason="写错了单位", by=worker, at=later)

    assert UnitEnrolment.objects.holding(MAY).count() == 0
    assert UnitEnrolment.objects.as_known(MAY, at).count() == 1
    assert UnitEnrolment.objects.as_known(MAY, later).count() == 0


# --- history carried along -----------------------------------------------------------------------


def test_a_transfer_carries_enrolments_along(tax_office, hospital, unit_coordinator, at):
    enrolment = enrolled_member(tax_office)
    person = enrolment.person
    actions.transfer(person, to_organization=hospital, on=MAY, by=unit_coordinator, at=at)

    held = Membership.objects.filter(person=person).order_by("id")
    assert list(held.values_list("organization", "starts_on", "ends_on")) == [
        (tax_office.pk, date(2025, 1, 2), MAY),
        (hospital.pk, MAY, None),
    ]
    old, new = MemberEnrolment.objects.filter(person=person).order_by("id")
    assert (old.ends_on, old.end_reason, new.starts_on) == (MAY, "moved", MAY)
    assert (new.organization, new.community) == (hospital, old.community)
    assert MemberEnrolment.objects.holding(date(2025, 4, 30)).get() == old
    assert MemberEnrolment.objects.holding(MAY).get() == new


def test_a_reason_of_the_system_has_words():
    with override("en"):
        assert MemberEnrolment(end_reason="moved").ended_why == "moved to another unit"


def test_the_unit_that_gets_a_member_does_not_take_them(tax_office, hospital, at):
    person = MembershipFactory(organization=tax_office).person
    taker = mandated(hospital)

    refused(actions.transfer, person=person, to_organization=hospital, on=MAY, by=taker, at=at)
    assert Membership.objects.get(person=person).organization == tax_office


def test_nobody_moves_to_where_they_are(tax_office, unit_coordinator, at):
    person = MembershipFactory(organization=tax_office).person

    kwargs = {"to_organization": tax_office, "on": MAY, "by": unit_coordinator, "at": at}
    assert refused(actions.transfer, person=person, **kwargs) == "organization"


def test_nobody_leaves_before_they_joined(tax_office, hospital, unit_coordinator, at):
    person = MembershipFactory(organization=tax_office, starts_on=MAY).person

    kwargs = {"to_organization": hospital, "on": MARCH, "by": unit_coordinator, "at": at}
    assert refused(actions.transfer, person=person, **kwargs) == "on"


def test_retiring_ends_enrolments_and_keeps_the_unit(tax_office, unit_coordinator, at):
    enrolment = enrolled_member(tax_office)
    actions.retire(enrolment.person, on=MAY, by=unit_coordinator, at=at)

    enrolment.refresh_from_db()
    assert (enrolment.ends_on, enrolment.end_reason) == (MAY, "retired")
    now = Membership.objects.in_force(MAY).get(person=enrolment.person)
    assert (now.standing, now.organization) == ("retired", tax_office)
    assert lines() == ["end", "retire"]


def test_nobody_retires_twice(tax_office, unit_coordinator, at):
    person = MembershipFactory(organization=tax_office).person
    actions.retire(person, on=MAY, by=unit_coordinator, at=at)

    refused(actions.retire, person=person, on=MAY, by=unit_coordinator, at=at)


def test_strangers_retire_nobody(tax_office, stranger, at):
    person = MembershipFactory(organization=tax_office).person

    refused(actions.retire, person=person, on=MAY, by=stranger, at=at)
    assert Membership.objects.get(person=person).ends_on is None


# --- who acts for a unit -------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["coordinator", "unit_coordinator"])
def test_unit_and_county_appoint_who_acts(request, who, member, tax_office, at):
    by = request.getfixturevalue(who)
    actions.give_mandate(member, organization=tax_office, starts_on=MARCH, by=by, at=at)

    assert rules.acts_for(member, tax_office, MAY)
    assert Message.objects.filter(recipient=member).count() == 1


@pytest.mark.parametrize("who", ["worker", "stranger", "member"])
def test_others_appoint_nobody(request, who, member, tax_office, at):
    kwargs = {"organization": tax_office, "starts_on": MARCH, "at": at}

    refused(actions.give_mandate, person=member, by=request.getfixturevalue(who), **kwargs)


def test_nobody_is_appointed_twice(member, tax_office, coordinator, at):
    kwargs = {"organization": tax_office, "starts_on": MARCH, "by": coordinator, "at": at}
    actions.give_mandate(member, **kwargs)

    assert refused(actions.give_mandate, person=member, **kwargs) == "phone"


def test_a_mandate_ends(unit_coordinator, tax_office, coordinator, at):
    mandate = Mandate.objects.get(person=unit_coordinator)
    actions.end_mandate(mandate, on=MAY, by=coordinator, at=at)

    assert not rules.acts_for(unit_coordinator, tax_office, MAY)
    refused(actions.end_mandate, mandate=mandate, on=MAY, by=coordinator, at=at)


# --- two at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_two_who_enrol_one_member_together_make_one_enrolment(at):
    place = area("140802005022", "金税社区")
    by = granted("worker", place)
    one, other = OrganizationFactory(), OrganizationFactory()
    person = PersonFactory()

    ends = at_once(
        lambda: enrol_member(person, one, by, at, place),
        lambda: enrol_member(person, other, by, at, place),
    )
    assert {type(end) for end in ends} == {MemberEnrolment, Refused}
    assert Membership.objects.filter(person=person).count() == 1


def test_closed_accounts_are_not_enrolled(member, tax_office, worker, jinshui, at):
    member.is_active = False
    member.save()

    kwargs = {"organization": tax_office, "by": worker, "at": at, "community": jinshui}
    assert refused(enrol_member, person=member, **kwargs) == "phone"


# --- what a unit is called -----------------------------------------------------------------------


def changed(unit, by, at, **kwargs):
    given = {"name": unit.name, "short_name": unit.short_name, "kind": unit.kind, **kwargs}
    return actions.change_unit(unit, **given, by=by, at=at)


def test_a_unit_is_found_by_its_former_names(tax_office, coordinator, at):
    once = changed(tax_office, coordinator, at, name="盐湖区 税务一局", kind="public")
    twice = changed(once, coordinator, at, name="盐湖区税务二局")

    assert twice.former_names == ["盐湖区税务局", "盐湖区 税务一局"]
    for words in ("一局", "二局", "税务局"):
        assert list(matching(Organization.objects.all(), words)) == [twice]
    assert Line.objects.order_by("id").first().data == {"fields": ["name", "kind"]}


def test_a_name_taken_up_again_is_not_a_former_one(tax_office, coordinator, at):
    once = changed(tax_office, coordinator, at, name="盐湖区税务一局")
    again = changed(once, coordinator, at, name="盐湖区税务局")

    assert again.former_names == ["盐湖区税务一局"]


def test_nothing_changed_is_nothing_written(tax_office, coordinator, at):
    changed(tax_office, coordinator, at)

    assert lines() == []


def test_what_a_unit_cannot_be_called(tax_office, hospital, coordinator, unit_coordinator, at):
    given = {"short_name": "", "kind": "public", "at": at}
    assert (
        refused(lambda: actions.change_unit(tax_office, name=" ", by=coordinator, **given))
        == "name"
    )
    assert (
        refused(
            lambda: actions.change_unit(tax_office, name=hospital.name, by=coordinator, **given)
        )
        == "name"
    )
    assert (
        refused(lambda: actions.change_unit(tax_office, name="新名", by=unit_coordinator, **given))
        is None
    )
