"""What lies outside: the list, its changes, and a sentence tried with it."""

import pytest

from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.needs import actions, triage
from youwo.needs.models import OutsideMatter

pytestmark = pytest.mark.django_db

OUTSIDE = "/work/keep/outside/"
HEATING = {
    "name": "供暖",
    "kind": "duty",
    "words": "暖气、不热, 停暖 暖气",
    "where_to_go": "请拨打供热公司电话。",
    "telephone": "0359-2222222",
    "area": "140802",
    "place": "30",
}


@pytest.fixture
def fire(db):
    return OutsideMatter.objects.create(
        code="fire", kind="emergency", name="火情", words="着火 冒烟", telephone="119",
        where_to_go="请马上离开现场，拨打 119。", place=1,
    )  # fmt: skip


@pytest.fixture
def foreign(elsewhere):
    return OutsideMatter.objects.create(
        code="x", kind="duty", name="外县", words="外县", area=elsewhere.parent.parent
    )


def names(response):
    return [(matter.name, keeps) for matter, keeps in response.context["matters"]]


def test_a_county_adds_a_matter_that_holds_there(county_desk, administrator, jinshui):
    county_desk.post(f"{OUTSIDE}add/", HEATING)
    matter = triage.outside("家里暖气坏了", jinshui.pk)
    assert (matter.name, matter.words) == ("供暖", "暖气 不热 停暖")
    assert triage.outside("家里暖气坏了", "140881001001") is None
    line = Line.objects.get(verb="add")
    assert (line.actor_key, line.area_code) == (str(administrator.pk), "140802")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"area": ""}, "area"),
        ({"area": "140881"}, "area"),
        ({"words": "火"}, "words"),
        ({"words": "、，"}, "words"),
        ({"words": " ".join(f"词语{n}" for n in range(61))}, "words"),
        ({"telephone": "call us"}, "telephone"),
        ({"kind": "emergency", "telephone": ""}, "telephone"),
        ({"where_to_go": ""}, "where_to_go"),
        ({"place": "-1"}, "place"),
    ],
)
def test_a_wrong_matter_is_refused_at_its_field(wrong, field, county_desk, elsewhere):
    response = county_desk.post(f"{OUTSIDE}add/", {**HEATING, **wrong})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert OutsideMatter.objects.count() == 0


def test_a_county_sees_but_does_not_keep_what_holds_everywhere(county_desk, fire, foreign):
    county_desk.post(f"{OUTSIDE}add/", HEATING)
    assert names(county_desk.get(OUTSIDE)) == [("火情", False), ("供暖", True)]
    assert county_desk.get(f"{OUTSIDE}fire/").status_code == 403
    assert county_desk.post(f"{OUTSIDE}fire/switch/", {"active": "0"}).status_code == 403
    assert county_desk.get(f"{OUTSIDE}x/").status_code == 404
    assert OutsideMatter.objects.get(pk="fire").active


def test_the_city_changes_what_holds_everywhere(city_desk, fire):
    form = city_desk.get(f"{OUTSIDE}fire/").context["form"]
    city_desk.post(f"{OUTSIDE}fire/", {**form.initial, "words": "着火 冒烟 焦味"})
    assert triage.outside("楼道有焦味").pk == "fire"
    line = Line.objects.get(verb="change")
    assert line.data == {"before": {"words": "着火 冒烟"}}


def test_saving_without_a_change_writes_nothing(city_desk, fire):
    form = city_desk.get(f"{OUTSIDE}fire/").context["form"]
    assert city_desk.post(f"{OUTSIDE}fire/", form.initial).status_code == 302
    assert Line.objects.count() == 0


def test_a_county_does_not_hand_its_matter_to_everywhere(administrator, jinshui, at):
    values = {**HEATING, "area": jinshui.parent.parent, "place": 3}
    matter = actions.add_outside_matter(actions.Matter(**values), by=administrator, at=at)
    with pytest.raises(Refused) as refusal:
        actions.change_outside_matter(
            matter, actions.Matter(**{**values, "area": None}), by=administrator, at=at
        )
    assert refusal.value.field == "area"


def test_what_is_switched_off_leads_nowhere_and_is_switched_on_again(city_desk, fire):
    response = city_desk.post(f"{OUTSIDE}fire/switch/", {"active": "0"}, follow=True)
    assert response.context["switched"] == fire
    assert triage.outside("着火了") is None
    city_desk.post(f"{OUTSIDE}fire/switch/", {"active": "1"})
    assert triage.outside("着火了") == fire
    assert list(Line.objects.values_list("verb", flat=True)) == ["switch_off", "switch_on"]


def test_switching_twice_is_one_line(city_desk, fire):
    for _ in range(2):
        city_desk.post(f"{OUTSIDE}fire/switch/", {"active": "0"})
    assert Line.objects.count() == 1


def test_a_sentence_shows_what_people_would_be_told(county_desk, fire):
    response = county_desk.post(OUTSIDE, {"sentence": "楼下 冒 烟了", "area": ""})
    assert response.context["tried"] == {"matter": fire, "words": ["冒烟"]}
    assert "楼下" not in response.request["QUERY_STRING"]


def test_a_sentence_without_any_word_is_taken_in(county_desk, fire):
    response = county_desk.post(OUTSIDE, {"sentence": "想学用手机", "area": ""})
    assert response.context["tried"] == {"matter": None, "words": []}


def test_an_empty_sentence_is_asked_for_again(county_desk):
    assert county_desk.post(OUTSIDE, {"sentence": " "}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_many_matters(
    count, county_desk, jinshui, django_assert_num_queries
):
    for number in range(count):
        OutsideMatter.objects.create(code=f"m{number}", kind="duty", name="事项", area=jinshui)
    with django_assert_num_queries(2):
        county_desk.get(OUTSIDE)


def test_changing_keeps_the_budget(city_desk, fire, django_assert_max_num_queries):
    form = city_desk.get(f"{OUTSIDE}fire/").context["form"]
    with django_assert_max_num_queries(12):
        city_desk.post(f"{OUTSIDE}fire/", {**form.initial, "name": "火灾"})
