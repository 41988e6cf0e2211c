"""Pages for administrators."""

import datetime

import pytest
from django.utils import timezone, translation

from tests import factories
from tests.factories import ON, PersonFactory, granted
from youwo.journal.models import Line
from youwo.organizations.models import MemberEnrolment
from youwo.people.models import Grant, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def desk(client, administrator):
    """The county administrator's browser."""
    client.force_login(administrator)
    return client


def listed(response):
    return sorted(card["pk"] for card in response.context["cards"])


PATHS = ["/work/people/", "/work/people/enter/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["resident", "worker", "coordinator", "volunteer"])
def test_the_pages_do_not_exist_for_others(who, path, client, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_visitors_are_asked_to_sign_in(path, client):
    assert client.get(path).status_code == 302


def test_the_list_holds_the_staff_of_the_area_masked(desk, administrator, worker, stranger):
    response = desk.get("/work/people/")
    assert listed(response) == sorted([administrator.pk, worker.pk])
    page = response.content.decode()
    assert worker.name not in page
    assert worker.phone not in page


@pytest.mark.parametrize("extra", [0, 2])
def test_the_list_costs_the_same_with_many_people(
    extra, desk, worker, jinshui, django_assert_num_queries
):
    for _ in range(extra):
        granted("worker", jinshui)
    with django_assert_num_queries(3):
        desk.get("/work/people/")


def test_a_whole_number_finds_everybody(desk, resident):
    response = desk.get("/work/people/", {"q": f"+86 {resident.phone}"})
    assert listed(response) == [resident.pk]
    assert desk.get(f"/work/people/{resident.pk}/").status_code == 200


def test_a_user_name_finds_everybody(desk, resident):
    assert listed(desk.get("/work/people/", {"q": resident.username})) == [resident.pk]


def test_nobody_is_leafed_through_by_key(desk, resident):
    assert desk.get(f"/work/people/{resident.pk}/").status_code == 404


def test_a_name_finds_people_of_the_area_only(desk, jinshui, elsewhere, organization_in):
    here, there = PersonFactory(name="张敬之"), PersonFactory(name="张敬之")
    for number, (person, place) in enumerate([(here, jinshui), (there, elsewhere)]):
        MemberEnrolment.objects.create(
            person=person,
            organization=organization_in(place),
            community=place,
            reference=f"M0000000{number}",
            starts_on=ON,
            recorded_at=timezone.now(),
        )
    assert listed(desk.get("/work/people/", {"q": "张敬之"})) == [here.pk]
    assert desk.get(f"/work/people/{here.pk}/").status_code == 200
    assert desk.get(f"/work/people/{there.pk}/").status_code == 404


@pytest.fixture
def organization_in():
    from tests.factories import OrganizationFactory

    return lambda place: OrganizationFactory(area=place.parent.parent)


def test_the_city_finds_everybody_by_name(client, city_administrator):
    person = PersonFactory(name="张敬之")
    client.force_login(city_administrator)
    assert listed(client.get("/work/people/", {"q": "张敬之"})) == [person.pk]


def test_closed_accounts_are_not_found(client, city_administrator):
    PersonFactory(name="张敬之", anonymised_at=timezone.now())
    client.force_login(city_administrator)
    assert listed(client.get("/work/people/", {"q": "张敬之"})) == []


def test_the_list_goes_on_by_key(desk, jinshui):
    for number in range(21):
        granted("worker", jinshui, name=f"甲{number:02d}")
    first = desk.get("/work/people/")
    second = desk.get("/work/people/", {"cursor": first.context["page"].after})
    assert len(listed(first)) == 20
    assert len(listed(second)) == 2
    assert not set(listed(first)) & set(listed(second))


@pytest.mark.parametrize("words", ["\0x", "'; DROP TABLE", "张" * 500, "%"])
def test_odd_words_find_nobody(words, desk):
    assert listed(desk.get("/work/people/", {"q": words})) == []


# --- entering ---------------------------------------------------------------------------------


def test_a_colleague_is_entered_and_their_page_opens(desk):
    response = desk.post(
        "/work/people/enter/", {"name": "李桂兰", "phone": "138 0000 1234", "username": ""}
    )
    person = Person.objects.get(phone_index__isnull=False, name="李桂兰")
    assert response["Location"] == f"/work/people/{person.pk}/"
    assert desk.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "values", [{"name": "李桂兰"}, {"name": "李桂兰", "phone": "1"}, {"phone": "13800001234"}]
)
def test_an_entry_that_cannot_be_is_refused(values, desk):
    assert desk.post("/work/people/enter/", values).status_code == 422
    assert not Person.objects.filter(name="李桂兰").exists()


# --- one person -------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [0, 2])
def test_a_persons_page_costs_the_same_with_many_roles(
    extra, desk, worker, jinshui, django_assert_num_queries
):
    for role in ("auditor", "coordinator")[:extra]:
        Grant.objects.create(
            person=worker, role=role, area=jinshui, starts_on=ON, granted_at=timezone.now()
        )
    with django_assert_num_queries(3):
        desk.get(f"/work/people/{worker.pk}/")


def test_a_hidden_number_is_shown_for_a_reason(desk, worker):
    response = desk.post(
        f"/work/people/{worker.pk}/unmask/", {"field": "phone", "reason": "核对联系方式"}
    )
    assert worker.phone in response.content.decode()
    assert [line.reason for line in Line.objects.filter(verb="unmask")] == ["核对联系方式"]


@pytest.mark.parametrize("values", [{"field": "phone", "reason": "看"}, {"field": "password"}])
def test_without_a_reason_or_a_field_nothing_is_shown(values, desk, worker):
    response = desk.post(f"/work/people/{worker.pk}/unmask/", values)
    assert response.status_code == 422
    assert worker.phone not in response.content.decode()
    assert not Line.objects.filter(verb="unmask").exists()


def test_somebody_without_a_tie_to_the_area_stays_hidden(desk, resident):
    desk.get("/work/people/", {"q": resident.phone})
    response = desk.post(
        f"/work/people/{resident.pk}/unmask/", {"field": "name", "reason": "核对联系方式"}
    )
    assert response.status_code == 404


def test_a_foreign_administrator_unmasks_nobody(client, foreign_administrator, worker):
    client.force_login(foreign_administrator)
    response = client.post(
        f"/work/people/{worker.pk}/unmask/", {"field": "phone", "reason": "核对联系方式"}
    )
    assert response.status_code == 404


# --- roles ------------------------------------------------------------------------------------


@pytest.fixture
def found(desk, volunteer):
    """A volunteer whom the administrator has found by their number."""
    desk.get("/work/people/", {"q": volunteer.phone})
    return volunteer


def test_the_place_is_found_by_name_or_code_within_the_area(desk, found, elsewhere):
    def places(words):
        response = desk.get(f"/work/people/{found.pk}/grant/", {"q": words})
        return [area.code for area in response.context["areas"]]

    assert places("金税") == ["140802005022"]
    assert places("140802005022") == ["140802005022"]
    assert places("永乐") == []


def test_a_role_is_granted_on_a_page(desk, found, administrator):
    path = f"/work/people/{found.pk}/grant/?area=140802005022"
    assert desk.get(path).status_code == 200
    response = desk.post(path, {"role": "worker", "starts_on": "2025-06-03"})
    assert response["Location"] == f"/work/people/{found.pk}/"
    grant = Grant.objects.get(person=found)
    assert (grant.role, grant.area_id, grant.starts_on, grant.granted_by) == (
        "worker",
        "140802005022",
        datetime.date(2025, 6, 3),
        administrator,
    )


def test_a_place_outside_the_area_cannot_be_chosen(desk, found, elsewhere):
    path = f"/work/people/{found.pk}/grant/?area={elsewhere.pk}"
    response = desk.post(path, {"role": "worker", "starts_on": "2025-06-03"})
    assert response["Location"] == f"/work/people/{found.pk}/grant/"
    assert not Grant.objects.filter(person=found).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"role": "mayor", "starts_on": "2025-06-03"},
        {"role": "worker", "starts_on": "2025-02-30"},
        {"role": "worker", "starts_on": "2025-06-03", "ends_on": "2025-06-01"},
    ],
)
def test_a_role_that_cannot_be_is_refused_on_the_page(values, desk, found):
    path = f"/work/people/{found.pk}/grant/?area=140802005022"
    assert desk.post(path, values).status_code == 422
    assert not Grant.objects.filter(person=found).exists()


def test_nobody_grants_themselves_on_the_page(desk, administrator):
    path = f"/work/people/{administrator.pk}/grant/?area=140802005022"
    assert desk.post(path, {"role": "worker", "starts_on": "2025-06-03"}).status_code == 422
    assert administrator.grants.count() == 1


def test_a_role_is_ended_with_a_reason(desk, worker):
    grant = worker.grants.get()
    path = f"/work/people/grants/{grant.pk}/end/"
    assert desk.get(path).status_code == 200
    assert desk.post(path, {"reason": ""}).status_code == 422
    assert desk.post(path, {"reason": "调往他处工作"}).status_code == 302
    grant.refresh_from_db()
    assert grant.ends_on == timezone.localdate()


def test_a_foreign_role_does_not_exist(desk, stranger):
    grant = stranger.grants.get()
    path = f"/work/people/grants/{grant.pk}/end/"
    assert desk.post(path, {"reason": "调往他处工作"}).status_code == 404
    grant.refresh_from_db()
    assert grant.ends_on is None


@pytest.mark.parametrize("action", ["", "unmask/", "invite/", "grant/"])
def test_a_worker_keeps_nobodys_roles(action, client, worker):
    client.force_login(worker)
    response = client.post(f"/work/people/{worker.pk}/{action}", {"reason": "核对联系方式"})
    assert response.status_code == 404


def test_nobody_gets_a_link_for_who_acts_for_a_unit_elsewhere(client, administrator, elsewhere):
    unit = factories.OrganizationFactory(area=elsewhere)
    somebody = factories.mandated(unit, phone="13700001111")
    client.force_login(administrator)
    client.get("/work/people/", {"q": "13700001111"})
    response = client.post(f"/work/people/{somebody.pk}/invite/", {"reason": "当面核对本人"})
    assert (response.status_code, response.context.get("link")) == (422, None)


def test_a_link_is_handed_to_who_acts_for_a_unit_of_the_area(client, administrator, jinshui):
    somebody = factories.mandated(factories.OrganizationFactory(area=jinshui))
    client.force_login(administrator)
    response = client.post(f"/work/people/{somebody.pk}/invite/", {"reason": "当面核对本人"})
    assert response.status_code == 200
