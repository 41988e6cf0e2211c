"""Who asks is known by one statement, and by no more than what holds today."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session as FormerSession
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import OrganizationFactory, PersonFactory, granted, mandate, mandated
from youwo.config.periodic import forget_old_sessions
from youwo.core.clock import local_day
from youwo.organizations.models import Mandate
from youwo.people import actions
from youwo.people.models import Grant, Person, Session
from youwo.web.access import mandates_of, person_of, powers_of
from youwo.web.people.adapter import FactorsAdapter
from youwo.web.people.sessions import Authentication, SessionStore

pytestmark = pytest.mark.django_db

PASSWORD = "清早的杏花全开了"


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def asked(client):
    """Whom a page finds behind a browser: who, the roles, the units; and by how many statements."""
    found = []

    def page(request):
        person = person_of(request)
        found.append((person and person.pk, set(powers_of(request).grants), mandates_of(request)))
        return HttpResponse()

    request = RequestFactory().get("/")
    request.COOKIES.update({name: morsel.value for name, morsel in client.cookies.items()})
    with CaptureQueriesContext(connection) as statements:
        SessionMiddleware(Authentication(page))(request)
    return *found[0], len(statements)


@pytest.fixture
def today():
    return local_day(timezone.now())


def test_a_new_session_is_written_once_and_the_one_before_it_ended(resident):
    resident.set_password(PASSWORD)
    resident.save()
    client = Client()
    client.post("/lang/", {"language": "en", "next": "/"})
    session = client.session
    session["seen"] = "before"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    with CaptureQueriesContext(connection) as statements:
        client.login(username=resident.username, password=PASSWORD)
    written = [one["sql"] for one in statements if '"people_session"' in one["sql"]]
    assert [sql.split()[0] for sql in written] == ["SELECT", "DELETE", "INSERT"]
    rows = Session.objects.values_list("session_key", "person_id")
    assert [(client.session.session_key, resident.pk)] == list(rows)
    assert client.session.session_key != before
    assert client.session["seen"] == "before"


def test_what_becomes_of_factors_is_known_at_once(resident):
    factors = FactorsAdapter()
    with CaptureQueriesContext(connection) as statements:
        assert not factors.is_mfa_enabled(resident)
        assert not factors.is_mfa_enabled(resident, [Authenticator.Type.TOTP])
    assert len(statements) == 1
    added = Authenticator.objects.create(user=resident, type=Authenticator.Type.TOTP, data={})
    assert factors.is_mfa_enabled(resident)
    assert factors.is_mfa_enabled(resident, [Authenticator.Type.TOTP])
    assert not factors.is_mfa_enabled(resident, [Authenticator.Type.WEBAUTHN])
    added.delete()
    assert not factors.is_mfa_enabled(resident)
    assert not factors.is_mfa_enabled(AnonymousUser())


def test_a_visitor_costs_nothing():
    assert asked(Client()) == (None, set(), frozenset(), 0)


def test_a_member_costs_one_statement(resident):
    assert asked(browser(resident)) == (resident.pk, set(), frozenset(), 1)


def test_a_worker_costs_one_statement(worker, jinshui, elsewhere, today):
    Grant.objects.create(
        person=worker, role="auditor", area=elsewhere, starts_on=today, granted_at=timezone.now()
    )
    grants = {("worker", jinshui.pk), ("auditor", elsewhere.pk)}
    assert asked(browser(worker)) == (worker.pk, grants, frozenset(), 1)


def test_who_acts_for_units_costs_one_statement(worker, jinshui):
    units = [OrganizationFactory(), OrganizationFactory()]
    for unit in units:
        mandate(worker, unit)
    mandated(OrganizationFactory())
    keys = frozenset(unit.pk for unit in units)
    assert asked(browser(worker)) == (worker.pk, {("worker", jinshui.pk)}, keys, 1)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(0, None, True), (-2, 1, True), (1, None, False), (-2, 0, False), (-2, -1, False)],
)
def test_only_what_holds_today_counts(starts, ends, holds, worker, jinshui, today):
    mandate(worker, OrganizationFactory())
    days = {
        "starts_on": today + timedelta(days=starts),
        "ends_on": None if ends is None else today + timedelta(days=ends),
    }
    Grant.objects.update(**days)
    Mandate.objects.update(**days)
    _, grants, units, _ = asked(browser(worker))
    assert (bool(grants), bool(units)) == (holds, holds)


def test_an_end_counts_at_the_next_request(worker, today):
    client = browser(worker)
    Grant.objects.update(ends_on=today)
    assert asked(client) == (worker.pk, set(), frozenset(), 1)


def test_two_browsers_never_mix(worker, stranger):
    one, other = browser(worker), browser(stranger)
    pages = [asked(client) for client in (one, other, one, Client(), other)]
    assert [person for person, *_ in pages] == [
        worker.pk,
        stranger.pk,
        worker.pk,
        None,
        stranger.pk,
    ]
    assert pages[0][1] == pages[2][1] != pages[1][1] == pages[4][1]


def test_a_request_inside_another_finds_its_own_person(worker, stranger):
    one, other = browser(worker), browser(stranger)
    found = []

    def page(request):
        found.append(asked(other)[0])
        found.append(person_of(request).pk)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.COOKIES["sessionid"] = one.cookies["sessionid"].value
    SessionMiddleware(Authentication(page))(request)
    assert found == [stranger.pk, worker.pk]


@pytest.mark.parametrize("key", ["", "short", "'; --", "0" * 32])
def test_an_unknown_session_is_nobodys(key, worker):
    client = Client()
    client.cookies["sessionid"] = key
    assert asked(client)[:3] == (None, set(), frozenset())
    assert client.get("/me/").status_code == 302


def test_a_session_that_has_run_out_is_nobodys(worker):
    client = browser(worker)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert asked(client)[:3] == (None, set(), frozenset())
    assert client.get("/me/").status_code == 302


def test_a_session_changed_by_hand_is_nobodys(worker, stranger):
    client = browser(worker)
    Session.objects.update(session_data="changed", person=stranger)
    assert asked(client)[0] is None


def test_whom_the_data_names_counts_if_the_row_names_another(worker, stranger, jinshui):
    client = browser(worker)
    Session.objects.update(person=stranger)
    assert asked(client)[:2] == (worker.pk, {("worker", jinshui.pk)})


def test_the_session_of_a_visitor_becomes_that_of_a_person(client):
    person = PersonFactory(username="zhang")
    actions.set_password(person, password=PASSWORD, by=person, at=timezone.now())
    store = SessionStore()
    store["kept"] = "a word"
    store.save()
    assert Session.objects.get().person is None
    client.cookies["sessionid"] = store.session_key
    client.post("/account/login/", {"login": "zhang", "password": PASSWORD})
    session = Session.objects.get()
    assert (session.person, session.get_decoded()["kept"]) == (person, "a word")
    assert session.session_key != store.session_key
    assert asked(client) == (person.pk, set(), frozenset(), 1)


def test_signing_out_removes_the_session(worker, stranger):
    client, _ = browser(worker), browser(stranger)
    client.post("/account/logout/")
    assert [session.person for session in Session.objects.all()] == [stranger]
    assert asked(client)[0] is None


def test_a_new_password_ends_all_other_sessions():
    person = PersonFactory(username="zhang")
    actions.set_password(person, password=PASSWORD, by=person, at=timezone.now())
    here, there = browser(person), browser(person)
    for_page = {"oldpassword": PASSWORD, "password1": "傍晚的槐花全落了"}
    here.post("/account/reauthenticate/", {"password": PASSWORD})
    here.post("/account/password/change/", for_page | {"password2": for_page["password1"]})
    assert (asked(here)[0], asked(there)[0]) == (person.pk, None)
    assert [session.person for session in Session.objects.all()] == [person]


def test_who_is_blocked_is_nobody(worker):
    client = browser(worker)
    Person.objects.update(is_active=False)
    assert asked(client)[:3] == (None, set(), frozenset())


def test_closing_an_account_ends_its_sessions(worker, stranger):
    client, other = browser(worker), browser(stranger)
    actions.anonymise(worker, by=worker, at=timezone.now())
    assert asked(client)[0] is None
    assert [session.person for session in Session.objects.all()] == [stranger]
    assert asked(other)[0] == stranger.pk


def test_a_person_that_is_deleted_takes_the_sessions_along(resident):
    client = browser(resident)
    resident.delete()
    assert asked(client)[0] is None
    assert not Session.objects.exists()


def test_sessions_of_other_ways_to_sign_in_are_refused(worker):
    client = browser(worker)
    session = client.session
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session.save()
    assert asked(client)[0] is None


def test_sessions_that_have_run_out_are_forgotten(worker):
    now = timezone.now()
    browser(worker)
    kept = Session.objects.get()
    browser(worker)
    Session.objects.exclude(pk=kept.pk).update(expire_date=now - timedelta(days=1))
    FormerSession.objects.create(session_key="former", expire_date=now - timedelta(days=1))
    forget_old_sessions(at=now)
    assert (list(Session.objects.all()), FormerSession.objects.count()) == ([kept], 0)


def test_a_staff_list_costs_one_statement_more(jinshui, django_assert_num_queries):
    client = browser(granted("worker", jinshui))
    client.get("/work/wishes/")
    with django_assert_num_queries(2):
        assert client.get("/work/wishes/").status_code == 200
