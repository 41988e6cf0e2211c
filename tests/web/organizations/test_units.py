"""Pages about units, members and enrolments."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import OrganizationFactory, PersonFactory, area, mandate
from tests.organizations.factories import (
    MemberEnrolmentFactory,
    MembershipFactory,
    UnitEnrolmentFactory,
)
from tests.organizations.factories import (
    member as enrolled_member,
)
from youwo.areas.models import Area
from youwo.core.search import terms
from youwo.journal.models import Line
from youwo.organizations.models import (
    Mandate,
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)
from youwo.people.models import Person, Skill

UNITS = "/work/units/"


def text(response) -> str:
    return response.content.decode()


def url(name, *args) -> str:
    return reverse(f"organizations:{name}", args=args)


def names(response) -> list[str]:
    return [unit.name for unit in response.context["page"].rows]


# --- the list ------------------------------------------------------------------------------------


@pytest.mark.parametrize("area_code", ["9999", "²²²²", "0000", "99", "140802-1", "\0"])
def test_a_code_of_no_place_filters_nothing(at_work, area_code):
    unit = UnitEnrolmentFactory().organization
    assert names(at_work.get(UNITS, {"area": area_code})) == [unit.name]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    at_work, jinshui, count, django_assert_num_queries
):
    for _n in range(count):
        unit = UnitEnrolmentFactory().organization
        enrolled_member(unit)
    with django_assert_num_queries(4):
        page = at_work.get(UNITS)

    assert len(names(page)) == count


def test_a_worker_sees_units_of_the_own_community_only(at_work, jinshui, elsewhere):
    UnitEnrolmentFactory(organization__name="本社区的", organization__area=elsewhere)
    UnitEnrolmentFactory(
        organization__name="别处的", organization__area=elsewhere, community=elsewhere
    )

    assert names(at_work.get(UNITS)) == ["本社区的"]


def test_who_acts_for_a_unit_sees_this_unit(for_unit, hospital, tax_office):
    assert names(for_unit.get(UNITS)) == [tax_office.name]


@pytest.mark.parametrize("who", ["resident", "volunteer"])
def test_it_does_not_exist_for_others(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(UNITS).status_code == 404


def test_visitors_are_sent_to_sign_in(client, db):
    assert client.get(UNITS).status_code == 302


def test_staff_need_their_second_factor(at_work, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True

    assert at_work.get(UNITS).url == reverse("mfa_index")


def test_two_characters_find_a_unit(client, coordinator):
    for name in ("盐湖区税务局", "盐湖区法院"):
        OrganizationFactory(name=name, search_terms=terms(name))
    client.force_login(coordinator)

    assert names(client.get(UNITS, {"q": "税务"})) == ["盐湖区税务局"]


def test_filters_by_state_kind_and_place(client, coordinator, jinshui):
    UnitEnrolmentFactory(organization__name="已报到的")
    OrganizationFactory(name="未报到的", kind="school", area=jinshui)
    OrganizationFactory(name="撤销的", ends_on=date(2025, 2, 1))
    client.force_login(coordinator)

    def found(**filters) -> list[str]:
        return names(client.get(UNITS, filters))

    assert found(state="enrolled") == ["已报到的"]
    assert found(state="free") == ["未报到的"]
    assert found(state="ended") == ["撤销的"]
    assert found(kind="school") == ["未报到的"]
    assert found(area=jinshui.code) == ["未报到的"]
    assert found(kind="nonsense", area="x", state="y", q="\0") == ["已报到的", "未报到的"]


# --- one unit ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_unit_costs_the_same_for_one_and_three(
    for_unit, tax_office, jinshui, count, django_assert_num_queries
):
    for n in range(count):
        enrolled_member(tax_office)
        UnitEnrolmentFactory(organization=tax_office, community=area(f"14080200500{n}"))
        tax_office.branches.create(name=f"第{n}支部")
    with django_assert_num_queries(9):
        page = for_unit.get(url("unit", tax_office.pk))

    # The coordinator is a member, too.
    assert len(page.context["page"].rows) == count + 1


def test_phones_are_masked(for_unit, tax_office):
    enrolled_member(tax_office, phone="13812345678")
    page = text(for_unit.get(url("unit", tax_office.pk)))

    assert ("138****5678" in page, "13812345678" in page) == (True, False)


def test_a_worker_sees_the_members_of_the_own_community(at_work, hospital, jinshui, elsewhere):
    hospital.area = elsewhere
    hospital.save()
    here = enrolled_member(hospital, name="本地人")
    enrolled_member(hospital, elsewhere, name="外地人")
    page = at_work.get(url("unit", hospital.pk))

    assert [row.person for row in page.context["page"].rows] == [here.person]


def test_members_are_found_by_part_of_the_name(for_unit, tax_office):
    enrolled_member(tax_office, name="陈立新")
    page = for_unit.get(url("unit", tax_office.pk), {"q": "立新"})

    assert [row.person.name for row in page.context["page"].rows] == ["陈立新"]


def test_a_foreign_unit_does_not_exist(for_unit, hospital):
    assert for_unit.get(url("unit", hospital.pk)).status_code == 404


def test_the_unit_above_is_a_link_for_those_alone_who_may_open_it(
    for_unit, hospital, tax_office, unit_coordinator
):
    tax_office.parent = hospital
    tax_office.save()
    above = f'href="{url("unit", hospital.pk)}"'
    page = text(for_unit.get(url("unit", tax_office.pk)))
    assert (hospital.name in page, above in page) == (True, False)

    mandate(unit_coordinator, hospital)
    assert above in text(for_unit.get(url("unit", tax_office.pk)))


def test_a_unit_is_entered(client, coordinator, hospital):
    client.force_login(coordinator)
    given = {
        "name": "盐湖区法院",
        "kind": "government",
        "area": "盐湖区",
        "parent": hospital.name,
        "starts_on": "2025-03-01",
    }
    assert client.get(url("new")).status_code == 200
    answer = client.post(url("new"), given)

    unit = Organization.objects.get(name="盐湖区法院")
    assert (answer.url, unit.area_id, unit.parent) == (url("unit", unit.pk), "140802", hospital)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"area": "盐湖区区"}, "area"),
        ({"parent": "没有的单位"}, "parent"),
        ({"credit_code": "123"}, "credit_code"),
        ({"starts_on": "1800-01-01"}, "starts_on"),
        ({"name": ""}, "name"),
        ({"area": "永济市"}, "area"),
    ],
)
def test_what_is_wrong_with_a_unit_is_said_at_the_field(
    client, coordinator, elsewhere, changes, field
):
    client.force_login(coordinator)
    given = {
        "name": "盐湖区法院",
        "kind": "government",
        "area": "盐湖区",
        "starts_on": "2025-03-01",
        **changes,
    }
    answer = client.post(url("new"), given)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert 'value="2025-03-01"' in text(answer) or changes.get("starts_on")


def test_who_acts_for_a_unit_enters_no_others(for_unit):
    assert for_unit.get(url("new")).status_code == 404


# --- enrolling -----------------------------------------------------------------------------------


def test_a_unit_is_enrolled_with_the_workers_own_community(at_work, tax_office, jinshui):
    UnitEnrolmentFactory(
        organization=tax_office, ends_on=date(2025, 1, 3), ended_at="2025-01-03T00:00Z"
    )
    address = url("enrol-unit", tax_office.pk)
    assert at_work.get(address).context["form"].initial["community"] == jinshui.code
    answer = at_work.post(
        address, {"community": "金税社区", "branch": "", "starts_on": "2025-03-01"}
    )

    enrolment = UnitEnrolment.objects.get(ends_on=None)
    assert (answer.url, enrolment.community) == (url("enrolment", enrolment.reference), jinshui)


def test_a_new_branch_is_added_with_the_enrolment(for_unit, tax_office, jinshui):
    given = {"community": "金税社区", "branch": "第一支部", "starts_on": "2025-03-01"}
    for_unit.post(url("enrol-unit", tax_office.pk), given)

    assert UnitEnrolment.objects.get().branch.name == "第一支部"


def test_an_unknown_community_is_answered_with_the_nearest(for_unit, tax_office, jinshui):
    given = {"community": "金锐社区", "starts_on": "2025-03-01"}
    answer = for_unit.post(url("enrol-unit", tax_office.pk), given)

    assert answer.status_code == 422
    assert "金税社区" in str(answer.context["form"].errors["community"])


def test_a_refused_enrolment_is_said_at_the_form(for_unit, tax_office, jinshui):
    UnitEnrolmentFactory(organization=tax_office)
    given = {"community": "金税社区", "starts_on": "2025-03-01"}
    answer = for_unit.post(url("enrol-unit", tax_office.pk), given)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["community"])


MEMBER = {
    "name": "陈立新",
    "phone": "138 0000 0001",
    "community": "金税社区",
    "starts_on": "2025-03-01",
}


def test_a_new_member_is_entered_and_enrolled(for_unit, tax_office, jinshui):
    Skill.objects.create(code="haircuts", name="理发")
    compound = area("140802005022-3", "锦绣苑")
    address = url("new-member", tax_office.pk)
    assert for_unit.get(address).status_code == 200
    given = {"compound": "锦绣苑", "skills": ["haircuts"], "service_wishes": ["visits"]}
    answer = for_unit.post(address, MEMBER | given)

    enrolment = MemberEnrolment.objects.get()
    assert answer.url == url("enrolment", enrolment.reference)
    assert (enrolment.person.name, enrolment.compound) == ("陈立新", compound)
    assert (enrolment.skills, enrolment.service_wishes) == (["haircuts"], ["visits"])


def test_somebody_known_is_not_entered_twice(for_unit, tax_office, jinshui):
    person = PersonFactory(name="陈立新", phone="13800000001", email="chen@example.org")
    for_unit.post(url("new-member", tax_office.pk), MEMBER)

    assert MemberEnrolment.objects.get().person == person


def test_a_place_entered_a_moment_ago_is_known(for_unit, tax_office, jinshui):
    for_unit.post(
        url("enrol-unit", tax_office.pk), {"community": "火星", "starts_on": "2025-06-01"}
    )
    area("140802005099", "火星社区")

    for_unit.post(
        url("enrol-unit", tax_office.pk), {"community": "火星社区", "starts_on": "2025-06-01"}
    )

    assert UnitEnrolment.objects.get().community_id == "140802005099"


def test_a_place_that_has_just_ended_is_refused_at_its_field(for_unit, tax_office, jinshui):
    given = {"community": "火星社区", "starts_on": "2025-06-01"}
    area("140802005099", "火星社区")
    for_unit.get(url("enrol-unit", tax_office.pk))
    Area.objects.filter(pk="140802005099").update(valid_to="2025-05-01")

    answer = for_unit.post(url("enrol-unit", tax_office.pk), given)

    assert (answer.status_code, UnitEnrolment.objects.count()) == (422, 0)
    assert answer.context["form"].errors["community"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "123"}, "phone"),
        ({"community": "火星"}, "community"),
        ({"compound": "没有的小区"}, "compound"),
        ({"starts_on": "3000-01-01"}, "starts_on"),
        ({"name": "另一人"}, "name"),
    ],
)
def test_a_bad_field_keeps_the_rest_and_enters_nobody(
    for_unit, tax_office, jinshui, changes, field
):
    PersonFactory(name="陈立新", phone="13800000001")
    people = Person.objects.count()
    answer = for_unit.post(url("new-member", tax_office.pk), MEMBER | changes)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (Person.objects.count(), MemberEnrolment.objects.count()) == (people, 0)


def test_a_refusal_takes_a_new_person_back(for_unit, tax_office, jinshui):
    area("140802005022-3", "锦绣苑")
    people = Person.objects.count()
    given = MEMBER | {"starts_on": "1990-01-01"}
    for_unit.post(url("new-member", tax_office.pk), given)

    assert Person.objects.count() == people


def test_a_member_is_enrolled_again_without_being_asked_again(for_unit, tax_office, jinshui):
    membership = MembershipFactory(organization=tax_office)
    ended = MemberEnrolmentFactory(
        person=membership.person,
        organization=tax_office,
        occupation="会计",
        ends_on=date(2025, 2, 1),
        ended_at=timezone.now(),
    )
    address = url("enrol-member", membership.pk)
    form = for_unit.get(address).context["form"]
    assert ("name" in form.fields, form.initial["occupation"]) == (False, "会计")
    for_unit.post(address, {"community": "金税社区", "starts_on": "2025-03-01"})

    assert MemberEnrolment.objects.exclude(pk=ended.pk).get().person == membership.person


# --- one enrolment -------------------------------------------------------------------------------


def test_an_enrolment_page_is_cheap(for_unit, tax_office, django_assert_num_queries):
    enrolment = enrolled_member(tax_office)
    with django_assert_num_queries(3):
        page = for_unit.get(url("enrolment", enrolment.reference))

    assert enrolment.person.name in text(page)


def test_an_enrolment_ends(at_work, tax_office):
    enrolment = UnitEnrolmentFactory(organization=tax_office)
    day = timezone.localdate().isoformat()
    at_work.post(url("end", enrolment.reference), {"on": day, "reason": "单位迁往外地"})

    enrolment.refresh_from_db()
    assert (enrolment.ends_on.isoformat(), enrolment.end_reason) == (day, "单位迁往外地")


def test_an_end_without_a_reason_is_said_at_the_form(at_work, tax_office):
    enrolment = UnitEnrolmentFactory(organization=tax_office)
    for given in ({"on": "2025-03-01"}, {"on": "2024-01-01", "reason": "单位迁往外地"}):
        assert at_work.post(url("end", enrolment.reference), given).status_code == 422


def test_an_enrolment_is_voided(at_work, tax_office):
    enrolment = enrolled_member(tax_office)
    address = url("void", enrolment.reference)
    assert at_work.post(address, {"void-reason": "x"}).status_code == 422
    at_work.post(address, {"void-reason": "录错了人"})

    assert MemberEnrolment.objects.get().void_reason == "录错了人"
    assert text(at_work.get(url("enrolment", enrolment.reference))).count("录错了人") == 1


def test_strangers_find_no_enrolment(client, stranger, tax_office):
    enrolment = enrolled_member(tax_office)
    client.force_login(stranger)

    for name in ("enrolment", "slip"):
        assert client.get(url(name, enrolment.reference)).status_code == 404
    assert (
        client.post(url("void", enrolment.reference), {"void-reason": "录错了"}).status_code == 404
    )
    assert client.get(url("enrolment", "EEEEEEEEE")).status_code == 404


# --- the slip ------------------------------------------------------------------------------------


def test_the_slip_carries_a_code_that_leads_to_the_check(at_work, tax_office):
    enrolment = enrolled_member(tax_office, name="陈立新")
    page = text(at_work.get(url("slip", enrolment.reference)))

    assert f"http://127.0.0.1:8000/e/{enrolment.reference}/" in page
    assert ("data:image/svg+xml" in page, "陈立新" in page) == (True, True)


def test_the_check_says_little(client, tax_office, django_assert_num_queries):
    enrolment = enrolled_member(tax_office, name="陈立新", phone="13812345678")
    with django_assert_num_queries(2):
        page = text(client.get(url("check", enrolment.reference)))

    assert ("陈*" in page, tax_office.name in page) == (True, True)
    assert [word for word in ("陈立新", "138", "5678") if word in page] == []


@pytest.mark.parametrize("state", ["valid", "ended", "void", "later"])
def test_the_check_says_whether_it_holds(client, tax_office, state, at):
    changes = {
        "valid": {},
        "ended": {"ends_on": date(2025, 2, 1), "ended_at": at},
        "void": {"voided_at": at},
        "later": {"starts_on": timezone.localdate() + timedelta(days=9)},
    }[state]
    enrolment = UnitEnrolmentFactory(organization=tax_office, **changes)
    page = client.get(url("check", enrolment.reference.lower()))

    assert page.context["holds"] == (state == "valid")
    assert tax_office.name in text(page)


def test_who_tries_references_is_stopped(client, tax_office):
    enrolment = UnitEnrolmentFactory(organization=tax_office)
    codes = {client.get(url("check", "E23456789")).status_code for _n in range(30)}

    assert codes == {404}
    assert client.get(url("check", "E23456789")).status_code == 429
    assert client.get(url("check", enrolment.reference)).status_code == 200


# --- members -------------------------------------------------------------------------------------


def test_a_member_page_is_cheap(for_unit, tax_office, django_assert_num_queries):
    Skill.objects.create(code="haircuts", name="理发")
    enrolment = enrolled_member(tax_office)
    enrolment.skills = ["haircuts"]
    enrolment.save()
    membership = Membership.objects.get(person=enrolment.person)
    with django_assert_num_queries(4):
        page = for_unit.get(url("member", membership.pk))

    assert "理发" in text(page)


def test_a_member_is_transferred(for_unit, tax_office, hospital):
    enrolment = enrolled_member(tax_office)
    membership = Membership.objects.get(person=enrolment.person)
    address = url("transfer", membership.pk)
    for wrong in ("没有的单位", tax_office.name):
        given = {"transfer-to": wrong, "transfer-on": "2025-03-01"}
        assert for_unit.post(address, given).status_code == 422
    for_unit.post(address, {"transfer-to": hospital.name, "transfer-on": "2025-03-01"})

    assert enrolment.person.memberships.get(ends_on=None).organization == hospital


def test_a_member_retires(for_unit, tax_office):
    enrolment = enrolled_member(tax_office)
    membership = Membership.objects.get(person=enrolment.person)
    address = url("retire", membership.pk)
    assert for_unit.post(address, {"retire-on": "2024-01-01"}).status_code == 422
    for_unit.post(address, {"retire-on": "2025-03-01"})

    now = enrolment.person.memberships.get(ends_on=None)
    assert now.standing == "retired"
    assert for_unit.get(url("member", now.pk)).status_code == 200
    assert for_unit.get(url("unit", tax_office.pk)).status_code == 200


# --- who acts ------------------------------------------------------------------------------------


def test_somebody_is_named_to_act_and_relieved(client, coordinator, tax_office, member):
    client.force_login(coordinator)
    address = url("give-mandate", tax_office.pk)
    given = {"phone": member.phone, "starts_on": "2025-03-01"}
    assert client.post(address, given | {"phone": "13999999999"}).status_code == 422
    client.post(address, given)
    mandate = Mandate.objects.get()
    assert mandate.person == member
    assert client.post(address, given).status_code == 422

    client.post(url("end-mandate", mandate.pk))
    assert Mandate.objects.get().ends_on == timezone.localdate()


def test_strangers_relieve_nobody(client, stranger, unit_coordinator):
    client.force_login(stranger)

    assert client.post(url("end-mandate", Mandate.objects.get().pk)).status_code == 404


# --- files that leave ----------------------------------------------------------------------------


def sheet(response) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book.active.values)


def test_units_and_members_leave_as_excel(for_unit, tax_office, hospital):
    enrolled_member(tax_office, name="陈立新", phone="13812345678")
    enrolled_member(hospital, name="别处人")

    assert [row[0] for row in sheet(for_unit.get(url("export")))[1:]] == [tax_office.name]
    rows = sheet(for_unit.get(url("export-members")))[1:]
    assert [(row[0], row[1]) for row in rows if row[0] == "陈立新"] == [("陈立新", "138****5678")]
    assert "别处人" not in [row[0] for row in rows]


def test_phones_leave_for_a_reason_that_is_written_down(for_unit, tax_office):
    enrolled_member(tax_office, name="陈立新", phone="13812345678")
    address = url("phones", tax_office.pk)
    assert for_unit.get(address).status_code == 200
    assert for_unit.post(address, {"reason": ""}).status_code == 422
    rows = sheet(for_unit.post(address, {"reason": "组织清洁活动的通知"}))

    assert "13812345678" in [row[1] for row in rows]
    line = Line.objects.get(verb="export_phones")
    assert (line.reason, line.target_key) == ("组织清洁活动的通知", str(tax_office.pk))
