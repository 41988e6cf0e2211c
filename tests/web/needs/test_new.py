"""Making a wish: three pages, whatever people type into them."""

import re
import uuid

import pytest
from django.test import Client

from tests import factories
from tests.needs.factories import published
from tests.web.needs.people import HTML, RARE, SAID, answers, signed_in, words
from youwo.needs.models import HandOver, OutsideMatter, Voice, Wish
from youwo.needs.triage import outside_matters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jinshui", "consent")]

NEW = "/wishes/new/"


def errors(response) -> dict:
    return {name: list(said) for name, said in response.context["form"].errors.items()}


def hidden(response, name) -> list[str]:
    pattern = rf'<input type="hidden" name="{name}" value="([^"]*)">'
    return re.findall(pattern, words(response))


def test_first_page_asks_one_thing(client):
    response = client.get(NEW)
    assert (response.status_code, list(response.context["form"].fields)) == (200, ["said"])


def test_first_page_makes_up_what_counts_the_wish_once(client):
    first, second = (uuid.UUID(hidden(client.get(NEW), "nonce")[0]) for _ in range(2))
    assert first != second


def test_second_page_guesses_the_kind_and_carries_the_words(client):
    response = client.post(NEW, {"step": "what", "said": SAID, "nonce": "n"})
    assert (response.context["step"], response.context["form"]["kind"].value()) == (
        "where",
        "skill",
    )
    assert (hidden(response, "said"), hidden(response, "nonce")) == ([SAID], ["n"])


def test_second_page_knows_the_place_that_was_chosen(client):
    client.post("/place/", {"code": "140802005022"})
    response = client.post(NEW, {"step": "what", "said": SAID})
    assert response.context["known"].code == "140802005022"


def test_a_community_is_found_by_name(client):
    response = client.post(NEW, {"step": "where", "said": SAID, "find": "1", "place_words": "金税"})
    assert response.context["known"].code == "140802005022"


def test_several_of_a_name_are_to_choose_from(client):
    factories.community("140802005023", "金税东社区")
    response = client.post(NEW, {"step": "where", "said": SAID, "find": "1", "place_words": "金税"})
    assert response.context["known"] is None
    assert len(response.context["found"]) == 2


def test_a_community_that_nobody_knows_is_said_so(client):
    given = {"step": "where", "said": SAID, "find": "1", "place_words": "没有这个地方"}
    assert "没找到这个名字的社区" in words(client.post(NEW, given))


def test_enter_in_the_name_finds_instead_of_going_on(client):
    response = client.post(NEW, answers(step="where", community=None, place_words="金税"))
    assert (response.status_code, response.context["step"]) == (200, "where")
    assert response.context["known"].code == "140802005022"


def test_name_that_was_looked_for_already_does_not_stand_in_the_way(client):
    given = answers(step="where", place_words="金税", found_words="金税")
    assert client.post(NEW, given).context["step"] == "reach"


def test_finding_keeps_what_was_typed_beside_it(client):
    given = {
        "step": "where",
        "find": "1",
        "place_words": "金税",
        "said": SAID,
        "address": "3号楼",
        "kind": "outing",
    }
    form = client.post(NEW, given).context["form"]
    assert (form["address"].value(), form["kind"].value()) == ("3号楼", "outing")


def test_compounds_of_the_community_are_offered(client):
    factories.area("140802005022-01", "税苑小区")
    response = client.post(NEW, answers(step="where", find="1"))
    assert [area.name for area in response.context["compounds"]] == ["税苑小区"]


def test_compounds_of_the_only_community_found_are_offered(client):
    factories.area("140802005022-01", "税苑小区")
    response = client.post(NEW, answers(step="where", community=None, place_words="金税"))
    assert [area.name for area in response.context["compounds"]] == ["税苑小区"]


def test_who_chose_from_what_was_found_is_offered_its_compounds_once(client):
    factories.area("140802005022-01", "税苑小区")
    given = answers(step="where", place_words="金税", found_words="金税", compounds_of="")
    again = client.post(NEW, given)
    assert (again.context["step"], again.context["found"]) == ("where", [])
    assert [area.name for area in again.context["compounds"]] == ["税苑小区"]
    assert 'name="compounds_of" value="140802005022"' in words(again)
    given |= {"compounds_of": "140802005022", "place_words": "", "found_words": ""}
    assert client.post(NEW, given).context["step"] == "reach"


def test_a_community_without_compounds_asks_no_more(client):
    given = answers(step="where", place_words="金税", found_words="金税", compounds_of="")
    assert client.post(NEW, given).context["step"] == "reach"


def test_what_is_too_long_is_kept_whole_and_said_so(client):
    assert 'maxlength="500"' not in words(client.get(NEW))
    response = client.post(NEW, answers(step="what", said="灯" * 512))
    assert response.context["form"]["said"].value() == "灯" * 512
    assert "现在有 512 个字，最多能写 500 个字，请删短一些。" in words(response)


def test_third_page_shows_what_is_agreed_to(client):
    response = client.post(NEW, answers(step="where"))
    assert response.context["step"] == "reach"
    assert "同意为办理心愿使用所填信息" in words(response)


def test_third_page_shows_neighbours_who_wish_the_same(client, worker, jinshui, at):
    wish = published(worker, jinshui, at)
    response = client.post(NEW, answers(step="where"))
    assert response.context["alike"] == [wish]


def test_back_shows_what_was_typed(client):
    response = client.post(NEW, answers(step="where", back="1"))
    assert (response.context["step"], response.context["form"]["said"].value()) == ("what", SAID)


def test_back_from_the_first_page_stays_there(client):
    assert client.post(NEW, {"step": "what", "back": "1"}).context["step"] == "what"


def test_back_keeps_half_an_answer(client):
    response = client.post(NEW, answers(step="reach", back="1", phone="139"))
    assert (response.context["step"], hidden(response, "phone")) == ("where", ["139"])


def test_nothing_is_kept_before_the_last_page(client):
    client.post(NEW, answers(step="what"))
    client.post(NEW, answers(step="where"))
    assert (Wish.objects.count(), Voice.objects.count()) == (0, 0)


def test_sending_leads_to_the_wish_with_its_code(client):
    response = client.post(NEW, answers(), follow=True)
    wish = Wish.objects.get()
    assert response.redirect_chain == [(f"/follow/{wish.reference}/", 302)]
    assert response.context["code"] in words(response)


def test_what_was_sent_is_kept_as_it_was_said(client):
    client.post(NEW, answers())
    wish = Wish.objects.select_related("voice").get()
    assert (wish.said, wish.kind, wish.community_id, wish.channel, wish.mover) == (
        SAID,
        "skill",
        "140802005022",
        "own",
        "worker",
    )
    assert (wish.voice.phone, wish.voice.name, wish.voice.address) == (
        "13900001234",
        "张敬之",
        "3号楼2单元501",
    )


def test_no_account_leaves_no_person(client):
    client.post(NEW, answers())
    assert Voice.objects.get().person is None


def test_with_an_account_it_is_among_ones_own(resident):
    signed_in(resident).post(NEW, answers())
    assert Voice.objects.get().person == resident


def test_compound_and_point_are_kept(client):
    factories.area("140802005022-01", "税苑小区")
    client.post(NEW, answers(compound="140802005022-01", longitude="111.004167", latitude="35.025"))
    wish = Wish.objects.get()
    assert (wish.compound_id, float(wish.longitude), float(wish.latitude)) == (
        "140802005022-01",
        111.004167,
        35.025,
    )


@pytest.mark.parametrize(
    "compound", ["140881001001-01", "140802005022-99", "140802005022", "x", "140802005022-\0"]
)
def test_compound_of_elsewhere_is_left_out(client, compound):
    factories.area("140881001001-01", "别处小区")
    response = client.post(NEW, answers(compound=compound))
    assert [wish.compound_id for wish in Wish.objects.all()] in ([], [None])
    assert response.status_code == (422 if "\0" in compound else 302)


@pytest.mark.parametrize(
    "point",
    [("NaN", "35"), ("Infinity", "35"), ("999", "35"), ("111.0000000001", "35"), ("x", "")],
)
def test_point_that_is_none_is_left_out(client, point):
    client.post(NEW, answers(longitude=point[0], latitude=point[1]))
    assert Wish.objects.get().longitude is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (None, "请说说您的心愿。"),
        ("   ", "请说说您的心愿。"),
        ("好", "请再多说两句，好让人知道怎么帮。"),
        ("很" * 501, "现在有 501 个字，最多能写 500 个字，请删短一些。"),
    ],
)
def test_words_that_do_not_do_are_asked_again(client, said, sentence):
    response = client.post(NEW, answers(step="what", said=said))
    assert (response.status_code, response.context["step"]) == (422, "what")
    assert errors(response) == {"said": [sentence]}


def test_words_that_are_too_long_survive(client):
    response = client.post(NEW, answers(step="what", said="很" * 501))
    assert response.context["form"]["said"].value() == "很" * 501


def test_bad_first_answer_is_found_at_the_last_page(client):
    response = client.post(NEW, answers(said="好"))
    assert (response.status_code, response.context["step"]) == (422, "what")
    assert (hidden(response, "phone"), hidden(response, "address")) == (
        ["139 0000 1234"],
        ["3号楼2单元501"],
    )


@pytest.mark.parametrize("said", [RARE, HTML, "a" * 500, "\u202e右到左\u200f的字"])
def test_rare_words_arrive_as_they_were_typed(client, said):
    client.post(NEW, answers(said=said))
    assert Wish.objects.get().said == said


@pytest.mark.parametrize("said", [RARE, HTML])
def test_rare_words_are_shown_as_text(client, said):
    response = client.post(NEW, answers(said=said), follow=True)
    assert said in words(response)
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("name", ["said", "address", "name", "compound", "community", "phone"])
def test_nul_characters_are_refused_with_the_text_kept(client, name):
    response = client.post(NEW, answers(**{name: "金税\0社区的人"}))
    assert (response.status_code, Wish.objects.count()) == (422, 0)


@pytest.mark.parametrize("name", ["nonce", "step", "outside_seen", "place_words", "community"])
def test_nul_characters_anywhere_break_nothing(client, name):
    response = client.post(NEW, answers(**{name: "x\0", "find": "1"}))
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (None, "请选择您所在的社区。"),
        ("140802", "请从列表里选择社区。"),
        ("14080200502x", "请从列表里选择社区。"),
    ],
)
def test_community_has_twelve_digits(client, code, sentence):
    response = client.post(NEW, answers(community=code))
    assert (response.context["step"], errors(response)) == ("where", {"community": [sentence]})


def test_unknown_community_is_asked_again(client):
    response = client.post(NEW, answers(community="999999999999"))
    assert (response.status_code, response.context["step"], errors(response)) == (
        422,
        "where",
        {"community": ["请从列表里选择社区。"]},
    )


def test_community_that_has_ended_is_asked_again(client, jinshui, at):
    jinshui.valid_to = at.date()
    jinshui.save(update_fields=["valid_to"])
    assert client.post(NEW, answers()).context["step"] == "where"


def test_unknown_kind_is_asked_again(client):
    assert list(errors(client.post(NEW, answers(kind="gold")))) == ["kind"]


@pytest.mark.parametrize("phone", [None, "", "12", "139000012345", "电话", "19999"])
def test_number_that_is_none_is_asked_again(client, phone):
    response = client.post(NEW, answers(phone=phone))
    assert (response.status_code, list(errors(response))) == (422, ["phone"])


def test_number_that_is_none_leaves_the_rest_typed(client):
    form = client.post(NEW, answers(phone="12")).context["form"]
    assert (form["phone"].value(), form["name"].value()) == ("12", "张敬之")


@pytest.mark.parametrize("phone", ["+86 139-0000-1234", "１３９００００１２３４", "0359-2022333"])
def test_number_may_be_typed_in_many_ways(client, phone):
    assert client.post(NEW, answers(phone=phone)).status_code == 302


def test_without_agreement_nothing_is_kept(client):
    response = client.post(NEW, answers(consent=None))
    assert errors(response) == {"consent": ["需要您同意，社区才能帮您办。"]}
    assert Voice.objects.count() == 0


def test_childs_wish_needs_the_guardian(client):
    response = client.post(NEW, answers(minor="on"))
    assert errors(response) == {"guardian": ["孩子的心愿，请监护人同意后再提交。"]}


def test_guardians_agreement_is_written_down(client):
    client.post(NEW, answers(minor="on", guardian="on"))
    voice = Voice.objects.get()
    assert (voice.minor, voice.consent_given_by) == (True, "guardian")


def test_unknown_step_begins_at_the_beginning(client):
    response = client.post(NEW, {"step": "admin", "said": SAID})
    assert response.context["step"] == "where"


def test_empty_post_asks_the_first_question(client):
    response = client.post(NEW)
    assert (response.status_code, response.context["step"]) == (422, "what")


def test_sent_twice_is_one_wish(client):
    given = answers()
    first, second = client.post(NEW, given), client.post(NEW, given)
    assert (first.url, Wish.objects.count()) == (second.url, 1)


def test_garbled_nonce_still_makes_a_wish(client):
    assert client.post(NEW, answers(nonce="<>")).status_code == 302


def test_who_sends_faster_than_people_is_asked_to_wait(client, settings):
    settings.PUBLIC_WRITES_PER_MINUTE = 2
    address = {"REMOTE_ADDR": "203.0.113.7"}
    sent = [client.post(NEW, answers(), **address) for _ in range(3)]
    assert [response.status_code for response in sent] == [302, 302, 422]
    assert errors(sent[-1]) == {
        "__all__": ["刚才从这里提交得太多了，请等一分钟再交，您写的内容都还在。"]
    }
    assert sent[-1].context["form"]["name"].value() == "张敬之"


def test_others_need_not_wait(client, settings):
    settings.PUBLIC_WRITES_PER_MINUTE = 1
    for last in (8, 9):
        assert client.post(NEW, answers(), REMOTE_ADDR=f"203.0.113.{last}").status_code == 302


def test_expired_form_comes_back_with_the_words(client):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(NEW, answers(), headers={"origin": "http://testserver"})
    assert response.status_code == 403
    assert (SAID in words(response), Wish.objects.count()) == (True, 0)


def test_expired_form_is_sent_by_one_more_press():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(NEW, answers(), headers={"origin": "http://testserver"})
    page = words(response).partition("<main")[2]
    fields = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, re.DOTALL))
    fields["csrfmiddlewaretoken"] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[
        0
    ]
    assert strict.post(NEW, fields).status_code == 302
    assert Wish.objects.get().said == SAID


@pytest.mark.usefixtures("outside")
class TestWhatBelongsElsewhere:
    def test_emergency_is_told_where_to_go(self, client):
        response = client.post(NEW, answers(step="what", said="我家厨房着火了快来人"))
        assert (response.status_code, response.context["matter"].code) == (200, "fire")
        assert 'href="tel:119"' in words(response)

    def test_it_is_written_down_without_the_words(self, client):
        client.post(NEW, answers(step="what", said="我家厨房着火了快来人"))
        row = HandOver.objects.values().get()
        assert (row["matter_id"], row["community_id"], row["channel"]) == (
            "fire",
            "140802005022",
            "own",
        )
        assert [name for name, value in row.items() if "厨房" in str(value)] == []

    def test_nothing_else_is_kept(self, client):
        client.post(NEW, answers(step="what", said="我家厨房着火了快来人"))
        assert (Wish.objects.count(), Voice.objects.count()) == (0, 0)

    def test_pressed_twice_is_written_down_once(self, client):
        given = answers(step="what", said="我家厨房着火了快来人")
        client.post(NEW, given)
        client.post(NEW, given)
        assert HandOver.objects.count() == 1

    def test_who_meant_something_else_goes_on(self, client):
        given = answers(step="what", said="想看看着火的云", outside_seen="fire")
        assert client.post(NEW, given).context["step"] == "where"

    def test_and_sends_it(self, client):
        client.post(NEW, answers(said="想看看着火的云", outside_seen="fire"))
        assert Wish.objects.get().said == "想看看着火的云"

    def test_another_matter_is_told_all_the_same(self, client):
        given = answers(step="what", said="我要举报贪污", outside_seen="fire")
        assert client.post(NEW, given).context["matter"].code == "petition"

    def test_a_flood_is_still_told_where_to_go_but_not_written_down(self, client, settings):
        settings.PUBLIC_WRITES_PER_MINUTE = 1
        for _ in range(3):
            given = answers(step="what", said="我家厨房着火了快来人")
            response = client.post(NEW, given, REMOTE_ADDR="203.0.113.77")
            assert 'href="tel:119"' in words(response)
        assert HandOver.objects.count() == 1

    @pytest.mark.parametrize("community", ["x\0", "140802", "140802005999"])
    def test_unknown_community_is_left_out(self, client, community):
        client.post(NEW, answers(step="what", said="我家着火了快来", community=community))
        assert HandOver.objects.get().community is None


@pytest.fixture
def heating(jinshui):
    """What one county alone gives to others."""
    outside_matters.forget()
    return OutsideMatter.objects.create(
        code="heating",
        kind="duty",
        name="供暖",
        words="暖气不热",
        where_to_go="供热公司",
        area=jinshui.parent.parent,
    )


def test_what_lies_outside_in_this_county_is_told_here(client, consent, heating):
    response = client.post(NEW, answers(said="家里暖气不热，想有人来看看"))
    assert (response.context["matter"], Wish.objects.count()) == (heating, 0)


def test_what_lies_outside_in_this_county_is_a_wish_elsewhere(client, consent, heating, elsewhere):
    client.post(NEW, answers(said="家里暖气不热，想有人来看看", community=elsewhere.pk))
    assert Wish.objects.get().community == elsewhere
