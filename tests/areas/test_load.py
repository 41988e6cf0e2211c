import pytest

from youwo.areas import actions, tables
from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.journal.models import Line

STATISTICAL = {
    "140802404",
    "140823400",
    "140824400",
    "140824401",
    "140825400",
    "140825498",
    "140826402",
    "140827400",
    "140829400",
    "140830402",
    "140881400",
    "140881401",
    "140881402",
    "140882400",
}


@pytest.fixture
def city(db, at):
    return actions.load(tables.read(), at)


def row(code, name, level="village"):
    return {"code": code, "name": name, "level": level}


def test_the_whole_city_is_taken_over_without_the_province(city):
    assert city == actions.Loaded(added=2570)
    counts = {kind: Area.objects.filter(kind=kind).count() for kind in Area.Kind.values}
    assert counts == {"city": 1, "county": 13, "town": 161, "community": 2395, "compound": 0}
    assert Area.objects.get(parent=None).name == "运城市"


def test_every_place_lies_below_the_one_its_code_begins_with(city):
    assert all(
        code.startswith(above)
        for code, above in Area.objects.exclude(parent=None).values_list("code", "parent_id")
    )


def test_the_units_of_the_statisticians_are_marked(city):
    marked = Area.objects.filter(statistical=True)
    assert set(marked.filter(kind="town").values_list("code", flat=True)) == STATISTICAL
    inside = marked.filter(kind="community")
    assert inside.count() == 9
    assert all(name.endswith("虚拟社区") for name in inside.values_list("name", flat=True))


def test_a_community_keeps_its_official_name(city):
    jinshui = Area.objects.get(code="140802005022")
    assert (jinshui.name, jinshui.official_name, jinshui.rural) == (
        "金税社区",
        "金税社区居委会",
        False,
    )


def test_villages_are_rural(city):
    assert Area.objects.filter(rural=True).count() == 2164
    assert not Area.objects.filter(rural=True).exclude(name__endswith="村").exists()


def test_loading_again_changes_nothing(city, at):
    lines = Line.objects.count()
    assert actions.load(tables.read(), at) == actions.Loaded(unchanged=2570)
    assert Line.objects.count() == lines


def test_a_corrected_name_is_taken_over(city, at):
    again = [
        row("140802005022", "金税新村社区居委会") if item["code"] == "140802005022" else item
        for item in tables.read()
    ]
    assert actions.load(again, at) == actions.Loaded(changed=1, unchanged=2569)
    assert Area.objects.get(code="140802005022").name == "金税新村社区"


def test_a_code_that_the_source_leaves_out_stays_and_is_named(city, at):
    less = [item for item in tables.read() if item["code"] != "140802005022"]
    assert actions.load(less, at).missing == ["140802005022"]
    assert Area.objects.filter(code="140802005022").exists()


def test_compounds_are_not_among_the_missing(city, at):
    actions.add_compound(Area.objects.get(code="140802005022"), name="税苑小区", by=None, at=at)
    assert actions.load(tables.read(), at).missing == []


def test_a_load_takes_few_statements(db, at, django_assert_max_num_queries):
    # Batches depend on how many values a database takes at once, never on single rows.
    with django_assert_max_num_queries(40):
        actions.load(tables.read(), at)


def test_a_load_is_journalled_once(city):
    line = Line.objects.get()
    assert (line.verb, line.target_key, line.data) == (
        "load",
        "1408",
        {"added": 2570, "changed": 0},
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("14080", "某地")], "Row 2 has no official code and name of a place: “14080”."),
        ([row("1408", "")], "Row 2 has no official code and name of a place: “1408”."),
        ([row("1408", "甲"), row("1408", "乙")], "Row 3 repeats the code 1408."),
        ([row("140802", "盐湖区")], "The place above 140802, 1408, is missing."),
    ],
)
@pytest.mark.django_db
def test_a_row_that_fits_nowhere_is_named_and_nothing_is_loaded(rows, sentence, at, settings):
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(Refused) as refused:
        actions.load(rows, at)
    assert str(refused.value) == sentence
    assert not Area.objects.exists()


def test_a_file_without_the_columns_is_refused(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text("编码,名称\n1408,运城市\n")
    with pytest.raises(Refused):
        list(tables.read(file))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_bytes("编码".encode("gbk"))
    with pytest.raises(Refused):
        list(tables.read(file))
