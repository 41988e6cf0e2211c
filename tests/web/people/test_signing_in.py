"""Signing in and up, and second factors."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from tests.factories import OrganizationFactory, PersonFactory, granted
from youwo.organizations.models import MemberEnrolment
from youwo.people import actions
from youwo.people.models import Person, Session
from youwo.web.home import choices

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
SIGNUP = "/account/signup/"
PASSWORD = "清早的杏花全开了"
NO_MATCH = "The number or user name and the password do not go together. Please check both."


@pytest.fixture(autouse=True)
def _fresh(settings):
    cache.clear()
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def somebody():
    person = PersonFactory(name="张敬之", username="zhang", phone="13800001234")
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, login, password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


def signed_in(client):
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize(
    "login", ["zhang", "ZHANG", " zhang ", "13800001234", "138 0000 1234", "+86-138-0000-1234"]
)
def test_people_sign_in_by_user_name_or_phone(login, client, somebody):
    response = sign_in(client, login)
    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert signed_in(client) == str(somebody.pk)


def test_the_session_keeps_no_phone_number(client, somebody):
    sign_in(client, "13800001234")
    assert "13800001234" not in str(Session.objects.get().get_decoded())


@pytest.mark.parametrize(
    ("login", "password"),
    [("zhang", "wrong"), ("nobody", PASSWORD), ("13800001234", "wrong"), ("13900009999", PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(
    login, password, client, somebody
):
    response = sign_in(client, login, password)
    assert response.context["form"].non_field_errors() == [NO_MATCH]
    assert signed_in(client) is None


def test_somebody_without_a_password_cannot_sign_in(client, at):
    actions.create(name="张敬之", phone="13800001234", by=None, at=at)
    for password in ("", "!", PASSWORD):
        sign_in(client, "13800001234", password)
        assert signed_in(client) is None


def test_a_closed_account_cannot_sign_in(client, somebody):
    Person.objects.update(is_active=False)
    sign_in(client, "zhang")
    assert signed_in(client) is None


def test_the_sixth_try_in_five_minutes_is_refused_however_the_number_is_written(client, somebody):
    for login in (
        "13800001234",
        "138 0000 1234",
        "+8613800001234",
        "138-00001234",
        "１３８00001234",
    ):
        sign_in(client, login, "wrong")
    response = sign_in(client, "13800001234")
    assert response.context["form"].non_field_errors() == [
        "Too many tries. Please wait five minutes, or let your community help you."
    ]
    assert signed_in(client) is None


def test_right_passwords_use_no_tries_up(client, somebody):
    for _ in range(7):
        sign_in(client, "zhang")
        assert signed_in(client) == str(somebody.pk)
        client.logout()


def test_who_works_is_led_to_the_queue_and_asked_for_no_place(client, jinshui):
    worker = granted("worker", jinshui, username="li")
    worker.set_password(PASSWORD)
    worker.save()
    answer = sign_in(client, "li")
    assert answer.url == "/work/"
    assert choices.place(client.get("/").wsgi_request) == choices.Place(jinshui.code, "金税社区")


def test_who_lives_somewhere_is_asked_for_no_place(client, jinshui, somebody, at):
    MemberEnrolment.objects.create(
        reference="E2222222X",
        person=somebody,
        organization=OrganizationFactory(),
        community=jinshui,
        starts_on=at.date(),
        recorded_at=at,
    )
    answer = sign_in(client, "zhang")
    assert answer.url == "/me/"
    assert choices.place(client.get("/").wsgi_request) == choices.Place(jinshui.code, "金税社区")


def test_a_place_that_was_chosen_stays(client, jinshui, elsewhere):
    worker = granted("worker", jinshui, username="li")
    worker.set_password(PASSWORD)
    worker.save()
    client.post("/place/", {"code": elsewhere.code})
    sign_in(client, "li")
    assert choices.place(client.get("/").wsgi_request).code == elsewhere.code


def test_signing_out_needs_a_post(client, somebody):
    client.force_login(somebody)
    assert client.get("/account/logout/").status_code == 200
    assert signed_in(client) == str(somebody.pk)
    client.post("/account/logout/")
    assert signed_in(client) is None


# --- opening an account -----------------------------------------------------------------------


def answers(texts, **changes):
    return {
        "name": "张敬之",
        "phone": "138 0000 1234",
        "password1": PASSWORD,
        "agreed": "on",
        "text": str(texts[0].pk),
        **changes,
    }


def test_a_resident_opens_an_account_without_a_text_message(client, texts):
    response = client.post(SIGNUP, answers(texts))
    person = Person.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert (person.name, person.phone, person.username, person.phone_verified_at) == (
        "张敬之",
        "13800001234",
        None,
        None,
    )
    assert [consent.text for consent in person.consents.all()] == [texts[0]]
    assert signed_in(client) == str(person.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "123"}, "phone"),
        ({"password1": "12345678"}, "password1"),
        ({"agreed": ""}, "agreed"),
        ({"text": "0"}, "agreed"),
    ],
)
def test_an_account_needs_all_its_answers(changes, field, client, texts):
    response = client.post(SIGNUP, answers(texts, **changes))
    assert list(response.context["form"].errors) == [field]
    assert not Person.objects.exists()


def test_what_was_typed_survives_a_refusal(client, texts):
    response = client.post(SIGNUP, answers(texts, phone="123", name="😀龘<b>"))
    assert 'value="😀龘&lt;b&gt;"' in response.content.decode()


def test_a_text_replaced_meanwhile_is_shown_and_asked_again(client, texts, at):
    new = actions.publish_consent_text(
        purpose="account", text="新的文本", valid_from=at.date(), by=None, at=at
    )
    response = client.post(SIGNUP, answers(texts))
    assert not Person.objects.exists()
    assert f'name="text" value="{new.pk}"' in response.content.decode()
    assert "新的文本" in response.content.decode()


def test_a_number_has_one_account(client, texts, somebody):
    response = client.post(SIGNUP, answers(texts))
    assert list(response.context["form"].errors) == ["phone"]
    assert Person.objects.count() == 1


def test_without_words_to_agree_to_nobody_signs_up(client):
    assert "No new accounts just now" in client.get(SIGNUP).content.decode()


# --- second factors ---------------------------------------------------------------------------


def test_the_secret_of_an_app_stands_sealed(client, somebody):
    totp.TOTP.activate(somebody, "JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get().data)
    assert totp.TOTP(Authenticator.objects.get()).instance.wrap().validate_code("000000") is False


def code_now(secret="JBSWY3DPEHPK3PXP"):
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def test_who_set_up_an_app_is_asked_for_its_code(client, somebody):
    totp.TOTP.activate(somebody, "JBSWY3DPEHPK3PXP")
    assert sign_in(client, "zhang")["Location"] == reverse("mfa_authenticate")
    assert signed_in(client) is None
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert signed_in(client) is None
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert signed_in(client) == str(somebody.pk)


def test_a_recovery_code_lets_in_once(client, somebody):
    totp.TOTP.activate(somebody, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(somebody).get_unused_codes()[0]
    sign_in(client, "zhang")
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in(client) == str(somebody.pk)
    client.logout()
    sign_in(client, "zhang")
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in(client) is None


def test_staff_set_up_a_second_factor_before_they_see_anything(client, administrator, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    client.force_login(administrator)
    assert client.get("/work/people/")["Location"] == reverse("mfa_index")
    totp.TOTP.activate(administrator, "JBSWY3DPEHPK3PXP")
    assert client.get("/work/people/").status_code == 200


def test_the_setting_leaves_residents_alone(client, resident, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    client.force_login(resident)
    assert client.get("/me/").status_code == 200


@pytest.fixture
def confirmed(client, somebody):
    """Somebody who has signed in and has just given the password once more."""
    sign_in(client, "zhang")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


PAGES = [
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_an_account_opens_without_inline_script(name, confirmed):
    page = confirmed.get(reverse(name)).content.decode()
    assert "<h1>" in page
    for tag in page.split("<script")[1:]:
        opening = tag.partition(">")[0]
        assert "src=" in opening or 'type="application/json"' in opening


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_inactive"])
def test_every_page_for_visitors_opens(name, client, texts):
    assert client.get(reverse(name)).status_code == 200


def test_recovery_codes_come_with_the_app_and_are_shown(confirmed, somebody):
    confirmed.get(reverse("mfa_activate_totp"))
    secret = confirmed.session["mfa.totp.secret"]
    response = confirmed.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}, follow=True)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert codes[0] in response.content.decode()
    for name in ("mfa_generate_recovery_codes", "mfa_deactivate_totp", "mfa_reauthenticate"):
        assert confirmed.get(reverse(name)).status_code == 200


def test_a_new_password_is_written_down_and_holds(confirmed, somebody):
    confirmed.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "傍晚的槐花全落了", "password2": "傍晚的槐花全落了"},
    )
    somebody.refresh_from_db()
    assert somebody.check_password("傍晚的槐花全落了")


@pytest.mark.parametrize(
    "path", ["/account/email/", "/account/password/reset/", "/account/login/code/"]
)
def test_what_is_not_used_does_not_exist(path, client):
    assert client.get(path).status_code == 404
