"""What happens to people."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import PersonFactory, granted
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.people import actions, rules
from youwo.people.models import Consent, ConsentText, Grant, Person, Skill

pytestmark = pytest.mark.django_db


def lines(verb):
    return list(Line.objects.filter(verb=verb))


# --- entering ---------------------------------------------------------------------------------


def test_somebody_is_entered_under_a_number_that_stands_sealed(worker, at):
    person = actions.create(name=" 张 敬之 ", phone="138-0000-1234", by=worker, at=at)

    assert (person.name, person.phone, person.username) == ("张 敬之", "13800001234", None)
    assert Person.objects.with_phone("13800001234").get() == person
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person WHERE id = %s", [person.pk])
        assert b"13800001234" not in bytes(cursor.fetchone()[0])


def test_entering_is_written_in_the_journal_without_the_name(worker, at):
    person = actions.create(name="张敬之", phone="13800001234", by=worker, at=at)
    (line,) = lines("create")
    assert (line.actor_key, line.target_key, line.data) == (str(worker.pk), str(person.pk), {})


def test_somebody_entered_by_others_cannot_sign_in(worker, at):
    assert not actions.create(name="张敬之", by=worker, at=at).has_usable_password()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phone": "139-0000-0001"}, "phone"),
        ({"username": " ZHANG "}, "username"),
        ({"document_kind": "passport", "document_number": "G12345678"}, "document_number"),
    ],
)
def test_a_number_or_user_name_belongs_to_one_person(values, field, worker, at):
    PersonFactory(
        phone="13900000001",
        username="zhang",
        document_kind="passport",
        document_number="G12345678",
    )
    with pytest.raises(Refused) as refused:
        actions.create(name="张敬之", **values, by=worker, at=at)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"name": "张敬之", "phone": "123"}, "phone"),
        ({"name": "张敬之", "username": "13800001234"}, "username"),
        ({"name": "张敬之", "username": "x" * 61}, "username"),
        (
            {"name": "张敬之", "document_kind": "resident", "document_number": "1"},
            "document_number",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(values, field, worker, at):
    with pytest.raises(Refused) as refused:
        actions.create(**values, by=worker, at=at)
    assert refused.value.field == field


def test_the_year_of_birth_is_read_from_an_identity_number(worker, at):
    person = actions.create(
        name="张敬之",
        document_kind="resident",
        document_number="11010519491231002x",
        by=worker,
        at=at,
    )
    assert person.birth_year == 1949


def test_the_database_refuses_a_second_person_with_the_same_number():
    PersonFactory(phone="13900000001")
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(phone="13900000001")


# --- signing up -------------------------------------------------------------------------------


def test_signing_up_records_the_consent_with_its_version(texts, at):
    person = actions.sign_up(
        name="张敬之", phone="13800001234", password="清早的杏花全开了", text=texts[0], at=at
    )
    assert person.check_password("清早的杏花全开了")
    assert [(c.text, c.given_at) for c in person.consents.all()] == [(texts[0], at)]


def test_signing_up_with_a_text_that_was_replaced_is_refused(texts, at):
    actions.publish_consent_text(
        purpose="account", text="新的文本", valid_from=date(2025, 6, 1), by=None, at=at
    )
    with pytest.raises(Refused) as refused:
        actions.sign_up(
            name="张敬之", phone="13800001234", password="清早的杏花全开了", text=texts[0], at=at
        )
    assert refused.value.field == "agreed"
    assert not Person.objects.exists()


# --- roles ------------------------------------------------------------------------------------


def give(person, area, by, at, role="worker", **options):
    options = {"starts_on": date(2025, 6, 3), **options}
    return actions.grant(person, role=role, area=area, by=by, at=at, **options)


def test_an_administrator_grants_a_role_below_their_area(volunteer, jinshui, administrator, at):
    granted_now = give(volunteer, jinshui, administrator, at)
    assert rules.powers(volunteer, date(2025, 6, 3)).cover(jinshui.pk, "worker")
    (line,) = lines("grant")
    assert (line.area_code, line.target_key) == (jinshui.pk, str(granted_now.pk))
    assert line.data == {"person": volunteer.pk, "role": "worker"}


def test_an_administrator_of_another_county_does_not(volunteer, jinshui, foreign_administrator, at):
    with pytest.raises(Refused):
        give(volunteer, jinshui, foreign_administrator, at)
    assert not Grant.objects.filter(person=volunteer).exists()


def test_an_administrator_does_not_grant_above_their_area(volunteer, jinshui, administrator, at):
    with pytest.raises(Refused):
        give(volunteer, jinshui.parent.parent.parent, administrator, at)


@pytest.mark.parametrize("role", ["worker", "coordinator", "auditor"])
def test_no_other_role_grants_roles(role, volunteer, jinshui, at):
    with pytest.raises(Refused):
        give(volunteer, jinshui, granted(role, jinshui.parent.parent), at)


def test_nobody_grants_themselves(jinshui, city_administrator, at):
    with pytest.raises(Refused):
        give(city_administrator, jinshui, city_administrator, at, role="coordinator")


def test_a_role_is_held_once(worker, jinshui, administrator, at):
    with pytest.raises(Refused) as refused:
        give(worker, jinshui, administrator, at)
    assert refused.value.field == "role"


def test_a_role_that_begins_later_is_not_granted_twice(volunteer, jinshui, administrator, at):
    give(volunteer, jinshui, administrator, at, starts_on=date(2025, 7, 1))
    with pytest.raises(Refused) as refused:
        give(volunteer, jinshui, administrator, at)
    assert refused.value.field == "starts_on"


@pytest.mark.parametrize(
    ("options", "field"),
    [({"role": "mayor"}, "role"), ({"ends_on": date(2025, 6, 3)}, "ends_on")],
)
def test_a_role_that_cannot_be_is_refused(options, field, volunteer, jinshui, administrator, at):
    with pytest.raises(Refused) as refused:
        give(volunteer, jinshui, administrator, at, **options)
    assert refused.value.field == field


def test_a_closed_account_gets_no_role(volunteer, jinshui, administrator, at):
    actions.anonymise(volunteer, by=volunteer, at=at)
    with pytest.raises(Refused):
        give(volunteer, jinshui, administrator, at)


def test_an_ended_role_gives_no_powers_from_that_day(worker, jinshui, administrator, at):
    ended = actions.end_grant(worker.grants.get(), reason="调往他处工作", by=administrator, at=at)
    assert ended.ends_on == date(2025, 6, 3)
    assert not rules.powers(worker, date(2025, 6, 3)).cover(jinshui.pk, "worker")
    assert rules.powers(worker, date(2025, 6, 2)).cover(jinshui.pk, "worker")
    assert [line.reason for line in lines("end_grant")] == ["调往他处工作"]


def test_a_role_is_ended_with_a_reason_only(worker, administrator, at):
    with pytest.raises(Refused) as refused:
        actions.end_grant(worker.grants.get(), reason="调", by=administrator, at=at)
    assert refused.value.field == "reason"


def test_a_foreign_administrator_ends_no_role(worker, foreign_administrator, at):
    with pytest.raises(Refused):
        actions.end_grant(
            worker.grants.get(), reason="调往他处工作", by=foreign_administrator, at=at
        )
    assert worker.grants.get().ends_on is None


def test_a_role_ends_once(worker, administrator, at):
    grant = worker.grants.get()
    actions.end_grant(grant, reason="调往他处工作", by=administrator, at=at)
    with pytest.raises(Refused):
        actions.end_grant(grant, reason="调往他处工作", by=administrator, at=at)


def test_a_role_that_has_not_begun_ends_before_it_begins(volunteer, jinshui, administrator, at):
    grant = give(volunteer, jinshui, administrator, at, starts_on=date(2025, 7, 1))
    ended = actions.end_grant(grant, reason="不再需要了", by=administrator, at=at)
    assert ended.ends_on == date(2025, 7, 1)


def test_the_last_administrator_of_the_city_stays(city_administrator, at):
    with pytest.raises(Refused):
        actions.end_grant(
            city_administrator.grants.get(), reason="换岗交接完毕", by=city_administrator, at=at
        )


def test_an_administrator_goes_where_one_above_remains(administrator, city_administrator, at):
    actions.end_grant(
        administrator.grants.get(), reason="换岗交接完毕", by=city_administrator, at=at
    )
    assert not rules.powers(administrator, date(2025, 6, 3)).holds("administrator")


def test_the_first_administrator_is_appointed_by_nobody(volunteer, jinshui, at):
    first = give(volunteer, jinshui.parent.parent.parent, None, at, role="administrator")
    assert first.granted_by is None


# --- passwords handed over --------------------------------------------------------------------


def test_an_invitation_is_written_down_with_its_reason(resident, administrator, at):
    actions.invite(resident, reason="本人到窗口申请", by=administrator, at=at)
    assert [(line.reason, line.target_key) for line in lines("invite")] == [
        ("本人到窗口申请", str(resident.pk))
    ]


def test_an_invitation_to_wider_powers_is_refused(administrator, city_administrator, at):
    with pytest.raises(Refused):
        actions.invite(city_administrator, reason="本人到窗口申请", by=administrator, at=at)
    assert lines("invite") == []


def test_a_worker_invites_nobody(resident, worker, at):
    with pytest.raises(Refused):
        actions.invite(resident, reason="本人到窗口申请", by=worker, at=at)


# --- consent ----------------------------------------------------------------------------------


def test_a_new_version_leaves_earlier_consents_as_they_were(
    texts, resident, city_administrator, at
):
    before = actions.give_consent(resident, purpose="wish", by=resident, at=at)
    actions.publish_consent_text(
        purpose="wish", text="新的文本", valid_from=date(2025, 6, 3), by=city_administrator, at=at
    )
    after = actions.give_consent(resident, purpose="wish", by=resident, at=at)
    assert (before.text.version, after.text.version) == (1, 2)


def test_only_the_city_publishes_texts(administrator, at):
    with pytest.raises(Refused):
        actions.publish_consent_text(
            purpose="wish", text="新", valid_from=date(2025, 6, 3), by=administrator, at=at
        )
    assert not ConsentText.objects.exists()


def test_a_text_says_something(city_administrator, at):
    with pytest.raises(Refused) as refused:
        actions.publish_consent_text(
            purpose="wish", text=" ", valid_from=date(2025, 6, 3), by=city_administrator, at=at
        )
    assert refused.value.field == "text"


def test_a_text_for_later_is_not_in_force_yet(texts, resident, at):
    actions.publish_consent_text(
        purpose="wish", text="新", valid_from=date(2025, 7, 1), by=None, at=at
    )
    assert actions.give_consent(resident, purpose="wish", by=resident, at=at).text.version == 1


def test_saying_yes_twice_is_one_consent(texts, resident, at):
    for _ in range(2):
        actions.give_consent(resident, purpose="wish", by=resident, at=at)
    assert Consent.objects.count() == 1
    assert len(lines("give_consent")) == 1


def test_there_is_no_consent_without_a_text(resident, at):
    with pytest.raises(Refused):
        actions.give_consent(resident, purpose="wish", by=resident, at=at)


@pytest.mark.parametrize("year", [2011, 2012, 2020])
def test_a_guardian_agrees_for_a_child(year, texts, resident, worker, at):
    child = PersonFactory(birth_year=year)
    with pytest.raises(Refused) as refused:
        actions.give_consent(child, purpose="wish", by=child, at=at)
    assert refused.value.field == "guardian"
    consent = actions.give_consent(child, purpose="wish", guardian=resident, by=worker, at=at)
    assert (consent.given_by, consent.guardian) == ("guardian", resident)


def test_from_fourteen_people_agree_themselves(texts, at):
    young = PersonFactory(birth_year=2010)
    assert actions.give_consent(young, purpose="wish", by=young, at=at).given_by == "self"


def test_a_child_guards_nobody(texts, worker, at):
    child, sibling = PersonFactory(birth_year=2020), PersonFactory(birth_year=2009)
    for guardian in (child, sibling):
        with pytest.raises(Refused):
            actions.give_consent(child, purpose="wish", guardian=guardian, by=worker, at=at)


def test_a_withdrawn_consent_can_be_given_again(texts, resident, at):
    consent = actions.give_consent(resident, purpose="wish", by=resident, at=at)
    later = at + timedelta(days=1)
    assert actions.withdraw_consent(consent, by=resident, at=later).withdrawn_at == later
    again = actions.give_consent(resident, purpose="wish", by=resident, at=later)
    assert again != consent


def test_a_guardian_withdraws_and_a_stranger_does_not(texts, resident, stranger, worker, at):
    child = PersonFactory(birth_year=2018)
    consent = actions.give_consent(child, purpose="wish", guardian=resident, by=worker, at=at)
    with pytest.raises(Refused):
        actions.withdraw_consent(consent, by=stranger, at=at)
    assert actions.withdraw_consent(consent, by=resident, at=at).withdrawn_at == at


# --- unmasking --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["worker", "coordinator", "administrator"])
def test_staff_of_the_area_see_a_number_for_a_reason(role, resident, jinshui, at):
    somebody = granted(role, jinshui)
    shown = actions.unmask(
        resident, field="phone", reason="约定上门时间", by=somebody, at=at, area_code=jinshui.pk
    )
    assert shown == resident.phone
    (line,) = lines("unmask")
    assert (line.actor_key, line.area_code, line.reason, line.data) == (
        str(somebody.pk),
        jinshui.pk,
        "约定上门时间",
        {"field": "phone"},
    )


def test_a_reason_is_more_than_a_word(resident, worker, jinshui, at):
    with pytest.raises(Refused) as refused:
        actions.unmask(
            resident, field="phone", reason=" 看看  ", by=worker, at=at, area_code=jinshui.pk
        )
    assert refused.value.field == "reason"
    assert lines("unmask") == []


def test_staff_of_another_county_see_nothing(resident, stranger, jinshui, at):
    with pytest.raises(Refused):
        actions.unmask(
            resident, field="phone", reason="约定上门时间", by=stranger, at=at, area_code=jinshui.pk
        )


def test_an_auditor_sees_who_looked_and_not_the_number(resident, jinshui, at):
    with pytest.raises(Refused):
        actions.unmask(
            resident,
            field="phone",
            reason="约定上门时间",
            by=granted("auditor", jinshui),
            at=at,
            area_code=jinshui.pk,
        )


def test_what_has_its_own_area_is_judged_by_it(worker, elsewhere, at):
    grant = granted("worker", elsewhere).grants.get()
    with pytest.raises(Refused):
        actions.unmask(
            grant, field="role", reason="约定上门时间", by=worker, at=at, area_code="140802005022"
        )


def test_a_password_is_never_shown(resident, worker, jinshui, at):
    with pytest.raises(ValueError):
        actions.unmask(
            resident,
            field="password",
            reason="约定上门时间",
            by=worker,
            at=at,
            area_code=jinshui.pk,
        )


def test_a_person_without_a_named_area_is_not_shown(resident, worker, at):
    with pytest.raises(ValueError):
        actions.unmask(resident, field="phone", reason="约定上门时间", by=worker, at=at)


# --- one's own data ---------------------------------------------------------------------------


def test_the_export_holds_everything_unmasked(texts, worker, at):
    actions.give_consent(worker, purpose="wish", by=worker, at=at)
    data = actions.export_own_data(worker, at=at)
    assert data["account"]["phone"] == worker.phone
    assert [grant["area"] for grant in data["grants"]] == ["金税社区"]
    assert [consent["purpose"] for consent in data["consents"]] == ["wish"]
    assert len(lines("export_own_data")) == 1


def test_people_correct_their_own_name(resident, at):
    actions.correct_own(resident, name="张静之", email="zhang@example.cn", at=at)
    resident.refresh_from_db()
    assert (resident.name, resident.email) == ("张静之", "zhang@example.cn")


def test_nothing_of_a_forgotten_person_is_left(texts, administrator, city_administrator, at):
    person = granted(
        "worker",
        administrator.grants.get().area,
        name="张敬之",
        email="zhang@example.cn",
        document_kind="passport",
        document_number="G12345678",
        birth_year=1990,
    )
    actions.give_consent(person, purpose="wish", by=person, at=at)
    actions.anonymise(person, by=person, at=at)
    person.refresh_from_db()
    kept = {
        name: getattr(person, name)
        for name in ("name", "username", "phone", "phone_index", "email", "birth_year")
    }
    assert kept == {
        "name": "",
        "username": None,
        "phone": "",
        "phone_index": None,
        "email": "",
        "birth_year": None,
    }
    assert (person.document_number, person.document_index) == ("", None)
    assert (person.is_active, person.anonymised_at) == (False, at)
    assert [c.withdrawn_at for c in person.consents.all()] == [at]
    assert [g.ends_on for g in person.grants.all()] == [date(2025, 6, 3)]


def test_the_counted_rows_of_a_forgotten_person_stay(resident, at):
    actions.anonymise(resident, by=resident, at=at)
    assert Person.objects.filter(pk=resident.pk).exists()


def test_forgetting_twice_is_forgetting_once(resident, at):
    actions.anonymise(resident, by=resident, at=at)
    again = actions.anonymise(resident, by=resident, at=at + timedelta(days=1))
    assert again.anonymised_at == at
    assert len(lines("anonymise")) == 1


def test_others_are_not_forgotten_by_a_county(resident, administrator, city_administrator, at):
    with pytest.raises(Refused):
        actions.anonymise(resident, by=administrator, at=at)
    assert actions.anonymise(resident, by=city_administrator, at=at).anonymised_at == at


def test_the_last_administrator_appoints_a_successor_first(city_administrator, at):
    with pytest.raises(Refused):
        actions.anonymise(city_administrator, by=city_administrator, at=at)


# --- what comes with the product --------------------------------------------------------------


def test_the_defaults_are_loaded_once(at):
    for _ in range(2):
        actions.load_defaults(at=at)
    assert sorted(ConsentText.objects.values_list("purpose", "version")) == [
        ("account", 1),
        ("household", 1),
        ("problem", 1),
        ("wish", 1),
    ]
    assert Skill.objects.count() == 25


def test_a_published_text_is_not_overwritten_by_the_defaults(texts, at):
    actions.load_defaults(at=at)
    assert ConsentText.objects.get(purpose="account").text == "同意建立账号。"
