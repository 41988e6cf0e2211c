"""Pages about oneself."""

import io
import json

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.factories import PersonFactory, granted
from youwo.journal.models import Line
from youwo.people import actions
from youwo.people.models import Grant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.mark.parametrize("path", ["/me/", "/me/data/", "/me/data/forget/"])
def test_visitors_are_asked_to_sign_in(path, client):
    assert client.get(path)["Location"] == f"/account/login/?next={path}"


def test_my_page_says_who_i_am_with_a_masked_number(client, worker):
    client.force_login(worker)
    page = client.get("/me/").content.decode()
    assert "community worker · 金税社区" in page
    assert worker.phone not in page


@pytest.mark.parametrize("roles", [1, 3])
def test_my_page_costs_the_same_with_many_roles(
    roles, client, worker, jinshui, django_assert_num_queries
):
    for role in ("auditor", "coordinator")[: roles - 1]:
        Grant.objects.create(
            person=worker,
            role=role,
            area=jinshui,
            starts_on="2025-01-01",
            granted_at="2025-01-01T00:00Z",
        )
    client.force_login(worker)
    with django_assert_num_queries(4):
        client.get("/me/")


def test_only_keepers_see_the_doors_to_people_and_journal(client, worker, administrator):
    client.force_login(worker)
    assert "/work/people/" not in client.get("/me/").content.decode()
    client.force_login(administrator)
    assert "/work/people/" in client.get("/me/").content.decode()


def test_my_data_shows_my_own_number_whole(client, resident):
    client.force_login(resident)
    assert resident.phone in client.get("/me/data/").content.decode()


@pytest.mark.parametrize("consents", [1, 2])
def test_my_data_costs_the_same_with_many_consents(
    consents, client, resident, texts, at, django_assert_num_queries
):
    for purpose in ("account", "wish")[:consents]:
        actions.give_consent(resident, purpose=purpose, by=resident, at=at)
    client.force_login(resident)
    with django_assert_num_queries(2):
        client.get("/me/data/")


def test_i_correct_my_name(client, resident):
    client.force_login(resident)
    assert client.post("/me/data/", {"name": "张静之", "email": ""}).status_code == 302
    resident.refresh_from_db()
    assert resident.name == "张静之"


def test_a_wrong_address_is_refused_and_kept(client, resident):
    client.force_login(resident)
    response = client.post("/me/data/", {"name": "张静之", "email": "nowhere"})
    assert response.status_code == 422
    assert 'value="nowhere"' in response.content.decode()


def test_i_take_my_data_along_as_json(client, worker, texts, at):
    actions.give_consent(worker, purpose="wish", by=worker, at=at)
    client.force_login(worker)
    data = json.loads(client.post("/me/data/download/", {"format": "json"}).content)
    assert data["account"]["phone"] == worker.phone
    assert sorted(data) == [
        "account",
        "appeals",
        "consents",
        "enrolments",
        "evaluations",
        "grants",
        "households",
        "memberships",
        "messages",
        "problems",
        "replies",
        "service",
        "wishes",
    ]


def test_i_take_my_data_along_as_a_table(client, worker):
    client.force_login(worker)
    response = client.post("/me/data/download/", {"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    rows = {(row[0], row[2]): row[3] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["account", "name"] == worker.name
    assert rows["grants", "area"] == "金税社区"


def test_taking_data_along_is_written_down_and_no_address_gives_it_away(client, worker):
    client.force_login(worker)
    assert client.get("/me/data/download/").status_code == 405
    client.post("/me/data/download/")
    assert Line.objects.filter(verb="export_own_data").count() == 1


def test_the_download_costs_at_most_twelve_statements(client, worker):
    client.force_login(worker)
    with CaptureQueriesContext(connection) as caught:
        client.post("/me/data/download/")
    # In a test each transaction is a savepoint of another one.
    assert len([one for one in caught if "SAVEPOINT" not in one["sql"]]) <= 12


def test_i_withdraw_my_consent_and_nobody_elses(client, resident, volunteer, texts, at):
    mine = actions.give_consent(resident, purpose="wish", by=resident, at=at)
    theirs = actions.give_consent(volunteer, purpose="wish", by=volunteer, at=at)
    client.force_login(resident)
    assert client.post(f"/me/data/consents/{mine.pk}/withdraw/").status_code == 302
    assert client.post(f"/me/data/consents/{theirs.pk}/withdraw/").status_code == 404
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.withdrawn_at is None, theirs.withdrawn_at is None) == (False, True)


def test_the_consent_of_the_account_leads_to_closing_it(client, resident, texts, at):
    consent = actions.give_consent(resident, purpose="account", by=resident, at=at)
    client.force_login(resident)
    response = client.post(f"/me/data/consents/{consent.pk}/withdraw/")
    assert response["Location"] == "/me/data/forget/"
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


def test_an_account_is_closed_after_a_clear_yes_only(client, resident):
    client.force_login(resident)
    assert client.post("/me/data/forget/").status_code == 422
    resident.refresh_from_db()
    assert resident.anonymised_at is None
    assert client.post("/me/data/forget/", {"sure": "on"})["Location"] == "/"
    resident.refresh_from_db()
    assert (resident.name, resident.is_active) == ("", False)
    assert "_auth_user_id" not in client.session


def test_the_last_administrator_reads_why_not(client, city_administrator):
    client.force_login(city_administrator)
    response = client.post("/me/data/forget/", {"sure": "on"})
    assert response.status_code == 422
    assert "appoint a successor" in response.content.decode()


# --- one-time links ---------------------------------------------------------------------------


@pytest.fixture
def newcomer(texts):
    return PersonFactory(name="张敬之", phone="13800001234", username=None)


def handed_over(client, administrator, person):
    client.force_login(administrator)
    client.get("/work/people/", {"q": person.phone})
    response = client.post(f"/work/people/{person.pk}/invite/", {"reason": "本人持身份证到窗口"})
    client.logout()
    return response.context["link"]


def test_a_link_sets_the_password_once(client, administrator, newcomer):
    link = handed_over(client, administrator, newcomer)
    page = client.get(link).content.decode()
    assert "138****1234" in page
    assert newcomer.phone not in page
    answer = {"password": "清早的杏花全开了", "agreed": "on"}
    assert client.post(link, answer)["Location"] == "/account/login/"
    newcomer.refresh_from_db()
    assert newcomer.check_password("清早的杏花全开了")
    assert [consent.text.purpose for consent in newcomer.consents.all()] == ["account"]
    assert client.get(link).status_code == 404


def test_who_is_handed_a_link_is_told(client, administrator, newcomer):
    handed_over(client, administrator, newcomer)
    assert newcomer.messages.count() == 1


def test_a_link_takes_no_weak_password_and_no_silence(client, administrator, newcomer):
    link = handed_over(client, administrator, newcomer)
    response = client.post(link, {"password": "12345678"})
    assert (response.status_code, sorted(response.context["form"].errors)) == (
        422,
        ["agreed", "password"],
    )


def test_a_link_that_still_holds_is_not_logged(client, administrator, newcomer, caplog):
    link = handed_over(client, administrator, newcomer)
    client.post(link, {"password": "12345678"})
    Client(enforce_csrf_checks=True).post(link, {"password": "12345678"})
    assert [record.getMessage().partition("/")[2] for record in caplog.records] == [
        "account/welcome/…",
        "account/welcome/…",
    ]


def test_other_addresses_are_logged_whole(client, db, caplog):
    client.get("/account/nowhere/")
    assert caplog.messages == ["Not Found: /account/nowhere/"]


@pytest.mark.parametrize("path", ["/account/welcome/MQ/x-y/", "/account/welcome/%FF/x-y/"])
def test_an_invented_link_leads_nowhere(path, client, db):
    assert client.get(path).status_code == 404


def test_nobody_makes_links_to_wider_powers(client, administrator, city_administrator):
    client.force_login(administrator)
    client.get("/work/people/", {"q": city_administrator.phone})
    response = client.post(
        f"/work/people/{city_administrator.pk}/invite/", {"reason": "本人持身份证到窗口"}
    )
    assert response.status_code == 422
    assert "link" not in response.context


def test_a_worker_makes_no_links(client, worker, newcomer):
    client.force_login(worker)
    response = client.post(f"/work/people/{newcomer.pk}/invite/", {"reason": "本人持身份证到窗口"})
    assert response.status_code == 404


def test_who_only_lost_the_password_is_not_asked_to_agree_again(
    client, administrator, newcomer, at
):
    actions.give_consent(newcomer, purpose="account", by=newcomer, at=at)
    link = handed_over(client, administrator, newcomer)
    assert client.post(link, {"password": "清早的杏花全开了"}).status_code == 302


def test_a_grant_in_a_foreign_county_keeps_a_person_out_of_sight(client, administrator, elsewhere):
    foreigner = granted("worker", elsewhere)
    client.force_login(administrator)
    assert client.get(f"/work/people/{foreigner.pk}/").status_code == 404
