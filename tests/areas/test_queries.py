from datetime import date

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from youwo.areas import actions, queries
from youwo.areas.models import Area

ON = date(2025, 6, 3)


@pytest.fixture
def zone(jinshui):
    """A development zone that only statisticians know, with a community that people live in."""
    town = factories.area("140802404", "运城经济技术开发区")
    Area.objects.filter(pk=town.pk).update(statistical=True)
    inside = factories.community("140802404498", "运城经济技术开发区虚拟社区")
    Area.objects.filter(pk=inside.pk).update(statistical=True)
    factories.community("140802404001", "舜帝社区")
    return town


def names(areas):
    return [area.name for area in areas]


def test_a_path_leads_from_the_city_to_the_place(jinshui, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.path(jinshui)
    assert names(found) == ["运城市", "盐湖区", "北城街道", "金税社区"]


def test_a_path_leads_on_to_a_compound(jinshui, at):
    compound = actions.add_compound(jinshui, name="税苑小区", by=None, at=at)
    assert names(queries.path(compound.code))[-2:] == ["金税社区", "税苑小区"]


def test_a_path_leaves_out_what_only_statisticians_know(zone):
    assert names(queries.path("140802404001")) == ["运城市", "盐湖区", "舜帝社区"]


def test_people_see_a_zones_communities_directly_below_the_county(zone):
    assert names(queries.children("140802", ON)) == ["北城街道", "舜帝社区"]


def test_children_are_one_query(zone, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(queries.children("140802", ON))


def test_children_are_those_in_force_on_the_day(jinshui):
    Area.objects.filter(pk=jinshui.pk).update(valid_to=ON)
    assert names(queries.children("140802005", date(2025, 6, 2))) == ["金税社区"]
    assert names(queries.children("140802005", ON)) == []


def test_within_takes_the_place_and_what_lies_below(jinshui, elsewhere, at):
    actions.add_compound(jinshui, name="税苑小区", by=None, at=at)
    found = Area.objects.within("140802005").order_by("code")
    assert names(found) == ["北城街道", "金税社区", "税苑小区"]


def test_places_come_by_code_with_those_above(jinshui, elsewhere, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.for_codes([jinshui.code, elsewhere.code, jinshui.code, "", "999"])
        above = {code: area.parent.name for code, area in found.items()}
    assert above == {jinshui.code: "北城街道", elsewhere.code: "城西街道"}


def test_no_codes_need_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.for_codes([""]) == {}


@pytest.mark.parametrize(
    "text", ["金税", "金税社区", "北城 金税", "盐湖 金税", "140802005022", " 金税　"]
)
def test_a_place_is_found_by_its_name_by_places_above_and_by_code(
    jinshui, elsewhere, text, django_assert_num_queries
):
    with django_assert_num_queries(1):
        found = queries.find(text, kinds=["community"])
        assert [area.parent.parent.name for area in found] == ["盐湖区"]
    assert found == [jinshui]


def test_the_best_match_comes_first(jinshui):
    for code, name in (("140802005001", "新金税社区"), ("140802005030", "金税")):
        factories.community(code, name)
    assert names(queries.find("金税")) == ["金税", "金税社区", "新金税社区"]


def test_no_words_give_the_first_places(jinshui):
    assert names(queries.find("", "140802", limit=2)) == ["盐湖区", "北城街道"]


def test_a_place_outside_is_not_found(jinshui, elsewhere):
    assert queries.find("社区", "140881", ["community"]) == [elsewhere]


@pytest.mark.parametrize("text", ["%", "_", "\0", "'; --", "不存在"])
def test_what_people_type_is_taken_as_it_stands(jinshui, text):
    expected = names(queries.find("")) if text == "\0" else []
    assert names(queries.find(text)) == expected


def test_neither_ended_nor_statistical_places_are_offered(zone, jinshui):
    Area.objects.filter(pk=jinshui.pk).update(valid_to=ON)
    assert names(queries.find("", kinds=["community"])) == ["舜帝社区"]
    assert names(queries.find("金税", on=date(2025, 1, 1))) == ["金税社区"]


def test_outlines_name_the_counties_by_their_codes():
    features = queries.outlines("1408")["features"]
    assert len(features) == 13
    assert features[0]["properties"] == {"adcode": "140802", "name": "盐湖区"}


@pytest.mark.parametrize("city", ["9999", "../x"])
def test_a_city_without_outlines_has_none(city):
    assert queries.outlines(city)["features"] == []


@pytest.mark.django_db
def test_the_command_takes_over_the_citys_codes(capsys):
    call_command("import", "areas")
    assert capsys.readouterr().out == "2570 places added, 0 changed, 0 as they were.\n"


@pytest.mark.django_db
def test_the_command_takes_a_file_and_says_what_is_wrong_with_it(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text("code,name,level\n1,某地,city\n")
    with pytest.raises(CommandError):
        call_command("import", "areas", str(file))
